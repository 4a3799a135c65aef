// Verdaccio, an npm registry of its own tokens.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { PASSWORD, USER } from "../latchkey.ts";
import { folder, freePort, Program } from "../processes.ts";

const script = resolve(import.meta.dirname, "../node_modules/verdaccio/bin/verdaccio");

/** Why it is not there, if it is not. */
export const absent = existsSync(script) ? undefined : "not installed (npm did not bring it)";

export class Verdaccio {
  url = "";
  token = "";
  program!: Program;

  async start(): Promise<this> {
    const root = join(folder, "verdaccio");
    mkdirSync(root, { recursive: true });
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}/`;
    const config = join(root, "config.yaml");
    writeFileSync(
      config,
      `storage: ${root}/storage
auth: { htpasswd: { file: ${root}/htpasswd } }
uplinks: {}
packages: { "**": { access: $authenticated, publish: $authenticated } }
security: { api: { jwt: { sign: { expiresIn: 1d } } } }
max_body_size: 50mb
log: { type: stdout, format: pretty, level: warn }
`,
    );
    this.program = new Program("verdaccio", process.execPath, [script, "-c", config, "-l", `127.0.0.1:${port}`]);
    await this.program.answers(this.url);
    const answer = await fetch(`${this.url}-/user/org.couchdb.user:${USER}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: USER, password: PASSWORD }),
    });
    this.token = ((await answer.json()) as { token: string }).token;
    return this;
  }
}
