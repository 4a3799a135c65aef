// The audit log as people read it: what they did appears, is narrowed down, and is taken away as a file.
import { readFileSync } from "node:fs";
import { expect, test } from "../fixtures/app.ts";
import { createToken, settled } from "../fixtures/pages.ts";

test("what was done appears, is found and downloaded", async ({ page, server, signIn, accessible }, info) => {
  const script = info.project.use.javaScriptEnabled !== false;
  const name = `reads-${info.project.name}`;
  server.user(name);
  await signIn(name);
  await createToken(page, { description: `audited ${name}`, access: "Read" }, script);
  await page.getByRole("link", { name: "Audit", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Audit");
  await settled(page, script);
  const rows = page.getByRole("row");
  await expect(rows.nth(1)).toContainText("Token made");
  await expect(rows.nth(1)).toContainText(`audited ${name}`);
  await expect(page.getByRole("main")).toContainText("the operator");
  await rows.nth(1).getByText("Details").click();
  await expect(rows.nth(1)).toContainText("token.create");
  await accessible();

  await page.getByLabel("What").selectOption("session.begin");
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/what=session\.begin/);
  await expect(page.getByRole("status").filter({ hasText: "1 entry" })).toBeVisible();
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1)).toContainText("Signed in");

  const link = page.getByRole("link", { name: "Download CSV" });
  await expect(link).toHaveAttribute("href", "/audit/export.csv?what=session.begin");
  const coming = page.waitForEvent("download");
  await link.click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/^latchkey-audit-\d{4}-\d\d-\d\d\.csv$/);
  const lines = readFileSync(await download.path(), "utf8").trimEnd().split("\r\n");
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(",session.begin,");
});

test("pages lead to older entries and back", async ({ page, server, signIn }, info) => {
  const name = `busy-${info.project.name}`;
  server.user(name);
  for (let count = 0; count < 52; count += 1) await server.session(name);
  await signIn(name);
  await page.goto("/audit");
  await settled(page, info.project.use.javaScriptEnabled !== false);
  await expect(page.getByRole("row")).toHaveCount(51);
  await page.getByRole("link", { name: "Older entries" }).click();
  await expect(page).toHaveURL(/before=\d+/);
  await expect(page.getByRole("row").last()).toContainText("Account made");
  await page.getByRole("link", { name: "Newest entries" }).click();
  await expect(page.getByRole("row")).toHaveCount(51);
});

test("the security page tells what happened lately", async ({ page, server, signIn, accessible }, info) => {
  const name = `recent-${info.project.name}`;
  server.user(name);
  await signIn(name);
  await page.goto("/profile/security");
  const recent = page.getByRole("region", { name: "Recent activity" });
  await expect(recent.getByRole("row").nth(1)).toContainText("Signed in");
  await expect(recent.getByRole("row").nth(1)).toContainText("127.0.0.1");
  await accessible();
  await recent.getByRole("link", { name: /audit log/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Audit");
});
