// Programs that are started here, and what the kernel says of them.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** What is thrown away at the end. */
export const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));

const running = new Set<Program>();

/** Ends everything that was started and throws its data away. */
export async function cleanUp(): Promise<void> {
  await Promise.all([...running].map((program) => program.stop()));
  rmSync(folder, { recursive: true, force: true });
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const socket = createServer().once("error", failed);
    socket.listen(0, "127.0.0.1", () => {
      const { port } = socket.address() as { port: number };
      socket.close(() => found(port));
    });
  });
}

/** Runs a program to its end and gives what it printed. */
export function output(command: string, args: string[], more: { input?: string; cwd?: string } = {}): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 26, ...more });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}${stdout}`);
  return stdout.trim();
}

/** Whether a program can be run. */
export const has = (command: string) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;

/** A server that runs in the background; its output goes to a file. */
export class Program {
  readonly #child: ChildProcess;

  constructor(
    readonly name: string,
    command: string,
    args: string[],
    env: NodeJS.ProcessEnv = {},
  ) {
    const log = openSync(join(folder, `${name}.log`), "a");
    this.#child = spawn(command, args, { stdio: ["ignore", log, log], env: { ...process.env, ...env } });
    running.add(this);
  }

  /** Waits until a URL answers; the milliseconds since `began`. */
  async answers(url: string, headers: Record<string, string> = {}, began = performance.now()): Promise<number> {
    for (;;) {
      if (this.#child.exitCode !== null || performance.now() - began > 120_000) {
        throw new Error(`${this.name} did not start:\n${readFileSync(join(folder, `${this.name}.log`), "utf8").slice(-2000)}`);
      }
      const answer = await fetch(url, { headers, redirect: "manual" }).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer && answer.status < 500) return performance.now() - began;
      await pause(2);
    }
  }

  /** Its processes: nginx has one for each core besides the first. */
  #pids(): number[] {
    const first = this.#child.pid!;
    const children = readFileSync(`/proc/${first}/task/${first}/children`, "utf8").trim();
    return [first, ...(children ? children.split(" ").map(Number) : [])];
  }

  /** Microseconds of processor time it has used, in user and kernel mode. */
  cpu(): number {
    const ticks = this.#pids().map((pid) => {
      // What follows the name, which may hold blanks: utime and stime are the 14th and 15th field.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
      return Number(fields[11]) + Number(fields[12]);
    });
    // The kernel counts in hundredths of a second (USER_HZ).
    return ticks.reduce((sum, n) => sum + n, 0) * 10_000;
  }

  /** Megabytes of memory it holds. */
  memory(): number {
    const sizes = this.#pids().map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0));
    return sizes.reduce((sum, n) => sum + n, 0) / 1024;
  }

  async stop(): Promise<void> {
    running.delete(this);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    await new Promise((ended) => {
      this.#child.once("exit", ended);
      this.#child.kill("SIGTERM");
    });
  }
}
