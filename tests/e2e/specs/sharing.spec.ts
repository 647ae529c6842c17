// A link brings an example with its numbers and its text, shows them, and runs nothing.
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../playground.ts";

const editor = (page: Page): Locator => page.getByRole("textbox", { name: "Python program" });

test("a link to an edited version shows it to somebody else", async ({ playground, page, context, browser }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await playground.open("thread-pool-basics");
  await playground.set("Workers", 2);
  await editor(page).click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("# für dich\n");
  await page.keyboard.press("Control+Shift+L");
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/#thread-pool-basics\?max_workers=2&python=[\w-]+$/);

  const other = await browser.newContext();
  const visitor = await other.newPage();
  await visitor.goto(link);
  await expect(editor(visitor)).toContainText("# für dich");
  await expect(visitor.getByLabel("Workers", { exact: true })).toHaveValue("2");
  await expect(visitor.locator(".notice")).toContainText("shared with you");
  await expect(visitor.locator(".status")).toHaveText("Ready");
  await expect(visitor.locator(".futures tbody tr")).toHaveCount(0);
  await other.close();
});

test("a link leaves the reader's own version alone until it is edited", async ({ playground, page }) => {
  await playground.open("thread-pool-basics");
  await playground.set("Workers", 5);
  const input = page.getByLabel("Workers", { exact: true });
  await page.goto("./#thread-pool-basics?max_workers=2");
  await expect(input).toHaveValue("2");
  await page.getByRole("button", { name: "Show my version" }).click();
  await expect(input).toHaveValue("5");
  await expect(page).toHaveURL(/#thread-pool-basics$/);
  await page.goto("./#thread-pool-basics?max_workers=2");
  await playground.set("Workers", 3);
  await playground.set("Pages to fetch", 7);
  await page.reload();
  await expect(page.getByLabel("Pages to fetch", { exact: true })).toHaveValue("7");
});

test("a damaged link is named and nothing is lost", async ({ playground, page }) => {
  await playground.open("thread-pool-basics?python=AAAA%");
  await expect(page.locator(".notice")).toContainText("The program in this link is damaged, so the original is shown.");
  await expect(editor(page)).toContainText("from concurrent.futures import");
  await page.goto("./#thread-pool-basics?max_workers=77&pages=4");
  await expect(page.locator(".notice")).toContainText("“max_workers”");
  await expect(page.getByLabel("Pages to fetch", { exact: true })).toHaveValue("4");
});

test("embedded, the page is the code, Run and the timeline", async ({ playground, page }) => {
  await page.setViewportSize({ width: 760, height: 480 });
  await page.goto("./?embed#exceptions");
  await playground.ready(1);
  await playground.finish();
  await expect(page.getByRole("region", { name: "Timeline" })).toBeInViewport({ ratio: 1 });
  await expect(playground.run).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole("navigation", { name: "Sections" })).toBeHidden();
  await expect(page.getByRole("link", { name: "Open in the playground" })).toHaveAttribute("href", /\/#exceptions$/);
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(480);
});
