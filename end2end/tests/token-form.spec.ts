// The form that makes and changes tokens, with and without JavaScript.
import { expect, test } from "../fixtures/app.ts";
import { pasted, settled } from "../fixtures/pages.ts";

/** The id of the person's token with this description. */
function idOf(server: { cli: (args: string[]) => string }, user: string, description: string): string {
  const tokens = JSON.parse(server.cli(["token", "list", "--user", user, "--json"]));
  return tokens.find((token: { description: string }) => token.description === description).id;
}

test("a token is narrowed at once, and widened after it was said what gets wider", async ({ page, server, secrets, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `edit-${info.project.name}`;
  server.user(name);
  server.feed(`main-${name}`, name);
  secrets.push(server.token(name, "build", "--read", "all", "--write", "all"));
  await signIn(name);
  await page.getByRole("link", { name: "build", exact: true }).click();
  await page.getByRole("link", { name: "Edit" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Edit build");
  await settled(page, script);
  await accessible();

  await page.locator("input[name=access][value=read]").check();
  await page.getByLabel("Description").fill("build machine");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("It takes effect with the next request.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("build machine");
  await expect(page.getByText("This token can read every feed until")).toBeVisible();

  await page.getByRole("link", { name: "Edit" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Edit build machine");
  await settled(page, script);
  await page.locator("input[name=access][value=both]").check();
  await page.getByLabel("May also unlist, deprecate and retag").check();
  if (script) {
    const more = page.getByRole("region", { name: "Summary" }).getByText("It may also publish and unlist packages");
    await expect(more).toBeVisible();
  }
  await page.getByRole("button", { name: "Save changes" }).click();
  const wider = page.getByRole("region", { name: "It could do more than now" });
  await expect(wider).toContainText("It may also publish and unlist packages in every feed");
  await expect(wider).toBeFocused();
  await expect(page.locator("input[name=access][value=both]")).toBeChecked();
  await accessible();
  await wider.getByRole("button", { name: "Save, let it do more" }).click();
  await expect(page.getByText("It takes effect with the next request.")).toBeVisible();
  await expect(page.getByText("This token can read, publish and unlist packages in every feed until")).toBeVisible();
});

test("of two tabs the second is told, and loses nothing", async ({ page, context, server, secrets, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `tabs-${info.project.name}`;
  server.user(name);
  secrets.push(server.token(name, "shared", "--read", "all"));
  await signIn(name);
  const address = `/profile/tokens/${idOf(server, name, "shared")}/edit`;
  await page.goto(address);
  await settled(page, script);
  const other = await context.newPage();
  await other.goto(address);
  await settled(other, script);
  await other.getByLabel("Description").fill("from the other tab");
  await other.getByRole("button", { name: "Save changes" }).click();
  await expect(other.getByText("It takes effect with the next request.")).toBeVisible();
  await other.close();

  await page.getByLabel("Description").fill("from the first tab");
  await page.getByRole("button", { name: "Save changes" }).click();
  const told = page.getByRole("alert").filter({ hasText: "This token was changed meanwhile" });
  await expect(told).toContainText("As it is now: from the other tab.");
  await expect(page.getByLabel("Description")).toHaveValue("from the first tab");
  await accessible();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("It takes effect with the next request.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("from the first tab");
});

test("a template fills the form in, and a link hides nothing", async ({ page, server, secrets, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `link-${info.project.name}`;
  server.user(name);
  server.feed(`main-${name}`, name);
  await signIn(name);
  await page.goto("/profile/tokens/new");
  await settled(page, script);
  await page.getByRole("link", { name: "CI: publish" }).click();
  await expect(page.getByLabel("Description")).toHaveValue("CI publish");
  await expect(page.locator("input[name=access][value=write]")).toBeChecked();
  const summary = page.getByRole("region", { name: "Summary" });
  await expect(summary).toContainText("Choose at least one feed");

  await page.goto(`/profile/tokens/new?template=ci-publish&feed=main-${name}&package=%40acme%2F*&may_delete=true&networks=listed&network=10.9.0.0%2F16`);
  await settled(page, script);
  await expect(summary).toContainText(`This token can publish and delete packages named @acme/* in main-${name} until`);
  await expect(summary).toContainText("It works only from 10.9.0.0/16.");
  await expect(page.getByLabel("May also delete")).toBeChecked();
  await expect(page.getByLabel("Network 1")).toHaveValue("10.9.0.0/16");
  await expect(page.getByText("10.9.0.0 to 10.9.255.255.")).toBeVisible();
  await expect(page.getByText("You are at 127.0.0.1, which is in none of these networks")).toBeVisible();
  await accessible();
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("CI publish is ready");
  secrets.push(await page.getByLabel("Your token").inputValue());
  // A reload makes no second one.
  await page.reload();
  await page.goto("/profile/tokens");
  await expect(page.getByRole("link", { name: "CI publish", exact: true })).toHaveCount(1);
});

test("each problem leads to the very row that is wrong", async ({ page, server, signIn }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `rows-${info.project.name}`;
  server.user(name);
  await signIn(name);
  await page.goto("/profile/tokens/new");
  await settled(page, script);
  await page.getByLabel("Description").fill("rows");
  await page.locator("input[name=packages][value=named]").check();
  await page.getByLabel("Name or pattern 1").fill("acme-*");
  if (script) await page.getByRole("button", { name: "Add pattern" }).click();
  await page.locator("input[name=pattern]").nth(1).fill("a b");
  await page.locator("input[name=networks][value=listed]").check();
  await page.getByLabel("Network 1").fill("10.1.0.0/33");
  await page.getByRole("button", { name: "Create token" }).click();
  const summary = page.getByRole("alert").filter({ hasText: "There is a problem" });
  await expect(summary.getByRole("listitem")).toHaveCount(2);
  await summary.getByRole("link", { name: /“a b”/ }).click();
  await expect(page.locator("input[name=pattern]").nth(1)).toHaveAttribute("aria-invalid", "true");
  if (script) await expect(page.locator("input[name=pattern]").nth(1)).toBeFocused();
  await summary.getByRole("link", { name: /“10.1.0.0\/33” is not a network/ }).click();
  await expect(page.getByLabel("Network 1")).toHaveAttribute("aria-invalid", "true");
  if (script) await expect(page.getByLabel("Network 1")).toBeFocused();
});

test("on the edit page the value is hidden, shown by a click and copied beside it", async ({ page, context, server, secrets, signIn }, info) => {
  test.skip(info.project.use.javaScriptEnabled === false, "showing leads to another page there");
  const name = `value-${info.project.name}`;
  await context.grantPermissions(["clipboard-write"], { origin: server.url });
  server.user(name);
  const value = server.token(name, "laptop", "--read", "all");
  secrets.push(value);
  await signIn(name);
  await page.goto(`/profile/tokens/${idOf(server, name, "laptop")}/edit`);
  await settled(page, true);
  expect(await page.content()).not.toContain(value);
  await page.getByRole("button", { name: "Copy token laptop" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Copied" })).toHaveCount(1);
  expect(await pasted(page)).toBe(value);
  await page.getByRole("button", { name: /Show token laptop/ }).click();
  await expect(page.getByText(value)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText(value)).toHaveCount(0);
});

test("many feeds are looked through, and counted", async ({ page, server, signIn, accessible }, info) => {
  test.skip(info.project.use.javaScriptEnabled === false, "the browser's own search does it there");
  const name = `many-${info.project.name}`;
  server.user(name);
  for (let number = 1; number <= 12; number++) server.feed(`f${number}-${name}`, name);
  await signIn(name);
  await page.goto("/profile/tokens/new");
  await settled(page, true);
  await page.locator("input[name=feeds][value=chosen]").check();
  const feeds = page.getByRole("group", { name: "Feeds the token may use" });
  // Feeds that other tests opened to anyone stand beside them.
  const own = feeds.getByRole("checkbox", { name: name });
  await expect(own).toHaveCount(12);
  await feeds.getByRole("searchbox").fill("f11");
  await expect(feeds.getByRole("checkbox")).toHaveCount(1);
  await feeds.getByRole("checkbox").check();
  await feeds.getByRole("searchbox").fill("");
  await feeds.getByLabel(`f2-${name}`).check();
  await expect(feeds.getByRole("status")).toHaveText(/^2 of 1\d chosen$/);
  await expect(page.getByRole("region", { name: "Summary" })).toContainText(`f11-${name}`);
  await accessible();
});
