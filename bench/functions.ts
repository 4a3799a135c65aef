// Single functions, measured by Criterion.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const results = join(root, "target/criterion");

export type Timed = { name: string; microseconds: number };

/** Runs `cargo bench` and reads the means that it found. */
export function functions(): Timed[] {
  const { status } = spawnSync("cargo", ["bench", "--locked", "--package", "latchkey-model", "--package", "latchkey-registry"], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`cargo bench ended with ${status}`);
  const found: Timed[] = [];
  for (const file of readdirSync(results, { recursive: true, encoding: "utf8" })) {
    const name = /^(.*)\/new\/estimates\.json$/.exec(file)?.[1];
    if (!name) continue;
    const { mean } = JSON.parse(readFileSync(join(results, file), "utf8")) as { mean: { point_estimate: number } };
    found.push({ name: name.replaceAll("/", " "), microseconds: mean.point_estimate / 1000 });
  }
  return found;
}
