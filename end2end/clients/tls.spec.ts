// TLS in the binary, with a certificate of a private authority: clients that trust it publish and
// install, others refuse before they send anything.
import { expect, refused, succeeded, test } from "../fixtures/bench.ts";
import { Authority } from "../fixtures/authority.ts";
import { Client, type ClientName } from "../fixtures/clients.ts";
import { NuGet } from "../fixtures/nuget.ts";
import { hydrated, pasted, settled } from "../fixtures/pages.ts";
import { PASSWORD, Server } from "../fixtures/server.ts";

test.describe.configure({ mode: "default", timeout: 240_000 });
// The browser is not told of the authority.
test.use({ ignoreHTTPSErrors: true });

let authority: Authority;
let secure: Server;
const removed: { remove: () => void }[] = [];

test.beforeAll(async () => {
  authority = new Authority();
  secure = await new Server(undefined, { tls: authority.issue() }).start();
  secure.user("ana");
  secure.feed("main", "ana");
});

test.afterAll(async () => {
  for (const client of removed) client.remove();
  expect(await secure.stop()).toBe(0);
  authority.remove();
});

function npm(name: ClientName, token: string, trusts = true): Client {
  const client = new Client(name, `${secure.url}/F/main/npm/`, { token }, trusts ? authority.certificate : undefined);
  removed.push(client);
  return client;
}

function nuget(token?: string, trusts = true): NuGet {
  const login = token ? { name: "anybody", password: token } : undefined;
  const client = new NuGet(`${secure.url}/F/main/api/v3/index.json`, login, trusts ? authority : undefined);
  removed.push(client);
  return client;
}

const token = (description: string, ...rights: string[]) => secure.token("ana", description, ...rights);

for (const name of ["npm6", "npm11", "pnpm10", "yarn4"] as const) {
  test(`${name} publishes and installs over https`, async ({ secrets }) => {
    const write = token(`${name} writes`, "--read", "none", "--write", "main");
    const read = token(`${name} reads`, "--read", "main");
    secrets.push(write, read);
    const publisher = npm(name, write);
    succeeded(await publisher.publish(`demo-${name}`, "1.0.0"));
    refused(await publisher.install(`demo-${name}`), "LK-SCOPE");
    const installed = await npm(name, read).install(`demo-${name}`);
    succeeded(installed);
    expect(installed.load(`demo-${name}`)).toBe("1.0.0");
  });
}

test("npm that does not trust the authority sends no token", async () => {
  const write = token("for nobody", "--write", "main");
  const before = secure.log.length;
  const stranger = await npm("npm11", write, false).publish("stolen", "1.0.0", {}, "--fetch-retries=0");
  expect(stranger.code).not.toBe(0);
  expect(stranger.output).toMatch(/unable to verify the first certificate|self-signed certificate|UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
  expect(secure.log.slice(before)).not.toContain("answered");
});

test("nuget.exe pushes and installs over https", async ({ secrets }) => {
  const write = token("nuget writes", "--read", "none", "--write", "main");
  const read = token("nuget reads", "--read", "main");
  secrets.push(write, read);
  const publisher = nuget();
  const core = await publisher.pack("Acme.Core", "1.0.0");
  succeeded(await publisher.push(core, write));
  refused(await publisher.push(core, write), "LK-EXISTS");
  const installed = await nuget(read).install("Acme.Core");
  succeeded(installed);
  expect(installed.has("Acme.Core.1.0.0")).toBe("Acme.Core 1.0.0");
  refused(await nuget(write).install("Acme.Core"), "LK-SCOPE");

  const stranger = await nuget(undefined, false).push(core, write);
  expect(stranger.code).not.toBe(0);
  expect(stranger.output).toContain("CERTIFICATE_VERIFY_FAILED");
});

test("a browser signs in with a cookie of this host alone and copies a token", async ({ page, context, secrets }) => {
  secrets.push(token("laptop", "--read", "main"));
  await context.grantPermissions(["clipboard-write"], { origin: secure.url });
  const protocols = new Set<string>();
  page.on("response", async (response) => protocols.add((await response.securityDetails())?.protocol ?? "none"));
  await page.goto(`${secure.url}/sign-in`);
  await page.getByLabel("Email or username").fill("ana");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Access tokens");
  await settled(page, true);
  expect(await hydrated(page)).toBe(true);
  const spoken = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => (entry as PerformanceResourceTiming).nextHopProtocol));
  expect(new Set(spoken)).toEqual(new Set(["h2"]));
  expect([...protocols]).toEqual(["TLS 1.3"]);
  const [session] = await context.cookies(secure.url);
  expect(session).toMatchObject({ name: "__Host-sid", httpOnly: true, secure: true, sameSite: "Lax", path: "/" });
  await expect(page.getByRole("complementary", { name: "Warning" })).toHaveCount(0);
  await page.getByRole("button", { name: "Copy token laptop" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Copied token laptop." })).toHaveCount(1);
  expect(await pasted(page)).toBe(secrets.at(-1));
});
