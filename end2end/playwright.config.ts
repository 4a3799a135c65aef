import { defineConfig, devices } from "@playwright/test";

// Debian's Chromium; flags that keep it from looking for the internet.
const chromium = {
  ...devices["Desktop Chrome"],
  viewport: { width: 1280, height: 900 },
  launchOptions: {
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
};

export default defineConfig({
  outputDir: "test-results",
  forbidOnly: !!process.env["CI"],
  fullyParallel: false,
  workers: 2,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    locale: "en-US",
    timezoneId: "UTC",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "chromium", testDir: "tests", testIgnore: /plain/, use: chromium },
    { name: "nojs", testDir: "tests", testIgnore: /hydrated|looks/, use: { ...chromium, javaScriptEnabled: false } },
    { name: "postgres", testDir: "tests", testMatch: /main-job/, use: chromium, metadata: { database: "postgres" } },
    { name: "clients", testDir: "clients", use: chromium },
    { name: "clients-postgres", testDir: "clients", use: chromium, metadata: { database: "postgres" } },
  ],
});
