// Lighthouse over the main pages, on a slow phone as it imitates one, and what the pages weigh.
import { get } from "node:http";
import { brotliDecompressSync } from "node:zlib";
import { launch } from "chrome-launcher";
import { expect, test } from "@playwright/test";
import lighthouse from "lighthouse";
import { Server } from "../fixtures/server.ts";

const USER = "ana";
/** As many as the budget of the list's HTML is set for. */
const TOKENS = 50;
const KINDS = ["performance", "accessibility", "best-practices"] as const;
/** In bytes of brotli. */
const BUDGET = { html: 14_000, css: 10_000, code: 250_000 };

type Size = { sent: number; coding: string; text: string };

/** A page or file as it travels. */
function weigh(url: string, cookie: string): Promise<Size> {
  return new Promise((done, failed) => {
    const request = get(url, { headers: { "accept-encoding": "br", cookie } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => {
        const body = Buffer.concat(parts);
        const coding = answer.headers["content-encoding"] ?? "identity";
        done({ sent: body.length, coding, text: (coding === "br" ? brotliDecompressSync(body) : body).toString() });
      });
    });
    request.once("error", failed);
  });
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

test("the main pages", async () => {
  const server = await new Server(undefined).start();
  server.user(USER);
  server.feed("main", USER, "--description", "Shared libraries for all teams");
  for (let number = 1; number <= TOKENS; number += 1) server.token(USER, `build server ${number}`, "--write", "main");
  const { name, value } = await server.session(USER);
  const cookie = `${name}=${value}`;
  const token = server.tokenIds(USER).get("build server 1")!;
  const pages = [
    "/sign-in",
    "/profile/tokens",
    "/profile/tokens/new",
    `/profile/tokens/${token}`,
    `/profile/tokens/${token}/edit`,
    "/profile/security",
    "/feeds",
    "/feeds/new",
    "/feeds/main",
    "/feeds/main/settings",
    "/feeds/main/members",
  ];

  const browser = await launch({
    chromePath: "/usr/bin/chromium",
    chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  const lines: string[] = [];
  const poor: string[] = [];
  for (const path of pages) {
    const headers = path === "/sign-in" ? "" : cookie;
    const { sent, coding } = await weigh(server.url + path, headers);
    const result = await lighthouse(server.url + path, {
      port: browser.port,
      logLevel: "error",
      onlyCategories: [...KINDS],
      extraHeaders: headers ? { Cookie: headers } : {},
    });
    if (!result) throw new Error(`no report about ${path}`);
    const { categories, audits, finalDisplayedUrl } = result.lhr;
    expect(new URL(finalDisplayedUrl).pathname).toBe(path);
    const scores = KINDS.map((kind) => Math.round((categories[kind]?.score ?? 0) * 100));
    const said = (id: string) => audits[id]?.displayValue ?? "?";
    const shown = path.replace(token, "ID");
    lines.push(
      [shown.padEnd(26), ...scores.map((score) => `${score}`.padStart(4)), said("largest-contentful-paint").padStart(8)]
        .concat([said("total-blocking-time").padStart(7), said("cumulative-layout-shift").padStart(6)])
        .concat([`${kilobytes(sent)} ${coding}`.padStart(16)])
        .join("  "),
    );
    const failed = Object.values(audits).filter(({ score, errorMessage }) => errorMessage || (score !== null && score < 0.9));
    if (scores.some((score) => score < 100)) poor.push(`${shown}: ${failed.map(({ id, errorMessage }) => (errorMessage ? `${id} (${errorMessage})` : id)).join(", ")}`);
    if (path === "/profile/tokens") expect.soft(sent, "HTML of the list of 50 tokens").toBeLessThanOrEqual(BUDGET.html);
    expect.soft(scores.slice(1), `accessibility and best practices of ${shown}`).toEqual([100, 100]);
  }
  browser.kill();

  const { text } = await weigh(`${server.url}/profile/tokens`, cookie);
  const assets = /\/assets\/[0-9a-f]+/.exec(text)![0];
  const [css, script, wasm] = await Promise.all(
    ["latchkey.css", "latchkey.js", "latchkey_bg.wasm"].map((file) => weigh(`${server.url}${assets}/${file}`, "")),
  );
  const code = script!.sent + wasm!.sent;
  expect.soft(css!.sent, "CSS").toBeLessThanOrEqual(BUDGET.css);
  expect.soft(code, "JavaScript and WebAssembly").toBeLessThanOrEqual(BUDGET.code);

  console.log(["page".padEnd(26), "perf", "acc.", "best", "    LCP", "    TBT", "   CLS", "           HTML"].join("  "));
  for (const line of lines) console.log(line);
  console.log(`\nCSS ${kilobytes(css!.sent)} ${css!.coding}, JavaScript ${kilobytes(script!.sent)} ${script!.coding}, `);
  console.log(`WebAssembly ${kilobytes(wasm!.sent)} ${wasm!.coding}, together ${kilobytes(code)}`);
  if (poor.length > 0) console.log(`\nbelow 100:\n${poor.join("\n")}`);
  expect(await server.stop()).toBe(0);
});
