// Latchkey itself: the release binary with a database that is thrown away.
import { join, resolve } from "node:path";
import { zipped } from "../end2end/fixtures/packages.ts";
import { folder, freePort, output, Program } from "./processes.ts";

export const binary = resolve(import.meta.dirname, process.env["LATCHKEY_BIN"] ?? "../target/release/latchkey");
export const USER = "ana";
export const PASSWORD = "correct horse battery staple";
export const FEED = "main";

let started = 0;

export class Latchkey {
  readonly data: string;
  url = "";
  program!: Program;

  /** A server whose data lies in a folder of this name. */
  constructor(readonly name = `latchkey-${(started += 1)}`) {
    this.data = join(folder, name);
  }

  get npm(): string {
    return `${this.url}/F/${FEED}/npm/`;
  }

  get nuget(): string {
    return `${this.url}/F/${FEED}/api`;
  }

  /** Starts it; the milliseconds until it answered. Its log lines are written, as they are by default. */
  async start(): Promise<number> {
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    const began = performance.now();
    this.program = new Program(this.name, binary, ["serve", "--data", this.data, "--listen", `127.0.0.1:${port}`]);
    return this.program.answers(`${this.url}/sign-in`, {}, began);
  }

  /** Runs a command of the operator beside the server. */
  cli(args: string[], input = ""): string {
    return output(binary, [...args, "--data", this.data], { input });
  }

  /** Somebody with a feed, and a token that reads and writes there. */
  setUp(): string {
    this.cli(["user", "create", USER, "--email", `${USER}@example.com`, "--admin", "--password-stdin"], `${PASSWORD}\n`);
    this.cli(["feed", "create", FEED, "--owner", USER]);
    return this.token("bench", "--write", FEED);
  }

  token(description: string, ...rights: string[]): string {
    return this.cli(["token", "create", "--user", USER, "--description", description, ...rights]);
  }

  /** The cookie of a session. */
  async session(): Promise<string> {
    const body = new URLSearchParams({ login: USER, password: PASSWORD });
    const answer = await fetch(`${this.url}/sign-in`, { method: "POST", redirect: "manual", headers: { origin: this.url }, body });
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
    if (!cookie || answer.status >= 400) throw new Error(`nobody was signed in: ${answer.status}`);
    return cookie;
  }

  /** Pushes a NuGet package as nuget.exe does. */
  async push(token: string, id: string, version: string): Promise<void> {
    const about = `<id>${id}</id><version>${version}</version><authors>bench</authors><description>Measured.</description>`;
    const manifest = `<?xml version="1.0"?><package><metadata>${about}</metadata></package>`;
    const body = new FormData();
    body.append("package", new Blob([zipped({ [`${id}.nuspec`]: manifest })]), "package.nupkg");
    const answer = await fetch(`${this.nuget}/v2/package/`, { method: "PUT", headers: { "x-nuget-apikey": token }, body });
    if (!answer.ok) throw new Error(`${id} ${version}: ${answer.status} ${await answer.text()}`);
  }
}
