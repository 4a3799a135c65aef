// The Connect page: choices, a token made in place, what is copied, and whether the client has come.
import { expect, test } from "../fixtures/app.ts";
import { settled } from "../fixtures/pages.ts";

test("a person without feeds is told how to come by one", async ({ page, server, signIn, accessible }, info) => {
  const name = `bare-${info.project.name}`;
  server.user(name);
  await signIn(name);
  await page.getByRole("link", { name: "Connect", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Connect a client");
  await expect(page.getByRole("link", { name: "Create feed" })).toBeVisible();
  await accessible();
});

test("the choices make the guide, and a token made in place fills it in", async ({ page, server, signIn, secrets, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `guide-${info.project.name}`;
  server.user(name);
  server.feed(name, name);
  await signIn(name);
  await page.goto("/connect");
  await settled(page, script);
  await expect(page.getByRole("heading", { name: `npm with ${name}` })).toBeVisible();
  await expect(page.getByText("_authToken=YOUR-LATCHKEY-TOKEN")).toBeVisible();
  await accessible();

  await page.getByLabel("Client").selectOption("dotnet");
  await page.getByLabel("Where").selectOption("github");
  await page.getByLabel("What for").selectOption("publish");
  await page.getByLabel("Packages from this feed").fill("Acme.*");
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("heading", { name: `dotnet with ${name}` })).toBeVisible();
  await expect(page.getByText('<package pattern="Acme.*" />')).toBeVisible();
  await expect(page.getByText("${{ secrets.LATCHKEY_TOKEN }}")).toBeVisible();
  await expect(page).toHaveURL(/client=dotnet/);
  await accessible();

  // Who would rather look at the form finds the same in it.
  const form = await page.context().newPage();
  await form.goto((await page.getByRole("link", { name: "fill in the form yourself" }).getAttribute("href"))!);
  await expect(form.locator("input[name=access][value=write]")).toBeChecked();
  await expect(form.locator("input[name=pattern]").first()).toHaveValue("nuget|Acme.*");
  await expect(form.getByRole("group", { name: "Feeds the token may use" }).getByLabel(name)).toBeChecked();
  await form.close();

  await page.getByRole("button", { name: "Make a token for this" }).click();
  await expect(page.getByLabel("Token")).not.toHaveValue("");
  await settled(page, script);
  const description = `dotnet for ${name}: GitHub Actions`;
  const value = page.locator("figure").filter({ has: page.locator(".place", { hasText: /^Secret$/ }) });
  await expect(value.locator("code")).toHaveText(/^lka_•+[0-9A-Za-z]{4}$/);
  const shown = JSON.parse(server.cli(["token", "list", "--user", name, "--json"])) as Record<string, unknown>[];
  const made = shown.find((token) => token["description"] === description);
  expect(JSON.stringify(made)).toContain("nuget|Acme.*");
  await page.goBack();
  await page.goForward();
  await expect(page.getByLabel("Token")).not.toHaveValue("");
  await accessible();

  // The same form sent again makes no second one.
  const tokens = server.tokenIds(name).size;
  await page.reload();
  expect(server.tokenIds(name).size).toBe(tokens);
  secrets.push(server.token(name, "unused"));
});

test("a token that cannot do it is said to, a request with it is seen", async ({ page, server, signIn, secrets }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `seen-${info.project.name}`;
  server.user(name);
  server.feed(name, name);
  const token = server.token(name, "writes only", "--read", "none", "--write", name);
  secrets.push(token);
  const id = server.tokenIds(name).get("writes only")!;
  await signIn(name);
  await page.goto(`/connect?feed=${name}&client=npm&task=install&token=${id}`);
  await settled(page, script);
  await expect(page.getByText("writes only may not install here.")).toBeVisible();
  const box = page.getByRole("status").filter({ hasText: /request/ });
  await expect(box).toContainText(script ? "Waiting for your first request…" : "No request yet.");
  const ask = (path: string) =>
    fetch(`${server.url}/F/${name}/npm/${path}`, { headers: { authorization: `Bearer ${token}`, "user-agent": "npm/11.0.0 node/v22.0.0 linux x64" } });
  expect((await ask("@acme%2fdemo")).status).toBe(403);
  const refused = page.getByText("Refused, LK-SCOPE: 127.0.0.1 by npm 11.0.0");
  if (script) await expect(refused).toBeVisible();
  else {
    await expect(async () => {
      const again = page.getByRole("link", { name: "Look again" });
      if (await again.isVisible()) await again.click();
      await expect(refused).toBeVisible({ timeout: 500 });
    }).toPass();
  }
  expect((await ask("-/whoami")).status).toBe(200);
  if (script) await expect(page.getByText("Seen from 127.0.0.1 by npm 11.0.0")).toBeVisible();
});

test("packages that are no pattern are said to be none, and a public feed takes no token", async ({ page, server, signIn, accessible }, info) => {
  const name = `odd-${info.project.name}`;
  server.user(name);
  server.feed(name, name, "--public");
  await signIn(name);
  await page.goto(`/connect?feed=${name}&client=npm&packages=a%20b`);
  await expect(page.getByRole("alert").filter({ hasText: "There is a problem" })).toContainText("A pattern is made of letters");
  await accessible();
  await page.goto(`/connect?feed=${name}&client=maven`);
  await expect(page.getByText("to install takes no token")).toBeVisible();
  await expect(page.getByRole("button", { name: "Make a token for this" })).toHaveCount(0);
  await page.goto("/connect?feed=not-mine");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/not found|nothing here|no such/i);
});
