// What a page or a file weighs on its way to a browser.
import { get } from "node:http";
import { brotliDecompressSync } from "node:zlib";

export type Weight = { sent: number; text: string };

/** Fetches it as browsers do, in brotli, the smallest that is spoken. */
export function weigh(url: string, cookie: string): Promise<Weight> {
  return new Promise((done, failed) => {
    const request = get(url, { headers: { "accept-encoding": "br", cookie } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => {
        const body = Buffer.concat(parts);
        const text = answer.headers["content-encoding"] === "br" ? brotliDecompressSync(body) : body;
        done({ sent: body.length, text: text.toString() });
      });
    });
    request.once("error", failed);
  });
}

export const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
