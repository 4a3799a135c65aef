// The real nuget.exe: push, duplicate, list, install with dependencies from a private feed, delete, and
// every refusal in words.
import { expect, mistyped, refused, succeeded, test } from "../fixtures/bench.ts";
import type { Bench } from "../fixtures/bench.ts";
import { NuGet } from "../fixtures/nuget.ts";
import { PASSWORD, Server } from "../fixtures/server.ts";

test.describe.configure({ mode: "parallel", timeout: 240_000 });

const opened: NuGet[] = [];
test.afterEach(() => {
  for (const client of opened.splice(0)) client.remove();
});

/** nuget.exe on a feed, with this as its stored password. */
function nuget(server: Server, feed: string, password?: string, name = "anybody"): NuGet {
  const source = `${server.url}/F/${feed}/api/v3/index.json`;
  const client = new NuGet(source, password === undefined ? undefined : { name, password });
  opened.push(client);
  return client;
}

/** Tokens of a feed that only write and only read. */
function tokens(feed: Bench): { write: string; read: string } {
  return {
    write: feed.token("writes", "--read", "none", "--write", feed.name, "--allow", "unlist"),
    read: feed.token("reads", "--read", feed.name),
  };
}

test("nuget.exe pushes with a key that only writes and installs with a token that only reads", async ({ bench, server, secrets }) => {
  const feed = bench("nuget-flow");
  const { write, read } = tokens(feed);
  secrets.push(write, read);
  const publisher = nuget(server, feed.name);
  succeeded(await publisher.push(await publisher.pack("Acme.Core", "1.2.0"), write));
  const demo = await publisher.pack("Demo.Pkg", "1.0.0", { "Acme.Core": "[1.0,2.0)" });
  succeeded(await publisher.push(demo, write));
  succeeded(await publisher.push(await publisher.pack("Demo.Pkg", "2.0.0-beta.1"), write));
  refused(await publisher.push(demo, write), "LK-EXISTS");
  expect(succeeded(await publisher.push(demo, write, "-SkipDuplicate"))).toContain("already exists");

  const reader = nuget(server, feed.name, read);
  const installed = await reader.install("Demo.Pkg");
  succeeded(installed);
  expect(installed.has("Demo.Pkg.1.0.0")).toBe("Demo.Pkg 1.0.0");
  expect(installed.has("Acme.Core.1.2.0")).toBe("Acme.Core 1.2.0");
  const early = await reader.install("Demo.Pkg", "-Prerelease");
  succeeded(early);
  expect(early.has("Demo.Pkg.2.0.0-beta.1")).toBe("Demo.Pkg 2.0.0-beta.1");
  expect(succeeded(await reader.run("search", "demo", "-Source", "feed"))).toContain("Demo.Pkg | 1.0.0");
  // Listing speaks the older protocol, also where the source is named by its newer address.
  const listed = await reader.run("list", "-Source", "feed");
  expect(succeeded(listed)).toContain("Demo.Pkg 1.0.0");
  expect(listed.output).toContain("Acme.Core 1.2.0");
  const versions = await reader.run("list", "demo", "-AllVersions", "-PreRelease", "-Source", "feed");
  expect(succeeded(versions)).toContain("Demo.Pkg 2.0.0-beta.1");
  expect(versions.output).toContain("Demo.Pkg 1.0.0");
  // The password of the account reads too, and publishes nothing.
  const person = nuget(server, feed.name, PASSWORD, feed.name);
  expect((await person.install("Acme.Core")).has("Acme.Core.1.2.0")).toBe("Acme.Core 1.2.0");
  refused(await person.push(await person.pack("Acme.Core", "1.3.0")), "LK-PASSWORD-READONLY");

  succeeded(await publisher.delete("Demo.Pkg", "1.0.0", write));
  expect(succeeded(await reader.run("search", "demo", "-Source", "feed"))).not.toContain("Demo.Pkg");
  const byNumber = await reader.install("Demo.Pkg", "-Version", "1.0.0");
  succeeded(byNumber);
  expect(byNumber.has("Demo.Pkg.1.0.0")).toBe("Demo.Pkg 1.0.0");
});

test("nuget.exe is told why it may not", async ({ bench, server, secrets }) => {
  const feed = bench("nuget-denied");
  const other = bench("nuget-other");
  const { write, read } = tokens(feed);
  const ended = feed.token("ends", "--read", feed.name, "--write", feed.name);
  secrets.push(write, read, ended);
  const client = nuget(server, feed.name);
  const core = await client.pack("Acme.Core", "1.0.0");
  succeeded(await client.push(core, write));

  refused(await client.push(core, read), "LK-SCOPE");
  refused(await client.push(core, mistyped(write)), "LK-CHECKSUM");
  refused(await client.push(core), "LK-MISSING");
  refused(await client.delete("Acme.Core", "1.0.0", read), "LK-SCOPE");
  refused(await nuget(server, other.name).push(core, write), "LK-FEED");

  refused(await nuget(server, feed.name, write).install("Acme.Core"), "LK-SCOPE");
  refused(await nuget(server, other.name, read).install("Acme.Core"), "LK-FEED");
  refused(await nuget(server, feed.name, mistyped(read)).install("Acme.Core"), "LK-CHECKSUM");
  refused(await nuget(server, feed.name).install("Acme.Core"), "LK-MISSING");

  const holder = nuget(server, feed.name, ended);
  succeeded(await holder.install("Acme.Core"));
  server.cli(["token", "revoke", server.tokenIds(feed.name).get("ends")!]);
  refused(await holder.install("Acme.Core"), "LK-REVOKED");
  refused(await holder.push(await holder.pack("Acme.Core", "2.0.0"), ended), "LK-REVOKED");
});

test("nuget.exe is warned before a token ends and told when it has", async ({}, info) => {
  const server = await new Server(info.project.metadata["database"] as string | undefined, true).start();
  try {
    server.user("ana");
    server.feed("main", "ana");
    const token = server.token("ana", "short", "--read", "main", "--write", "main", "--expires", "7d");
    const client = nuget(server, "main", token);
    const core = await client.pack("Acme.Core", "1.0.0");
    expect(succeeded(await client.push(core, token))).toMatch(/WARNING: token ending \w{4} expires in [78] days/);
    succeeded(await client.install("Acme.Core"));
    server.advance(9);
    refused(await client.install("Acme.Core"), "LK-EXPIRED");
    refused(await client.push(core, token), "LK-EXPIRED");
  } finally {
    expect(await server.stop()).toBe(0);
  }
});
