// The page without a pointer.
import { expect, test } from "../playground.ts";

test("Ctrl+Enter runs from anywhere and Esc stops", async ({ playground, page }) => {
  await playground.open("endless-loop");
  await page.getByLabel("Workers", { exact: true }).focus();
  await page.keyboard.press("Control+Enter");
  await expect(playground.log).toContainText("Waiting");
  await page.keyboard.press("Escape");
  await expect(playground.status).toContainText("Stopped after");
});

test("the first Tab offers to skip the navigation", async ({ playground, page }) => {
  await playground.open();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the section" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("a section opened by key takes the focus to its heading", async ({ playground, page }) => {
  await playground.open();
  await page.locator(`nav#sections a[href="#wait"]`).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await expect(page).toHaveTitle(/^wait\(\)/);
});

test("every control can be reached and shows its focus", async ({ playground, page }) => {
  await playground.open("thread-pool-basics");
  const reached = new Set<string>();
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const node = document.activeElement;
      if (!(node instanceof HTMLElement) || node === document.body) return null;
      const ringed = [node, node.parentElement, node.nextElementSibling].some(
        (near) => near !== null && getComputedStyle(near).outlineStyle !== "none",
      );
      return { name: node.getAttribute("aria-label") ?? node.id ?? "", text: node.textContent ?? "", ringed };
    });
    if (focus === null) break;
    expect(focus.ringed, `${focus.name} ${focus.text} shows its focus`).toBe(true);
    reached.add(focus.name === "" ? focus.text : focus.name);
  }
  for (const name of ["parameter-max_workers", "Copy Rust code", "Output", "Table of futures"]) {
    expect([...reached]).toContain(name);
  }
  expect([...reached].some((text) => text.startsWith("Run"))).toBe(true);
});

test("on a narrow screen the languages are tabs with arrow keys", async ({ playground, page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  await playground.open();
  await page.getByRole("tab", { name: "Python" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Rust" })).toBeFocused();
  await expect(page.getByRole("group", { name: "Rust code" })).toBeVisible();
  await expect(page.getByRole("group", { name: "Python code" })).toBeHidden();
});
