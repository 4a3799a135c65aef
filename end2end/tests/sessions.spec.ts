// Signing in and out, and what the pages say when it goes wrong.
import { expect, test } from "../fixtures/app.ts";
import { signIn } from "../fixtures/pages.ts";

test("a wrong password keeps the name and tells nothing", async ({ page, server, secrets, accessible }, info) => {
  const name = `guess-${info.project.name}`;
  server.user(name);
  secrets.push("not the password at all");
  for (const who of [name, "nobody-here"]) {
    await signIn(page, who, "not the password at all");
    await expect(page.getByRole("alert").filter({ hasText: "There is a problem" })).toContainText("is not right");
    await expect(page.getByLabel("Email or username")).toHaveValue(who);
    await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
    await accessible();
  }
});

test("signing out ends the session and leads back after signing in", async ({ page, server, signIn }, info) => {
  const name = `out-${info.project.name}`;
  server.user(name);
  await signIn(name);
  await page.getByText(name).first().click();
  await page.getByRole("button", { name: "Sign out" }).click();
  // To ask for a page before the answer is there would end the request that signs out.
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await page.goto("/feeds");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("Email or username").fill(`${name}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill("correct horse battery staple");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/feeds$/);
});

test("changing the password ends other sessions", async ({ page, browser, server, signIn, secrets, accessible }, info) => {
  const name = `change-${info.project.name}`;
  server.user(name);
  await signIn(name);
  const other = await browser.newContext({ baseURL: server.url, javaScriptEnabled: info.project.use.javaScriptEnabled });
  const elsewhere = await other.newPage();
  await elsewhere.goto("/sign-in");
  await elsewhere.getByLabel("Email or username").fill(name);
  await elsewhere.getByLabel("Password", { exact: true }).fill("correct horse battery staple");
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await expect(elsewhere.getByRole("heading", { level: 1 })).toHaveText("Access tokens");
  await page.goto("/profile/security");
  await accessible();
  const next = "entirely different words in here";
  secrets.push(next);
  await page.getByLabel("Current password", { exact: true }).fill("correct horse battery staple");
  await page.getByLabel("New password", { exact: true }).fill(next);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText(/password (was|is) changed/i)).toBeVisible();
  await elsewhere.goto("/feeds");
  await expect(elsewhere).toHaveURL(/\/sign-in/);
  await other.close();
});

test("the theme is kept without script", async ({ page, server, signIn }, info) => {
  const name = `dark-${info.project.name}`;
  server.user(name);
  await signIn(name);
  await page.locator("summary").filter({ hasText: "Theme" }).click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.goto("/feeds");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("sign-up is closed and says who can help", async ({ page, accessible }) => {
  await page.goto("/sign-up");
  await expect(page.getByRole("main")).toContainText(/administrator/);
  await expect(page.getByRole("textbox")).toHaveCount(0);
  await accessible();
});

test("what is not there, and what is not mine, are the same page", async ({ page, server, signIn, accessible }, info) => {
  const [name, other] = [`seeker-${info.project.name}`, `other-${info.project.name}`];
  server.user(name);
  server.user(other);
  server.feed(`private-${info.project.name}`, other);
  await signIn(name);
  const texts: string[] = [];
  for (const path of [`/feeds/private-${info.project.name}`, "/feeds/absent", "/denials/0123456789abcdefg", "/nothing"]) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    texts.push(await page.getByRole("main").innerText());
  }
  expect(new Set(texts).size).toBe(1);
  await accessible();
});
