// A server without TLS under a name of the network: browsers give its pages no clipboard interface.
import { expect, test } from "../fixtures/app.ts";
import { createToken, pasted, settled } from "../fixtures/pages.ts";

const WARNING = "This site is not using HTTPS. Passwords and tokens can be read on the network.";

test("every page says that the connection is open to others", async ({ page, server, signIn, accessible }) => {
  server.user("warned");
  await page.goto("/sign-in");
  expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
  await expect(page.getByRole("complementary", { name: "Warning" })).toHaveText(WARNING);
  await accessible();
  await signIn("warned");
  for (const path of ["/profile/tokens", "/profile/tokens/new", "/feeds", "/nothing"]) {
    await page.goto(path);
    await expect(page.getByRole("complementary", { name: "Warning" }), path).toHaveText(WARNING);
  }
  const [session] = await page.context().cookies();
  expect(session).toMatchObject({ name: "sid", httpOnly: true, secure: false, sameSite: "Lax" });
});

test("copying works by a selection, without showing the value", async ({ page, server, secrets, signIn }) => {
  server.user("copier");
  const value = server.token("copier", "laptop");
  secrets.push(value);
  await signIn("copier");
  await settled(page, true);
  expect(await page.evaluate(() => "clipboard" in navigator)).toBe(false);
  await page.getByRole("button", { name: "Copy token laptop" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Copied token laptop." })).toHaveCount(1);
  expect(await page.content()).not.toContain(value);
  expect(await pasted(page)).toBe(value);
});

test("where the browser refuses the selection too, the page says so and Ctrl+C does it", async ({ page, server, secrets, signIn }) => {
  server.user("refused");
  const value = server.token("refused", "laptop");
  await page.addInitScript(() => {
    document.execCommand = () => false;
  });
  await signIn("refused");
  await settled(page, true);
  const copy = page.getByRole("button", { name: "Copy token laptop" });
  await copy.click();
  await expect(page.getByRole("alert").filter({ hasText: "Press Copy once more" })).toBeVisible();
  await copy.click();
  await expect(page.getByRole("alert").filter({ hasText: "press Ctrl+C" })).toBeVisible();
  await expect(page.getByText("Copied", { exact: true })).toHaveCount(0);
  await page.keyboard.press("Control+C");
  expect(await pasted(page)).toBe(value);
  await page.reload();
  secrets.push(value);
});

test("a value that was made is copied from the page that shows it", async ({ page, server, secrets, signIn }) => {
  server.user("maker");
  await signIn("maker");
  await createToken(page, { description: "desk", access: "Read" }, true);
  const value = await page.getByLabel("Your token").inputValue();
  await page.getByRole("button", { name: "Copy token desk" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Copied token desk." })).toHaveCount(1);
  expect(await pasted(page)).toBe(value);
  secrets.push(value);
  await page.goto("/feeds");
});
