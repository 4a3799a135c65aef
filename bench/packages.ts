// Packages to publish and serve.
import { createHash, randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";

export type Package = { name: string; version: string; dependencies: Record<string, string>; archive: Buffer };

/** A package whose archive has about so many bytes that cannot be compressed. */
export function made(name: string, version: string, bytes: number, dependencies: Record<string, string> = {}): Package {
  const manifest = JSON.stringify({ name, version, dependencies });
  // In base64 they weigh, once compressed again, what they weighed before.
  const filling = randomBytes(Math.max(0, bytes - 400)).toString("base64");
  const tar = Buffer.concat([entry("package/package.json", manifest), entry("package/index.js", `// ${filling}`), Buffer.alloc(1024)]);
  return { name, version, dependencies, archive: gzipSync(tar) };
}

/** A file of a tar archive (POSIX.1-1988 ustar). */
function entry(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  const head = Buffer.alloc(512);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  head.write(name, 0);
  head.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(content.length, 12) + octal(0, 12) + "        0", 100);
  head.write("ustar\x0000", 257);
  head.write(`${octal(head.reduce((sum, byte) => sum + byte, 0), 7)} `, 148);
  return Buffer.concat([head, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** The name of its archive. */
export const fileName = ({ name, version }: Package) => `${name}-${version}.tgz`;

/** A version as a packument holds it, its archive below `registry`. */
export function described(one: Package, registry: string) {
  const hash = (kind: string, form: "hex" | "base64") => createHash(kind).update(one.archive).digest(form);
  const dist = {
    integrity: `sha512-${hash("sha512", "base64")}`,
    shasum: hash("sha1", "hex"),
    tarball: `${registry}${one.name}/-/${fileName(one)}`,
  };
  return { name: one.name, version: one.version, dependencies: one.dependencies, dist };
}

/** A packument, for servers of static files. */
export function packument(versions: Package[], registry: string): string {
  const last = versions.at(-1)!;
  return JSON.stringify({
    name: last.name,
    "dist-tags": { latest: last.version },
    versions: Object.fromEntries(versions.map((one) => [one.version, described(one, registry)])),
  });
}

/** Publishes to an npm registry as npm does. */
export async function publish(registry: string, token: string, one: Package): Promise<void> {
  const body = JSON.stringify({
    _id: one.name,
    name: one.name,
    "dist-tags": { latest: one.version },
    versions: { [one.version]: { _id: `${one.name}@${one.version}`, ...described(one, registry) } },
    _attachments: {
      [fileName(one)]: { content_type: "application/octet-stream", data: one.archive.toString("base64"), length: one.archive.length },
    },
  });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "user-agent": "npm/11.0.0 node/v20.0.0 linux x64" };
  const answer = await fetch(registry + one.name, { method: "PUT", headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${registry}${one.name} ${one.version}: ${answer.status} ${text}`);
}

/** So many packages that need each other: one that needs a tenth of them, which need the rest. */
export function tree(count: number): Package[] {
  const branches = Math.round(count / 10);
  const leaves = Array.from({ length: count - branches }, (_, n) => made(`leaf-${n}`, "1.0.0", 4000));
  const middle = Array.from({ length: branches }, (_, n) => {
    const needs = leaves.filter((_, leaf) => leaf % branches === n);
    return made(`branch-${n}`, "1.0.0", 4000, Object.fromEntries(needs.map(({ name }) => [name, "^1.0.0"])));
  });
  return [...leaves, ...middle];
}
