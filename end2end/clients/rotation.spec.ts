// The real npm, while its token gets a new value.
import { expect, test } from "../fixtures/app.ts";
import { CLIENTS, Client } from "../fixtures/clients.ts";

test("npm says that its value was replaced, and is refused when it has stopped", async ({ server, secrets }, info) => {
  test.setTimeout(300_000);
  const [user, feed] = [`rotor-${info.project.name}`, `rotation-${info.project.name}`];
  server.user(user);
  server.feed(feed, user);
  const old = server.token(user, "CI", "--read", feed, "--write", feed);
  secrets.push(old);
  const registry = `${server.url}/F/${feed}/npm/`;
  const listed = JSON.parse(server.cli(["token", "list", "--user", user, "--json"])) as { id: string; description: string }[];
  const id = listed.find((token) => token.description === "CI")?.id ?? "";
  const publisher = new Client("npm11", registry, { token: old });
  const published = await publisher.publish("demo", "1.0.0");
  expect(published.code, published.output).toBe(0);

  const value = server.cli(["token", "regenerate", id, "--old-stops", "1h-after-first-use"]);
  secrets.push(value);
  // npm 7 and later print no notice with what goes into their cache, and so none while they install.
  for (const name of CLIENTS.filter((client) => client.startsWith("npm"))) {
    const client = new Client(name, registry, { token: old });
    const asked = await client.run(["whoami"]);
    expect(asked.code, asked.output).toBe(0);
    expect(asked.output, name).toContain(`token ending ${old.slice(-4)} was replaced; this old value stops soon after the new one is used`);
    client.remove();
  }
  const again = await publisher.publish("demo", "1.0.1");
  expect(again.code, again.output).toBe(0);
  expect(again.output).toContain("was replaced");

  const renewed = new Client("npm11", registry, { token: value });
  const quiet = await renewed.run(["whoami"]);
  expect(quiet.code, quiet.output).toBe(0);
  expect(quiet.output).not.toContain("was replaced");
  server.cli(["token", "regenerate", id, "--old-stops", "now"]);
  for (const client of [publisher, renewed]) {
    const refused = await client.publish("demo", "1.0.2");
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("[LK-ROTATED]");
    client.remove();
  }
});
