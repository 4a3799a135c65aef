// `npm install` of a tree of packages into a client's empty cache.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import type { Package } from "./packages.ts";
import { folder } from "./processes.ts";

const run = promisify(execFile);

/** Installs what needs the rest of the tree; seconds. */
export async function install(registry: string, token: string, tree: Package[]): Promise<number> {
  const project = join(folder, "project");
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project);
  const dependencies = Object.fromEntries(tree.filter(({ name }) => name.startsWith("branch-")).map(({ name }) => [name, "^1.0.0"]));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "project", version: "1.0.0", dependencies }));
  const host = registry.replace(/^http:/, "");
  writeFileSync(join(project, ".npmrc"), `registry=${registry}\n${host}:_authToken=${token}\ncache=${project}/cache\nupdate-notifier=false\n`);
  const began = performance.now();
  await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"], { cwd: project });
  const seconds = (performance.now() - began) / 1000;
  const count = readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith(".")).length;
  if (count !== tree.length) throw new Error(`npm installed ${count} packages instead of ${tree.length} from ${registry}`);
  return seconds;
}
