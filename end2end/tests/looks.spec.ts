// Pictures of every page, made to be looked at: at two widths, light and dark.
import { expect, test } from "../fixtures/app.ts";
import { createToken, settled } from "../fixtures/pages.ts";

const SIZES = [
  { width: 1280, height: 900 },
  { width: 320, height: 700 },
];

test("every page has its picture", async ({ page, server, signIn, secrets }) => {
  test.setTimeout(240_000);
  server.user("looks");
  server.feed("main", "looks", "--description", "Shared libraries for all teams");
  server.feed("empty", "looks");
  server.token("looks", "CI publish", "--read", "none", "--write", "main", "--package", "@acme/*");
  server.token("looks", "laptop", "--read", "all", "--expires", "7d");
  server.token("looks", "build server in the basement", "--read", "all", "--write", "main,empty", "--expires", "never");
  const tokens = JSON.parse(server.cli(["token", "list", "--user", "looks", "--json"])) as { id: string; description: string }[];
  const id = (description: string) => tokens.find((token) => token.description === description)!.id;
  server.cli(["token", "revoke", id("laptop")]);
  const shoot = async (name: string) => {
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(wide, `${name} is no wider than ${size.width} px`).toBeLessThanOrEqual(0);
        await page.screenshot({ path: `screenshots/${name}-${size.width}-${scheme}.png`, fullPage: true });
      }
    }
    await page.setViewportSize(SIZES[0]!);
  };
  await page.goto("/sign-in");
  await settled(page, true);
  await shoot("sign-in");
  await page.goto("/sign-up");
  await shoot("sign-up");
  await signIn("looks");
  await settled(page, true);
  await shoot("tokens");
  for (const [name, path] of [
    ["token-new", "/profile/tokens/new"],
    ["token", `/profile/tokens/${id("CI publish")}`],
    ["token-revoked", `/profile/tokens/${id("laptop")}`],
    ["primary", `/profile/tokens/${tokens.find((token) => token.description === "Primary")!.id}`],
    ["security", "/profile/security"],
    ["confirm", "/confirm"],
    ["feeds", "/feeds"],
    ["feed-new", "/feeds/new"],
    ["feed-empty", "/feeds/empty"],
    ["not-found", "/nothing"],
  ] as const) {
    await page.goto(path);
    await settled(page, true);
    await shoot(name);
  }
  await createToken(page, { description: "my laptop", access: "Read" }, true);
  secrets.push(await page.getByLabel("Your token").inputValue());
  await shoot("token-created");
  await page.goto("/feeds");
});
