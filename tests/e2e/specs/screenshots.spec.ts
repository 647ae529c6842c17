// Pictures of the page for a person to look at: three widths, both colours, each state of a run.
import { mkdirSync } from "node:fs";
import { expect, test, type Playground } from "../playground.ts";

const FOLDER = "results/screenshots";
const WIDTHS = { wide: [1440, 900], tablet: [820, 1180], narrow: [360, 780] } as const;

const STATES: Readonly<Record<string, (playground: Playground) => Promise<void>>> = {
  async idle(playground) {
    await playground.open("thread-pool-basics");
  },
  async running(playground) {
    await playground.open("context-manager");
    await playground.run.click();
    await expect
      .poll(async () => (await playground.futures()).filter(({ state }) => state === "running").length, {
        timeout: 8_000,
      })
      .toBe(3);
    await playground.page.waitForTimeout(2_600);
  },
  async finished(playground) {
    await playground.open("cancelling");
    await playground.finish();
  },
  async failed(playground) {
    await playground.open("stack-overflow");
    await playground.finish();
  },
  async crashed(playground) {
    await playground.open("crashing-process");
    await playground.finish();
  },
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
  },
};

test.beforeAll(() => mkdirSync(FOLDER, { recursive: true }));

for (const [name, [width, height]] of Object.entries(WIDTHS)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`${name}, ${colorScheme}`, async ({ playground, page }) => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      for (const [state, bring] of Object.entries(STATES)) {
        await page.goto("about:blank");
        await bring(playground);
        // The axis slides to its final scale.
        await page.waitForTimeout(700);
        await page.screenshot({ path: `${FOLDER}/${state}-${name}-${colorScheme}.png` });
      }
    });
  }
}
