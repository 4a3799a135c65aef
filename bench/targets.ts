// What is read, and from whom.
import { FEED, type Latchkey } from "./latchkey.ts";
import { fileName, made, type Package, publish } from "./packages.ts";
import type { Nginx } from "./peers/nginx.ts";
import type { Pypiron } from "./peers/pypiron.ts";
import type { Verdaccio } from "./peers/verdaccio.ts";
import { plan } from "./plan.ts";
import type { Target } from "./reads.ts";

const SMALL = 10_000;
const LARGE = 1_000_000;
/** A name for each kind of work; peers do the same if their protocol has it. */
const ONE = "one version";
const THIRTY = "30 versions";
const SMALL_FILE = "10 kB archive";
const LARGE_FILE = "1 MB archive";

type Npm = { server: string; program: Target["program"]; registry: string; token: string };

/** npm's documents and archives, published first. */
async function npm({ server, program, registry, token }: Npm): Promise<Target[]> {
  const headers = { authorization: `Bearer ${token}` };
  const small = made("single", "1.0.0", SMALL);
  const large = made("large", "1.0.0", LARGE);
  const many = Array.from({ length: 30 }, (_, n) => made("thirty", `1.0.${n}`, 1000));
  for (const one of [small, large, ...many]) await publish(registry, token, one);
  const archive = (one: Package) => `${registry}${one.name}/-/${fileName(one)}`;
  const works: [string, string][] = [
    [ONE, registry + small.name],
    [THIRTY, `${registry}thirty`],
    [SMALL_FILE, archive(small)],
    [LARGE_FILE, archive(large)],
  ];
  return works.map(([work, url]) => ({ server, program, work, load: { url, headers } }));
}

export async function ofLatchkey(server: Latchkey, token: string): Promise<Target[]> {
  const { program, nuget } = server;
  const headers = { authorization: `Bearer ${token}` };
  for (let n = 0; n < 30; n += 1) await server.push(token, "Thirty", `1.0.${n}`);
  const index = (await (await fetch(`${nuget}/v3/index.json`, { headers })).json()) as { resources: { "@id": string; "@type": string }[] };
  const resource = (type: string) => {
    const found = index.resources.find((one) => one["@type"].startsWith(type));
    if (!found) throw new Error(`feed ${FEED} has no ${type}`);
    return found["@id"].replace(/\/$/, "");
  };
  const works: [string, string][] = [
    ["NuGet list of 30 versions", `${resource("PackageBaseAddress")}/thirty/index.json`],
    ["NuGet registration of 30 versions", `${resource("RegistrationsBaseUrl")}/thirty/index.json`],
  ];
  const targets = works.map(([work, url]) => ({ server: "Latchkey", program, work, load: { url, headers } }));
  return [...(await npm({ server: "Latchkey", program, registry: server.npm, token })), ...targets];
}

const wanted = (targets: Target[]) => targets.filter(({ work }) => !plan.peers || plan.peers.includes(work));

export async function ofVerdaccio({ program, url, token }: Verdaccio): Promise<Target[]> {
  return wanted(await npm({ server: "Verdaccio", program, registry: url, token }));
}

export async function ofPypiron(server: Pypiron): Promise<Target[]> {
  const { program, headers } = server;
  const small = await server.upload("single", "1.0.0", SMALL);
  const large = await server.upload("large", "1.0.0", LARGE);
  for (let n = 0; n < 30; n += 1) await server.upload("thirty", `1.0.${n}`, 1000);
  const works: [string, string][] = [
    [SMALL_FILE, await server.file("single", small)],
    [LARGE_FILE, await server.file("large", large)],
    [ONE, server.index("single")],
    [THIRTY, server.index("thirty")],
  ];
  return wanted(works.map(([work, url]) => ({ server: "pypiron", program, work, load: { url, headers } })));
}

/** nginx with its log, as it is unless told otherwise: Latchkey too writes a line for each request. */
export function ofLoggingNginx(nginx: Nginx, token: string): Target[] {
  const { program, url } = nginx;
  nginx.put("one", Buffer.alloc(900, "x"));
  nginx.put("small", Buffer.alloc(SMALL, "x"));
  const headers = { authorization: `Bearer ${token}` };
  const works: [string, string][] = [
    [ONE, `${url}one`],
    [SMALL_FILE, `${url}small`],
  ];
  return works.map(([work, file]) => ({ server: "nginx with its access log", program, work, load: { url: file, headers } }));
}
