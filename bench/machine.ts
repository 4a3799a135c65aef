// What the figures depend on: the machine and the versions.
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { binary } from "./latchkey.ts";
import * as pypiron from "./peers/pypiron.ts";
import * as verdaccio from "./peers/verdaccio.ts";
import { output } from "./processes.ts";

export type Machine = { processor: string; cores: number; memory: string; system: string; versions: Record<string, string> };

const first = (text: string) => text.split("\n")[0]!.trim();

export function machine(): Machine {
  const system = /PRETTY_NAME="(.*)"/.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "?";
  const npm = (name: string) => (JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), "utf8")) as { version: string }).version;
  return {
    processor: cpus()[0]?.model ?? "?",
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${system}, Linux ${release()}`,
    versions: {
      latchkey: `${first(output(binary, ["--version"])).replace(/^\S+ /, "")} (commit ${output("git", ["rev-parse", "--short", "HEAD"])})`,
      nginx: output("sh", ["-c", "nginx -v 2>&1"]).replace(/.*\//, ""),
      verdaccio: verdaccio.absent ?? npm("verdaccio"),
      pypiron: pypiron.absent ?? "0.0.29",
      wrk: first(output("sh", ["-c", "wrk -v 2>&1 || true"])).split(" ").slice(0, 2).join(" "),
      node: process.version,
      npm: output("npm", ["--version"]),
    },
  };
}

/** How busy the machine is besides: the figures mean little if this is not near zero at the start. */
export const business = () => Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]);
