// The figures as tables.
import { type Installs, type Page, SIGN_INS } from "./acts.ts";
import type { Timed } from "./functions.ts";
import type { Growth } from "./growth.ts";
import type { Measured } from "./load.ts";
import type { Machine } from "./machine.ts";
import { CLIENTS, plan } from "./plan.ts";
import type { Compared } from "./reads.ts";

export type Results = {
  machine: Machine;
  /** The load of the machine before the first measurement. */
  load: number;
  absent: Record<string, string>;
  reads: Compared[];
  page: Page;
  signIn: Measured;
  /** Versions a second, by server. */
  publishing: Record<string, number>;
  installs: Installs;
  /** Megabytes. */
  idle: number;
  growth: Growth[];
  functions: Timed[];
};

type Cell = string | number;

function table(head: string[], rows: Cell[][]): string {
  const line = (cells: Cell[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column ? "---:" : "---"))), ...rows.map(line)].join("\n");
}

const round = (value: number) => Math.round(value).toLocaleString("en");
const of = (value: number, digits: number) => value.toFixed(digits);

/** What was aimed for, and whether it was reached. */
function aims(results: Results): Cell[][] {
  const { reads, page, installs, idle, growth, functions } = results;
  const ours = reads.filter(({ server }) => server === "Latchkey");
  const read = (work: string) => ours.find((one) => one.work === work)!;
  const busy = Math.max(...ours.map(({ memory }) => memory));
  const [small, large] = [growth[0]!, growth.at(-1)!];
  const line = (what: string, aim: string, found: string, isMet: boolean): Cell[] => [what, aim, found, isMet ? "yes" : "**no**"];
  const atLeast = (work: string, aim: number) =>
    line(`${work}, authenticated`, `≥ ${of(aim, 1)} × nginx`, `${of(read(work).ratio, 2)} × nginx`, read(work).ratio >= aim);
  const atMost = (what: string, aim: number, found: number, unit: string, digits = 1) =>
    line(what, `≤ ${aim} ${unit}`, `${of(found, digits)} ${unit}`, found <= aim);
  const timed = functions
    .filter(({ name }) => name.startsWith("authorize"))
    .map(({ name, microseconds }) => atMost(name, name.includes("cold") ? 200 : 2, microseconds, "µs", 2));
  return [
    atLeast("one version", 1),
    atLeast("10 kB archive", 1),
    atLeast("1 MB archive", 0.8),
    atMost("processor time for a document", 20, read("one version").cpu, "µs"),
    atMost("processor time for a 10 kB archive", 20, read("10 kB archive").cpu, "µs"),
    atMost("`npm install` beside a static mirror", 1.2, installs.ratio, "×", 2),
    atMost("page of 50 tokens, p50", 3, page.alone.p50, "ms", 2),
    atMost("memory, idle", 40, idle, "MB"),
    atMost("memory, under load", 150, busy, "MB"),
    atMost("start, largest database", 300, large.start, "ms", 0),
    atMost("processor time for a read, largest database beside smallest", 1.1, large.cpu / small.cpu, "×", 2),
    ...timed,
  ];
}

export function report(results: Results): string {
  const { machine, reads, page, signIn, publishing, installs, idle, growth, functions, absent } = results;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const mine = reads.filter(({ server }) => server === "Latchkey");
  return `# What was measured

${machine.processor}, ${machine.cores} cores, ${machine.memory}; ${machine.system}. The load generator runs on the same cores as the servers.
Load of the machine before the first measurement: ${of(results.load, 2)}.

${versions.join(" · ")}
${Object.entries(absent).map(([peer, why]) => `\n**${peer} was not measured: ${why}.**\n`).join("")}
Only ratios of the same run carry over to another machine.

## Aims

${table(["", "aim", "found", "met"], aims(results))}

## Reading with a token

\`wrk -t2 -c64 -d${plan.seconds} --latency\`, ${plan.rounds} rounds; every measurement right after one of nginx, which checks a token by a map of 1,001,
writes no log and serves a file of as many bytes. Medians of the rounds; in brackets the lowest and the highest ratio. Processor time is what
the kernel counted for the server, in user and kernel mode, by request. Latchkey writes a line of log for each request and a row about the use of
the token. pypiron speaks another protocol: a mark, not the same work.

${table(
  ["", "server", "bytes", "requests/s", "× nginx", "p50 ms", "p99 ms", "CPU µs", "nginx CPU µs", "memory MB"],
  reads.map((one) => [
    one.work,
    one.server,
    round(one.size),
    round(one.rate),
    `**${of(one.ratio, 2)}** (${of(one.lowest, 2)}–${of(one.highest, 2)})`,
    of(one.p50, 2),
    of(one.p99, 1),
    of(one.cpu, 1),
    of(one.nginx.cpu, 1),
    of(one.memory, 0),
  ]),
)}

## Other work

${table(
  ["", "found"],
  [
    [`sign-ins a second with argon2id, ${SIGN_INS} at a time`, `${of(signIn.rate, 1)} (p50 ${of(signIn.p50, 0)} ms, p99 ${of(signIn.p99, 0)} ms)`],
    ["page of one's 50 tokens, one request after the other, until it has come whole", `p50 ${of(page.alone.p50, 2)} ms, p99 ${of(page.alone.p99, 2)} ms`],
    [`the same, ${CLIENTS} at a time`, `${round(page.busy.rate)}/s (p50 ${of(page.busy.p50, 2)} ms, p99 ${of(page.busy.p99, 2)} ms)`],
    ...Object.entries(publishing).map(([name, rate]) => [`${name}: versions published a second, ${round(plan.versions)} by ${CLIENTS} clients`, of(rate, 1)]),
    [
      `\`npm install\` of ${installs.packages} packages, empty cache, median of ${plan.installs}`,
      `${of(installs.latchkey, 2)} s; from files on nginx ${of(installs.mirror, 2)} s; ratio ${of(installs.ratio, 2)}`,
    ],
    ["memory, idle", `${of(idle, 0)} MB`],
    ["memory, the most under the loads above", `${of(Math.max(...mine.map(({ memory }) => memory)), 0)} MB`],
  ],
)}

## Growth

Rows are multiplied by \`sqlite3\` in the database of a stopped server (\`scale.ts\`). Cold is a token that the server has not seen since it started,
warm the next request with it; both contain the client and the network.

${table(
  ["", "start ms", "memory MB", "cold ms", "warm ms", "CPU µs a read, 64 connections"],
  growth.map((one) => [one.rows, of(one.start, 0), of(one.memory, 0), of(one.cold, 2), of(one.warm, 2), of(one.cpu, 1)]),
)}
${functions.length > 0 ? `\n## Single functions\n\n\`cargo bench\` (Criterion), means.\n\n${table(["", "µs"], functions.map(({ name, microseconds }) => [name, of(microseconds, 3)]))}\n` : ""}`;
}
