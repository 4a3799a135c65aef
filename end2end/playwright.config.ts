import { defineConfig, devices } from "@playwright/test";

// Flags that keep Debian's Chromium from looking for the internet.
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const chromium = {
  ...devices["Desktop Chrome"],
  viewport: { width: 1280, height: 900 },
  launchOptions: { executablePath: "/usr/bin/chromium", args },
};

/** The name under which a server without TLS is reached in a network; here it leads to this machine. */
const LAN = "feeds.lan";

const lan = {
  ...chromium,
  launchOptions: { ...chromium.launchOptions, args: [...args, `--host-resolver-rules=MAP ${LAN} 127.0.0.1`] },
};

/** As wide as WCAG 1.4.10 asks for, and used by touch. */
const mobile = { ...chromium, viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };

const contrast = { colorScheme: "dark", contextOptions: { reducedMotion: "reduce", forcedColors: "active" } } as const;

const firefox = {
  browserName: "firefox",
  channel: "moz-firefox",
  viewport: { width: 1280, height: 900 },
  launchOptions: { executablePath: "/usr/bin/firefox-esr" },
} as const;

/** These spec files, wherever the project lies. */
const specs = (...names: string[]) => new RegExp(`/(${names.join("|")})\\.spec\\.ts$`);

// What the pages look like and say is the same in every browser.
const pictures = specs("looks", "words");
const mainFlows = specs("main-job", "sessions", "hydrated", "token-form", "token-life", "feeds");
const shortFlows = specs("main-job", "sessions");
const insecure = specs("insecure");

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
    { name: "clients", testDir: "clients", use: chromium },
    {
      name: "clients-postgres",
      testDir: "clients",
      testMatch: specs("npm", "matrix", "nuget"),
      // The database is the server's matter: one client of each kind shows that it works.
      grepInvert: /(npm6|npm8|npm9|npm10|yarn1) publishes/,
      use: chromium,
      metadata: { database: "postgres" },
    },
    { name: "chromium", testDir: "tests", testIgnore: [specs("plain"), insecure, pictures], use: chromium },
    {
      name: "nojs",
      testDir: "tests",
      testIgnore: [specs("hydrated"), insecure, pictures],
      use: { ...chromium, javaScriptEnabled: false },
    },
    { name: "pictures", testDir: "tests", testMatch: pictures, use: chromium },
    { name: "mobile", testDir: "tests", testMatch: shortFlows, use: mobile },
    { name: "contrast", testDir: "tests", testMatch: shortFlows, use: { ...chromium, ...contrast } },
    { name: "lan-http", testDir: "tests", testMatch: insecure, use: lan, metadata: { host: LAN } },
    { name: "firefox", testDir: "tests", testMatch: mainFlows, use: firefox },
    { name: "postgres", testDir: "tests", testMatch: specs("main-job"), use: chromium, metadata: { database: "postgres" } },
  ],
});
