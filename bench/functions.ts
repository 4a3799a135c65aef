// Single functions, measured by Criterion.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const results = join(root, "target/criterion");

export type Timed = { name: string; microseconds: number };

/** Runs `cargo bench` and reads the means that it found. */
export function functions(): Timed[] {
  const { status } = spawnSync("cargo", ["bench", "--locked", "--package", "latchkey-model", "--package", "latchkey-registry"], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`cargo bench ended with ${status}`);
  const found: Timed[] = [];
  for (const group of readdirSync(results)) {
    for (const name of readdirSync(join(results, group))) {
      const file = join(results, group, name, "new/estimates.json");
      if (!existsSync(file)) continue;
      const { mean } = JSON.parse(readFileSync(file, "utf8")) as { mean: { point_estimate: number } };
      found.push({ name: `${group}: ${name}`, microseconds: mean.point_estimate / 1000 });
    }
  }
  return found;
}
