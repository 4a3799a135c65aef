// nginx with a map of tokens: the same files, checked and served by as little as can be.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { folder, freePort, Program } from "../processes.ts";

/** Tokens it knows besides the one that is used, so that its map is one of some size. */
const OTHERS = 1000;

export class Nginx {
  readonly #root: string;
  url = "";
  program!: Program;

  /** `logs` says whether it writes a line for each request, as it does unless told otherwise. */
  constructor(
    readonly name: string,
    private readonly logs: boolean,
  ) {
    this.#root = join(folder, name);
    mkdirSync(join(this.#root, "files"), { recursive: true });
  }

  /** Serves a file at a path. */
  put(path: string, content: string | Buffer): void {
    const file = join(this.#root, "files", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  async start(token: string): Promise<void> {
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}/`;
    const others = Array.from({ length: OTHERS }, (_, n) => `"Bearer lka_${`${n}`.padStart(36, "0")}" 1;`);
    const config = join(this.#root, "nginx.conf");
    writeFileSync(
      config,
      `worker_processes ${cpus().length}; daemon off; pid ${this.#root}/pid; error_log ${this.#root}/error.log;
       ${process.getuid?.() === 0 ? "user root;" : ""}
       events { worker_connections 1024; }
       http {
         access_log ${this.logs ? `${this.#root}/access.log` : "off"};
         client_body_temp_path ${this.#root}/tmp1; proxy_temp_path ${this.#root}/tmp2; fastcgi_temp_path ${this.#root}/tmp3;
         uwsgi_temp_path ${this.#root}/tmp4; scgi_temp_path ${this.#root}/tmp5;
         sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=10000 inactive=1h;
         types { application/json json; } default_type application/octet-stream;
         map_hash_bucket_size 256; map_hash_max_size 8192;
         map $http_authorization $known { default 0; "Bearer ${token}" 1; ${others.join(" ")} }
         server {
           listen 127.0.0.1:${port};
           root ${this.#root}/files;
           if ($known = 0) { return 401; }
           location /mirror/ { try_files $uri.json $uri =404; }
         }
       }`,
    );
    this.program = new Program(this.name, "nginx", ["-c", config, "-p", this.#root]);
    await this.program.answers(this.url);
  }
}
