// Feeds: made, searched, shared, opened and deleted, with and without script.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/app.ts";
import { settled } from "../fixtures/pages.ts";

const words = (page: Page) => page.getByRole("search").getByRole("status");

test("a name is explained while it is typed, and where the form is sent", async ({ page, server, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `names-${info.project.name}`;
  server.user(name);
  server.feed(`taken-${info.project.name}`, name);
  await signIn(name);
  await page.goto("/feeds/new");
  await settled(page, script);
  const field = page.getByLabel("Name", { exact: true });
  const create = page.getByRole("button", { name: "Create feed" });
  const wrong: [string, string][] = [
    ["My Feed", `A name is made of the letters a to z, digits and hyphens. It could be “my-feed”.`],
    [`taken-${info.project.name}`, `The name “taken-${info.project.name}” is taken. Choose another.`],
    ["api", "This name is reserved. Choose another."],
  ];
  for (const [typed, sentence] of wrong) {
    await field.fill(typed);
    if (script) {
      await expect(page.locator("#name-check")).toHaveText(sentence);
      await expect(field).toHaveAttribute("aria-invalid", "true");
    } else {
      await create.click();
      await expect(page.getByRole("alert")).toContainText(sentence);
      await expect(field).toHaveValue(typed);
    }
  }
  await accessible();
  await field.fill(`free-${info.project.name}`);
  if (script) await expect(page.locator("#name-check")).toHaveText(`“free-${info.project.name}” is free.`);
  await page.getByRole("radio", { name: /^Members/ }).check();
  await create.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`free-${info.project.name} Private`);
});

test("members are added, changed and removed", async ({ page, server, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const tag = info.project.name;
  const [owner, other, feed] = [`own-${tag}`, `oth-${tag}`, `team-${tag}`];
  server.user(owner);
  server.user(other);
  server.feed(feed, owner);
  await signIn(owner);
  await page.goto(`/feeds/${feed}`);
  await page.getByRole("navigation", { name: "Feed" }).getByRole("link", { name: "Members" }).click();
  await expect(page.getByRole("heading", { name: "1 member" })).toBeVisible();
  await settled(page, script);
  await accessible();
  const add = page.getByRole("button", { name: "Add member" });
  await page.getByLabel("Username").fill("nobody-at-all");
  await add.click();
  await expect(page.getByRole("alert").first()).toContainText("There is no account “nobody-at-all”.");
  await expect(page.getByLabel("Username")).toHaveValue("nobody-at-all");
  await page.getByLabel("Username").fill(other);
  await page.getByRole("radio", { name: /^Contributor/ }).check();
  await add.click();
  await expect(page.getByText(`${other} is now contributor.`).first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "2 members" })).toBeVisible();
  await page.getByLabel(`Role of ${other}`).selectOption("owner");
  await page.getByRole("button", { name: `Change role of ${other}` }).click();
  await expect(page.getByText(`${other} is now owner.`).first()).toBeVisible();
  await accessible();
  await page.locator("summary", { hasText: `Remove… ${other}` }).click();
  await page.getByRole("button", { name: `Remove ${other}` }).click();
  await expect(page.getByRole("heading", { name: "1 member" })).toBeVisible();
  // Nobody else is left to own it.
  await page.locator("summary", { hasText: `Leave ${feed}` }).click();
  await page.getByRole("button", { name: `Leave ${feed}` }).click();
  await expect(page.getByRole("alert").first()).toContainText(`${owner} is the only owner of ${feed}.`);
});

test("a feed is opened to anyone, closed and deleted", async ({ page, server, signIn, accessible, browser }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const tag = info.project.name;
  const [owner, feed] = [`keep-${tag}`, `shop-${tag}`];
  server.user(owner);
  server.feed(feed, owner);
  await signIn(owner);
  await page.goto(`/feeds/${feed}/settings`);
  await settled(page, script);
  await accessible();
  await page.getByLabel("What is this feed for?").fill("What we give away");
  await page.getByRole("button", { name: "Save description" }).click();
  await expect(page.getByText("Saved.").first()).toBeVisible();
  await settled(page, script);
  await page.locator("summary", { hasText: `Make ${feed} public…` }).click();
  await expect(page.getByText("Anyone who reaches this server may then find and download")).toBeVisible();
  await page.getByRole("button", { name: `Make ${feed} public`, exact: true }).click();
  await expect(page.getByRole("button", { name: `Make ${feed} private` })).toBeVisible();
  // Somebody without an account.
  const anybody = await browser.newContext({ baseURL: server.url });
  const elsewhere = await anybody.newPage();
  await elsewhere.goto(`/feeds/${feed}`);
  await expect(elsewhere.getByRole("heading", { level: 1 })).toHaveText(`${feed} Public`);
  await expect(elsewhere.getByText("What we give away")).toBeVisible();
  await accessible(elsewhere);
  await elsewhere.getByRole("link", { name: "Sign in" }).click();
  await expect(elsewhere).toHaveURL(new RegExp(`/sign-in\\?next=%2Ffeeds%2F${feed}$`));
  await settled(page, script);
  await page.getByRole("button", { name: `Make ${feed} private` }).click();
  await expect(page.locator("summary", { hasText: `Make ${feed} public…` })).toBeVisible();
  await elsewhere.goto(`/feeds/${feed}`);
  await expect(elsewhere).toHaveURL(/\/sign-in/);
  await anybody.close();
  await settled(page, script);
  const field = page.getByLabel("Name of the feed");
  await field.fill("something else");
  await page.getByRole("button", { name: `Delete ${feed}` }).click();
  await expect(page.getByRole("alert").first()).toContainText(`To delete the feed, type its name: ${feed}.`);
  await field.fill(feed);
  await page.getByRole("button", { name: `Delete ${feed}` }).click();
  await expect(page.getByText(`${feed} is deleted.`).first()).toBeVisible();
  await expect(page).toHaveURL(/\/feeds\?deleted=/);
});

test("feeds and packages are searched, and the address says how", async ({ page, server, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const tag = info.project.name;
  const owner = `find-${tag}`;
  server.user(owner);
  for (const feed of ["alpha", "beta", "gamma"]) server.feed(`${feed}-${tag}`, owner);
  const token = server.token(owner, "CI", "--write", "all");
  for (const name of ["acme-core", "@acme/http", "zebra"]) {
    const data = Buffer.from(`archive of ${name}`);
    const version = { name, version: "1.0.0", description: `about ${name}` };
    const response = await fetch(`${server.url}/F/alpha-${tag}/npm/${name.replace("/", "%2f")}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({
        _id: name,
        name,
        "dist-tags": { latest: "1.0.0" },
        versions: { "1.0.0": version },
        _attachments: {
          [`${name}-1.0.0.tgz`]: { content_type: "application/octet-stream", data: data.toString("base64"), length: data.length },
        },
      }),
    });
    expect(response.status, await response.text()).toBe(201);
  }
  await signIn(owner);

  /** Fills in the form; without script it has to be sent. */
  const ask = async (fill: () => Promise<unknown>) => {
    await fill();
    if (!script) await page.getByRole("button", { name: "Apply" }).click();
  };
  await page.goto("/feeds");
  await settled(page, script);
  // Other tests' public feeds are for everybody.
  await expect(words(page)).toHaveText(/^\d+ feeds$/);
  const all = await words(page).innerText();
  expect(parseInt(all, 10)).toBeGreaterThanOrEqual(3);
  await ask(() => page.getByLabel("Filter").fill("beta"));
  await expect(words(page)).toContainText(`1 of ${all}`);
  await expect(page).toHaveURL(/\/feeds\?q=beta/);
  if (script) await expect(page.getByLabel("Filter")).toBeFocused();
  await expect(page.getByRole("link", { name: `beta-${tag}` })).toBeVisible();
  await expect(page.getByRole("link", { name: `alpha-${tag}` })).toHaveCount(0);
  await ask(() => page.getByLabel("You are").selectOption("none"));
  await expect(page.getByRole("heading", { name: "No feed matches" })).toBeVisible();
  await accessible();
  await page.getByRole("link", { name: "Show all feeds" }).click();
  await expect(words(page)).toHaveText(/^\d+ feeds$/);
  await expect(page.getByLabel("Filter")).toHaveValue("");

  await page.getByRole("link", { name: `alpha-${tag}` }).click();
  await expect(words(page)).toHaveText("3 packages");
  await accessible();
  await settled(page, script);
  await ask(() => page.getByLabel("Search").fill("ACME"));
  await expect(words(page)).toHaveText("2 of 3 packages");
  await expect(page.getByRole("link", { name: "@acme/http" })).toHaveAttribute("href", `/feeds/alpha-${tag}/npm/@acme%2Fhttp`);
  await ask(() => page.getByLabel("Sort by").selectOption("name"));
  await expect(page).toHaveURL(/q=ACME&(kind=&)?sort=name/);
  await expect(page.getByRole("row").nth(1)).toContainText("@acme/http");
  await page.reload();
  await expect(words(page)).toHaveText("2 of 3 packages");
  await expect(page.getByLabel("Search")).toHaveValue("ACME");
  await settled(page, script);
  await ask(() => page.getByLabel("Search").fill("nothing like it"));
  await expect(page.getByRole("heading", { name: "No package matches" })).toBeVisible();
});
