// Signing in from the terminals of the real clients: by the browser, where somebody approves, and by password.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type Page } from "@playwright/test";
import { expect, test } from "../fixtures/app.ts";
import { mistyped, refused, succeeded } from "../fixtures/bench.ts";
import { Client, type ClientName, CLIENTS, program, provideNpm } from "../fixtures/clients.ts";
import type { Result } from "../fixtures/run.ts";
import { PASSWORD } from "../fixtures/server.ts";

const TOKEN = /lka_[0-9A-Za-z]{36}/;

/** A terminal with a client and a home of its own, in which somebody types. */
class Terminal {
  readonly #home = mkdtempSync(join(tmpdir(), "latchkey-terminal-"));
  #child?: ChildProcess;
  #output = "";

  /** A token is configured as signing in would have left it. */
  constructor(
    private readonly client: ClientName,
    registry: string,
    token?: string,
  ) {
    const npm = [`registry=${registry}`, "fund=false", "update-notifier=false"];
    const yarn = [`npmRegistryServer: "${registry}"`, 'unsafeHttpWhitelist: ["127.0.0.1"]', "enableTelemetry: false"];
    if (token) {
      npm.push(`${registry.replace("http:", "")}:_authToken=${token}`);
      yarn.push("npmRegistries:", `  "${registry.replace(/\/$/, "")}":`, `    npmAuthToken: ${token}`);
    }
    writeFileSync(join(this.#home, ".npmrc"), `${npm.join("\n")}\n`);
    writeFileSync(join(this.#home, ".yarnrc.yml"), `${yarn.join("\n")}\n`);
    if (client === "pnpm10") provideNpm(this.#home);
  }

  /** Puts a file where the client runs. */
  write(name: string, content: string): void {
    writeFileSync(join(this.#home, name), content);
  }

  /** Types a command. */
  type(...args: string[]): void {
    this.#output = "";
    const env = {
      PATH: [join(this.#home, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
      HOME: this.#home,
      TERM: "dumb",
      NO_COLOR: "1",
      npm_config_userconfig: join(this.#home, ".npmrc"),
      npm_config_cache: join(this.#home, "cache"),
      npm_config_browser: "false",
      NODE_OPTIONS: "--no-deprecation",
    };
    const command = [process.execPath, program(this.client), ...args].map((word) => `'${word}'`).join(" ");
    this.#child = spawn("script", ["-qec", command, "/dev/null"], { cwd: this.#home, env });
    const note = (text: Buffer) => (this.#output += text.toString());
    this.#child.stdout!.on("data", note);
    this.#child.stderr!.on("data", note);
  }

  /** Waits until this is on the screen. */
  async sees(words: RegExp): Promise<string> {
    await expect.poll(() => this.#output, { timeout: 60_000 }).toMatch(words);
    return words.exec(this.#output)![0];
  }

  /** Types an answer when it is asked for. */
  async answers(question: RegExp, answer: string): Promise<void> {
    await this.sees(question);
    this.#child!.stdin!.write(`${answer}\r`);
  }

  /** Waits for the end of the command. */
  async ends(): Promise<Result> {
    const child = this.#child!;
    const code = await new Promise<number>((ended) => {
      if (child.exitCode !== null) return ended(child.exitCode);
      child.once("close", (code) => ended(code ?? 1));
    });
    return { code, output: this.#output };
  }

  async run(...args: string[]): Promise<Result> {
    this.type(...args);
    return this.ends();
  }

  /** What is configured here. */
  config(): string {
    return ["npmrc", "yarnrc.yml"].map((name) => readFileSync(join(this.#home, `.${name}`), "utf8")).join("\n");
  }

  /** The token in the file that a client reads. */
  configured(client: ClientName): string | undefined {
    const file = client === "yarn4" ? ".yarnrc.yml" : ".npmrc";
    return TOKEN.exec(readFileSync(join(this.#home, file), "utf8"))?.[0];
  }

  /** The token that signing in left in the configuration. */
  token(): string {
    const [token] = TOKEN.exec(this.config()) ?? [];
    expect(token, this.config()).toBeDefined();
    return token!;
  }

  remove(): void {
    this.#child?.kill();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** Decides on the sign-in whose address is on a terminal. */
async function decide(page: Page, address: string, access: "Read" | "Read and write" | undefined): Promise<void> {
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("A terminal asks to sign in as you");
  if (access) {
    await page.locator(`input[name=access][value=${access === "Read" ? "read" : "both"}]`).check();
    await page.getByRole("button", { name: "Approve" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Go back to your terminal");
  } else {
    await page.getByRole("button", { name: "Deny" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign-in denied");
  }
}

/** The names that one test run of one project works with. */
function names(project: string, client: string): { user: string; feed: string } {
  return { user: `${client}-${project}`.slice(0, 39), feed: `${client}-${project}` };
}

// npm 6 and 8 begin by the browser too, whatever they are told, and ask for a password where that is not to be had.
for (const client of ["npm6", "npm8", "npm9", "npm10", "npm11"] as const) {
  test(`${client}: npm login by the browser, publish, install, logout`, async ({ page, server, signIn, secrets }, info) => {
    test.setTimeout(240_000);
    const { user, feed } = names(info.project.name, `web-${client}`);
    server.user(user);
    server.feed(feed, user);
    await signIn(user);
    const registry = `${server.local}/F/${feed}/npm/`;
    const terminal = new Terminal(client, registry);
    // Nobody sits here who would see a browser open.
    terminal.type("login", "--no-browser");
    const address = await terminal.sees(/http\S+\/login\/[0-9A-Za-z]{22}/);
    await expect(page).not.toHaveURL(address);
    await decide(page, address, "Read and write");
    const done = await terminal.ends();
    expect(done.output).toMatch(/Logged in/);
    expect(done.code, done.output).toBe(0);
    const token = terminal.token();
    secrets.push(token);
    expect((await terminal.run("whoami")).output).toContain(user);

    const holder = new Client(client, registry, { token });
    const published = await holder.publish("demo", "1.0.0");
    expect(published.code, published.output).toBe(0);
    const consumed = await holder.install("demo");
    expect(consumed.code, consumed.output).toBe(0);

    await page.goto("/profile/tokens");
    await expect(page.getByRole("link", { name: "npm login from 127.0.0.1", exact: true }).first()).toBeVisible();
    const out = await terminal.run("logout");
    expect(out.code, out.output).toBe(0);
    expect(terminal.config()).not.toMatch(TOKEN);
    expect((await holder.install("demo")).output).toContain("[LK-REVOKED]");
    // The address has had its day.
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Go back to your terminal");
    await page.goto("about:blank");
    expect(server.log).not.toContain(address.split("/").pop()!);
    holder.remove();
    terminal.remove();
  });
}

test("a denied sign-in gets no token, and the terminal is told", async ({ page, server, signIn }, info) => {
  const { user, feed } = names(info.project.name, "denied");
  server.user(user);
  server.feed(feed, user);
  await signIn(user);
  const terminal = new Terminal("npm11", `${server.local}/F/${feed}/npm/`);
  terminal.type("login");
  await decide(page, await terminal.sees(/http\S+\/login\/[0-9A-Za-z]{22}/), undefined);
  await terminal.sees(/npm notice The sign-in was denied in the browser/);
  expect(terminal.config()).not.toMatch(TOKEN);
  terminal.remove();
});

for (const client of ["npm9", "npm10", "npm11"] as const) {
  test(`${client}: npm login by password reads and does not publish`, async ({ server, secrets }, info) => {
    test.setTimeout(240_000);
    const { user, feed } = names(info.project.name, `legacy-${client}`);
    server.user(user);
    server.feed(feed, user);
    const writer = server.token(user, "writer", "--write", feed);
    secrets.push(writer);
    const registry = `${server.local}/F/${feed}/npm/`;
    const publisher = new Client(client, registry, { token: writer });
    expect((await publisher.publish("demo", "1.0.0")).code).toBe(0);

    const terminal = new Terminal(client, registry);
    const logIn = async (password: string) => {
      terminal.type("login", "--auth-type=legacy");
      await terminal.answers(/Username:/, user);
      await terminal.answers(/Password:/, password);
      return terminal.ends();
    };
    const wrong = await logIn("not the password");
    expect(wrong.code).not.toBe(0);
    expect(wrong.output).toContain("[LK-UNKNOWN]");
    const done = await logIn(PASSWORD);
    expect(done.code, done.output).toBe(0);
    expect(done.output).toContain("To publish, use npm login --auth-type=web");
    const token = terminal.token();
    secrets.push(token);
    const holder = new Client(client, registry, { token });
    expect((await holder.install("demo")).code).toBe(0);
    expect((await holder.publish("demo", "2.0.0")).output).toContain("[LK-SCOPE]");
    const out = await terminal.run("logout");
    expect(out.code, out.output).toBe(0);
    expect((await holder.install("demo")).output).toContain("[LK-REVOKED]");
    for (const each of [publisher, holder, terminal]) each.remove();
  });
}

// npm, and pnpm by it, ask the server to end the token; yarn asks nothing. yarn 4 takes the token out
// of its own configuration; yarn 1 forgets a name and an email, and leaves the token where npm keeps it.
for (const client of CLIENTS) {
  const isYarn = client.startsWith("yarn");
  test(`${client}: logout leaves a token alone that no login made, and forgets a wrong one`, async ({ server, secrets }, info) => {
    test.setTimeout(240_000);
    const { user, feed } = names(info.project.name, `stays-${client}`);
    server.user(user);
    server.feed(feed, user);
    const [mine, ends] = ["mine", "ends"].map((description) => server.token(user, description, "--read", feed));
    secrets.push(mine!, ends!);
    server.cli(["token", "revoke", server.tokenIds(user).get("ends")!]);
    const registry = `${server.local}/F/${feed}/npm/`;
    for (const token of [mine!, mistyped(mine!), ends!]) {
      const terminal = new Terminal(client, registry, token);
      const out = await terminal.run(...(client === "yarn4" ? ["npm"] : []), "logout");
      expect(out.code, out.output).toBe(0);
      expect(out.output.includes("npm logout revoked nothing"), out.output).toBe(!isYarn);
      expect(terminal.configured(client), terminal.config()).toBe(client === "yarn1" ? token : undefined);
      terminal.remove();
    }
    const holder = new Client("npm11", registry, { token: mine! });
    expect(succeeded(await holder.run(["whoami"]))).toContain(user);
    holder.remove();
  });
}

test("npm logout of nobody asks nothing", async ({ server }, info) => {
  const { feed, user } = names(info.project.name, "logout-nobody");
  server.user(user);
  server.feed(feed, user);
  const terminal = new Terminal("npm11", `${server.local}/F/${feed}/npm/`);
  const out = await terminal.run("logout");
  expect(out.code, out.output).not.toBe(0);
  expect(out.output).toContain("not logged in");
  terminal.remove();
});

for (const client of ["npm6", "npm8", "npm9", "npm10", "npm11", "pnpm10"] as const) {
  test(`${client}: npm token and npm profile`, async ({ server, secrets }, info) => {
    test.setTimeout(240_000);
    const { user, feed } = names(info.project.name, `token-${client}`);
    server.user(user);
    server.feed(feed, user);
    const token = server.token(user, "parent", "--read", feed, "--write", feed);
    secrets.push(token);
    const registry = `${server.local}/F/${feed}/npm/`;
    const terminal = new Terminal(client, registry, token);
    const list = await terminal.run("token", "list", "--json");
    expect(list.output).toContain("parent");
    expect(list.output).not.toMatch(TOKEN);
    expect(list.code).toBe(0);
    const profile = await terminal.run("profile", "get", "name");
    expect(profile.output).toContain(user);
    expect((await terminal.run("profile", "get")).output).not.toContain("@example.com");
    const set = await terminal.run("profile", "set", "fullname", "Ana");
    expect(set.code).not.toBe(0);
    expect(set.output).toContain("/profile/security");

    const create = async (asks: Terminal, password: string, ...flags: string[]) => {
      asks.type("token", "create", ...flags);
      await asks.answers(/assword:/, password);
      return asks.ends();
    };
    // pnpm hands these to npm 11.
    const limits = ["npm11", "pnpm10"].includes(client) ? ["--packages=demo", "--packages-and-scopes-permission=read-only"] : ["--read-only"];
    const wrong = await create(terminal, "not the password", ...limits);
    expect(wrong.code).not.toBe(0);
    expect(wrong.output).toContain("not the password of the token");
    const made = await create(terminal, PASSWORD, ...limits, "--cidr=127.0.0.0/8");
    expect(made.code, made.output).toBe(0);
    const child = TOKEN.exec(made.output)![0];
    secrets.push(child);
    const holder = new Client(client, registry, { token: child });
    expect((await holder.publish("demo", "1.0.0")).output).toContain("[LK-SCOPE]");
    expect((await holder.run(["whoami"])).output).toContain(user);

    // A token ends itself, by its id.
    const own = new Terminal(client, registry, child);
    const ids = JSON.parse((await own.run("token", "list", "--json")).output.replace(/^[^[]*/, "")) as { key: string }[];
    expect(ids).toHaveLength(1);
    const revoked = await own.run("token", "revoke", ids[0]!.key);
    expect(revoked.code, revoked.output).toBe(0);
    expect((await holder.run(["whoami"])).output).toContain("[LK-REVOKED]");

    // With a value that is wrong or revoked each is refused, and says why.
    const other = new Terminal(client, registry, mistyped(token));
    for (const [who, code] of [[other, "LK-CHECKSUM"], [own, "LK-REVOKED"]] as const) {
      for (const command of [["token", "list"], ["token", "revoke", ids[0]!.key], ["profile", "get"]]) {
        await test.step(`${code}: ${command.join(" ")}`, async () => refused(await who.run(...command), code));
      }
      await test.step(`${code}: token create`, async () => refused(await create(who, PASSWORD, ...limits), code));
    }
    expect((await terminal.run("token", "list", "--json")).output).toContain("parent");
    for (const each of [holder, own, other, terminal]) each.remove();
  });
}

test("yarn 4: yarn npm login, whoami, logout", async ({ server, secrets }, info) => {
  const { user, feed } = names(info.project.name, "login-yarn4");
  server.user(user);
  server.feed(feed, user);
  const registry = `${server.local}/F/${feed}/npm/`;
  const terminal = new Terminal("yarn4", registry);
  terminal.type("npm", "login");
  await terminal.answers(/Username/, user);
  await terminal.answers(/Password/, PASSWORD);
  const done = await terminal.ends();
  expect(done.code, done.output).toBe(0);
  const token = terminal.token();
  secrets.push(token);
  expect((await terminal.run("npm", "whoami")).output).toContain(user);
  succeeded(await terminal.run("npm", "logout"));
  expect(terminal.config()).not.toMatch(TOKEN);
  expect((await terminal.run("npm", "whoami")).output).toContain("No authentication configured");
  // It forgets the token here and tells the server nothing: who has a copy goes on, until it is revoked on the page.
  const holder = new Client("yarn4", registry, { token });
  const whoami = () => holder.run(["npm", "whoami"], holder.folder({ name: "project", version: "0.0.0" }));
  expect(succeeded(await whoami())).toContain(user);
  holder.remove();
  terminal.remove();
});

test("pnpm 10: pnpm login, whoami, logout", async ({ page, server, signIn, secrets }, info) => {
  test.setTimeout(120_000);
  const { user, feed } = names(info.project.name, "login-pnpm10");
  server.user(user);
  server.feed(feed, user);
  await signIn(user);
  const registry = `${server.local}/F/${feed}/npm/`;
  const terminal = new Terminal("pnpm10", registry);
  terminal.type("login");
  await decide(page, await terminal.sees(/http\S+\/login\/[0-9A-Za-z]{22}/), "Read");
  const done = await terminal.ends();
  expect(done.code, done.output).toBe(0);
  const token = terminal.token();
  secrets.push(token);
  expect(succeeded(await terminal.run("whoami"))).toContain(user);
  succeeded(await terminal.run("logout"));
  expect(terminal.config()).not.toMatch(TOKEN);
  const holder = new Client("pnpm10", registry, { token });
  refused(await holder.run(["whoami"]), "LK-REVOKED");
  holder.remove();
  terminal.remove();
});

test("yarn 1: a password is enough to sign in and not to publish", async ({ server }, info) => {
  const { user, feed } = names(info.project.name, "login-yarn1");
  server.user(user);
  server.feed(feed, user);
  const terminal = new Terminal("yarn1", `${server.local}/F/${feed}/npm/`);
  terminal.type("login");
  await terminal.answers(/npm username/, user);
  await terminal.answers(/npm email/, `${user}@example.com`);
  expect((await terminal.ends()).code).toBe(0);
  terminal.write("package.json", JSON.stringify({ name: "demo", version: "1.0.0" }));
  terminal.type("publish", "--new-version", "1.0.0", "--no-git-tag-version");
  await terminal.answers(/npm password/, PASSWORD);
  const refused = await terminal.ends();
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("Logged in");
  expect(refused.output).toContain("[LK-SCOPE]");
  terminal.remove();
});
