// Pools of processes, which in a browser are isolated workers: what they compute, what their ends leave behind, and a
// page that stays responsive beside a hundred thousand tasks.
import type { Page } from "@playwright/test";
import { expect, span, test } from "../playground.ts";

/** The number in a line such as `Parallel: 1.50s`. */
function seconds(line: string | undefined): number {
  return Number.parseFloat(line?.split(": ")[1] ?? "");
}

/** How many isolated workers the browser has. */
async function processes(page: Page): Promise<number> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  const targets = await session?.send("Target.getTargets", { filter: [{ type: "worker", exclude: false }] });
  await session?.detach();
  return targets?.targetInfos.filter(({ title }) => title === "concurrent-futures isolated").length ?? -1;
}

test("process pool basics: isolated workers compute side by side", async ({ playground }) => {
  await playground.open("process-pool-basics");
  await playground.set("n, in millions", 300);
  await playground.finish();
  const [sequential, parallel, ...rest] = await playground.lines();
  expect(rest).toEqual([]);
  console.log(`${sequential}, ${parallel}`);
  expect(seconds(sequential)).toBeGreaterThan(0);
  expect(seconds(parallel)).toBeGreaterThan(0);
  const futures = await playground.futures();
  expect(futures.map(({ state }) => state)).toEqual(["done", "done", "done", "done"]);
  expect(new Set(futures.map(({ worker }) => worker)).size).toBe(4);
  const spans = futures.map(span);
  const lastBegin = Math.max(...spans.map(([began]) => began));
  const firstEnd = Math.min(...spans.map(([, ended]) => ended));
  expect(firstEnd, "all four ran at the same time").toBeGreaterThan(lastBegin);
});

test("map with chunking: chunks are faster, and the page answers meanwhile", async ({ playground, page }) => {
  test.setTimeout(120_000);
  await playground.open("map-chunking");
  await page.evaluate(() => {
    const watch = { longest: 0, before: performance.now() };
    const step = (): void => {
      const now = performance.now();
      watch.longest = Math.max(watch.longest, now - watch.before);
      watch.before = now;
      setTimeout(step);
    };
    step();
    Object.assign(globalThis, { watch });
  });
  await playground.finish(90_000);
  const longest = await page.evaluate(() => (globalThis as unknown as { watch: { longest: number } }).watch.longest);
  const [alone, together] = await playground.lines();
  console.log(`${alone}, ${together}; longest pause of the page's main thread: ${longest.toFixed(0)} ms`);
  expect(seconds(alone)).toBeGreaterThan(seconds(together) * 3);
  expect(longest).toBeLessThan(1_000);

  // Every task can be looked at, and only those in sight are in the page.
  await expect(page.locator(".futures .note")).toHaveText("100,100");
  const rows = page.locator(".futures tbody tr");
  expect(await rows.count()).toBeLessThan(200);
  await page.locator(".futures .scroll").evaluate((node) => node.scrollTo(0, node.scrollHeight));
  await expect(rows.last().locator("td").first()).toHaveText("100100");
  await expect(rows.last().locator(".state")).toHaveText("done");
  await page.locator(".futures .scroll").evaluate((node) => node.scrollTo(0, 0));
  await expect(rows.first().locator("td").first()).toHaveText("1");
});

test("a crash fails one task, its worker is replaced, and the others go on", async ({ playground }) => {
  await playground.open("crashing-process");
  // Twice on the same threads: a process takes nothing of the program with it.
  for (const _ of [1, 2]) {
    await playground.finish();
    const lines = await playground.lines();
    expect(lines[0]).toBe("These are the last words of this process.");
    expect(lines).toContainEqual(expect.stringMatching(/^abort failed: .*unreachable/));
    expect(lines).toContainEqual(expect.stringMatching(/^spin failed: .*longer than its limit of 1s$/));
    expect(lines).toContain("panic failed: nobody can square 13");
    expect(lines.filter((line) => /^square of (\d): \d+$/.test(line))).toHaveLength(6);
    const futures = await playground.futures();
    const states = futures.map(({ state }) => state);
    expect(states).toEqual(["failed", "failed", "failed", "done", "done", "done", "done", "done", "done"]);
    const [spin, abort, ...others] = futures.map(({ worker }) => worker);
    expect(others).not.toContain(spin);
    expect(others).not.toContain(abort);
  }
  expect(await playground.page.evaluate(() => performance.getEntriesByName("ready").length)).toBe(1);
});

test("a task is killed, and the next one runs", async ({ playground }) => {
  await playground.open("kill");
  await playground.set("Patience", 0.2);
  await playground.finish();
  const [cancelled, killed, failed, next] = await playground.lines();
  expect([cancelled, killed, next]).toEqual(["Cancelled: False", "Killed: True", "Next task: 49"]);
  expect(failed).toMatch(/^Endless task failed: .*killed on request$/);
});

test("Stop ends every process, and the next run works", async ({ playground, page }) => {
  await playground.open("kill");
  await playground.set("Patience", 10);
  await playground.run.click();
  await expect.poll(async () => (await playground.futures())[0]?.state).toBe("running");
  expect(await processes(page)).toBe(1);
  await playground.stop.click();
  await expect(playground.status).toContainText("Stopped after");
  await expect.poll(() => processes(page)).toBe(0);
  await playground.choose("crashing-process");
  await playground.finish();
  await expect.poll(() => processes(page)).toBe(0);
});
