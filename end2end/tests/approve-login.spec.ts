// The page that approves a terminal's sign-in; the terminal is played by two requests.
import { expect, test } from "../fixtures/app.ts";
import { type Server } from "../fixtures/server.ts";

type Begun = { loginUrl: string; doneUrl: string };

async function begin(server: Server, feed: string): Promise<Begun> {
  const answer = await fetch(`${server.local}/F/${feed}/npm/-/v1/login`, {
    method: "POST",
    headers: { "user-agent": "npm/11.19.1 node/v20.20.2 linux x64" },
    body: "{}",
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Begun;
}

async function poll({ doneUrl }: Begun): Promise<{ status: number; token?: string; error?: string }> {
  const answer = await fetch(doneUrl);
  return { status: answer.status, ...((await answer.json()) as object) };
}

test("a person sees who asks, chooses, and the terminal gets its token once", async ({ page, server, signIn, accessible, secrets }, info) => {
  const name = `login-${info.project.name}`;
  server.user(name);
  server.feed(name, name);
  const begun = await begin(server, name);
  // Signed out, the way leads by the sign-in.
  await page.goto(begun.loginUrl);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await signIn(name);
  await page.goto(begun.loginUrl);
  const main = page.getByRole("main");
  for (const words of [name, "127.0.0.1", "npm 11.19.1", `belongs to ${name}`]) await expect(main).toContainText(words);
  await expect(page.locator("input[name=access][value=read]")).toBeChecked();
  await expect(page.locator("input[name=expires][value='30d']")).toBeChecked();
  await expect(page.getByLabel("Name of the feed")).toHaveCount(0);
  await accessible();
  expect((await poll(begun)).status).toBe(202);

  // No is as easy as yes.
  const [yes, no] = await Promise.all(["Approve", "Deny"].map((word) => page.getByRole("button", { name: word }).boundingBox()));
  expect(no!.height).toBe(yes!.height);
  expect(no!.width).toBe(yes!.width);

  await page.locator("input[name=access][value=both]").check();
  await page.locator("input[name=expires][value='7d']").check();
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Go back to your terminal");
  await accessible();
  const { status, token } = await poll(begun);
  expect(status).toBe(200);
  secrets.push(token!);
  expect((await poll(begun)).status).toBe(410);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Go back to your terminal");
  await page.getByRole("main").getByRole("link", { name: "Tokens" }).click();
  await page.getByRole("link", { name: "npm login from 127.0.0.1", exact: true }).first().click();
  await expect(page.getByRole("main")).toContainText(`read and publish packages in ${name}`);
  // What the address held is nowhere in the log.
  for (const address of [begun.loginUrl, begun.doneUrl]) expect(server.log).not.toContain(address.split("/").pop()!);
});

test("no gives nothing, and a link has its day", async ({ page, server, signIn, accessible }, info) => {
  const name = `login-no-${info.project.name}`;
  server.user(name);
  server.feed(name, name);
  await signIn(name);
  const begun = await begin(server, name);
  await page.goto(begun.loginUrl);
  await page.getByRole("button", { name: "Deny" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign-in denied");
  await accessible();
  expect(await poll(begun)).toMatchObject({ status: 403, error: "The sign-in was denied in the browser." });

  const absent = await begin(server, "no-such-feed");
  await page.goto(absent.loginUrl);
  await expect(page.getByRole("main")).toContainText("There is nothing to approve");
  await expect(page.getByRole("button", { name: "Approve" })).toHaveCount(0);
  await accessible();

  expect((await page.goto("/login/0123456789abcdefghijkl"))?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This sign-in is over");
  await accessible();
});

test("a reader is offered reading, and is told why", async ({ page, server, signIn }, info) => {
  const [owner, reader] = [`login-owner-${info.project.name}`, `login-reader-${info.project.name}`];
  server.user(owner);
  server.user(reader);
  server.feed(owner, owner);
  server.cli(["feed", "member", "set", owner, reader, "reader"]);
  await signIn(reader);
  await page.goto((await begin(server, owner)).loginUrl);
  await expect(page.getByRole("main")).toContainText(`You may read ${owner}, so the token may too.`);
  await expect(page.locator("input[name=access]")).toHaveCount(1);
});
