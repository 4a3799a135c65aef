// A feed with packages of every kind: what its page and theirs say, with and without JavaScript.
import { type Page } from "@playwright/test";
import { expect, test } from "../fixtures/app.ts";
import { deploy, publish, push, register } from "../fixtures/packages.ts";
import { settled } from "../fixtures/pages.ts";
import type { Server } from "../fixtures/server.ts";

/** What tries to be more than text. */
const HOSTILE = "<script>document.title = 'hostile'</script>";
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const NUSPEC = `<authors>Ann, Bob</authors><description>${escaped(`Core things ${HOSTILE}`)}</description>
  <tags>core &lt;b&gt;</tags><readme>docs/README.md</readme><license type="file">LICENSE.txt</license>
  <projectUrl>https://acme.example/core</projectUrl><repository type="git" url="javascript:alert(1)//x/y"/>
  <releaseNotes>${escaped(`Faster.\nSmaller. ${HOSTILE}`)}</releaseNotes>
  <dependencies>
    <group><dependency id="Acme.Base" version="[1.0,2.0)"/></group>
    <group targetFramework="net8.0"><dependency id="Newtonsoft.Json" version="13.0.1"/></group>
    <group targetFramework="net9.0"/>
  </dependencies>`;
const README = `# Acme.Core

Some **text**, [a link](https://acme.example) and [a trap](javascript:document.title='hostile').

${HOSTILE}<img src=x onerror="document.title = 'hostile'"><iframe src="https://acme.example"></iframe>
`;
const POM = `<project><groupId>org.acme</groupId><artifactId>core</artifactId><version>1.2</version>
  <description>${escaped(`Core of Maven ${HOSTILE}`)}</description><url>javascript:alert(1)</url><scm><url>https://git.example/acme/core</url></scm>
  <licenses><license><name>Apache-2.0</name><url>https://www.apache.org/licenses/LICENSE-2.0</url></license>
    <license><name>Odd</name><url>javascript:alert(1)</url></license></licenses>
  <developers><developer><name>Ann</name></developer></developers>
  <dependencies>
    <dependency><groupId>org.acme</groupId><artifactId>base</artifactId><version>\${project.version}</version><optional>true</optional></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId></dependency>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.13</version><scope>test</scope></dependency>
  </dependencies></project>`;
const BASE = "<project><groupId>org.acme</groupId><artifactId>base</artifactId><version>1.2</version></project>";
const REPOSITORY = "https://git.example/acme/widget.git";

/** A feed with packages of every kind, and its owner's token. */
async function world(server: Server, secrets: string[], name: string): Promise<string> {
  server.user(name);
  const feed = `feed-${name}`;
  server.feed(feed, name);
  const token = server.token(name, "CI publish", "--read", "all", "--write", "all");
  secrets.push(token);
  await publish(server, feed, token, "@acme/core", "1.0.0", { license: "MIT", keywords: ["core"] });
  const about = "<authors>Ann</authors><description>Base</description>";
  await push(server, feed, token, ["Acme.Base", "1.0.0"], `${about}<licenseUrl>https://acme.example/licence</licenseUrl>`);
  await push(server, feed, token, ["Acme.Core", "1.0.0"], `${about}<license type="expression">MIT</license>`);
  await push(server, feed, token, ["Acme.Core", "1.1.0"], NUSPEC, { "docs/README.md": README, "LICENSE.txt": `Do as you like.\n${HOSTILE}` });
  await deploy(server, feed, token, ["org.acme", "base", "1.2"], { ".pom": BASE, ".jar": "base" });
  await deploy(server, feed, token, ["org.acme", "base", "1.3-SNAPSHOT"], { ".jar": "base in the making" });
  await deploy(server, feed, token, ["org.acme", "core", "1.2"], { ".pom": POM, ".jar": "core", "-sources.jar": "sources" });
  await register(server, feed, token, "widget", REPOSITORY);
  return feed;
}

/** Opens a page and looks whether it is sound and harmless, also where there is little room. */
async function look(page: Page, path: string, script: boolean, accessible: () => Promise<void>): Promise<void> {
  await page.goto(path);
  await settled(page, script);
  await expect(page).not.toHaveTitle(/hostile/);
  await expect(page.locator("main script, main iframe, main img, main a[href^='javascript' i]")).toHaveCount(0);
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await accessible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide, `${path} is no wider than ${width} px`).toBeLessThanOrEqual(0);
  }
}

/** The part of a list of facts that has this name. */
const fact = (page: Page, name: string) => page.locator("dl > div").filter({ has: page.getByText(name, { exact: true }) }).locator("dd");

test("a feed speaks of every kind", async ({ page, server, secrets, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `kinds-${info.project.name}`;
  const feed = await world(server, secrets, name);
  server.feed(`empty-${name}`, name);
  await signIn(name);
  await look(page, `/feeds/empty-${name}`, script, accessible);
  await expect(page.getByText("Publish your first package")).toBeVisible();
  for (const [kind, command] of [
    ["NuGet", "dotnet nuget push"],
    ["Maven", "mvn deploy"],
    ["Bower", "bower register"],
    ["npm", "npm publish"],
  ] as const) {
    await page.locator("summary", { hasText: kind }).first().click();
    // What was open before goes away: there is room for one.
    await expect(page.locator("details[open] code").filter({ hasText: command })).toBeVisible();
    await expect(page.locator("details[open]")).toHaveCount(1);
  }
  await look(page, `/feeds/${feed}`, script, accessible);
  await expect(page.getByRole("combobox", { name: "Kind" }).getByRole("option")).toHaveText(["All", "Bower (1)", "Maven (2)", "npm (1)", "NuGet (2)"]);
  await expect(page.getByRole("cell", { name: "Bower" }).locator(".badge")).toBeVisible();
  await page.getByLabel("Kind").selectOption("nuget");
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("2 of 6 packages")).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveText([/Acme\.Core/, /Acme\.Base/]);
});

test("a NuGet package is shown", async ({ page, server, secrets, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `nuget-${info.project.name}`;
  const feed = await world(server, secrets, name);
  await signIn(name);
  const path = `/feeds/${feed}/nuget/Acme.Core`;
  await look(page, path, script, accessible);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Acme.Core 1.1.0");
  await expect(page.locator(".lead")).toHaveText(`Core things ${HOSTILE}`);
  await expect(page.getByText("dotnet add package Acme.Core --version 1.1.0")).toBeVisible();
  await expect(page.locator(".readme strong")).toHaveText("text");
  await expect(page.locator(".readme a[href]")).toHaveCount(1);
  const parts = page.locator(".dependencies");
  await expect(parts.locator("summary")).toHaveText(["Any framework 1", "net8.0 1", "net9.0 0"]);
  await expect(parts.nth(0)).toContainText("Acme.Base ≥ 1.0.0, < 2.0.0");
  await expect(parts.nth(1)).toContainText("Newtonsoft.Json ≥ 13.0.1");
  await expect(parts.nth(1).getByRole("link")).toHaveCount(0);
  await expect(parts.nth(2)).toContainText("None.");
  await expect(fact(page, "Authors")).toHaveText("Ann, Bob");
  await expect(fact(page, "Licence")).toHaveText("LICENSE.txt");
  await expect(fact(page, "Keywords")).toHaveText("core, <b>");
  await expect(page.getByRole("link", { name: "acme.example/core" })).toHaveAttribute("rel", "external nofollow noopener noreferrer");
  await expect(fact(page, "Repository"), "its address is none of the web").toHaveCount(0);
  await page.locator("summary", { hasText: "Release notes" }).click();
  await expect(page.getByText(`Faster. Smaller. ${HOSTILE}`)).toBeVisible();
  await page.locator("summary", { hasText: "Licence" }).click();
  await expect(page.getByText(`Do as you like. ${HOSTILE}`)).toBeVisible();
  await expect(page.getByRole("heading", { name: /^Tags/ }), "npm alone has tags").toHaveCount(0);
  await parts.nth(0).getByRole("link", { name: "Acme.Base" }).click();
  await expect(page.getByRole("link", { name: "https://acme.example/licence" })).toBeVisible();
  await page.goto(`${path}/1.0.0`);
  await expect(fact(page, "Licence")).toHaveText("MIT");
  await page.getByRole("button", { name: "Unlist 1.0.0" }).click();
  await expect(page.getByText("Projects that ask for this very version still restore it.")).toBeVisible();
  await page.getByRole("link", { name: "Delete… 1.0.0" }).click();
  await expect(page.getByText("The number 1.0.0 can never be published again.")).toBeVisible();
});

test("a Maven package is shown", async ({ page, server, secrets, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `maven-${info.project.name}`;
  const feed = await world(server, secrets, name);
  await signIn(name);
  await look(page, `/feeds/${feed}/maven/org.acme:core`, script, accessible);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("org.acme:core 1.2");
  await expect(page.locator(".lead")).toHaveText(`Core of Maven ${HOSTILE}`);
  await expect(page.getByText("README"), "a POM holds none").toHaveCount(0);
  const parts = page.locator(".dependencies");
  await expect(parts.locator("summary")).toHaveText(["compile 2", "test 1"]);
  await expect(parts.nth(0).getByRole("listitem")).toHaveText(["org.acme:base 1.2 Optional", "org.slf4j:slf4j-api version set by its parent"]);
  await expect(fact(page, "Authors")).toHaveText("Ann");
  await expect(fact(page, "Licence").getByRole("listitem")).toHaveText(["Apache-2.0", "Odd"]);
  await expect(fact(page, "Licence").getByRole("link")).toHaveText(["Apache-2.0"]);
  await expect(fact(page, "Homepage")).toHaveCount(0);
  await expect(page.getByRole("link", { name: "git.example/acme/core" })).toBeVisible();
  const files = page.getByRole("region", { name: "Files" });
  await expect(files.getByText("core-1.2.jar", { exact: true })).toBeVisible();
  await expect(files.locator("summary")).toHaveText([/^core-1\.2\.pom /, "core-1.2-sources.jar 7 bytes"]);
  await files.locator("summary").first().click();
  await expect(files.locator("details[open]").getByText("SHA-256", { exact: true })).toBeVisible();
  await expect(page.getByText("Maven and Gradle know no deprecation")).toBeVisible();
  await page.getByRole("link", { name: "Delete… 1.2" }).click();
  await expect(page.getByText("Builds that name it fail from now on. The number 1.2 can never be published again under this name.")).toBeVisible();
  await page.goto(`/feeds/${feed}/maven/org.acme:base/1.3-SNAPSHOT/delete`);
  await expect(page.getByText("As a snapshot 1.3-SNAPSHOT can be deployed again.")).toBeVisible();
});

test("a Bower name is shown, and deleted", async ({ page, server, secrets, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `bower-${info.project.name}`;
  const feed = await world(server, secrets, name);
  await signIn(name);
  await look(page, `/feeds/${feed}/bower/widget`, script, accessible);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("widget");
  await expect(page.getByText("bower install widget", { exact: true })).toBeVisible();
  await expect(page.getByRole("region", { name: "Leads to" }).getByText(REPOSITORY)).toBeVisible();
  for (const absent of ["Files", "Archive", "Dependencies", "README"]) {
    await expect(page.getByRole("heading", { name: absent })).toHaveCount(0);
  }
  await page.getByRole("link", { name: "Delete… widget" }).click();
  await expect(page.getByText("The name is free then")).toBeVisible();
  await accessible();
  await page.getByLabel("Type").fill("widget");
  await page.getByRole("button", { name: "Delete widget" }).click();
  await expect(page).toHaveURL(new RegExp(`/feeds/${feed}$`));
  await expect(page.getByText("5 packages")).toBeVisible();
});
