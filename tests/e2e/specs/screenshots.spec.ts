// Pictures of the page for a person to look at: each state of a run and of the page, at three widths, in both colours.
import { mkdirSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, test, type Playground } from "../playground.ts";

const FOLDER = "results/screenshots";
const WIDTHS = { wide: [1440, 900], tablet: [820, 1180], narrow: [360, 780] } as const;
/** Milliseconds in which what slides and fades has come to its end. */
const STILL = 400;

async function shown(playground: Playground, example: string): Promise<void> {
  await playground.open(example);
  await playground.finish();
}

const STATES: Readonly<Record<string, (playground: Playground) => Promise<void>>> = {
  idle: (playground) => playground.open("thread-pool-basics"),
  async running(playground) {
    await playground.open("context-manager");
    await playground.set("Tasks", 30);
    await playground.run.click();
    const running = async (): Promise<number> =>
      (await playground.futures()).filter(({ state }) => state === "running").length;
    await expect.poll(running, { timeout: 8_000 }).toBe(3);
    await playground.page.waitForTimeout(1_600);
  },
  finished: (playground) => shown(playground, "cancelling"),
  failed: (playground) => shown(playground, "stack-overflow"),
  crashed: (playground) => shown(playground, "crashing-process"),
  async crowded(playground) {
    await playground.open("map-chunking");
    await playground.set("Items", 20_000);
    await playground.finish();
  },
  async stopped(playground) {
    await playground.open("endless-loop");
    await playground.run.click();
    await playground.page.waitForTimeout(700);
    await playground.stop.click();
    await expect(playground.status).toContainText("Stopped after");
  },
  async native(playground) {
    await playground.open("callbacks", "native");
    await playground.finish();
  },
  async ended(playground) {
    await playground.open("trap", "native");
    await playground.run.click();
    await expect(playground.status).toContainText("Failed");
  },
  async selected(playground) {
    await shown(playground, "exceptions");
    await playground.page.locator(".futures tbody tr").nth(3).click();
  },
  async edited(playground) {
    await playground.open("exceptions");
    const code = playground.page.getByRole("textbox", { name: "Python program" });
    await code.click();
    await playground.page.keyboard.press("Control+Home");
    await playground.page.keyboard.type("# mine\n");
    await playground.page.reload();
    await playground.ready(1);
  },
  async keys(playground) {
    await playground.open("exceptions");
    await playground.page.keyboard.press("?");
  },
  async embedded(playground) {
    await playground.page.goto("./?embed#exceptions");
    await playground.ready(1);
    await playground.finish();
  },
};

/** The interpreter is fetched and compiled first, and a busy machine takes its time. */
const LIMIT = 60_000;

/** Those of Python programs. */
const PYTHON: typeof STATES = {
  async "python-fetching"(playground) {
    await playground.page.route("**/pkg/python/*.wasm", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 20_000));
      await route.continue();
    });
    await playground.open("exceptions");
    await playground.run.click();
  },
  async "python-failed"(playground) {
    await playground.open("exceptions");
    await playground.run.click();
    await expect(playground.status).toContainText("Failed", { timeout: LIMIT });
  },
  async "python-asking"(playground) {
    await playground.open("own-program");
    const source = "name = input('What is your name? ')\nprint('Hello,', name)\n";
    await playground.page
      .locator("input[type=file]")
      .setInputFiles({ name: "ask.py", mimeType: "text/x-python", buffer: Buffer.from(source) });
    await playground.run.click();
    await expect(playground.page.getByRole("textbox", { name: "What is your name?" })).toBeVisible({ timeout: LIMIT });
  },
  async "python-finished"(playground) {
    await playground.open("as-completed");
    await playground.finish(LIMIT);
  },
};

test.beforeAll(() => mkdirSync(FOLDER, { recursive: true }));

for (const [state, bring] of Object.entries(STATES)) {
  test(state, async ({ playground }) => {
    await bring(playground);
    await picture(playground.page, state);
  });
}

test.describe("of Python", () => {
  test.use({ language: "python" });

  for (const [state, bring] of Object.entries(PYTHON)) {
    test(state, async ({ playground }) => {
      test.setTimeout(2 * LIMIT);
      await bring(playground);
      await picture(playground.page, state);
    });
  }
});

async function picture(page: Page, state: string): Promise<void> {
  for (const [name, [width, height]] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(STILL);
      await page.screenshot({ path: `${FOLDER}/${state}-${name}-${colorScheme}.png` });
    }
  }
}
