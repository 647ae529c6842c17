// What axe-core finds in every state of the page, in both themes: nothing.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test, type Playground } from "../playground.ts";

interface State {
  readonly size?: readonly [width: number, height: number];
  bring(playground: Playground, page: Page): Promise<void>;
}

const editor = (page: Page) => page.getByRole("textbox", { name: "Python program" });

const STATES: Readonly<Record<string, State>> = {
  idle: {
    async bring(playground, page) {
      await playground.open("thread-pool-basics");
      await expect(editor(page)).toBeVisible();
    },
  },
  running: {
    async bring(playground) {
      await playground.open("endless-loop");
      await playground.run.click();
      await expect(playground.log).toContainText("Waiting");
    },
  },
  finished: {
    async bring(playground) {
      await playground.open("exceptions");
      await playground.finish();
    },
  },
  failed: {
    async bring(playground) {
      await playground.open("stack-overflow");
      await playground.finish();
      await expect(playground.page.locator("tr[data-state=failed]").first()).toBeVisible();
    },
  },
  refused: {
    async bring(playground) {
      await playground.open("thread-pool-basics");
      await playground.set("Workers", 99);
      await playground.run.click();
    },
  },
  edited: {
    async bring(playground, page) {
      await playground.open("wait");
      await editor(page).click();
      await page.keyboard.type("# mine");
      await page.reload();
      await expect(page.locator(".notice")).toBeVisible();
      await editor(page).focus();
    },
  },
  shared: {
    async bring(playground, page) {
      await playground.open("wait?tasks=x&max_workers=2");
      await expect(page.locator(".notice")).toContainText("shared with you");
    },
  },
  dialog: {
    async bring(playground, page) {
      await playground.open();
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog")).toBeVisible();
    },
  },
  narrow: {
    size: [360, 780],
    async bring(playground, page) {
      await playground.open();
      await page.getByRole("button", { name: "Sections" }).click();
    },
  },
  embedded: {
    size: [760, 480],
    async bring(playground, page) {
      await page.goto("./?embed#exceptions");
      await playground.ready(1);
      await playground.finish();
    },
  },
  unsupported: {
    async bring(playground, page) {
      await page.addInitScript(() => Reflect.deleteProperty(globalThis, "WebAssembly"));
      await page.goto("./#wait");
      await expect(playground.status).toContainText("This browser has no WebAssembly");
    },
  },
};

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, { size: [width, height] = [1440, 900], bring }] of Object.entries(STATES)) {
    test(`${name}, ${colorScheme}`, async ({ playground, page }) => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await bring(playground, page);
      await page.waitForTimeout(300);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
      expect(found).toEqual([]);
    });
  }
}
