import { defineConfig } from "@playwright/test";

// A report rather than a test of every day: `make lighthouse` runs it over the release binary.
export default defineConfig({
  testDir: ".",
  outputDir: "../test-results/lighthouse",
  workers: 1,
  timeout: 3_600_000,
  reporter: [["list"]],
});
