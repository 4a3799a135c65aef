// Whether what is done costs more in a large database than in a small one.
import { FEED, Latchkey } from "./latchkey.ts";
import { load, median } from "./load.ts";
import { plan } from "./plan.ts";
import { multiplyPackages, multiplyTokens, plant } from "./scale.ts";

/** Tokens that are asked with for the first time since the start. */
const FIRST = 60;
const STARTS = 5;
const FEW_TOKENS = 1000;

export type Growth = {
  rows: string;
  /** Milliseconds until it answered. */
  start: number;
  /** Megabytes before anybody asked. */
  memory: number;
  /** Milliseconds for a request with a token that the server has not seen since it started, and for the next with it. */
  cold: number;
  warm: number;
  /** Microseconds of processor time for a read at 64 connections. */
  cpu: number;
};

export async function growth(): Promise<Growth[]> {
  const server = new Latchkey();
  await server.start();
  const token = server.setUp();
  await plant(server, token);
  const tokens = Array.from({ length: FIRST }, (_, n) => server.token(`first ${n}`, "--read", FEED));
  const url = () => `${server.npm}seed`;
  // Its first use is written down before it is answered; that is not what is measured.
  for (const one of tokens) await ask(url(), one);
  await server.program.stop();

  const found = [await look(server, "1 package, 62 tokens", tokens, url)];
  multiplyTokens(server, FEW_TOKENS);
  found.push(await look(server, `${FEW_TOKENS.toLocaleString("en")} tokens`, tokens, url));
  multiplyPackages(server, plan.packages);
  found.push(await look(server, `and ${plan.packages.toLocaleString("en")} packages`, tokens, url));
  multiplyTokens(server, plan.tokens, FEW_TOKENS);
  found.push(await look(server, `and ${plan.tokens.toLocaleString("en")} more tokens`, tokens, url));
  return found;
}

async function look(server: Latchkey, rows: string, tokens: string[], url: () => string): Promise<Growth> {
  const starts: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    if (start > 0) await server.program.stop();
    starts.push(await server.start());
  }
  const memory = server.program.memory();
  // Whatever is done once a connection, and once a server, is done by an unknown credential.
  for (let n = 0; n < 20; n += 1) await ask(url(), "lka_unknown", 401);
  const cold: number[] = [];
  const warm: number[] = [];
  for (const one of tokens) {
    cold.push(await ask(url(), one));
    warm.push(await ask(url(), one));
  }
  const { cpu } = await load(server.program, { url: url(), headers: { authorization: `Bearer ${tokens[0]}` } }, plan.seconds);
  await server.program.stop();
  return { rows, start: median(starts), memory, cold: median(cold), warm: median(warm), cpu };
}

async function ask(url: string, token: string, expected = 200): Promise<number> {
  const began = performance.now();
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  if (answer.status !== expected) throw new Error(`${url}: ${answer.status}`);
  return performance.now() - began;
}
