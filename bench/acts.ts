// What is measured besides reading: signing in, pages, publishing, installing.
import { FEED, type Latchkey, PASSWORD, USER } from "./latchkey.ts";
import { load, median, type Measured } from "./load.ts";
import { install } from "./npm-install.ts";
import { fileName, made, packument, publish, tree } from "./packages.ts";
import type { Nginx } from "./peers/nginx.ts";
import { CLIENTS, plan } from "./plan.ts";

/** As many tokens as the list has that is measured. */
const TOKENS = 50;
export const SIGN_INS = 4;

export type Page = { alone: Measured; busy: Measured };

/** The page of one's tokens, asked for one after the other, and by eight at a time. */
export async function page(server: Latchkey): Promise<Page> {
  for (let n = 1; n <= TOKENS; n += 1) server.token(`build server ${n}`, "--write", FEED);
  const one = { url: `${server.url}/profile/tokens`, headers: { cookie: await server.session() } };
  await load(server.program, { ...one, connections: 1 }, 1);
  const alone = await load(server.program, { ...one, connections: 1 }, plan.seconds);
  return { alone, busy: await load(server.program, { ...one, connections: CLIENTS }, plan.seconds) };
}

/** Signing in with a right password, as many at a time as are let through: each counts as a failure until it succeeds. */
export function signIn(server: Latchkey): Promise<Measured> {
  const form = { login: USER, password: PASSWORD };
  return load(server.program, { url: `${server.url}/sign-in`, headers: { origin: server.url }, connections: SIGN_INS, form }, plan.seconds);
}

/** Versions published a second by several clients, each to a package of its own. */
export async function publishing(registry: string, token: string): Promise<number> {
  const each = plan.versions / CLIENTS;
  const versions = Array.from({ length: CLIENTS }, (_, client) => Array.from({ length: each }, (_, n) => made(`published-${client}`, `1.0.${n}`, 10_000)));
  const began = performance.now();
  await Promise.all(
    versions.map(async (own) => {
      for (const one of own) await publish(registry, token, one);
    }),
  );
  return plan.versions / ((performance.now() - began) / 1000);
}

export type Installs = { packages: number; latchkey: number; mirror: number; ratio: number };

/** `npm install` from Latchkey and from files on nginx, in turn. Seconds. */
export async function installs(server: Latchkey, nginx: Nginx, token: string): Promise<Installs> {
  const packages = tree(plan.tree);
  for (const one of packages) {
    await publish(server.npm, token, one);
    // A folder has no content of its own: the document lies beside it.
    nginx.put(`mirror/${one.name}.json`, packument([one], `${nginx.url}mirror/`));
    nginx.put(`mirror/${one.name}/-/${fileName(one)}`, one.archive);
  }
  const [ours, theirs]: [number[], number[]] = [[], []];
  // The first of each warms the caches of npm itself and of the disk.
  for (let round = 0; round <= plan.installs; round += 1) {
    const pair = [await install(`${nginx.url}mirror/`, token, packages), await install(server.npm, token, packages)] as const;
    if (round === 0) continue;
    theirs.push(pair[0]);
    ours.push(pair[1]);
  }
  const ratio = median(ours.map((seconds, round) => seconds / theirs[round]!));
  return { packages: packages.length, latchkey: median(ours), mirror: median(theirs), ratio };
}
