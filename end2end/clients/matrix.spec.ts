// What a token lets through and what it does not, with every client that people have: publish with
// a token that only writes, install elsewhere with one that only reads, be refused in words.
import { expect, mistyped, refused, succeeded, test } from "../fixtures/bench.ts";
import { type Client, CLIENTS, type ClientName } from "../fixtures/clients.ts";
import type { Result } from "../fixtures/run.ts";

test.describe.configure({ mode: "parallel", timeout: 240_000 });

/** What a client calls the commands that others call otherwise. */
const view = (client: ClientName) => (client === "yarn1" ? ["info"] : client === "yarn4" ? ["npm", "info"] : ["view"]);

function inProject(client: Client, ...args: string[]): Promise<Result> {
  return client.run(args, client.folder({ name: "project", version: "0.0.0" }));
}

for (const name of CLIENTS) {
  test(`${name} publishes with a token that only writes and installs with one that only reads`, async ({ bench, secrets }) => {
    const feed = bench(`flow-${name}`);
    const write = feed.token("writes", "--read", "none", "--write", feed.name);
    const read = feed.token("reads", "--read", feed.name);
    secrets.push(write, read);

    const publisher = feed.client(name, write);
    succeeded(await publisher.publish("demo", "1.0.0"));
    // yarn 4 looks a package's dependencies up before it publishes it, which this token may not.
    const needs = name === "yarn4" ? {} : { dependencies: { demo: "^1.0.0" } };
    succeeded(await publisher.publish("@acme/http", "2.0.0", needs));
    refused(await publisher.publish("demo", "1.0.0"), "LK-EXISTS");
    refused(await publisher.install("demo"), "LK-SCOPE");

    const reader = feed.client(name, read);
    const installed = await reader.install("@acme/http@2.0.0", ...(name === "yarn4" ? ["demo"] : []));
    succeeded(installed);
    expect([installed.load("@acme/http"), installed.load("demo", "@acme/http")]).toEqual(["2.0.0", "1.0.0"]);
    expect(succeeded(await inProject(reader, ...view(name), "demo"))).toContain("1.0.0");
    refused(await reader.publish("demo", "1.1.0"), "LK-SCOPE");

    const wrong = feed.client(name, mistyped(read));
    // yarn 4 shows nothing of what a server says with 401; it only names who it takes itself for.
    const told = name === "yarn4" ? "Invalid authentication (as an unknown user)" : "[LK-CHECKSUM]";
    for (const tried of [await wrong.install("demo"), await wrong.publish("demo", "1.2.0")]) {
      expect(tried.code, tried.output).not.toBe(0);
      expect(tried.output).toContain(told);
    }
  });
}
