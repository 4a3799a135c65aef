// What every page says to somebody who hears it: its accessibility tree, whole, as it was agreed on in
// `snapshots/`. `LATCHKEY_BLESS=1 npx playwright test --project=pictures words` writes the trees anew.
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "../fixtures/gallery-test.ts";
import { masked, open, PICTURES } from "../fixtures/gallery.ts";

/** What a page says by itself, it has said by then; in milliseconds. */
const SETTLED = 1_500;

for (const picture of PICTURES) {
  test(picture.name, async ({ browser, world }) => {
    const page = await open(browser, world, picture);
    const words = async () => `${masked(await page.locator("body").ariaSnapshot())}\n`;
    const agreed = `snapshots/${picture.name}.yml`;
    if (process.env["LATCHKEY_BLESS"]) {
      await page.waitForTimeout(SETTLED);
      writeFileSync(agreed, await words());
    }
    await expect.poll(words, { timeout: 5_000 }).toBe(readFileSync(agreed, "utf8"));
    await page.context().close();
  });
}
