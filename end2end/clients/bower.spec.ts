// The real Bower against a feed, with packages in Git repositories on this machine.
import { expect, mistyped, refused, succeeded, test } from "../fixtures/bench.ts";
import type { Bench } from "../fixtures/bench.ts";
import { Bower, Repositories } from "../fixtures/bower.ts";
import { PASSWORD, Server } from "../fixtures/server.ts";

test.describe.configure({ mode: "serial", timeout: 240_000 });

const opened: Bower[] = [];
let repositories: Repositories;
test.beforeAll(async () => {
  repositories = await new Repositories().start();
});
test.afterEach(() => {
  for (const client of opened.splice(0)) client.remove();
});
test.afterAll(() => repositories.stop());

/** Bower on a feed with this credential in the address of the registry. */
function bower(server: Server, feed: string, password?: string, name = "x", login?: string): Bower {
  const credential = password === undefined ? "" : `${name}:${encodeURIComponent(password)}@`;
  return open(`${server.url.replace("://", `://${credential}`)}/F/${feed}/bower`, login);
}

function open(registry: string, login?: string, token?: string): Bower {
  const client = new Bower(registry, login, token);
  opened.push(client);
  return client;
}

function tokens(feed: Bench): { write: string; read: string } {
  return {
    write: feed.token("writes", "--read", "none", "--write", feed.name),
    read: feed.token("reads", "--read", feed.name),
  };
}

test("bower registers, finds, installs by range and unregisters", async ({ bench, server, secrets }) => {
  const feed = bench("bower-flow");
  const { write, read } = tokens(feed);
  secrets.push(write, read);
  const demo = repositories.make("demo", "1.0.0", "1.2.0", "2.0.0");
  const other = repositories.make("demo-extras", "0.1.0");

  const publisher = bower(server, feed.name, write, "x", write);
  succeeded(await publisher.run("register", "demo", demo));
  succeeded(await publisher.run("register", "demo-extras", other));
  const again = await publisher.run("register", "demo", demo);
  expect(again.code).not.toBe(0);
  expect(again.output).toContain("EDUPLICATE");

  const reader = bower(server, feed.name, read);
  expect(succeeded(await reader.run("lookup", "demo"))).toContain(demo);
  const found = succeeded(await reader.run("search", "extras"));
  expect(found).toContain(other);
  expect(found).not.toContain(demo);
  const ranged = await reader.install("demo#^1.0.0", "demo-extras");
  succeeded(ranged);
  expect(ranged.version("demo")).toBe("1.2.0");
  expect(ranged.version("demo-extras")).toBe("0.1.0");
  const newest = await reader.install("demo");
  succeeded(newest);
  expect(newest.version("demo")).toBe("2.0.0");
  // As the package's page has it: the file names a variable and holds no secret.
  const named = open(`${server.url.replace("://", "://token:${LATCHKEY_TOKEN}@")}/F/${feed.name}/bower`, undefined, read);
  expect((await named.install("demo#~1.0.0")).version("demo")).toBe("1.0.0");
  // The password of the account reads too.
  const person = bower(server, feed.name, PASSWORD, feed.name);
  expect((await person.install("demo#1.0.0")).version("demo")).toBe("1.0.0");

  refused(await bower(server, feed.name, read, "x", read).run("unregister", "demo"), "LK-SCOPE");
  // The token that `bower login` keeps is enough, and the log does not have it.
  succeeded(await bower(server, feed.name, undefined, "x", write).run("unregister", "demo"));
  const gone = await reader.install("demo");
  expect(gone.code).not.toBe(0);
  expect(gone.output).toContain("ENOTFOUND");
});

test("bower is told what it may not", async ({ bench, server, secrets }) => {
  const feed = bench("bower-denied");
  const elsewhere = bench("bower-elsewhere");
  const { write, read } = tokens(feed);
  const ended = feed.token("ends", "--read", feed.name, "--write", feed.name);
  secrets.push(write, read, ended);
  const demo = repositories.make("refused", "1.0.0");
  succeeded(await bower(server, feed.name, write).run("register", "refused", demo));

  // Bower prints the body of what it does not know, and calls every 403 of a registration a duplicate.
  refused(await bower(server, feed.name).run("register", "new", demo), "LK-MISSING");
  refused(await bower(server, feed.name, mistyped(write)).run("register", "new", demo), "LK-CHECKSUM");
  for (const client of [
    bower(server, feed.name, read),
    bower(server, elsewhere.name, write),
    bower(server, feed.name, PASSWORD, feed.name),
  ]) {
    const result = await client.run("register", "new", demo);
    expect(result.output).toContain("EDUPLICATE");
    expect(result.code).not.toBe(0);
  }
  for (const [client, code] of [
    [bower(server, elsewhere.name, write, "x", write), "LK-FEED"],
    [bower(server, feed.name, PASSWORD, feed.name, write), "LK-PASSWORD-READONLY"],
  ] as const) {
    refused(await client.run("unregister", "refused"), code);
  }
  // Of what is read it prints the status alone.
  for (const [client, status] of [
    [bower(server, feed.name, write), 403],
    [bower(server, elsewhere.name, read), 403],
    [bower(server, feed.name), 401],
  ] as const) {
    const result = await client.install("refused");
    expect(result.code).not.toBe(0);
    expect(result.output).toContain(`failed with ${status}`);
  }

  const holder = bower(server, feed.name, ended, "x", ended);
  succeeded(await holder.install("refused"));
  server.cli(["token", "revoke", server.tokenIds(feed.name).get("ends")!]);
  expect((await holder.install("refused")).output).toContain("failed with 401");
  refused(await holder.run("unregister", "refused"), "LK-REVOKED");
  refused(await holder.run("register", "new", demo), "LK-REVOKED");
});

test("bower reads by a URL with a token in it and changes nothing", async ({ bench, server, secrets }) => {
  const feed = bench("bower-url");
  const { write, read } = tokens(feed);
  const url = feed.token("url", "--read", feed.name, "--pre-authenticated");
  secrets.push(write, read, url);
  const demo = repositories.make("by-url", "1.0.0");
  succeeded(await bower(server, feed.name, write).run("register", "by-url", demo));
  const reader = open(`${server.url}/F/${feed.name}/auth/${url}/bower`, "none");
  const installed = await reader.install("by-url");
  succeeded(installed);
  expect(installed.version("by-url")).toBe("1.0.0");
  refused(await reader.run("unregister", "by-url"), "LK-SCOPE");
  const unflagged = open(`${server.url}/F/${feed.name}/auth/${read}/bower`);
  expect((await unflagged.install("by-url")).output).toContain("failed with 403");
});

test("bower is told that a token has expired", async ({}, info) => {
  const server = await new Server(info.project.metadata["database"] as string | undefined, true).start();
  try {
    server.user("ana");
    server.feed("main", "ana");
    const token = server.token("ana", "short", "--read", "main", "--write", "main", "--expires", "7d");
    const client = bower(server, "main", token, "x", token);
    const demo = repositories.make("brief", "1.0.0");
    succeeded(await client.run("register", "brief", demo));
    succeeded(await client.install("brief"));
    server.advance(9);
    expect((await client.install("brief")).output).toContain("failed with 401");
    refused(await client.run("unregister", "brief"), "LK-EXPIRED");
  } finally {
    expect(await server.stop()).toBe(0);
  }
});
