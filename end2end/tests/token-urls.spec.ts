// A token that may stand in a URL, and where its URLs are shown.
import { expect, test } from "../fixtures/app.ts";
import { settled } from "../fixtures/pages.ts";

test("a token is made for URLs if it reads named feeds alone, and shows them along with its value", async ({ page, server, secrets, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `urls-${info.project.name}`;
  server.user(name);
  server.feed(`main-${name}`, name);
  await signIn(name);
  await page.goto("/profile/tokens/new");
  await settled(page, script);
  await page.getByLabel("Description").fill("old build");
  await page.getByLabel("May stand in a URL").check();
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByRole("alert").or(page.locator(".error-summary")).first()).toContainText("only feeds that are named");
  await accessible();
  await page.locator("input[name=feeds][value=chosen]").check();
  await page.getByRole("group", { name: "Feeds the token may use" }).getByRole("checkbox", { name: `main-${name}` }).check();
  await page.getByRole("button", { name: "Create token" }).click();
  const value = await page.locator("#value").inputValue();
  secrets.push(value);
  await page.getByRole("link", { name: "Done" }).click();
  await page.getByRole("link", { name: "old build", exact: true }).click();
  await settled(page, script);
  await expect(page.getByText("May stand in a URL. Show the value to see them.")).toBeVisible();
  expect(await page.content()).not.toContain(value);
  await page.getByRole("button", { name: /Show token old build/ }).click();
  await expect(page.getByText(`/F/main-${name}/auth/${value}/npm/`)).toBeVisible();
  await expect(page.getByText(`/F/main-${name}/auth/${value}/api/v3/index.json`)).toBeVisible();
  await accessible();
  // Without script they are in the answer that was asked for, until the page is left.
  if (script) await page.keyboard.press("Escape");
  else await page.goto("/profile/tokens");
  await expect(page.getByText(`/auth/${value}/`)).toHaveCount(0);
});
