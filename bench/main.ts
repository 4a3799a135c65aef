// Latchkey side by side with other servers, on this machine, now: `make bench` and `make bench-quick`.
import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { installs, page, publishing, signIn } from "./acts.ts";
import { functions } from "./functions.ts";
import { growth } from "./growth.ts";
import { Latchkey } from "./latchkey.ts";
import { business, machine } from "./machine.ts";
import { Nginx } from "./peers/nginx.ts";
import * as pypiron from "./peers/pypiron.ts";
import * as verdaccio from "./peers/verdaccio.ts";
import { quick } from "./plan.ts";
import { cleanUp } from "./processes.ts";
import { compare, type Target } from "./reads.ts";
import { report, type Results } from "./report.ts";
import { ofLatchkey, ofLoggingNginx, ofPypiron, ofVerdaccio } from "./targets.ts";

const began = performance.now();
const say = (what: string) => console.log(`[${((performance.now() - began) / 1000).toFixed(0)} s] ${what}`);

async function measure(): Promise<Results> {
  const busy = business();
  const absent: Record<string, string> = {};
  for (const [name, why] of [["Verdaccio", verdaccio.absent], ["pypiron", pypiron.absent]] as const) {
    if (why) {
      absent[name] = why;
      say(`${name} is NOT MEASURED: ${why}`);
    }
  }

  say("memory, idle");
  const server = new Latchkey();
  await server.start();
  const token = server.setUp();
  await pause(2000);
  const idle = server.program.memory();

  say("reading with a token");
  const nginx = new Nginx("nginx", false);
  const logging = new Nginx("nginx-logging", true);
  await nginx.start(token);
  await logging.start(token);
  const peer = verdaccio.absent ? undefined : await new verdaccio.Verdaccio().start();
  const python = pypiron.absent ? undefined : await new pypiron.Pypiron().start();
  const targets: Target[] = [
    ...(await ofLatchkey(server, token)),
    ...ofLoggingNginx(logging, token),
    ...(peer ? await ofVerdaccio(peer) : []),
    ...(python ? await ofPypiron(python) : []),
  ];
  const reads = await compare(targets, nginx, token);
  await python?.program.stop();
  await logging.program.stop();

  say("publishing");
  const published: Record<string, number> = { Latchkey: await publishing(server.npm, token) };
  if (peer) published["Verdaccio"] = await publishing(peer.url, peer.token);
  await peer?.program.stop();
  say("installing");
  const installed = await installs(server, nginx, token);
  await nginx.program.stop();
  say("pages");
  const shown = await page(server);
  say("signing in");
  const signedIn = await signIn(server);
  await server.program.stop();
  say("growth");
  const grown = await growth();
  const timed = quick ? [] : functions();
  return { machine: machine(), load: busy, absent, reads, page: shown, signIn: signedIn, publishing: published, installs: installed, idle, growth: grown, functions: timed };
}

try {
  const results = await measure();
  const text = report(results);
  const name = quick ? "quick" : "RESULTS";
  const file = (end: string) => new URL(`${name}.${end}`, import.meta.url);
  writeFileSync(file("md"), text);
  writeFileSync(file("json"), `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\n${text}`);
  say(`done: bench/${name}.md, bench/${name}.json`);
} finally {
  await cleanUp();
}
