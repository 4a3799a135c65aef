// Pictures of every page, made to be looked at: at two widths, light, dark and in forced colours.
// What a machine can see of them is checked: nothing sticks out, everything can be read.
import { isAccessible } from "../fixtures/accessible.ts";
import { expect, test } from "../fixtures/gallery-test.ts";
import { open, PICTURES, routes } from "../fixtures/gallery.ts";

const SIZES = [
  { width: 1280, height: 900 },
  { width: 320, height: 700 },
];
// axe takes a second: each page is judged once wide and once narrow. Forced colours are the system's.
const COLOURS = [
  { name: "light", judgedAt: 1280, media: { colorScheme: "light", forcedColors: "none", reducedMotion: "no-preference" } },
  { name: "dark", judgedAt: 320, media: { colorScheme: "dark", forcedColors: "none", reducedMotion: "reduce" } },
  { name: "forced", judgedAt: 0, media: { colorScheme: "dark", forcedColors: "active", reducedMotion: "reduce" } },
] as const;

test("every route has its picture", () => {
  const pictured = new Set(PICTURES.map(({ route }) => route));
  expect(routes().length, "routes are found where they are declared").toBeGreaterThan(10);
  expect(routes().filter((route) => !pictured.has(route))).toEqual([]);
  expect([...pictured].filter((route) => route && !routes().includes(route)), "no picture is of a route that is gone").toEqual([]);
});

for (const picture of PICTURES) {
  test(picture.name, async ({ browser, world }) => {
    const page = await open(browser, world, picture);
    for (const { name: colours, judgedAt, media } of COLOURS) {
      await page.emulateMedia(media);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(sticksOut, `it is no wider than ${size.width} px`).toBeLessThanOrEqual(0);
        await page.screenshot({ path: `screenshots/${picture.name}-${size.width}-${colours}.png`, fullPage: true });
        if (picture.script !== false && size.width === judgedAt) await isAccessible(page);
      }
    }
    await page.context().close();
  });
}
