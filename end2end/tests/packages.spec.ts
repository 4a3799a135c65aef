// The page of a package: looked at, chosen from, changed and deleted, with and without JavaScript.
import { type Page } from "@playwright/test";
import { expect, test } from "../fixtures/app.ts";
import { publish } from "../fixtures/packages.ts";
import { pasted, settled } from "../fixtures/pages.ts";
import type { Server } from "../fixtures/server.ts";

const README = `# Demo

[![build](https://ci.example/badge.svg)](https://ci.example) ![coverage](https://cov.example/badge.svg)

A package with **some** text, \`code\` and a [link](https://demo.example).

## Install

\`\`\`sh
npm install @acme/demo-with-a-rather-long-name --save --registry=https://feeds.example.com/F/main/npm/
\`\`\`

| Option | Type | Default | What it does, in many words so that it takes some room |
|---|---|---|---|
| \`one\` | string | \`"a"\` | Says how the first of all the things is done when nothing else is said |
| \`two\` | number | 1 | - |

- [x] works
- [ ] does not

> A quotation, and \`${"x".repeat(120)}\`.

<details><summary>More</summary>

${"long".repeat(60)}

</details>

<script>document.title = "hostile"</script><img src=x onerror="document.title = 'hostile'">
`;

const MANIFEST = {
  description: "A thing <script>document.title = 'hostile'</script> that does things",
  license: "MIT",
  homepage: "https://demo.example",
  repository: "github:acme/demo",
  engines: { node: ">=18" },
  readme: README,
  dependencies: { "@acme/other": "^1.0.0", "left-pad": "1.3.0" },
  devDependencies: { typescript: "^5.0.0" },
};

/** A feed of its own with two versions of a package: its name, and the path of the package's page. */
async function world(server: Server, secrets: string[], name: string, more: string[] = []) {
  server.user(name);
  const feed = `feed-${name}`;
  server.feed(feed, name, ...more);
  const token = server.token(name, "CI publish", "--read", "all", "--write", "all");
  secrets.push(token);
  await publish(server, feed, token, "@acme/other", "1.0.0");
  for (const version of ["1.0.0", "1.1.0"]) await publish(server, feed, token, "@acme/demo", version, MANIFEST);
  return { feed, token, path: `/feeds/${feed}/npm/@acme%2Fdemo` };
}

/** Nothing on the page is cut off or pushes it wider than its window. */
async function fits(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide, `no wider than ${width} px`).toBeLessThanOrEqual(0);
}

test("a package is looked at, and another version chosen", async ({ page, context, server, secrets, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `look-${info.project.name}`;
  const { feed, path } = await world(server, secrets, name);
  await signIn(name);
  await page.goto(path);
  await settled(page, script);
  await expect(page).toHaveTitle("@acme/demo 1.1.0 · Latchkey");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("@acme/demo 1.1.0");
  await expect(page.getByText("A thing <script>")).toBeVisible();
  await expect(page.getByRole("link", { name: "build" })).toHaveAttribute("rel", "external nofollow noopener noreferrer");
  await expect(page.locator(".readme img, .readme script")).toHaveCount(0);
  await expect(page.getByText("npm install @acme/demo@1.1.0")).toBeVisible();
  await accessible();
  if (script) {
    await fits(page, 320);
    await accessible();
    await fits(page, 1280);
    await context.grantPermissions(["clipboard-write"], { origin: server.url });
    await page.locator(".for-npm").getByRole("button", { name: "Copy the install command" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Copied" })).toHaveCount(1);
    expect(await pasted(page)).toBe("npm install @acme/demo@1.1.0");
  }
  await page.getByRole("radio", { name: "pnpm" }).check();
  await expect(page.getByText("pnpm add @acme/demo@1.1.0")).toBeVisible();
  await expect(page.getByText("npm install @acme/demo@1.1.0")).toBeHidden();
  await page.getByRole("link", { name: "@acme/other" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("@acme/other 1.0.0");
  await expect(page.getByText("This version has no README.")).toBeVisible();
  await page.goBack();
  await page.getByLabel("Version", { exact: true }).selectOption("1.0.0");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("@acme/demo 1.0.0");
  await settled(page, script);
  await page.getByRole("table").getByRole("link", { name: "1.1.0" }).click();
  await expect(page).toHaveURL(new RegExp(`/feeds/${feed}/npm/@acme%2Fdemo/1.1.0$`));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("@acme/demo 1.1.0");
  await expect(page).not.toHaveTitle(/hostile/);
});

test("an owner unlists, deprecates, tags and deletes", async ({ page, server, secrets, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `owner-${info.project.name}`;
  const { path } = await world(server, secrets, name);
  await signIn(name);
  await page.goto(`${path}/1.0.0`);
  await settled(page, script);
  const said = page.getByRole("main").getByRole("status");
  await page.getByRole("button", { name: "Unlist 1.0.0" }).click();
  await expect(said).toHaveText("1.0.0 is unlisted.");
  await page.getByRole("button", { name: "List again 1.0.0" }).click();
  await expect(said).toHaveText("1.0.0 is listed again.");
  await page.getByLabel("Reason").fill("Use 1.1.0 instead.");
  await page.getByRole("button", { name: "Save deprecation" }).click();
  await expect(said).toHaveText("1.0.0 is deprecated.");
  await expect(page.getByText("Deprecated. Use 1.1.0 instead.")).toBeVisible();
  await settled(page, script);
  await accessible();
  await page.getByLabel("Only these").check();
  await page.getByLabel("1.1.0", { exact: true }).check();
  await page.getByLabel("Reason").fill("Bad luck.");
  await page.getByRole("button", { name: "Save deprecation" }).click();
  await expect(said).toHaveText("1.1.0 is deprecated.");
  await page.goto(`${path}/1.0.0`);
  await page.getByLabel("Point a tag to 1.0.0").fill("1.x");
  await page.getByRole("button", { name: "Set tag" }).click();
  await expect(page.getByRole("alert")).toContainText("reads as a range of versions");
  await page.getByLabel("Point a tag to 1.0.0").fill("stable");
  await page.getByRole("button", { name: "Set tag" }).click();
  await expect(said).toHaveText("stable points to 1.0.0.");
  await page.getByRole("button", { name: "Remove the tag stable" }).click();
  await expect(said).toHaveText("There is no tag stable any more.");

  await page.getByRole("link", { name: "Delete… 1.0.0" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Delete @acme/demo 1.0.0");
  await expect(page.getByRole("button", { name: "Unlist 1.0.0" })).toBeVisible();
  await settled(page, script);
  await accessible();
  await page.getByLabel(/^Type/).fill("demo");
  await page.getByRole("button", { name: "Delete @acme/demo 1.0.0" }).click();
  await expect(page.getByRole("alert")).toContainText("Type “@acme/demo 1.0.0” to delete it.");
  await page.getByLabel(/^Type/).fill("@acme/demo 1.0.0");
  await page.getByRole("button", { name: "Delete @acme/demo 1.0.0" }).click();
  await expect(said).toHaveText("1.0.0 is deleted.");
  await page.getByRole("link", { name: "Delete the package with 1 version…" }).click();
  await page.getByLabel(/^Type/).fill("@acme/demo");
  await page.getByRole("button", { name: "Delete @acme/demo" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("@acme/demo is deleted");
  await accessible();
});

test("a public package is for everybody to read", async ({ page, server, secrets, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const { path } = await world(server, secrets, `open-${info.project.name}`, ["--public"]);
  await page.goto(path);
  await settled(page, script);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("@acme/demo 1.1.0");
  await expect(page.getByRole("heading", { name: "Manage" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: /Unlist|Delete/ })).toHaveCount(0);
  await accessible();
});
