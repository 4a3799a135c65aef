// Administrators: inviting somebody, stopping and starting them again, and the policy.
import { expect, PASSWORD, test } from "../fixtures/app.ts";
import { settled, signIn } from "../fixtures/pages.ts";
import { type Server } from "../fixtures/server.ts";

/** What the server answers a client that reads from the feed with this token. */
async function reads(server: Server, feed: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${server.local}/F/${feed}/npm/absent`, { headers }).then(({ status }) => status);
}

test("somebody is invited, works, is stopped at once and comes back", async ({ page, browser, server, secrets, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const [admin, name] = [`boss-${info.project.name}`, `guest-${info.project.name}`];
  server.user(admin, "--admin");
  await signIn(page, admin);
  await page.getByRole("link", { name: "Admin" }).click();
  await page.getByRole("link", { name: "Invite" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Invite somebody");
  await settled(page, script);
  await page.getByLabel("Username").fill(name);
  await page.getByLabel("Email").fill(`${name}@example.com`);
  await page.getByRole("button", { name: "Invite" }).click();
  await expect(page.getByRole("heading", { name: `${name} is invited` })).toBeVisible();
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  expect(new URL(link).pathname).toMatch(/^\/invite\/[0-9A-Za-z]{22}$/);
  secrets.push(link.slice(-22));
  await expect(page.getByRole("button", { name: `Copy link for ${name}` })).toHaveCount(script ? 1 : 0);
  await accessible();
  await page.getByRole("link", { name: "Done", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Invited");

  const other = await browser.newContext({ baseURL: server.url, javaScriptEnabled: script });
  const guest = await other.newPage();
  await guest.goto(new URL(link).pathname);
  await guest.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await guest.getByRole("button", { name: "Set password and sign in" }).click();
  await expect(guest.getByRole("heading", { level: 1 })).toHaveText("Access tokens");

  server.feed(`feed-${name}`, name);
  const token = server.token(name, "CI");
  expect(await reads(server, `feed-${name}`, token)).toBe(404);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Active");
  await page.locator("summary").filter({ hasText: `Disable ${name}…` }).click();
  await expect(page.getByText("2 tokens are refused from the next request on:")).toBeVisible();
  await expect(page.getByText(`1 feed is left without an owner who can act: feed-${name}.`)).toBeVisible();
  await accessible();
  await page.getByRole("button", { name: `Disable ${name}` }).click();
  await expect(page.getByText("Nothing of the account works any more.")).toBeVisible();
  expect(await reads(server, `feed-${name}`, token)).toBe(401);
  await guest.goto("/feeds");
  await expect(guest).toHaveURL(/\/sign-in/);
  await page.getByRole("button", { name: `Enable ${name}` }).click();
  await expect(page.getByText("What worked before works again.")).toBeVisible();
  expect(await reads(server, `feed-${name}`, token)).toBe(404);
  await other.close();
});

test("a forgotten password is replaced by a link, and the policy changes for everybody at once", async ({ page, browser, server, secrets, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const [admin, name] = [`chief-${info.project.name}`, `lost-${info.project.name}`];
  server.user(admin, "--admin");
  server.user(name);
  await signIn(page, admin);
  await page.goto(`/admin/people/${name}`);
  await settled(page, script);
  await page.getByRole("button", { name: "Make a reset link" }).click();
  await expect(page.getByRole("heading", { name: `Link for ${name}` })).toBeVisible();
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  secrets.push(link.slice(-22));
  const other = await browser.newContext({ baseURL: server.url, javaScriptEnabled: script });
  const guest = await other.newPage();
  await guest.goto(new URL(link).pathname);
  await expect(guest.getByText("15 characters or more.")).toBeVisible();

  await page.goto("/admin/policy");
  await page.getByLabel("Shortest password").fill("20");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await accessible();
  await guest.reload();
  await expect(guest.getByText("20 characters or more.")).toBeVisible();
  server.cli(["policy", "unset", "shortest_password"]);
  const next = "entirely different words in here";
  secrets.push(next);
  await guest.getByLabel("Password", { exact: true }).fill(next);
  await guest.getByRole("button", { name: "Set password and sign in" }).click();
  await expect(guest.getByRole("heading", { level: 1 })).toHaveText("Access tokens");
  await guest.goto(new URL(link).pathname);
  await expect(guest.getByRole("heading", { level: 1 })).toHaveText("This link no longer works");
  await other.close();
});
