// What a reader does beside running: links, colours, copying, scrolling back, small screens.
import { expect, test } from "../playground.ts";

test("a section has an address, and the browser's back leads to the one before", async ({ playground, page }) => {
  await playground.open("callbacks");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Callbacks");
  await playground.choose("timeouts");
  await expect(page).toHaveURL(/#timeouts$/);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Callbacks");
});

test("a run is still there after leafing through the sections", async ({ playground }) => {
  await playground.open("exceptions");
  await playground.finish();
  const lines = playground.log.locator(".line");
  await playground.choose("wait");
  await expect(lines).toHaveCount(0);
  await playground.choose("exceptions");
  await expect(lines).toHaveCount(6);
  await expect(playground.status).toContainText("Finished in");
});

test("the chosen colours stay after a reload", async ({ playground, page }) => {
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.emulateMedia({ colorScheme: "light" });
  await playground.open();
  const light = await ground();
  await page.getByText("Dark", { exact: true }).click();
  const dark = await ground();
  expect(dark).not.toBe(light);
  await page.reload();
  expect(await ground()).toBe(dark);
  await page.getByText("System", { exact: true }).click();
  expect(await ground()).toBe(light);
});

test("code is copied as it stands", async ({ playground, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await playground.open("wait");
  await page.getByRole("button", { name: "Copy Rust code" }).click();
  await expect(page.getByRole("button", { name: "Copy Rust code" })).toContainText("Copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(await page.getByRole("group", { name: "Rust code" }).textContent());
});

test("the timeline tells about the task under the pointer", async ({ playground, page }) => {
  await playground.open("exceptions");
  await playground.finish();
  const canvas = page.locator(".timeline canvas");
  await expect(canvas).toHaveAttribute("aria-label", /6? done/);
  await canvas.scrollIntoViewIfNeeded();
  await playground.choose("cancelling");
  await playground.set("Each takes", 0.5);
  await playground.finish();
  const box = await canvas.boundingBox();
  if (box === null) throw new Error("the timeline is not on show");
  await expect
    .poll(async () => {
      await page.mouse.move(box.x + box.width * 0.6 + Math.random(), box.y + 168);
      return page.locator(".tooltip").textContent();
    })
    .toMatch(/long_task.*done.*ThreadPoolExecutor/s);
});

test("nothing below the results moves while a program runs", async ({ playground, page }) => {
  await playground.open("thread-pool-basics");
  await playground.set("Network delay", 0.2);
  const place = async (): Promise<number | undefined> => (await page.locator("footer").boundingBox())?.y;
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  const before = await place();
  await page.keyboard.press("Control+Enter");
  await expect(playground.status).toContainText("Finished in");
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  expect(await place()).toBe(before);
});

for (const width of [360, 820, 1440]) {
  test(`at ${width} pixels nothing is wider than the screen`, async ({ playground, page }) => {
    await page.setViewportSize({ width, height: 900 });
    await playground.open("exceptions");
    await playground.finish();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    if (width < 1000) {
      await page.getByRole("button", { name: "Sections" }).click();
      await playground.choose("wait");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^wait/);
      await expect(page.locator("nav#sections")).toBeHidden();
    }
  });
}
