// What pages do once they have taken over.
import { expect, test } from "../fixtures/app.ts";
import { settled, signIn } from "../fixtures/pages.ts";

test("the summary, the patterns and their counts follow what is typed", async ({ page, server, signIn, accessible }) => {
  server.user("live");
  await signIn("live");
  await page.goto("/profile/tokens/new");
  await settled(page, true);
  const summary = page.getByRole("region", { name: "Summary" });
  await expect(summary).toContainText("This token can read every feed until");
  await page.locator("input[name=access][value=write]").check();
  await expect(summary).toContainText("This token can publish packages to every feed until");
  await page.locator("input[name=packages][value=named]").check();
  const pattern = page.locator("input[name=pattern]").first();
  await pattern.fill("@acme/*");
  await expect(page.getByText("names that start with “@acme/”")).toBeVisible();
  await expect(summary).toContainText("named @acme/*");
  await pattern.fill("a b");
  await expect(page.getByText("A pattern is made of letters").first()).toBeVisible();
  await pattern.fill("@acme/*");
  await page.getByRole("button", { name: "Add pattern" }).click();
  await page.locator("input[name=pattern]").nth(1).fill("tools-*");
  await expect(summary).toContainText("named @acme/* or tools-*");
  await page.locator("input[name=expires][value=never]").check();
  await expect(summary).not.toContainText("until");
  await accessible();
});

test("a shown value hides when the page is left out of sight, and Esc hides it", async ({ page, server, secrets, signIn }) => {
  server.user("shy");
  const value = server.token("shy", "laptop", "--read", "all");
  secrets.push(value);
  await signIn("shy");
  await settled(page, true);
  const show = page.getByRole("button", { name: /Show token laptop/ });
  await show.click();
  await expect(page.getByText(value)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText(value)).toHaveCount(0);
  await show.click();
  await expect(page.getByText(value)).toBeVisible();
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  });
  await expect(page.getByText(value)).toHaveCount(0);
});

test("showing asks for the password once the confirmation is over", async ({ browser, page: _ }) => {
  const { Server } = await import("../fixtures/server.ts");
  const server = await new Server(undefined, { clock: true }).start();
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  try {
    server.user("ana");
    const value = server.token("ana", "laptop");
    await page.goto("/sign-in");
    await page.getByLabel("Email or username").fill("ana");
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery staple");
    await page.getByRole("button", { name: "Sign in" }).click();
    await settled(page, true);
    server.advance(0.2);
    await page.getByRole("button", { name: /Show token laptop/ }).click();
    const dialog = page.getByRole("dialog", { name: "Confirm it is you" });
    await dialog.getByLabel("Password").fill("not the right one at all");
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await expect(dialog.getByRole("alert")).toContainText("not your password");
    await dialog.getByLabel("Password").fill("correct horse battery staple");
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await expect(page.getByText(value)).toBeVisible();
    expect(server.log.includes(value)).toBe(false);
  } finally {
    await context.close();
    expect(await server.stop()).toBe(0);
  }
});

test("a page whose code does not come is opened all the same", async ({ browser, server, page: _ }, info) => {
  const name = `offline-${info.project.name}`;
  server.user(name);
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  const panics: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("panicked")) panics.push(message.text());
  });
  await signIn(page, name);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Access tokens");
  await settled(page, true);
  let lost = 0;
  const lose = (times: number) =>
    page.route(/\/split_feeds\.wasm$/, (route) => (lost++ < times ? route.abort() : route.continue()));

  // A moment without network: the page stays, and the next opens by itself, without being loaded anew.
  await lose(1);
  await page.evaluate(() => document.documentElement.classList.add("same-document"));
  await page.getByRole("link", { name: "Feeds", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Feeds");
  expect(lost, "it was asked for again").toBe(2);
  await expect(page.locator("html")).toHaveClass(/same-document/);

  // No code at all: the server draws the page, and its links work.
  await page.unroute(/\/split_feeds\.wasm$/);
  await page.goto("/profile/tokens");
  await settled(page, true);
  lost = 0;
  await lose(Number.POSITIVE_INFINITY);
  await page.evaluate(() => document.documentElement.classList.add("same-document"));
  await page.getByRole("link", { name: "Feeds", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Feeds");
  await expect(page.locator("html")).not.toHaveClass(/same-document/);
  await expect.poll(() => lost, { timeout: 30_000 }).toBe(6);
  await page.getByRole("link", { name: "Tokens", exact: true }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Access tokens");
  expect(panics).toEqual([]);
  await context.close();
});
