// Where threads cannot be had, the page says so in one sentence and stays worth reading.
import { expect, test as plain, type Page } from "@playwright/test";
import { choose, Playground } from "../playground.ts";

/** Serves the page as a host does that sends no isolation headers. */
async function withoutIsolation(page: Page, language: "rust" | "python" = "rust"): Promise<void> {
  await page.addInitScript(choose, language);
  await page.route("**/*", async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    delete headers["cross-origin-opener-policy"];
    delete headers["cross-origin-embedder-policy"];
    await route.fulfill({ response, headers });
  });
}

for (const language of ["rust", "python"] as const) {
  plain(`without isolation threads of ${language} take turns, and the page says so`, async ({ page }) => {
    await withoutIsolation(page, language);
    const playground = new Playground(page);
    await playground.open("submit-and-futures");
    await expect(page.getByText("threads take turns in one worker")).toBeVisible();
    await playground.finish(60_000);
    expect(await playground.lines()).toEqual([
      "Task A done: False",
      "Task B completed in 1s",
      "Task A completed in 2s",
      "Task C completed in 3s",
    ]);
  });
}

plain("without isolation a program's input is at its end", async ({ page }) => {
  await withoutIsolation(page, "python");
  const playground = new Playground(page);
  await playground.open("own-program");
  const buffer = Buffer.from("try:\n    input()\nexcept EOFError:\n    print('nobody answers')\n");
  await page.locator("input[type=file]").setInputFiles({ name: "ask.py", mimeType: "text/x-python", buffer });
  await playground.finish(60_000);
  expect((await playground.lines()).at(-1)).toBe("nobody answers");
});

plain("a browser that cannot even suspend shows everything and runs nothing", async ({ page }) => {
  await withoutIsolation(page);
  await page.addInitScript(() => {
    Reflect.deleteProperty(WebAssembly, "Suspending");
  });
  const playground = new Playground(page);
  await page.goto("./#wait");
  await expect(playground.status).toContainText("the server did not send the isolation headers");
  await expect(playground.run).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("group", { name: "Rust code" })).toContainText("pub(crate) fn run");
  // A button that is disabled takes no ordinary click.
  await playground.run.click({ force: true });
  expect(await playground.lines()).toEqual([]);
});

plain("without JavaScript the page says what it needs", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(baseURL ?? "");
  await expect(page.locator("noscript")).toBeVisible();
  await context.close();
});

for (const [what, body] of [
  ["is not understood", "this is of a later year {"],
  ["does not arrive", null],
] as const) {
  plain(`a page whose program ${what} says so`, async ({ page }) => {
    await page.route(/assets\/index-.*\.js$/, (route) =>
      body === null ? route.abort() : route.fulfill({ contentType: "text/javascript", body }),
    );
    await page.goto("./#wait");
    await expect(page.getByRole("alert")).toContainText("The playground did not start.");
  });
}

plain("without WebAssembly the examples are shown", async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "WebAssembly"));
  await page.goto("./#wait");
  await expect(new Playground(page).status).toContainText("This browser has no WebAssembly");
  await expect(page.getByRole("group", { name: "Rust code" })).toContainText("pub(crate) fn run");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

plain("without threads for WebAssembly the examples are shown", async ({ page }) => {
  await page.addInitScript(() => (WebAssembly.validate = () => false));
  await page.goto("./#wait");
  await expect(new Playground(page).status).toContainText("This browser has no threads for WebAssembly");
});

plain("without what packs a text, a link to numbers still works", async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "DecompressionStream"));
  await page.goto("./#wait?max_workers=2&python=AAAA");
  await expect(page.locator(".notice")).toContainText("cannot be unpacked by this browser");
  await expect(page.getByLabel("Workers", { exact: true })).toHaveValue("2");
});
