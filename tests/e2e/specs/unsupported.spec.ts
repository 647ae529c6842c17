// Where threads cannot be had, the page says so in one sentence and stays worth reading.
import { expect, test as plain } from "@playwright/test";
import { Playground } from "../playground.ts";

plain("without isolation everything is shown and nothing runs", async ({ page }) => {
  await page.route("**/*", async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    delete headers["cross-origin-opener-policy"];
    delete headers["cross-origin-embedder-policy"];
    await route.fulfill({ response, headers });
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
