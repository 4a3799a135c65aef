// Real npm and NuGet by a URL that holds a token: no credential of any other kind.
import { expect, refused, succeeded, test } from "../fixtures/bench.ts";
import { Client } from "../fixtures/clients.ts";
import { NuGet } from "../fixtures/nuget.ts";

test.describe.configure({ mode: "parallel", timeout: 240_000 });

test("npm installs by a URL with a token in it and publishes nothing", async ({ bench, server, secrets }) => {
  const feed = bench("url-npm");
  const write = feed.token("writes", "--read", "none", "--write", feed.name);
  const read = feed.token("reads", "--read", feed.name);
  const url = feed.token("url", "--read", feed.name, "--pre-authenticated");
  secrets.push(write, read, url);
  succeeded(await feed.client("npm11", write).publish("demo", "1.0.0"));
  const registry = (token: string) => `${server.url}/F/${feed.name}/auth/${token}/npm/`;
  for (const client of ["npm11", "npm8", "pnpm10", "yarn1"] as const) {
    const by = new Client(client, registry(url), undefined);
    const installed = await by.install("demo");
    succeeded(installed);
    expect(installed.load("demo"), client).toBe("1.0.0");
    by.remove();
  }
  const by = new Client("npm11", registry(url), { token: write });
  refused(await by.publish("demo", "2.0.0"), "LK-SCOPE");
  by.remove();
  const unflagged = new Client("npm11", registry(read), undefined);
  refused(await unflagged.install("demo"), "LK-SCOPE");
  unflagged.remove();
  server.cli(["token", "revoke", server.tokenIds(feed.name).get("url")!]);
  const revoked = new Client("npm11", registry(url), undefined);
  refused(await revoked.install("demo"), "LK-REVOKED");
  revoked.remove();
});

test("nuget.exe installs by a URL with a token in it and pushes nothing", async ({ bench, server, secrets }) => {
  const feed = bench("url-nuget");
  const write = feed.token("writes", "--read", "none", "--write", feed.name);
  const url = feed.token("url", "--read", feed.name, "--pre-authenticated");
  secrets.push(write, url);
  const publisher = new NuGet(`${server.url}/F/${feed.name}/api/v3/index.json`);
  const core = await publisher.pack("Acme.Core", "1.2.0");
  succeeded(await publisher.push(core, write));
  succeeded(await publisher.push(await publisher.pack("Demo.Pkg", "1.0.0", { "Acme.Core": "[1.0,2.0)" }), write));
  const base = `${server.url}/F/${feed.name}/auth/${url}`;
  for (const source of [`${base}/api/v3/index.json`, `${base}/api/v2`]) {
    const reader = new NuGet(source);
    const installed = await reader.install("Demo.Pkg");
    succeeded(installed);
    expect(installed.has("Demo.Pkg.1.0.0"), source).toBe("Demo.Pkg 1.0.0");
    expect(installed.has("Acme.Core.1.2.0"), source).toBe("Acme.Core 1.2.0");
    reader.remove();
  }
  const pusher = new NuGet(`${base}/api/v3/index.json`);
  refused(await pusher.push(await pusher.pack("Acme.Core", "2.0.0"), write), "LK-SCOPE");
  pusher.remove();
  publisher.remove();
});
