// One's own account: sessions elsewhere, the name, the address, and leaving.
import { expect, test } from "../fixtures/app.ts";
import { settled, signIn } from "../fixtures/pages.ts";

test("a session elsewhere is seen and signed out", async ({ page, browser, server, signIn: begin, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `where-${info.project.name}`;
  server.user(name);
  await begin(name);
  const other = await browser.newContext({ baseURL: server.url, javaScriptEnabled: script, userAgent: "Mozilla/5.0 (Android 16; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0" });
  const phone = await other.newPage();
  await signIn(phone, name);
  await expect(phone.getByRole("heading", { level: 1 })).toHaveText("Access tokens");
  await page.getByRole("navigation", { name: "Profile" }).getByRole("link", { name: "Security" }).click();
  const sessions = page.getByRole("region", { name: "Sessions" });
  await expect(sessions.getByRole("row")).toHaveCount(3);
  await expect(sessions.getByRole("row").nth(1)).toContainText("This session");
  await settled(page, script);
  await accessible();
  await sessions.getByRole("button", { name: "Sign out Firefox on Android at 127.0.0.1" }).click();
  await expect(sessions.getByRole("row")).toHaveCount(2);
  await phone.goto("/feeds");
  await expect(phone).toHaveURL(/\/sign-in/);
  await other.close();
});

test("a name and an address are changed", async ({ page, server, signIn: begin, secrets, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `called-${info.project.name}`;
  server.user(name);
  await begin(name);
  await page.goto("/profile");
  await settled(page, script);
  await accessible();
  await page.getByLabel("Display name").fill("Zoë from the office");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByText("Your name is saved.")).toBeVisible();
  await expect(page.getByLabel("Display name")).toHaveValue("Zoë from the office");
  secrets.push("not the password at all");
  await page.getByLabel("Email", { exact: true }).fill(`${name}@example.org`);
  await page.getByLabel("Current password", { exact: true }).fill("not the password at all");
  await page.getByRole("button", { name: "Change email address" }).click();
  await expect(page.getByRole("alert")).toContainText("This is not your password.");
  await expect(page.getByLabel("Email", { exact: true })).toHaveValue(`${name}@example.org`);
  await page.getByLabel("Current password", { exact: true }).fill("correct horse battery staple");
  await page.getByRole("button", { name: "Change email address" }).click();
  await expect(page.getByText("Your email address is changed.")).toBeVisible();
});

test("an account is deleted, and its tokens stop", async ({ page, server, signIn: begin, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const [name, heir, feed] = [`leaver-${info.project.name}`, `heir-${info.project.name}`, `left-${info.project.name}`];
  for (const user of [name, heir]) server.user(user);
  server.feed(feed, name);
  const token = server.token(name, "desk");
  const status = async () => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${server.local}/F/${feed}/npm/absent`, { headers });
    return [answer.status, /LK-\w+/.exec(await answer.text())?.[0]];
  };
  await begin(name);
  await page.goto("/profile");
  await page.getByRole("link", { name: "Delete account…" }).click();
  await expect(page.getByText("Your account cannot be deleted yet.")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: feed })).toBeVisible();
  await accessible();
  server.cli(["feed", "member", "set", feed, heir, "owner"]);
  await page.reload();
  await settled(page, script);
  await accessible();
  expect(await status()).toEqual([404, undefined]);
  await page.getByLabel("Username", { exact: true }).fill(name);
  await page.getByRole("button", { name: `Delete ${name}` }).click();
  await expect(page.getByText("Your account is deleted.")).toBeVisible();
  expect(await status()).toEqual([401, "LK-DISABLED"]);
  await signIn(page, name);
  await expect(page.getByRole("alert")).toContainText("is not right");
});
