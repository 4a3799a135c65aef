// A token's life on the pages: new values, rest, the list, and keys alone.
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../fixtures/app.ts";
import { pasted, settled } from "../fixtures/pages.ts";
import type { Server } from "../fixtures/server.ts";

/** What the server's API says to a token: 200, or the code of its refusal. */
async function ask(server: Server, value: string): Promise<string> {
  const answer = await fetch(`${server.local}/api/v1/token`, {
    headers: { authorization: `Bearer ${value}`, "user-agent": "npm/11.19.1 node/v20" },
  });
  const text = await answer.text();
  return answer.ok ? "200" : (/LK-[A-Z]+/.exec(text)?.[0] ?? text);
}

/** Opens the page of one of the tokens in the list. */
async function open(page: Page, name: string, script: boolean): Promise<void> {
  await page.goto("/profile/tokens");
  // A notice above the list may lead there too.
  await page.getByRole("rowheader").getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
  await settled(page, script);
}

/** The button of the menu in a token's row. */
function menu(page: Page, name: string): Locator {
  return page.locator("summary", { hasText: `Actions for ${name}` });
}

/** The form with the choice when the old value stops, in its dialog or on its page. */
async function choose(page: Page, choice: RegExp, script: boolean): Promise<void> {
  await page.getByRole("link", { name: "Regenerate…" }).click();
  const form = script ? page.getByRole("dialog", { name: /^Regenerate / }) : page.getByRole("main");
  await form.getByRole("radio", { name: choice }).check();
  await form.getByRole("button", { name: "Regenerate" }).click();
}

test("a new value, the old one beside it, and its end", async ({ page, server, secrets, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  server.user("rotor");
  const old = server.token("rotor", "CI publish", "--read", "all");
  secrets.push(old);
  expect(await ask(server, old)).toBe("200");
  await signIn("rotor");
  await expect(async () => {
    await open(page, "CI publish", script);
    await expect(page.getByRole("region", { name: "Last addresses and clients" })).toContainText("npm 11.19.1", { timeout: 1000 });
  }).toPass();
  await accessible();
  if (script) {
    await page.getByRole("link", { name: "Regenerate…" }).click();
    const dialog = page.getByRole("dialog", { name: "Regenerate CI publish" });
    await expect(dialog).toContainText("was used lately by");
    await expect(dialog.getByRole("radio", { name: /^Now/ })).toBeChecked();
    await accessible();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(dialog).toBeHidden();
  }
  await choose(page, /^In 24 hours/, script);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("CI publish has a new value");
  await expect(page.getByText("The old value, ending")).toContainText("in 24 hours");
  const value = await page.getByLabel("The new value").inputValue();
  expect(value).toMatch(/^lka_[0-9A-Za-z]{36}$/);
  secrets.push(value);
  await accessible();
  expect([await ask(server, old), await ask(server, value)]).toEqual(["200", "200"]);

  if (!script) {
    // The form is sent once more; it makes no third value.
    await page.reload();
    expect(await page.getByLabel("The new value").inputValue()).toBe(value);
  }
  await page.getByRole("link", { name: "Done" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/CI publish\s*Active/);
  const banner = page.locator(".notice", { hasText: `The old value ending ${old.slice(-4)}` });
  expect(await page.content()).not.toContain(value);
  await expect(async () => {
    await page.reload();
    await expect(banner).toContainText("by npm 11.19.1", { timeout: 1000 });
  }).toPass();
  await settled(page, script);
  await accessible();
  await page.goto("/profile/tokens");
  await settled(page, script);
  await expect(banner).toContainText(`The old value ending ${old.slice(-4)} of CI publish`);
  await accessible();
  await page.getByRole("button", { name: "Stop now CI publish" }).click();
  await expect(banner).toHaveCount(0);
  expect([await ask(server, old), await ask(server, value)]).toEqual(["LK-ROTATED", "200"]);
  await expect(async () => {
    await open(page, "CI publish", script);
    await expect(page.getByText("Something still uses an old value")).toBeVisible({ timeout: 1000 });
  }).toPass();
  await expect(page.getByRole("img", { name: /^Requests by day: \d+ requests? accepted, 1 refused/ })).toBeVisible();
  await page.getByText("As a table").click();
  await expect(page.getByRole("table", { name: "Requests by day" })).toBeVisible();
  await expect(page.getByRole("table", { name: "The last requests with this token" })).toContainText("LK-ROTATED");
  await accessible();
});

test("of two tabs the second is told", async ({ page, context, server, secrets, signIn }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  server.user("twice");
  secrets.push(server.token("twice", "CI", "--read", "all"));
  await signIn("twice");
  await page.getByRole("link", { name: "CI", exact: true }).click();
  await expect(page).toHaveURL(/\/profile\/tokens\/[0-9a-f-]+$/);
  const address = `${page.url()}/regenerate`;
  const other = await context.newPage();
  for (const tab of [page, other]) {
    await tab.goto(address);
    await settled(tab, script);
  }
  for (const tab of [page, other]) await tab.getByRole("button", { name: "Regenerate" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("CI has a new value");
  secrets.push(await page.getByLabel("The new value").inputValue());
  await expect(other.getByRole("alert")).toContainText("got another new value while this page was open");
  await expect(other.getByLabel("The new value")).toHaveCount(0);
  await page.getByRole("link", { name: "Done" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Active");
  await other.close();
});

test("going back after a value was shown shows the mask", async ({ page, server, secrets, signIn }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  server.user("back");
  const value = server.token("back", "laptop", "--read", "all");
  secrets.push(value);
  await signIn("back");
  await open(page, "laptop", script);
  await page.getByRole("button", { name: /Show token laptop/ }).click();
  if (script) await expect(page.getByText(value)).toBeVisible();
  else await expect(page.locator(`input[value="${value}"]`)).toBeVisible();
  // Away by a link inside the site, and away to another document altogether.
  for (const leave of [
    () => page.getByRole("navigation", { name: "Site" }).getByRole("link", { name: "Feeds" }).click(),
    () => page.goto("/sign-up"),
  ]) {
    if (script) {
      const hidden = page.getByRole("button", { name: /Show token laptop/ });
      if (await hidden.isVisible()) await hidden.click();
      await expect(page.getByText(value)).toBeVisible();
    }
    await leave();
    await expect(page.getByRole("heading", { level: 1 })).not.toContainText("laptop");
    if (!script) {
      // The answer to a form is never kept: the browser would have to ask anew.
      await page.goto("/profile/tokens");
      break;
    }
    await page.goBack();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("laptop");
    await expect(page.getByRole("button", { name: /Show token laptop/ })).toBeVisible();
    expect(await page.content()).not.toContain(value);
    await settled(page, script);
  }
});

test("the list follows its filter, and its menus act", async ({ page, server, secrets, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  server.user("many");
  for (const name of ["laptop", "phone", "CI publish"]) secrets.push(server.token("many", name, "--read", "all"));
  await signIn("many");
  await settled(page, script);
  const rows = page.getByRole("table", { name: "Your other tokens" }).getByRole("rowheader");
  const found = page.getByRole("search").getByRole("status");
  await expect(found).toHaveText("3 tokens");
  if (script) {
    await page.keyboard.press("/");
    await expect(page.getByLabel("Filter")).toBeFocused();
    await page.keyboard.type("lap");
  } else {
    await page.getByLabel("Filter").fill("lap");
    await page.getByRole("button", { name: "Apply" }).click();
  }
  await expect(found).toHaveText("1 of 3 tokens");
  await expect(page).toHaveURL(/\?q=lap/);
  await expect(rows).toHaveCount(1);
  if (script) await expect(page.getByLabel("Filter"), "focus stays").toBeFocused();
  await page.reload();
  await settled(page, script);
  await expect(page.getByLabel("Filter")).toHaveValue("lap");
  await expect(rows).toHaveCount(1);

  await menu(page, "laptop").click();
  await accessible();
  await page.getByRole("button", { name: "Suspend laptop" }).click();
  await expect(page.locator(".badge", { hasText: "Suspended" })).toBeVisible();
  await page.goto("/profile/tokens?state=suspended");
  await settled(page, script);
  await expect(rows).toHaveCount(1);
  await menu(page, "laptop").click();
  await page.getByRole("button", { name: "Resume laptop" }).click();
  if (script) await expect(page.getByRole("heading", { name: "No token matches" })).toBeVisible();
  else await expect(page.getByRole("heading", { level: 1 })).toContainText("Active");
  await accessible();

  await page.goto("/profile/tokens?sort=name");
  await settled(page, script);
  await expect(rows.first()).toContainText("CI publish");
  await menu(page, "phone").click();
  await expect(page.getByRole("link", { name: "New from this" })).toHaveAttribute("href", /\/profile\/tokens\/new\?from=/);
  await page.getByRole("link", { name: "Revoke…" }).click();
  await expect(page).toHaveURL(/#revoke$/);
});

/** Presses Tab until the control has the focus, as somebody without a mouse would. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await control.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press("Tab");
  }
  await expect(control, "it is reached by Tab").toBeFocused();
}

test("with the keyboard alone: create, copy, revoke", async ({ page, context, server, secrets, signIn }, info) => {
  test.skip(info.project.use.javaScriptEnabled === false, "copying needs script");
  await context.grantPermissions(["clipboard-write"], { origin: server.url });
  server.user("tabber");
  await signIn("tabber");
  await settled(page, true);
  await tabTo(page, page.getByRole("main").getByRole("link", { name: "Create token" }).first());
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Create token");
  await tabTo(page, page.getByLabel("Description"));
  await page.keyboard.type("typed");
  await tabTo(page, page.getByRole("button", { name: "Create token" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("typed is ready");
  await tabTo(page, page.getByRole("button", { name: "Copy token typed" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Copied token typed" })).toHaveCount(1);
  const value = await pasted(page);
  expect(value).toMatch(/^lka_/);
  secrets.push(value);
  await tabTo(page, page.getByRole("link", { name: "Done" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Access tokens");
  await tabTo(page, menu(page, "typed"));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("link", { name: "Revoke…" }));
  await page.keyboard.press("Enter");
  const revoke = page.getByRole("button", { name: "Revoke typed…" });
  await expect(revoke, "the link leads to the button").toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("alertdialog");
  await expect(dialog.getByRole("button", { name: "Cancel" }), "nothing happens by accident").toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main").getByText("is revoked")).toBeVisible();
  expect(await ask(server, value)).toBe("LK-REVOKED");
});
