// Load, by wrk.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import { folder, type Program } from "./processes.ts";

const run = promisify(execFile);

export type Load = {
  url: string;
  headers?: Record<string, string>;
  connections?: number;
  /** Posts this form instead of asking for the page. */
  form?: Record<string, string>;
};

export type Measured = {
  /** Requests a second. */
  rate: number;
  /** Milliseconds within which half of the answers, and 99 of 100, came. */
  p50: number;
  p99: number;
  /** Microseconds of processor time that the server used for a request. */
  cpu: number;
  /** Megabytes it held at the end. */
  memory: number;
};

const MILLISECONDS: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** Loads a server for some seconds. Anything but success of every request is an error. */
export async function load(server: Program, { url, headers = {}, connections = 64, form }: Load, seconds: number): Promise<Measured> {
  const args = [`-t${Math.min(2, connections)}`, `-c${connections}`, `-d${seconds}`, "--latency", "--timeout", "30"];
  for (const [name, value] of Object.entries(headers)) args.push("-H", `${name}: ${value}`);
  if (form) args.push("-s", script(form));
  const before = server.cpu();
  const { stdout } = await run("wrk", [...args, url]);
  const used = server.cpu() - before;
  const number = (pattern: RegExp) => {
    const found = pattern.exec(stdout);
    if (!found) throw new Error(`wrk said:\n${stdout}`);
    return Number(found[1]) * (found[2] ? MILLISECONDS[found[2]]! : 1);
  };
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url} failed:\n${stdout}`);
  return {
    rate: number(/Requests\/sec:\s+([\d.]+)/),
    p50: number(/50%\s+([\d.]+)(us|ms|s|m)/),
    p99: number(/99%\s+([\d.]+)(us|ms|s|m)/),
    cpu: used / number(/(\d+) requests in/),
    memory: server.memory(),
  };
}

function script(form: Record<string, string>): string {
  const file = join(folder, "form.lua");
  const body = new URLSearchParams(form).toString();
  writeFileSync(file, `wrk.method = "POST"\nwrk.body = ${JSON.stringify(body)}\nwrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n`);
  return file;
}

export const median = (numbers: number[]) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
