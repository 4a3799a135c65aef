// What only pages without script do: they are the answer to a form.
import { expect, test } from "../fixtures/app.ts";
import { createToken } from "../fixtures/pages.ts";

test("a result that is asked for again makes no second token", async ({ page, server, signIn, secrets }, info) => {
  const name = `again-${info.project.name}`;
  server.user(name);
  await signIn(name);
  await createToken(page, { description: "once", access: "Read" }, false);
  const value = await page.getByLabel("Your token").inputValue();
  await page.reload();
  await expect(page.getByLabel("Your token")).toHaveValue(value);
  secrets.push(value);
  await page.goto("/profile/tokens");
  await expect(page.getByRole("link", { name: "once", exact: true })).toHaveCount(1);
});
