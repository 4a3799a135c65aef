// Large databases, made of one row of each kind by sqlite3: publishing 100,000 packages and making a
// million tokens through the server would take hours, and the rows would be the same.
import { join } from "node:path";
import { FEED, type Latchkey } from "./latchkey.ts";
import { made, publish } from "./packages.ts";
import { output } from "./processes.ts";

/** The package and the token that are multiplied. */
const SEED = "seed";

/** Copies of the rows of a table with the number of each, `i`, and other columns that are needed for a while. */
const copies = (name: string, select: string, set: string, helpers: string[]) => [
  `CREATE TEMP TABLE copy_${name} AS ${select};`,
  `UPDATE copy_${name} SET ${set};`,
  // Kept for the tables that refer to this one.
  `CREATE TEMP TABLE ${name}_of AS SELECT ${name === "package_files" || name === "package_tags" ? "i" : "id, i"} FROM copy_${name};`,
  ...helpers.map((helper) => `ALTER TABLE copy_${name} DROP COLUMN ${helper};`),
  `INSERT INTO ${name} SELECT * FROM copy_${name};`,
];

const numbers = (count: number, after = 0) =>
  `WITH RECURSIVE n (i) AS (SELECT ${after + 1} UNION ALL SELECT i + 1 FROM n WHERE i < ${after + count})`;

/** So many bytes that grow with `i`, as ids do with time: rows are added at the end. */
const ordered = (bytes: number) => `CAST(printf('%0${bytes}d', i) AS BLOB)`;

function run(server: Latchkey, statements: string[]): void {
  const file = join(server.data, "latchkey.db");
  const text = ["PRAGMA synchronous = OFF;", "BEGIN IMMEDIATE;", ...statements, "COMMIT;", "PRAGMA wal_checkpoint(TRUNCATE);"];
  output("sqlite3", ["-bail", file], { input: text.join("\n") });
}

/** Gives a server that is stopped so many packages, of one version and one file each. */
export function multiplyPackages(server: Latchkey, count: number): void {
  const version = `(SELECT v.id FROM package_versions AS v JOIN packages AS p ON p.id = v.package_id WHERE p.name = '${SEED}')`;
  run(server, [
    ...copies(
      "packages",
      `${numbers(count)} SELECT p.*, i FROM n, packages AS p WHERE p.name = '${SEED}'`,
      `id = ${ordered(16)}, name = '${SEED}-' || i, name_key = '${SEED}-' || i, confusable_key = '${SEED}-' || i`,
      ["i"],
    ),
    ...copies(
      "package_versions",
      `SELECT v.*, n.i, n.id AS new FROM packages_of AS n, package_versions AS v WHERE v.id = ${version}`,
      `id = ${ordered(16)}, package_id = new`,
      ["i", "new"],
    ),
    ...copies(
      "package_files",
      `SELECT f.*, n.i, n.id AS new FROM package_versions_of AS n, package_files AS f WHERE f.version_id = ${version}`,
      `version_id = new, name = '${SEED}-' || i || '-1.0.0.tgz'`,
      ["i", "new"],
    ),
    ...copies(
      "package_tags",
      `SELECT t.*, p.i, p.id AS package, v.id AS new FROM packages_of AS p JOIN package_versions_of AS v ON v.i = p.i, package_tags AS t WHERE t.version_id = ${version}`,
      "package_id = package, version_id = new",
      ["i", "package", "new"],
    ),
  ]);
}

/** Gives a server that is stopped so many tokens more, of the rights of the one called `seed`; `after` so many before. */
export function multiplyTokens(server: Latchkey, count: number, after = 0): void {
  const token = `(SELECT id FROM tokens WHERE description = '${SEED}')`;
  run(server, [
    ...copies(
      "tokens",
      `${numbers(count, after)} SELECT t.*, i FROM n, tokens AS t WHERE t.id = ${token}`,
      `id = ${ordered(16)}, description = 'copy ' || i`,
      ["i"],
    ),
    ...copies(
      "token_secrets",
      `SELECT s.*, n.i, n.id AS new FROM tokens_of AS n, token_secrets AS s WHERE s.token_id = ${token}`,
      `id = ${ordered(16)}, hash = ${ordered(32)}, token_id = new, sealed = NULL`,
      ["i", "new"],
    ),
    ...copies(
      "token_rules",
      `SELECT r.*, n.i, n.id AS new FROM tokens_of AS n, token_rules AS r WHERE r.token_id = ${token}`,
      `id = CAST(printf('%015d%d', i, position) AS BLOB), token_id = new`,
      ["i", "new"],
    ),
  ]);
}

/** What is multiplied: a package, or a token that reads. */
export async function plant(server: Latchkey, token: string): Promise<void> {
  await publish(server.npm, token, made(SEED, "1.0.0", 4000));
  server.token(SEED, "--read", FEED);
}
