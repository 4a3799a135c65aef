// The main job as a newcomer does it, with and without JavaScript, on both databases.
import { expect, test } from "../fixtures/app.ts";
import { createFeed, pasted, setUp, settled } from "../fixtures/pages.ts";
import { Server } from "../fixtures/server.ts";

test("from the set-up link to a token that was shown, copied and revoked", async ({ page, context, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const server = await new Server(info.project.metadata["database"] as string | undefined).start();
  try {
    await context.grantPermissions(["clipboard-write"], { origin: server.url });
    const at = (path: string) => server.url + path;

    await page.goto(at("/profile/tokens"));
    await expect(page, "while there is no account every page leads to the set-up").toHaveURL(/\/setup/);
    await setUp(page, server.setupLink, "ana");
    await accessible();

    await page.goto(at("/feeds/new"));
    await settled(page, script);
    await page.getByLabel("Name", { exact: true }).fill("main");
    // What is said below the field moves the button.
    if (script) await expect(page.locator("#name-check")).toHaveText("“main” is free.");
    await page.getByRole("button", { name: "Create feed" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("main");
    await accessible();

    await page.goto(at("/profile/tokens/new"));
    await settled(page, script);
    await accessible();
    await page.getByLabel("Description").fill("CI publish");
    await page.locator("input[name=access][value=write]").check();
    await page.locator("input[name=feeds][value=chosen]").check();
    await page.getByRole("group", { name: "Feeds the token may use" }).getByLabel("main").check();
    if (script) {
      await expect(page.getByRole("status").filter({ hasText: "This token can" })).toContainText(
        "This token can publish packages to main until",
      );
    }
    await page.getByRole("button", { name: "Create token" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("CI publish is ready");
    const value = await page.getByLabel("Your token").inputValue();
    expect(value).toMatch(/^lka_[0-9A-Za-z]{36}$/);
    await accessible();

    await page.getByRole("link", { name: "Done" }).click();
    await expect(page.getByRole("heading", { name: "Access tokens", exact: true })).toBeVisible();
    await expect(page.getByText("publish packages to main")).toBeVisible();
    expect(await page.content(), "the list holds no value").not.toContain(value);

    await page.getByRole("link", { name: "CI publish", exact: true }).click();
    await settled(page, script);
    expect(await page.content(), "its own page holds no value").not.toContain(value);
    await page.getByRole("button", { name: /Show token CI publish/ }).click();
    if (script) {
      await expect(page.getByText(value)).toBeVisible();
      await page.getByRole("button", { name: "Hide token CI publish" }).click();
      await expect(page.getByText(value)).toHaveCount(0);
      await page.getByRole("button", { name: "Copy token CI publish" }).click();
      await expect(page.getByRole("status").filter({ hasText: "Copied" })).toHaveCount(1);
      expect(await pasted(page)).toBe(value);
      expect(await page.content(), "copying shows nothing").not.toContain(value);
    } else {
      await expect(page.locator(`input[value="${value}"]`)).toBeVisible();
      await page.goto(page.url().replace(/\/reveal$/, ""));
    }

    if (script) {
      await page.getByRole("button", { name: "Revoke CI publish…" }).click();
      const dialog = page.getByRole("alertdialog");
      await expect(dialog.getByRole("button", { name: /Cancel|Keep/ })).toBeFocused();
      await accessible();
      await dialog.getByRole("button", { name: /Revoke/ }).click();
    } else {
      await page.locator("details.confirm summary").click();
      await page.locator("details.confirm").getByRole("button", { name: /Revoke/ }).click();
    }
    await expect(page.getByRole("main").getByText("is revoked")).toBeVisible();
    await page.goto(at("/profile/tokens"));
    await expect(page.locator(".badge", { hasText: "Revoked" })).toBeVisible();
    await accessible();

    await page.goBack();
    expect(await page.content(), "going back shows no value").not.toContain(value);
    expect(server.log.includes(value), "the log holds no value").toBe(false);
  } finally {
    expect(await server.stop()).toBe(0);
    expect(server.log).not.toMatch(/panicked/);
  }
});

test("two feeds, reading both and writing one", async ({ page, server, secrets, signIn }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `two-${info.project.name}`;
  server.user(name);
  server.feed(`read-${name}`, name);
  await signIn(name);
  await createFeed(page, `write-${name}`);
  await page.goto("/profile/tokens/new");
  await settled(page, script);
  await page.getByLabel("Description").fill("build");
  await page.locator("input[name=access][value=both]").check();
  await page.locator("input[name=feeds][value=differ]").check();
  await page.getByRole("group", { name: "Feeds the token may write to" }).getByLabel(`write-${name}`).check();
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByText(`This token can read every feed and publish packages to write-${name} until`)).toBeVisible();
  secrets.push(await page.getByLabel("Your token").inputValue());
  await page.goto("/profile/tokens");
});

test("what is wrong with the form is said at once and nothing typed is lost", async ({ page, server, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `wrong-${info.project.name}`;
  server.user(name);
  await signIn(name);
  await page.goto("/profile/tokens/new");
  await settled(page, script);
  await page.getByLabel("Description").fill("odd");
  await page.locator("input[name=packages][value=named]").check();
  await page.locator("input[name=pattern]").first().fill("no spaces please");
  await page.getByRole("button", { name: "Create token" }).click();
  const summary = page.getByRole("alert").filter({ hasText: "There is a problem" });
  await expect(summary).toContainText("A pattern is made of");
  if (script) await expect(summary).toBeFocused();
  await expect(page.getByLabel("Description")).toHaveValue("odd");
  await expect(page.locator("input[name=pattern]").first()).toHaveValue("no spaces please");
  await accessible();
});
