// pypiron, a registry of Python packages in Rust. It speaks another protocol, so that its figures are a
// mark of what a server can reach beside nginx, not a comparison of the same work.
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { zipped } from "../../end2end/fixtures/packages.ts";
import { PASSWORD, USER } from "../latchkey.ts";
import { folder, freePort, Program } from "../processes.ts";

const binary = resolve(import.meta.dirname, "../python/bin/pypiron");

/** Why it is not there, if it is not. */
export const absent = existsSync(binary) ? undefined : "not installed (pip did not bring it)";

export class Pypiron {
  url = "";
  program!: Program;
  readonly headers = { authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}` };

  async start(): Promise<this> {
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}/`;
    const people = ["--uploader-user", USER, "--uploader-pass", PASSWORD, "--read-user", USER, "--read-pass", PASSWORD];
    const args = ["--data-dir", join(folder, "pypiron"), "--bind-addr", `127.0.0.1:${port}`, ...people];
    // Without an advisory feed it asks nobody.
    args.push("--advisory-feed", "", "--token-signing-key", randomBytes(32).toString("hex"));
    this.program = new Program("pypiron", binary, ["serve", ...args]);
    await this.program.answers(`${this.url}health`);
    return this;
  }

  /** Uploads a wheel of about so many bytes and gives its address. */
  async upload(name: string, version: string, bytes: number): Promise<string> {
    const about = `${name}-${version}.dist-info`;
    const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;
    const wheel = zipped({
      [`${name}/data.txt`]: randomBytes(Math.round(bytes * 0.75)).toString("base64"),
      [`${about}/METADATA`]: metadata,
      [`${about}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
      [`${about}/RECORD`]: "",
    });
    const file = `${name}-${version}-py3-none-any.whl`;
    const body = new FormData();
    const fields = { ":action": "file_upload", protocol_version: "1", metadata_version: "2.1", name, version, filetype: "bdist_wheel", pyversion: "py3" };
    for (const [key, value] of Object.entries(fields)) body.append(key, value);
    body.append("sha256_digest", createHash("sha256").update(wheel).digest("hex"));
    body.append("content", new Blob([wheel]), file);
    const answer = await fetch(`${this.url}legacy/`, { method: "POST", headers: this.headers, body });
    if (!answer.ok) throw new Error(`${file}: ${answer.status} ${await answer.text()}`);
    return file;
  }

  /** Where a package's list of files is. */
  index(name: string): string {
    return `${this.url}simple/${name}/`;
  }

  /** The address of a file, as the list gives it. */
  async file(name: string, file: string): Promise<string> {
    for (let tries = 0; tries < 50; tries += 1) {
      const text = await (await fetch(this.index(name), { headers: this.headers })).text();
      const link = new RegExp(`href="([^"#]*${file.replaceAll(".", "\\.")})`).exec(text)?.[1];
      if (link) return new URL(link, this.index(name)).href;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`pypiron does not list ${file}`);
  }
}
