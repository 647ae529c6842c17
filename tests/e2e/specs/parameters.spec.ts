// Parameters change the run, and a wrong one is refused with a sentence.
import { expect, span, test } from "../playground.ts";

test("fewer workers make the rest of the tasks queue", async ({ playground }) => {
  await playground.open("thread-pool-basics");
  await playground.set("Workers", 2);
  await playground.set("Pages to fetch", 4);
  await playground.set("Network delay", 0.3);
  await playground.finish();
  const futures = await playground.futures();
  expect(futures).toHaveLength(4);
  expect(new Set(futures.map(({ worker }) => worker)).size).toBe(2);
  expect(futures.filter(({ queuedFor }) => queuedFor > 200)).toHaveLength(2);
  const spans = futures.map(span);
  for (const [moment] of spans) {
    // A task that ends at this very moment makes room for the one that begins.
    const running = spans.filter(([began, ended]) => began <= moment && ended > moment + 5);
    expect(running.length).toBeLessThanOrEqual(2);
  }
});

test("a wrong number is refused and named, and reset mends it", async ({ playground, page }) => {
  await playground.open("thread-pool-basics");
  await playground.set("Workers", 99);
  await playground.run.click();
  await expect(playground.status).toHaveText("Not run: Workers must be from 1 to 16.");
  const workers = page.getByLabel("Workers", { exact: true });
  await expect(workers).toBeFocused();
  await expect(workers).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#parameter-max_workers-problem")).toHaveText("Workers must be from 1 to 16.");
  expect(await playground.futures()).toEqual([]);

  await page.getByRole("button", { name: "Reset" }).click();
  await expect(workers).toHaveValue("3");
  await expect(playground.status).toHaveText("Ready");
});

test("an empty field asks for a number", async ({ playground }) => {
  await playground.open("thread-pool-basics");
  await playground.set("Network delay", "");
  await playground.run.click();
  await expect(playground.status).toHaveText("Not run: Network delay needs a number from 0 to 10 s.");
});
