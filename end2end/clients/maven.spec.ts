// The real mvn: releases and SNAPSHOTs deployed and resolved, a damaged upload, and every refusal in words.
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, mistyped, refused, succeeded, test } from "../fixtures/bench.ts";
import { Maven } from "../fixtures/maven.ts";
import { PASSWORD, Server } from "../fixtures/server.ts";

test.describe.configure({ mode: "parallel", timeout: 240_000 });

const opened: Maven[] = [];
test.afterEach(() => {
  for (const client of opened.splice(0)) client.remove();
});

/** mvn on a feed, with this as its stored password. */
function mvn(url: string, feed: string, password?: string, name = "anybody"): Maven {
  const client = new Maven(`${url}/F/${feed}/maven`, password === undefined ? undefined : { name, password });
  opened.push(client);
  return client;
}

/** A way to the server on which every archive is damaged. */
async function damaging(server: Server): Promise<{ url: string; close: () => void }> {
  const { port } = new URL(server.url);
  const proxy = createServer((asked, answer) => {
    const { expect: _, ...headers } = asked.headers;
    const passed = request({ host: "127.0.0.1", port, path: asked.url, method: asked.method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 500, reply.statusMessage, reply.headers);
      reply.pipe(answer);
    });
    asked.on("data", (piece: Buffer) => {
      if (asked.url?.endsWith(".jar")) piece[0]! ^= 1;
      passed.write(piece);
    });
    asked.on("end", () => passed.end());
  });
  await new Promise<void>((ready) => proxy.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, close: () => proxy.close() };
}

test("mvn deploys with a token that only writes and resolves with one that only reads", async ({ bench, server, secrets }) => {
  const feed = bench("maven-flow");
  const write = feed.token("writes", "--read", "none", "--write", feed.name);
  const read = feed.token("reads", "--read", feed.name);
  secrets.push(write, read);
  const publisher = mvn(server.url, feed.name, write);
  succeeded(await publisher.deploy("demo", "1.0"));
  succeeded(await publisher.deploy("demo", "1.1"));
  succeeded(await publisher.deploy("core", "2.0-SNAPSHOT", "first\n"));
  succeeded(await publisher.deploy("core", "2.0-SNAPSHOT", "second\n"));
  refused(await publisher.deploy("demo", "1.1", "other\n"), "LK-EXISTS");
  const reader = mvn(server.url, feed.name, read);
  const resolved = await reader.resolve(["core", "2.0-SNAPSHOT"], ["demo", "1.1"]);
  succeeded(resolved);
  expect(resolved.contents).toEqual(["second", "demo 1.1"]);
  const ranged = await reader.resolve(["demo", "[1.0,2.0)"]);
  succeeded(ranged);
  expect(ranged.contents).toEqual(["demo 1.1"]);
  const person = mvn(server.url, feed.name, PASSWORD, feed.name);
  expect((await person.resolve(["demo", "1.0"])).contents).toEqual(["demo 1.0"]);
  refused(await person.deploy("demo", "1.2"), "LK-PASSWORD-READONLY");
});

test("an archive that was damaged on its way fails the deployment and is not resolved", async ({ bench, server, secrets }) => {
  const feed = bench("maven-damaged");
  const token = feed.token("both", "--read", feed.name, "--write", feed.name);
  secrets.push(token);
  const way = await damaging(server);
  try {
    const failed = await mvn(way.url, feed.name, token).deploy("demo", "1.0");
    expect(failed.code, failed.output).not.toBe(0);
    expect(failed.output).toContain("demo-1.0.jar was withdrawn");
  } finally {
    way.close();
  }
  const client = mvn(server.url, feed.name, token);
  expect((await client.resolve(["demo", "1.0"])).code).not.toBe(0);
  succeeded(await client.deploy("demo", "1.0"));
  expect((await client.resolve(["demo", "1.0"])).contents).toEqual(["demo 1.0"]);
});

test("mvn is told why it may not", async ({ bench, server, secrets }) => {
  const feed = bench("maven-denied");
  const other = bench("maven-other");
  const write = feed.token("writes", "--read", "none", "--write", feed.name);
  const read = feed.token("reads", "--read", feed.name);
  const ended = feed.token("ends", "--read", feed.name, "--write", feed.name);
  secrets.push(write, read, ended);
  succeeded(await mvn(server.url, feed.name, write).deploy("demo", "1.0"));
  refused(await mvn(server.url, feed.name, read).deploy("demo", "1.1"), "LK-SCOPE");
  refused(await mvn(server.url, feed.name, mistyped(write)).deploy("demo", "1.1"), "LK-CHECKSUM");
  refused(await mvn(server.url, feed.name).deploy("demo", "1.1"), "LK-MISSING");
  refused(await mvn(server.url, other.name, write).deploy("demo", "1.1"), "LK-FEED");
  refused(await mvn(server.url, feed.name, write).resolve(["demo", "1.0"]), "LK-SCOPE");
  refused(await mvn(server.url, other.name, read).resolve(["demo", "1.0"]), "LK-FEED");
  server.cli(["token", "revoke", server.tokenIds(feed.name).get("ends")!]);
  refused(await mvn(server.url, feed.name, ended).resolve(["demo", "1.0"]), "LK-REVOKED");
  refused(await mvn(server.url, feed.name, ended).deploy("demo", "1.1"), "LK-REVOKED");
});

test("mvn is told when a token has ended", async ({}, info) => {
  const server = await new Server(info.project.metadata["database"] as string | undefined, true).start();
  try {
    server.user("ana");
    server.feed("main", "ana");
    const token = server.token("ana", "short", "--read", "main", "--write", "main", "--expires", "7d");
    const client = mvn(server.url, "main", token);
    succeeded(await client.deploy("demo", "1.0"));
    server.advance(9);
    refused(await client.resolve(["demo", "1.0"]), "LK-EXPIRED");
    refused(await client.deploy("demo", "1.1"), "LK-EXPIRED");
  } finally {
    expect(await server.stop()).toBe(0);
  }
});
