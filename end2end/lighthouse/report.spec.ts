// Lighthouse over every page, on a slow phone as it imitates one, at its usual width and at 320 px, and
// what the pages weigh. Figures of the run before are printed beside the new ones.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { launch } from "chrome-launcher";
import { expect, test } from "@playwright/test";
import lighthouse from "lighthouse";
import { type Picture, PICTURES, routes, serverOf } from "../fixtures/gallery.ts";
import { World } from "../fixtures/world.ts";
import { kilobytes, weigh } from "./weight.ts";

const KINDS = ["performance", "accessibility", "best-practices"] as const;
/** In bytes of brotli; milliseconds on the phone that is imitated. */
const BUDGET = { html: 14_000, css: 10_000, code: 250_000, paint: 1_000, blocking: 50 };
/** The list of tokens with as many as its budget is set for. */
const LONG_LIST = "tokens-many";
const WIDTHS = [412, 320];

/** What was found of a page at a width. */
type Found = { scores: number[]; paint: number; blocking: number; shift: number; html: number };
type Findings = { pages: Record<string, Found>; css: number; code: number };

const kept = (ending: string) => new URL(`../../bench/PAGES.${ending}`, import.meta.url);

/** What only leads on. */
const NO_PAGE = "/";

/** A page for each route, as it is when it is opened, and the long list. */
function pages(): Picture[] {
  const first = (route: string) => {
    const its = PICTURES.filter((picture) => picture.route === route);
    return its.find(({ then, script }) => !then && script !== false) ?? its[0]!;
  };
  return [...routes().filter((route) => route !== NO_PAGE).map(first), PICTURES.find(({ name }) => name === LONG_LIST)!];
}

/** What Lighthouse finds; nothing of a page that answers with an error, as a code that is used up does. */
async function judge(url: string, cookie: string, width: number, port: number): Promise<(Found & { failed: string[] }) | undefined> {
  const { sent } = await weigh(url, cookie);
  const look = () =>
    lighthouse(url, {
      port,
      logLevel: "error",
      onlyCategories: [...KINDS],
      extraHeaders: cookie ? { Cookie: cookie } : {},
      screenEmulation: { mobile: true, width, height: 800, deviceScaleFactor: 2, disabled: false },
    });
  let result = await look();
  // Chromium loses a trace now and then.
  if (result?.lhr.runtimeError?.code === "NO_NAVSTART") result = await look();
  if (!result) throw new Error(`no report about ${url}`);
  const { categories, audits, finalDisplayedUrl, runtimeError } = result.lhr;
  if (runtimeError?.code === "ERRORED_DOCUMENT_REQUEST") return undefined;
  expect.soft(new URL(finalDisplayedUrl).pathname, "it is the page that was asked for").toBe(new URL(url).pathname);
  const number = (id: string) => audits[id]?.numericValue ?? Number.NaN;
  const scores = KINDS.map((kind) => Math.round((categories[kind]?.score ?? 0) * 100));
  const poor = Object.values(audits).filter(({ score, errorMessage }) => errorMessage || (score !== null && score < 0.9));
  return {
    scores,
    paint: number("largest-contentful-paint"),
    blocking: number("total-blocking-time"),
    shift: number("cumulative-layout-shift"),
    html: sent,
    failed: scores.some((score) => score < 100) ? poor.map(({ id, errorMessage }) => (errorMessage ? `${id} failed` : id)) : [],
  };
}

test("every page", async () => {
  const world = await World.make();
  const browser = await launch({
    chromePath: "/usr/bin/chromium",
    chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  const found: Findings = { pages: {}, css: 0, code: 0 };
  const poor = new Map<string, string[]>();
  const unjudged: string[] = [];
  for (const picture of pages()) {
    const address = new URL(await picture.at(world), world.server.url).href;
    const session = picture.who ? await serverOf(world, address).session(picture.who) : undefined;
    const cookie = session ? `${session.name}=${session.value}` : "";
    for (const width of WIDTHS) {
      const judged = await judge(address, cookie, width, browser.port);
      const shown = picture.name === LONG_LIST ? `${picture.route} (50 tokens)` : picture.route!;
      const name = `${shown} at ${width} px`;
      if (!judged) {
        unjudged.push(name);
        continue;
      }
      const { failed, ...one } = judged;
      found.pages[name] = one;
      console.log(`${name}: ${one.scores.join(" / ")}`);
      for (const audit of failed) poor.set(audit, [...(poor.get(audit) ?? []), name]);
      expect.soft(one.scores.slice(1), `accessibility and best practices of ${name}`).toEqual([100, 100]);
      if (picture.name === LONG_LIST) expect.soft(one.html, "HTML of the list of 50 tokens").toBeLessThanOrEqual(BUDGET.html);
    }
  }
  browser.kill();

  const { text } = await weigh(`${world.server.url}/sign-in`, "");
  const assets = /\/assets\/[0-9a-f]+/.exec(text)![0];
  const [css, script, wasm] = await Promise.all(
    ["latchkey.css", "latchkey.js", "latchkey_bg.wasm"].map((file) => weigh(`${world.server.url}${assets}/${file}`, "")),
  );
  found.css = css!.sent;
  found.code = script!.sent + wasm!.sent;
  expect.soft(found.css, "CSS").toBeLessThanOrEqual(BUDGET.css);
  expect.soft(found.code, "JavaScript and WebAssembly").toBeLessThanOrEqual(BUDGET.code);

  const before = existsSync(kept("json")) ? (JSON.parse(readFileSync(kept("json"), "utf8")) as Findings) : undefined;
  const written = report(found, before, poor, unjudged);
  writeFileSync(kept("md"), written);
  writeFileSync(kept("json"), `${JSON.stringify(found, null, 2)}\n`);
  console.log(`\n${written}`);
  await world.stop();
});

/** The figures as Markdown; where the run before had others, those stand in brackets. */
function report(found: Findings, before: Findings | undefined, poor: Map<string, string[]>, unjudged: string[]): string {
  const beside = (now: string, then: string | undefined) => (then === undefined || then === now ? now : `${now} (${then})`);
  const cells = ({ scores, paint, blocking, shift, html }: Found) => [
    scores.join(" / "),
    `${(paint / 1000).toFixed(2)} s`,
    `${blocking.toFixed(0)} ms`,
    shift.toFixed(3),
    kilobytes(html),
  ];
  const rows = Object.entries(found.pages).map(([name, one]) => {
    const then = before?.pages[name] ? cells(before.pages[name]) : [];
    return `| ${name} | ${cells(one).map((cell, column) => beside(cell, then[column])).join(" | ")} |`;
  });
  const late = Object.entries(found.pages).filter(([, { paint, blocking }]) => paint > BUDGET.paint || blocking > BUDGET.blocking);
  return `# What pages weigh

Lighthouse over every page, by \`make lighthouse\`: a phone with a slow processor and a slow network, as Lighthouse imitates one. In brackets what
the run before had found, where it was something else.

CSS ${beside(kilobytes(found.css), before && kilobytes(before.css))} of ${kilobytes(BUDGET.css)}, JavaScript and WebAssembly of the first page
${beside(kilobytes(found.code), before && kilobytes(before.code))} of ${kilobytes(BUDGET.code)}, in brotli.

| page | performance / accessibility / best practices | LCP | TBT | CLS | HTML |
|---|---|---:|---:|---:|---:|
${rows.join("\n")}

Not judged, because they answer with an error: ${unjudged.join(", ") || "none"}.

Later than ${BUDGET.paint} ms (LCP) or longer than ${BUDGET.blocking} ms (TBT): ${late.length === 0 ? "none" : late.map(([name]) => name).join(", ")}.

What keeps pages below 100, by audit: ${[...poor].map(([audit, pages]) => `${audit} (${pages.length} times)`).join(", ") || "nothing"}.
`;
}
