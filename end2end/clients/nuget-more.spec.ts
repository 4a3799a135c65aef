// More of the real nuget.exe: what is pushed with stored credentials, symbols, packages.config, the
// older protocol by its own address, and refusals of what is large or only looked for.
import { randomBytes } from "node:crypto";
import { expect, refused, succeeded, test } from "../fixtures/bench.ts";
import { NuGet } from "../fixtures/nuget.ts";
import { zipped } from "../fixtures/packages.ts";
import { PASSWORD } from "../fixtures/server.ts";

test.describe.configure({ mode: "parallel", timeout: 240_000 });

const opened: NuGet[] = [];
test.afterEach(() => {
  for (const client of opened.splice(0)) client.remove();
});

function nuget(source: string, password?: string, name = "anybody"): NuGet {
  const client = new NuGet(source, password === undefined ? undefined : { name, password });
  opened.push(client);
  return client;
}

test("nuget.exe works with stored credentials alone, by both addresses of a feed", async ({ bench, server, secrets }) => {
  const feed = bench("nuget-stored");
  const both = feed.token("both", "--read", feed.name, "--write", feed.name);
  const read = feed.token("reads", "--read", feed.name);
  secrets.push(both, read);
  const address = `${server.url}/F/${feed.name}/api`;
  const publisher = nuget(`${address}/v3/index.json`, both);
  succeeded(await publisher.push(await publisher.pack("Acme.Core", "1.2.0")));
  succeeded(await publisher.push(await publisher.pack("Demo.Pkg", "1.0.0", { "Acme.Core": "[1.0,2.0)" })));

  const symbols = zipped({
    "Acme.Core.nuspec": `<package><metadata><id>Acme.Core</id><version>1.2.0</version><authors>Acme</authors><description>Symbols.</description><packageTypes><packageType name="SymbolsPackage"/></packageTypes></metadata></package>`,
    "lib/net45/Acme.Core.pdb": "BSJB, as a portable one begins",
  });
  succeeded(await publisher.push(publisher.write("Acme.Core.1.2.0.snupkg", symbols)));
  const answer = await fetch(`${address}/v3/flatcontainer/acme.core/1.2.0/acme.core.1.2.0.snupkg`, {
    headers: { authorization: `Basic ${btoa(`anybody:${read}`)}` },
  });
  expect(Buffer.from(await answer.arrayBuffer()).equals(symbols), "symbols are given as they were pushed").toBe(true);

  const restorer = nuget(`${address}/v3/index.json`, read);
  const restored = await restorer.restore({ "Demo.Pkg": "1.0.0", "Acme.Core": "1.2.0" });
  succeeded(restored);
  expect(restored.has("Demo.Pkg.1.0.0")).toBe("Demo.Pkg 1.0.0");
  expect(restored.has("Acme.Core.1.2.0")).toBe("Acme.Core 1.2.0");

  const person = nuget(`${address}/v3/index.json`, PASSWORD, feed.name);
  const installed = await person.install("Demo.Pkg");
  succeeded(installed);
  expect(installed.has("Acme.Core.1.2.0"), "a password installs what a package needs too").toBe("Acme.Core 1.2.0");

  const older = nuget(`${address}/v2`, both);
  expect(succeeded(await older.run("list", "-Source", "feed"))).toContain("Acme.Core 1.2.0");
  expect(succeeded(await older.run("list", "demo", "-Source", "feed"))).not.toContain("Acme.Core");
  const byOlder = await older.install("Demo.Pkg");
  succeeded(byOlder);
  expect(byOlder.has("Acme.Core.1.2.0")).toBe("Acme.Core 1.2.0");
  succeeded(await older.push(await older.pack("Acme.Core", "1.3.0")));
  refused(await older.push(await older.pack("Acme.Core", "1.3.0")), "LK-EXISTS");
});

test("nuget.exe is told why, however large or small the request is", async ({ bench, server, secrets }) => {
  const feed = bench("nuget-large");
  const read = feed.token("reads", "--read", feed.name);
  const write = feed.token("writes", "--read", "none", "--write", feed.name);
  secrets.push(read, write);
  const source = `${server.url}/F/${feed.name}/api/v3/index.json`;
  const client = nuget(source);
  const large = await client.pack("Acme.Large", "1.0.0", {}, randomBytes(8_000_000));
  refused(await client.push(large, read), "LK-SCOPE");
  refused(await nuget(source, read).push(large), "LK-SCOPE");
  succeeded(await client.push(large, write));

  for (const ask of ["list", "search"]) {
    refused(await nuget(source, write).run(ask, "acme", "-Source", "feed"), "LK-SCOPE");
    refused(await nuget(source).run(ask, "acme", "-Source", "feed"), "LK-MISSING");
  }
});
