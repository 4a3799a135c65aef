// What npm 11 changes about packages that are there, with the right token and with each wrong one.
import { expect, mistyped, refused, succeeded, test } from "../fixtures/bench.ts";
import type { Bench } from "../fixtures/bench.ts";
import type { Client } from "../fixtures/clients.ts";
import type { Result } from "../fixtures/run.ts";

test.describe.configure({ mode: "parallel", timeout: 240_000 });

/** The packument as a reader sees it. */
async function packument(feed: Bench, token: string, name = "demo"): Promise<Record<string, any>> {
  const answer = await fetch(`${feed.registry}${name.replace("/", "%2f")}`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as Record<string, any>;
}

/** A feed with `demo` 1.0.0, 1.1.0 and 1.2.0 in it, and one who may do everything. */
async function furnished(bench: (name: string) => Bench, name: string, secrets: string[]): Promise<{ feed: Bench; npm: Client; all: string }> {
  const feed = bench(name);
  const all = feed.token("all", "--read", feed.name, "--write", feed.name, "--allow", "unlist,delete");
  secrets.push(all);
  const npm = feed.client("npm11", all);
  for (const version of ["1.0.0", "1.1.0", "1.2.0"]) succeeded(await npm.publish("demo", version));
  return { feed, npm, all };
}

/** Every command that changes what is there. */
const CHANGES: Record<string, string[]> = {
  deprecate: ["deprecate", "demo@1.0.0", "too old"],
  "dist-tag": ["dist-tag", "add", "demo@1.0.0", "stable"],
  unpublish: ["unpublish", "demo@1.0.0"],
};

test("each command is refused to whoever lacks its right, and says which", async ({ bench, secrets, server }) => {
  const { feed, all } = await furnished(bench, "manage-rights", secrets);
  const other = bench("manage-rights-other");
  const tokens: Record<string, [string, Record<string, string | undefined>]> = {
    reads: [feed.token("r", "--read", feed.name), { deprecate: "LK-SCOPE", "dist-tag": "LK-SCOPE", unpublish: "LK-SCOPE" }],
    publishes: [
      feed.token("w", "--read", feed.name, "--write", feed.name),
      { deprecate: "LK-SCOPE", "dist-tag": "LK-SCOPE", unpublish: "LK-SCOPE" },
    ],
    "has another package": [
      feed.token("p", "--read", feed.name, "--allow", "unlist,delete", "--write", feed.name, "--package", "@acme/*"),
      { deprecate: "LK-PACKAGE", "dist-tag": "LK-PACKAGE", unpublish: "LK-PACKAGE" },
    ],
    "is somebody else": [
      other.token("o", "--read", "all", "--write", "all", "--allow", "unlist,delete"),
      { deprecate: "LK-FEED", "dist-tag": "LK-FEED", unpublish: "LK-FEED" },
    ],
    unlists: [feed.token("u", "--read", feed.name, "--write", feed.name, "--allow", "unlist"), { unpublish: "LK-SCOPE" }],
    deletes: [
      feed.token("d", "--read", feed.name, "--write", feed.name, "--allow", "delete"),
      { deprecate: "LK-SCOPE", "dist-tag": "LK-SCOPE" },
    ],
  };
  const before = await packument(feed, all);
  for (const [who, [token, expected]] of Object.entries(tokens)) {
    secrets.push(token);
    const npm = feed.client("npm11", token);
    for (const [what, code] of Object.entries(expected)) {
      await test.step(`${who}: ${what}`, async () => refused(await npm.run(CHANGES[what]!), code!));
    }
  }
  expect(await packument(feed, all)).toEqual(before);
  expect(server.log).not.toContain("panicked");
});

test("with a value that is wrong or revoked every command is refused, and says why", async ({ bench, secrets, server }) => {
  const { feed, all } = await furnished(bench, "manage-wrong", secrets);
  const ends = feed.token("ends", "--read", feed.name, "--write", feed.name, "--allow", "unlist,delete");
  secrets.push(ends);
  server.cli(["token", "revoke", server.tokenIds(feed.name).get("ends")!]);
  const reads = [["whoami"], ["view", "demo"], ["dist-tag", "ls", "demo"], ["search", "demo"], ["token", "list"], ["profile", "get"]];
  const commands = [...reads, ["dist-tag", "rm", "demo", "stable"], ...Object.values(CHANGES)];
  for (const [token, code] of [[mistyped(all), "LK-CHECKSUM"], [ends, "LK-REVOKED"]] as const) {
    const npm = feed.client("npm11", token);
    for (const command of commands) {
      await test.step(`${code}: ${command.join(" ")}`, async () => refused(await npm.run(command), code));
    }
  }
});

test("deprecating warns who installs, and a newer range avoids it", async ({ bench, secrets }) => {
  const { npm } = await furnished(bench, "manage-deprecate", secrets);
  succeeded(await npm.run(["deprecate", "demo@>=1.1.0", "broken on Tuesdays"]));
  expect((await npm.install("demo@1.2.0")).output).toContain("broken on Tuesdays");
  const around = await npm.install("demo@^1");
  succeeded(around);
  expect(around.load("demo")).toBe("1.0.0");
  expect(around.output).not.toContain("broken on Tuesdays");
  succeeded(await npm.run(["deprecate", "demo@*", ""]));
  const all = await npm.install("demo@^1");
  expect(all.load("demo")).toBe("1.2.0");
  expect(all.output).not.toContain("broken");
});

test("an unlisted version is left to those who name it", async ({ bench, secrets, server }) => {
  const { feed, npm, all } = await furnished(bench, "manage-unlist", secrets);
  const session = await server.session(feed.name);
  const answer = await fetch(`${server.url}/feeds/${feed.name}/npm/demo/1.2.0/unlist`, {
    method: "POST",
    headers: { origin: server.url, cookie: `${session.name}=${session.value}` },
    body: new URLSearchParams(),
  });
  expect(answer.status, await answer.text()).toBeLessThan(400);

  const said = await packument(feed, all);
  expect(said["dist-tags"].latest).toBe("1.1.0");
  expect(said["versions"]["1.2.0"].deprecated).toContain("unlisted");
  expect((await npm.install("demo@^1")).load("demo")).toBe("1.1.0");
  expect((await npm.install("demo")).load("demo")).toBe("1.1.0");
  const exact = await npm.install("demo@1.2.0");
  succeeded(exact);
  expect(exact.load("demo")).toBe("1.2.0");
  // Deprecating another version does not make a reason of it.
  succeeded(await npm.run(["deprecate", "demo@1.0.0", "too old"]));
  expect((await packument(feed, all))["versions"]["1.2.0"].deprecated).toBe(said["versions"]["1.2.0"].deprecated);
});

test("unpublishing a version ends its number, unpublishing the last one the package", async ({ bench, secrets }) => {
  const { feed, npm, all } = await furnished(bench, "manage-unpublish", secrets);
  succeeded(await npm.run(["unpublish", "demo@1.2.0"]));
  expect((await packument(feed, all))["dist-tags"].latest).toBe("1.1.0");
  expect((await npm.install("demo")).load("demo")).toBe("1.1.0");
  const again = await npm.publish("demo", "1.2.0");
  refused(again, "LK-EXISTS");
  expect(again.output).toContain("was deleted");
  succeeded(await npm.publish("demo", "1.2.1"));

  succeeded(await npm.run(["unpublish", "demo", "--force"]));
  expect((await npm.run(["view", "demo"])).output).toContain("has no package demo");
  refused(await npm.publish("demo", "1.0.0"), "LK-EXISTS");
  succeeded(await npm.publish("demo", "2.0.0"));
  expect((await npm.install("demo")).load("demo")).toBe("2.0.0");
});

test("a scoped package is changed like any other", async ({ bench, secrets }) => {
  const { feed, npm, all } = await furnished(bench, "manage-scoped", secrets);
  for (const version of ["1.0.0", "1.1.0"]) succeeded(await npm.publish("@acme/demo", version));
  succeeded(await npm.run(["deprecate", "@acme/demo@1.0.0", "too old"]));
  succeeded(await npm.run(["dist-tag", "add", "@acme/demo@1.0.0", "stable"]));
  expect(succeeded(await npm.run(["dist-tag", "ls", "@acme/demo"]))).toMatch(/latest: 1\.1\.0\nstable: 1\.0\.0/);
  succeeded(await npm.run(["unpublish", "@acme/demo@1.1.0"]));
  const said = await packument(feed, all, "@acme/demo");
  expect(said["dist-tags"]).toEqual({ latest: "1.0.0", stable: "1.0.0" });
  expect(said["versions"]["1.0.0"].deprecated).toBe("too old");
});

test("what is not served says so", async ({ bench, secrets }) => {
  const { npm } = await furnished(bench, "manage-not-served", secrets);
  const run = (...args: string[]): Promise<Result> => npm.run(args);
  for (const [args, words] of [
    [["owner", "ls", "demo"], "This server has no npm owner"],
    [["owner", "add", "eve", "demo"], "This server has no npm owner"],
    [["star", "demo"], "This server has no npm star"],
    [["access", "list", "collaborators", "demo"], "This server has no npm access"],
    [["dist-tag", "rm", "demo", "latest"], "latest cannot be removed"],
    [["dist-tag", "add", "demo@9.9.9", "stable"], "has no version 9.9.9"],
  ] as const) {
    const result = await run(...args);
    expect(result.code, args.join(" ")).not.toBe(0);
    expect(result.output, args.join(" ")).toContain(words);
  }
});
