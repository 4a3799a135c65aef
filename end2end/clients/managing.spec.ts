// What each client can change about packages that are there, with a token that may and with one
// that may only publish.
import { expect, refused, succeeded, test } from "../fixtures/bench.ts";
import { CLIENTS, type ClientName } from "../fixtures/clients.ts";
import type { Result } from "../fixtures/run.ts";

test.describe.configure({ mode: "parallel", timeout: 240_000 });

type Verbs = { add: string[]; list: string[]; remove: string[] };
const TAGS = { add: ["dist-tag", "add"], list: ["dist-tag", "ls"], remove: ["dist-tag", "rm"] };
/** What a client calls the commands for dist-tags. */
const tags: Partial<Record<ClientName, Verbs>> = {
  yarn1: { add: ["tag", "add"], list: ["tag", "list"], remove: ["tag", "remove"] },
  yarn4: { add: ["npm", "tag", "add"], list: ["npm", "tag", "list"], remove: ["npm", "tag", "remove"] },
};

for (const name of CLIENTS) {
  test(`${name} moves tags, and nothing moves without the right`, async ({ bench, secrets }) => {
    const feed = bench(`tags-${name}`);
    const all = feed.token("manages", "--read", feed.name, "--write", feed.name, "--allow", "unlist");
    const plain = feed.token("publishes", "--read", feed.name, "--write", feed.name);
    secrets.push(all, plain);
    const manager = feed.client(name, all);
    for (const version of ["1.0.0", "1.1.0"]) succeeded(await manager.publish("demo", version));
    const folder = manager.folder({ name: "project", version: "0.0.0" });
    const run = (...args: string[]) => manager.run(args, folder);
    const { add, list, remove } = tags[name] ?? TAGS;

    succeeded(await run(...add, "demo@1.0.0", "beta"));
    expect(succeeded(await run(...list, "demo"))).toMatch(/beta\W+1\.0\.0/);
    succeeded(await run(...remove, "demo", "beta"));
    expect(succeeded(await run(...list, "demo"))).not.toContain("beta");
    const publisher = feed.client(name, plain);
    const elsewhere = publisher.folder({ name: "project", version: "0.0.0" });
    refused(await publisher.run([...add, "demo@1.0.0", "beta"], elsewhere), "LK-SCOPE");
  });
}

// yarn has none of these commands.
for (const name of CLIENTS.filter((client) => !client.startsWith("yarn"))) {
  test(`${name} deprecates, searches and unpublishes`, async ({ bench, secrets }) => {
    const feed = bench(`manage-${name}`);
    const all = feed.token("manages", "--read", feed.name, "--write", feed.name, "--allow", "unlist,delete");
    const plain = feed.token("publishes", "--read", feed.name, "--write", feed.name);
    secrets.push(all, plain);
    const manager = feed.client(name, all);
    const publisher = feed.client(name, plain);
    const run = (...args: string[]): Promise<Result> => manager.run(args);
    for (const version of ["1.0.0", "1.1.0"]) succeeded(await manager.publish("demo", version));

    refused(await publisher.run(["deprecate", "demo@1.0.0", "no"]), "LK-SCOPE");
    succeeded(await run("deprecate", "demo@1.0.0", "use 1.1.0"));
    expect(succeeded(await run("view", "demo@1.0.0", "deprecated"))).toContain("use 1.1.0");
    expect((await manager.install("demo@1.0.0")).output).toContain("use 1.1.0");
    succeeded(await run("deprecate", "demo@1.0.0", ""));
    expect(succeeded(await run("view", "demo@1.0.0", "deprecated"))).not.toContain("use 1.1.0");

    expect(succeeded(await run("search", "demo"))).toMatch(/demo/);

    refused(await publisher.run(["unpublish", "demo@1.0.0", "--force"]), "LK-SCOPE");
    succeeded(await run("unpublish", "demo@1.0.0", "--force"));
    expect(succeeded(await run("view", "demo", "versions", "--json"))).not.toContain("1.0.0");
    succeeded(await run("unpublish", "demo", "--force"));
    expect((await run("view", "demo")).output).toContain("404");
  });
}
