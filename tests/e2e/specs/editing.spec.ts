// The Python program is edited, the Rust program's numbers are changed in it, and nothing of that is lost or run by itself.
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../playground.ts";

const editor = (page: Page): Locator => page.getByRole("textbox", { name: "Python program" });
const literal = (page: Page, label: string): Locator =>
  page.getByRole("textbox", { name: `${label}, in the source` });

async function write(page: Page, text: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type(text);
}

test("an edited text is there again after a reload, and the original comes back and goes", async ({ playground, page }) => {
  await playground.open("wait");
  await write(page, "# mine\n");
  await page.reload();
  await expect(page.locator(".notice")).toContainText("Your edited version is shown");
  await expect(editor(page)).toContainText("# mine");
  await expect(playground.status).toHaveText("Ready");

  await page.locator(".notice").getByRole("button", { name: "Restore the original" }).click();
  await expect(editor(page)).not.toContainText("# mine");
  await expect(page.locator(".notice")).toContainText("The original is shown");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(editor(page)).toContainText("# mine");
  await page.reload();
  await expect(editor(page)).toContainText("# mine");
});

test("each section keeps a text and a history of its own", async ({ playground, page }) => {
  await playground.open("wait");
  await write(page, "# mine\n");
  await playground.choose("callbacks");
  await expect(editor(page)).not.toContainText("# mine");
  await playground.choose("wait");
  await expect(editor(page)).toContainText("# mine");
  await editor(page).click();
  // The line's end is a step of its own.
  for (let step = 0; step < 2; step += 1) await page.keyboard.press("Control+z");
  await expect(editor(page)).not.toContainText("# mine");
  await expect(page.getByRole("button", { name: "Restore the original" })).toBeHidden();
});

test("a number is changed in the source and in its input alike", async ({ playground, page }) => {
  await playground.open("thread-pool-basics");
  const input = page.getByLabel("Workers", { exact: true });
  await expect(literal(page, "Workers")).toHaveText("3");
  await literal(page, "Workers").fill("2");
  await expect(input).toHaveValue("2");
  await input.fill("4");
  await expect(literal(page, "Workers")).toHaveText("4");
  await literal(page, "Workers").fill("99");
  await expect(literal(page, "Workers")).toHaveAttribute("aria-invalid", "true");
  await page.keyboard.press("Control+Enter");
  await expect(playground.status).toHaveText("Not run: Workers must be from 1 to 16.");
  await page.getByRole("button", { name: "Reset" }).click();
  await expect(literal(page, "Workers")).toHaveText("3");
  await expect(literal(page, "Network delay")).toHaveText("1.0");
});

test("numbers are kept as well", async ({ playground, page }) => {
  await playground.open("thread-pool-basics");
  await playground.set("Workers", 2);
  await page.reload();
  await expect(page.getByLabel("Workers", { exact: true })).toHaveValue("2");
  await expect(literal(page, "Workers")).toHaveText("2");
  await expect(page.locator(".notice")).toContainText("Your edited version is shown");
});

test("Tab indents once the reader types, and Escape lets it leave", async ({ playground, page }) => {
  await playground.open("endless-loop");
  await playground.run.click();
  await expect(playground.log).toContainText("Waiting");
  await write(page, "x");
  await page.keyboard.press("Home");
  await page.keyboard.press("Tab");
  await expect(editor(page)).toContainText("    x");
  await expect(page.locator(".hint")).toContainText("Esc, then Tab");
  await page.keyboard.press("Escape");
  await expect(playground.status).toContainText("Running");
  await page.keyboard.press("Tab");
  await expect(editor(page)).not.toBeFocused();
  // Whoever comes by Tab leaves by Tab.
  await page.keyboard.press("Shift+Tab");
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(editor(page)).not.toBeFocused();
  await page.keyboard.press("Escape");
  await expect(playground.status).toContainText("Stopped after");
});

test("Ctrl+Enter runs from within the editor and adds no line", async ({ playground, page }) => {
  await playground.open("exceptions");
  await editor(page).click();
  const before = await editor(page).innerText();
  await page.keyboard.press("Control+Enter");
  await expect(playground.status).toContainText("Finished in");
  expect(await editor(page).innerText()).toBe(before);
});

test("storage that is denied is told once and the page works", async ({ playground, page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
  await playground.open("wait");
  await page.locator('label[for="language-rust"]').click();
  await write(page, "# mine");
  await expect(page.locator(".notice")).toContainText("does not let the page keep what you change");
  await page.getByRole("button", { name: "Dismiss" }).click();
  await page.keyboard.press("Control+Enter");
  await playground.set("Workers", 2);
  await expect(page.locator(".notice")).toBeHidden();
});

test("nothing moves when the editor takes the place of the text", async ({ playground, page }) => {
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const shift = entry as PerformanceEntry & { value: number };
        document.documentElement.dataset.shift = String(Number(document.documentElement.dataset.shift ?? 0) + shift.value);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  await playground.open("as-completed");
  await expect(editor(page)).toBeVisible();
  await page.waitForTimeout(300);
  const shift = await page.evaluate(() => Number(document.documentElement.dataset.shift ?? 0));
  console.log(`layout shift until the editor is there: ${shift.toFixed(4)}`);
  expect(shift).toBeLessThan(0.01);
});
