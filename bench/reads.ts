// Reading at 64 connections. Every target is measured right after nginx, which serves a file of the same
// size, in every round: on a machine that is shared only the two together mean something.
import { load, median, type Load, type Measured } from "./load.ts";
import type { Nginx } from "./peers/nginx.ts";
import { plan } from "./plan.ts";
import type { Program } from "./processes.ts";

export type Target = {
  /** Who, and what is read. */
  server: string;
  work: string;
  program: Program;
  load: Load;
};

export type Compared = Measured & {
  server: string;
  work: string;
  /** Bytes of a body. */
  size: number;
  /** The rate divided by that of nginx in the same round, its median; and the lowest and highest. */
  ratio: number;
  lowest: number;
  highest: number;
  /** nginx beside it. */
  nginx: Measured;
};

/** Measures the targets in turn, several rounds, each right after nginx. */
export async function compare(targets: Target[], nginx: Nginx, token: string): Promise<Compared[]> {
  const { rounds, seconds } = plan;
  const headers = { authorization: `Bearer ${token}` };
  const sizes = new Map<Target, number>();
  for (const target of targets) {
    const answer = await fetch(target.load.url, { headers: target.load.headers ?? {} });
    const size = (await answer.arrayBuffer()).byteLength;
    if (!answer.ok) throw new Error(`${target.load.url}: ${answer.status}`);
    const anonymous = await fetch(target.load.url);
    await anonymous.arrayBuffer();
    // What is served to anybody would be compared with what is not.
    if (anonymous.status !== 401) throw new Error(`${target.server} serves ${target.load.url} without a token`);
    sizes.set(target, size);
    nginx.put(`of/${size}`, Buffer.alloc(size, "x"));
  }
  const found = new Map<Target, { own: Measured[]; beside: Measured[] }>(targets.map((target) => [target, { own: [], beside: [] }]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const target of targets) {
      const beside = await load(nginx.program, { url: `${nginx.url}of/${sizes.get(target)}`, headers }, seconds);
      const own = await load(target.program, target.load, seconds);
      found.get(target)!.own.push(own);
      found.get(target)!.beside.push(beside);
      const ratio = (own.rate / beside.rate).toFixed(3);
      console.log(`  round ${round}: ${target.server}, ${target.work}: ${Math.round(own.rate)}/s, ${ratio} × nginx, ${own.cpu.toFixed(1)} µs`);
    }
  }
  return targets.map((target) => {
    const { own, beside } = found.get(target)!;
    const ratios = own.map(({ rate }, round) => rate / beside[round]!.rate);
    const { server, work } = target;
    return {
      ...medians(own),
      server,
      work,
      size: sizes.get(target)!,
      ratio: median(ratios),
      lowest: Math.min(...ratios),
      highest: Math.max(...ratios),
      nginx: medians(beside),
    };
  });
}

export function medians(measured: Measured[]): Measured {
  const of = (key: keyof Measured) => median(measured.map((one) => one[key]));
  return { rate: of("rate"), p50: of("p50"), p99: of("p99"), cpu: of("cpu"), memory: of("memory") };
}
