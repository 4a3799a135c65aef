// The real npm, with the token copied from the browser's clipboard.
import { expect, test } from "../fixtures/app.ts";
import { mistyped } from "../fixtures/bench.ts";
import { Client, type Credential } from "../fixtures/clients.ts";
import { createToken, pasted, settled, signIn } from "../fixtures/pages.ts";
import { PASSWORD, Server } from "../fixtures/server.ts";

const npm = (registry: string, credential: Credential) => new Client("npm11", registry, credential);

test.describe.configure({ mode: "serial" });

test("a token from the page publishes what it may and nothing else", async ({ page, context, server, secrets }, info) => {
  test.setTimeout(300_000);
  const prefix = info.project.name;
  const [user, feed, other] = [`ana-${prefix}`, `main-${prefix}`, `other-${prefix}`];
  const registry = `${server.url}/F/${feed}/npm/`;
  server.user(user);
  server.feed(feed, user);
  server.feed(other, user);
  await context.grantPermissions(["clipboard-write"], { origin: server.url });
  await signIn(page, user);
  await createToken(page, { description: "CI publish", access: "Write", feed }, true);
  await page.getByRole("button", { name: "Copy token CI publish" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Copied" })).toHaveCount(1);
  const write = await pasted(page);
  secrets.push(write);
  await page.getByRole("link", { name: "Done" }).click();
  await page.getByRole("link", { name: "CI publish", exact: true }).click();
  await expect(page.getByText("0 packages match today.")).toBeVisible();
  const own = page.url();

  const publisher = npm(registry, { token: write });
  for (const name of ["demo", "@acme/http"]) {
    const published = await publisher.publish(name, "1.0.0");
    expect(published.code, published.output).toBe(0);
  }
  const again = await publisher.publish("demo", "1.0.0");
  expect(again.code).not.toBe(0);
  expect(again.output).toContain("[LK-EXISTS]");

  const refused = await publisher.install("demo");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("[LK-SCOPE]");
  expect(refused.output).toContain("may not read demo from feed");
  const link = /Why: (\S+\/denials\/[0-9A-Za-z]{17})/.exec(refused.output)?.[1];
  expect(link).toBeDefined();

  const elsewhere = npm(`${server.url}/F/${other}/npm/`, { token: write });
  const wrongFeed = await elsewhere.publish("demo", "1.0.0");
  expect(wrongFeed.output).toContain("[LK-FEED]");
  elsewhere.remove();

  // What the client did is seen on the pages soon.
  await expect(async () => {
    await page.goto(own);
    await expect(page.getByText("2 packages match today.")).toBeVisible({ timeout: 1_000 });
    await expect(page.getByText(/npm \d+\./).first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
  await page.goto(`/feeds/${feed}`);
  await expect(page.getByText("@acme/http").first()).toBeVisible();

  // The page behind the link: the owner sees the missing rule, everybody else nothing.
  await page.goto(link!);
  await expect(page.getByRole("main")).toContainText("LK-SCOPE");
  await expect(page.getByRole("main")).toContainText("demo");
  await expect(page.locator(".missing").first()).toBeVisible();
  await context.clearCookies();
  server.user(`eve-${prefix}`);
  await signIn(page, `eve-${prefix}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Access tokens");
  expect((await page.goto(link!))?.status()).toBe(404);
  publisher.remove();
});

test("reading, expired, revoked and password credentials do what they may", async ({ page, server, secrets, signIn: enter }, info) => {
  test.setTimeout(300_000);
  const prefix = info.project.name;
  const [user, feed] = [`ana-${prefix}`, `main-${prefix}`];
  const registry = `${server.url}/F/${feed}/npm/`;

  const read = server.token(user, "reader", "--read", feed, "--write", "none");
  secrets.push(read);
  const reader = npm(registry, { token: read });
  const installed = await reader.install("demo", "@acme/http");
  expect(installed.code, installed.output).toBe(0);
  const cannot = await reader.publish("demo", "2.0.0");
  expect(cannot.code).not.toBe(0);
  expect(cannot.output).toContain("[LK-SCOPE]");
  const who = await reader.run(["whoami"]);
  expect(who.output).toContain(user);
  expect((await reader.run(["ping"])).code).toBe(0);

  // Revoked on the page while the server runs: the very next command fails.
  await enter(user);
  await page.getByRole("link", { name: "reader", exact: true }).click();
  await settled(page, true);
  await page.getByRole("button", { name: "Revoke reader…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: /Revoke/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/Access tokens|Revoked/);
  const after = await reader.install("demo");
  expect(after.code).not.toBe(0);
  expect(after.output).toContain("[LK-REVOKED]");
  reader.remove();

  // Revoked by a command beside the server: in force within a second.
  const second = server.token(user, "second", "--read", feed);
  secrets.push(second);
  const short = npm(registry, { token: second });
  expect((await short.install("demo")).code).toBe(0);
  const tokens = JSON.parse(server.cli(["token", "list", "--user", user, "--json"])) as { id: string; description: string }[];
  server.cli(["token", "revoke", tokens.find(({ description }) => description === "second")!.id]);
  await new Promise((later) => setTimeout(later, 1_000));
  expect((await short.install("demo")).output).toContain("[LK-REVOKED]");
  short.remove();

  const password = npm(registry, { name: user, password: PASSWORD });
  expect((await password.install("demo")).code).toBe(0);
  const readonly = await password.publish("demo", "3.0.0");
  expect(readonly.code).not.toBe(0);
  expect(readonly.output).toContain("[LK-PASSWORD-READONLY]");
  password.remove();

  const wrong = npm(registry, { token: mistyped(read) });
  expect((await wrong.install("demo")).output).toContain("[LK-CHECKSUM]");
  wrong.remove();
});

test("an expired token says when it expired", async ({}, info) => {
  const server = await new Server(info.project.metadata["database"] as string | undefined, { clock: true }).start();
  try {
    server.user("ana");
    server.feed("main", "ana");
    const client = npm(`${server.url}/F/main/npm/`, { token: server.token("ana", "short", "--write", "all", "--expires", "7d") });
    expect((await client.publish("demo", "1.0.0")).output).toMatch(/npm notice token ending \w{4} expires in 7 days|npm notice token ending \w{4} expires in 8 days/);
    expect((await client.install("demo")).code).toBe(0);
    server.advance(9);
    const expired = await client.install("demo");
    expect(expired.code).not.toBe(0);
    expect(expired.output).toMatch(/\[LK-EXPIRED\] token ending \w{4} expired on \d+ \w{3} \d{4}/);
    client.remove();
  } finally {
    expect(await server.stop()).toBe(0);
  }
});
