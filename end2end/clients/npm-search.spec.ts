// `npm search`: what is found, and that nobody finds what they may not read.
import { expect, refused, succeeded, test } from "../fixtures/bench.ts";
import type { Client } from "../fixtures/clients.ts";

test.describe.configure({ mode: "parallel", timeout: 180_000 });

type Found = { name: string; version: string; description?: string; publisher?: { username: string } };

async function search(client: Client, ...words: string[]): Promise<Found[]> {
  const folder = client.folder({ name: "project", version: "0.0.0" });
  const { stdout } = await client.run(["search", "--json", ...words], folder).then((result) => ({ stdout: succeeded(result) }));
  return JSON.parse(/^\s*(\[[\s\S]*\])\s*$/m.exec(stdout)?.[1] ?? "null") as Found[];
}

test("npm finds packages by name and description, in its own order", async ({ bench, secrets }) => {
  const feed = bench("search-words");
  const all = feed.token("all", "--read", feed.name, "--write", feed.name);
  secrets.push(all);
  const npm = feed.client("npm11", all);
  const packages: [string, string][] = [
    ["http", "speaks to servers"],
    ["@acme/http", "the same for Acme"],
    ["@acme/core", "what http needs"],
    ["other", "nothing of the kind"],
  ];
  for (const [name, description] of packages) succeeded(await npm.publish(name, "1.0.0", { description }));

  const found = await search(npm, "http");
  expect(found.map(({ name }) => name)).toEqual(["http", "@acme/http", "@acme/core"]);
  expect(found[0]).toMatchObject({ version: "1.0.0", description: "speaks to servers", publisher: { username: feed.name } });
  expect((await search(npm, "http", "acme")).map(({ name }) => name)).toEqual(["@acme/http", "@acme/core"]);
  expect(await search(npm, "nowhere")).toEqual([]);
  expect(succeeded(await npm.run(["search", "speaks"]))).toContain(`by ${feed.name}`);
  expect(succeeded(await npm.run(["search", "nowhere"]))).toContain("No matches found");
  expect((await search(npm, "--searchlimit=1", "http")).map(({ name }) => name)).toEqual(["http"]);
});

test("npm finds what the token may read and nothing else", async ({ bench, secrets }) => {
  const feed = bench("search-rights");
  const all = feed.token("all", "--read", feed.name, "--write", feed.name);
  const acme = feed.token("acme", "--read", feed.name, "--package", "@acme/*");
  const write = feed.token("write", "--read", "none", "--write", feed.name);
  secrets.push(all, acme, write);
  const npm = feed.client("npm11", all);
  for (const name of ["demo", "@acme/demo"]) succeeded(await npm.publish(name, "1.0.0"));

  expect((await search(npm, "demo")).map(({ name }) => name)).toEqual(["demo", "@acme/demo"]);
  expect((await search(feed.client("npm11", acme), "demo")).map(({ name }) => name)).toEqual(["@acme/demo"]);
  refused(await feed.client("npm11", write).run(["search", "demo"]), "LK-SCOPE");
  const nobody = await feed.client("npm11").run(["search", "demo"]);
  expect(nobody.code).not.toBe(0);
  expect(nobody.output).toContain("[LK-MISSING]");
});
