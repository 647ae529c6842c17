// The page from a host that only has files, under a sub-path: isolated by its service worker, and there without a network.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { choose, expect, Playground, test } from "../playground.ts";
import { StaticHost } from "../static-host.mjs";

let folder = "";
let host: StaticHost;

test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "playground-"));
  const vite = ["node_modules/vite/bin/vite.js", "build", "--mode", "static", "--outDir", folder, "--emptyOutDir"];
  execFileSync("node", vite, { cwd: "../../www", stdio: ["ignore", "ignore", "inherit"] });
});

test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.beforeEach(async ({ page }) => {
  await page.addInitScript(choose, "rust");
  host = new StaticHost(folder, "/some/sub/path/");
  await host.start();
});

test.afterEach(() => host.stop());

/** Opens the page for the first time, and returns when threads are ready. */
async function visit(page: Page, query = ""): Promise<Playground> {
  const playground = new Playground(page);
  await page.goto(`${host.url}${query}#exceptions`);
  await page.waitForFunction(() => crossOriginIsolated && performance.getEntriesByName("ready").length > 0);
  return playground;
}

const controlled = (page: Page): Promise<boolean> =>
  page.evaluate(() => navigator.serviceWorker.getRegistration().then((found) => found !== undefined));
const cacheNames = (page: Page): Promise<string[]> => page.evaluate(() => caches.keys());

test("one reload isolates the page, and an example runs", async ({ page }) => {
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  let loads = 0;
  page.on("load", () => (loads += 1));
  const playground = await visit(page);
  expect(loads).toBeLessThanOrEqual(2);
  await playground.finish();
  expect(await playground.lines()).toHaveLength(6);
  expect(complaints).toEqual([]);
});

test("without the server the page is there and runs", async ({ page }) => {
  await visit(page);
  await host.stop();
  await page.reload();
  const playground = new Playground(page);
  await playground.ready(1);
  await playground.finish();
  await expect(page.getByRole("textbox", { name: "Python program" })).toBeVisible();
});

test("Python is fetched when it first runs, and is then there without the server", async ({ page }) => {
  test.setTimeout(120_000);
  const playground = await visit(page);
  const isKept = (): Promise<boolean> =>
    page.evaluate(async () => (await caches.match(new URL("pkg/python/playground_bg.wasm", document.baseURI))) !== undefined);
  expect(await isKept()).toBe(false);
  await page.locator('label[for="language-python"]').click();
  await page.getByRole("textbox", { name: "Python program" }).waitFor();
  await playground.run.click();
  await expect(playground.status).toContainText("Failed: ValueError: Bad value: 3", { timeout: 60_000 });
  await expect.poll(isKept).toBe(true);
  await host.stop();
  await page.reload();
  await page.locator('label[for="language-python"]').click();
  await page.getByRole("textbox", { name: "Python program" }).waitFor();
  await playground.run.click();
  await expect(playground.status).toContainText("Failed: ValueError: Bad value: 3", { timeout: 60_000 });
});

test("the kill switch removes the service worker and what it kept", async ({ page }) => {
  await visit(page);
  host.replaced.set("version.json", '{"serviceWorker":"off"}');
  await page.reload();
  await expect.poll(() => controlled(page)).toBe(false);
  await expect.poll(() => cacheNames(page)).toEqual([]);
  await page.reload();
  await expect(page.getByText("threads take turns in one worker")).toBeVisible();
});

test("?no-sw does without the service worker", async ({ page }) => {
  await visit(page);
  await page.goto(`${host.url}?no-sw#exceptions`);
  await expect.poll(() => controlled(page)).toBe(false);
  await expect(page.getByText("threads take turns in one worker")).toBeVisible();
});

test("a new version is offered, and comes with a reload", async ({ page }) => {
  await visit(page);
  const worker = readFileSync(join(folder, "sw.js"), "utf8");
  const { version } = JSON.parse(readFileSync(join(folder, "version.json"), "utf8")) as { version: string };
  host.replaced.set("sw.js", worker.replaceAll(version, "0123456789abcdef"));
  await page.reload();
  await expect(page.locator(".update")).toContainText("A new version of this page is there.");
  expect(await cacheNames(page)).toHaveLength(2);
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name: "Reload" }).click();
  await loaded;
  await expect.poll(() => cacheNames(page)).toEqual(["playground-0123456789abcdef"]);
  const playground = new Playground(page);
  await playground.ready(1);
  await playground.finish();
});

test("what a static host cannot answer is answered", async ({ page }) => {
  await visit(page);
  const ask = (path: string): Promise<[number, number]> =>
    page.evaluate(async (address) => {
      const response = await fetch(address);
      return [response.status, (await response.arrayBuffer()).byteLength];
    }, path);
  expect(await ask("bytes/1000")).toEqual([200, 1_000]);
  expect((await ask("bytes/1000001"))[0]).toBe(400);
  expect((await ask("status/418"))[0]).toBe(418);
  const began = Date.now();
  expect((await ask("delay/0.5"))[0]).toBe(200);
  expect(Date.now() - began).toBeGreaterThan(490);
});

test("the example of downloads runs on a static host", async ({ page }) => {
  const playground = await visit(page);
  await playground.choose("parallel-downloads");
  await playground.set("Slow endpoint takes", 0.5);
  await playground.finish();
  const lines = (await playground.lines()).join("\n");
  expect(lines).toMatch(/^OK: .*bytes\/500000 - 500000 bytes$/m);
  expect(lines).toMatch(/^FAILED: .*status\/503 - .*503/m);
});

test("where isolation cannot be had, the page says so after one reload", async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(globalThis, "crossOriginIsolated", { value: false }));
  let loads = 0;
  page.on("load", () => (loads += 1));
  await page.goto(host.url);
  await expect(page.getByText("This address is not cross-origin isolated")).toBeVisible();
  await new Playground(page).ready(1);
  await page.waitForTimeout(1_000);
  expect(loads).toBeLessThanOrEqual(2);
});
