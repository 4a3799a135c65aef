// Identities at a real OpenID provider, and at something like GitHub.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Page } from "@playwright/test";
import { expect, PASSWORD, test as base } from "../fixtures/app.ts";
import { IdentityProvider } from "../fixtures/identity-provider.ts";
import { Server } from "../fixtures/server.ts";

const test = base.extend<object, { provider: IdentityProvider }>({
  provider: [
    async ({}, use) => {
      const provider = await new IdentityProvider().listen();
      await use(provider);
      await provider.stop();
    },
    { scope: "worker" },
  ],
  server: [
    async ({ provider }, use) => {
      const folder = mkdtempSync(join(tmpdir(), "latchkey-provider-"));
      const file = join(folder, "latchkey.toml");
      writeFileSync(file, provider.settings);
      const server = await new Server(undefined, { flags: ["--config", file] }).start();
      await provider.serve(server.url);
      await use(server);
      expect(await server.stop(), "it ends well").toBe(0);
      expect(server.log, "nothing panicked").not.toMatch(/panicked/);
      rmSync(folder, { recursive: true });
    },
    { scope: "worker" },
  ],
});

test.afterEach(({ provider }) => {
  provider.tamper = undefined;
  provider.holds = false;
});

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const problem = (page: Page) => page.getByRole("alert").filter({ hasText: "There is a problem" });

/** Signs in at the provider, which asks for a name. */
async function signInThere(page: Page, name: string): Promise<void> {
  await expect(heading(page)).toHaveText("Sign in to Contoso");
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Continue" }).click();
}

/** Begins anew with a browser that neither the provider nor the server knows. */
async function leave(page: Page): Promise<void> {
  await page.context().clearCookies();
}

async function signInWith(page: Page, name: string): Promise<void> {
  await leave(page);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Continue with Contoso" }).click();
  await signInThere(page, name);
}

/** Links what somebody is called at the provider to the account that is signed in. */
async function link(page: Page, name: string): Promise<void> {
  await page.goto("/profile/security");
  await page.getByRole("link", { name: "Link Contoso…" }).click();
  await signInThere(page, name);
  await page.getByRole("button", { name: "Link Contoso" }).click();
  await expect(page.getByRole("rowheader", { name: "Contoso" })).toContainText(name);
}

const isIn = (page: Page) => expect(heading(page)).toHaveText("Access tokens");

test("an identity is linked, signs in, and is unlinked", async ({ page, server, signIn, accessible, secrets }, info) => {
  const name = `linked-${info.project.name}`;
  server.user(name);
  await signInWith(page, name);
  await expect(problem(page)).toContainText("This identity opens no account here");
  await accessible();
  await leave(page);
  await signIn(name);
  await page.goto("/profile/security");
  await page.getByRole("link", { name: "Link Contoso…" }).click();
  await signInThere(page, name);
  await expect(heading(page)).toHaveText("Link Contoso?");
  await expect(page.getByRole("main")).toContainText(name);
  await accessible();
  await page.getByRole("button", { name: "Link Contoso" }).click();
  await expect(page.getByRole("rowheader", { name: "Contoso" })).toContainText(name);
  await accessible();

  await leave(page);
  await page.goto("/feeds");
  await page.getByRole("link", { name: "Continue with Contoso" }).click();
  await signInThere(page, name);
  await expect(page).toHaveURL(/\/feeds$/);

  await page.goto("/profile/security");
  await page.locator("summary").filter({ hasText: "Unlink…" }).click();
  await page.getByRole("button", { name: "Unlink Contoso" }).click();
  await expect(page.getByText("None is linked.")).toBeVisible();
  await signInWith(page, name);
  await expect(problem(page)).toContainText("This identity opens no account here");
  expect(secrets).toContain(PASSWORD);
});

test("an invitation is accepted by an identity, which is the last way in and confirms", async ({ page, server, provider, accessible }, info) => {
  const name = `joins-${info.project.name}`;
  const invitation = server.cli(["user", "create", name, "--email", `${name}@example.com`, "--public-url", server.url]);
  await page.goto(invitation);
  await page.getByRole("link", { name: "Continue with Contoso" }).click();
  await signInThere(page, name);
  await expect(heading(page)).toHaveText("Join with Contoso?");
  await accessible();
  await page.getByRole("button", { name: "Join with Contoso" }).click();
  await isIn(page);
  await page.goto("/profile/security");
  await expect(page.getByText("The only way in.")).toBeVisible();
  await expect(page.getByText("Unlink…")).toHaveCount(0);
  await accessible();

  // Signed in there hours ago: that confirms nothing here.
  const hours = (ago: number) => Math.floor(Date.now() / 1000) - ago * 3600;
  provider.tamper = (claims) => (claims["auth_time"] = hours(3));
  await signInWith(page, name);
  await isIn(page);
  const set = async () => {
    await page.goto("/profile/security");
    await page.getByLabel("New password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Set a password" }).click();
  };
  await set();
  await expect(heading(page)).toHaveText("Confirm it is you");
  await accessible();
  const confirm = async () => {
    await page.getByRole("link", { name: "Confirm with Contoso" }).click();
    // It asks although somebody is signed in there.
    await signInThere(page, name);
  };
  await confirm();
  await expect(problem(page)).toContainText("did not ask you to sign in again");
  provider.tamper = undefined;
  await confirm();
  await expect(heading(page)).toHaveText("Security");
  await set();
  await expect(page.getByText("Your password is changed.")).toBeVisible();
  await expect(page.getByText("Unlink…")).toBeVisible();
});

test("a token with one thing wrong signs nobody in", async ({ page, server, provider, signIn }, info) => {
  const name = `tampered-${info.project.name}`;
  server.user(name);
  await signIn(name);
  await link(page, name);
  // The control: signed by the layer, and right.
  provider.tamper = () => {};
  await signInWith(page, name);
  await isIn(page);
  const wrong: Record<string, (claims: Record<string, unknown>) => void> = {
    nonce: (claims) => (claims["nonce"] = "of another sign-in"),
    audience: (claims) => (claims["aud"] = "another client"),
    issuer: (claims) => (claims["iss"] = "https://other.example"),
    expiry: (claims) => (claims["exp"] = Math.floor(Date.now() / 1000) - 61),
  };
  for (const [what, tamper] of Object.entries(wrong)) {
    provider.tamper = tamper;
    await signInWith(page, name);
    await expect(problem(page), what).toContainText("What Contoso answered cannot be trusted");
    await page.goto("/feeds");
    await expect(page, what).toHaveURL(/\/sign-in\?next=/);
  }
  // A new key is found; the old one counts no more.
  provider.tamper = () => {};
  const old = provider.rotate();
  await signInWith(page, name);
  await isIn(page);
  const present = provider.key;
  provider.key = old;
  await signInWith(page, name);
  await expect(problem(page)).toContainText("What Contoso answered cannot be trusted");
  provider.key = present;
});

test("a provider that refuses or is down leaves the password", async ({ page, server, provider, accessible }, info) => {
  const name = `down-${info.project.name}`;
  server.user(name);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Continue with Contoso" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(problem(page)).toContainText("access was denied there");
  await accessible();
  // What the provider says of itself is known by now; on the way back it has to answer.
  await page.getByRole("link", { name: "Continue with Contoso" }).click();
  await expect(heading(page)).toHaveText("Sign in to Contoso");
  provider.holds = true;
  await signInThere(page, name);
  await expect(heading(page)).toHaveText("Signed in");
  await provider.down();
  await page.getByRole("link", { name: "Back to Latchkey" }).click();
  await expect(problem(page)).toContainText("Contoso cannot be reached at the moment");
  await accessible();
  await page.getByLabel("Email or username").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await isIn(page);
  await provider.up();
});

test("the way back belongs to the browser that left", async ({ page, browser, server, provider, signIn }, info) => {
  const name = `crossed-${info.project.name}`;
  server.user(name);
  await signIn(name);
  await link(page, name);
  await leave(page);
  await page.goto("/sign-in");
  provider.holds = true;
  await page.getByRole("link", { name: "Continue with Contoso" }).click();
  await signInThere(page, name);
  const address = (await page.getByRole("link", { name: "Back to Latchkey" }).getAttribute("href"))!;
  expect(new URL(address).searchParams.get("iss")).toBe(provider.issuer);
  const other = await browser.newContext({ javaScriptEnabled: info.project.use.javaScriptEnabled });
  const elsewhere = await other.newPage();
  expect((await elsewhere.goto(address))!.status()).toBe(400);
  await expect(problem(elsewhere)).toContainText("begun in another browser");
  await other.close();
  // In the browser that left it works.
  await page.getByRole("link", { name: "Back to Latchkey" }).click();
  await isIn(page);
});

test("a sign-out at the provider signs out here", async ({ page, server, provider, signIn }, info) => {
  const name = `out-${info.project.name}`;
  server.user(name);
  await signIn(name);
  await link(page, name);
  await signInWith(page, name);
  await isIn(page);
  await page.goto(`${provider.issuer}/session/end`);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(heading(page)).toHaveText("Signed out of Contoso");
  await page.goto("/feeds");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});

test("GitHub signs in by the number, and confirms nothing", async ({ page, server, provider, signIn, accessible }, info) => {
  const name = `octo-${info.project.name}`;
  server.user(name);
  provider.github = { id: info.project.name.length, login: "octo" };
  await signIn(name);
  await page.goto("/profile/security");
  await page.getByRole("link", { name: "Link GitHub…" }).click();
  await page.getByRole("link", { name: "Authorize Latchkey" }).click();
  await page.getByRole("button", { name: "Link GitHub" }).click();
  await expect(page.getByRole("rowheader", { name: "GitHub" })).toContainText("octo");
  await leave(page);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Continue with GitHub" }).click();
  await page.getByRole("link", { name: "Authorize Latchkey" }).click();
  await isIn(page);
  await page.goto("/confirm?next=/feeds");
  await expect(page.getByLabel("Password", { exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: /^Confirm with/ })).toHaveCount(0);
  await accessible();
});
