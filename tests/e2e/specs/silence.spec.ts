// Programs that break the protocol: the page ends every run and says why. The real program is replaced by a few lines
// that misbehave, as it would not do so on request.
import type { Page } from "@playwright/test";
import { expect, test } from "../playground.ts";

/** Serves this as the program's glue; `run` is the body of its function, with `port` and `run` in scope. */
async function replaceProgram(page: Page, run: string, start = ""): Promise<void> {
  const body = `let port;
    export default async function () {}
    export async function start(given) { port = given; ${start} }
    export function set_site() {}
    export function run(run) { ${run} }`;
  await page.route("**/pkg/playground.js", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body,
      headers: { "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
    }),
  );
}

const send = (...events: string[]): string =>
  `port.postMessage(JSON.stringify({ run, events: [${events.join(", ")}] }));`;
const begin = `{ type: "run_started", example: "wait", backend: "browser" }`;
const loss = `{ type: "worker_lost", at: 1, pool: 1, worker: 0, cause: "stack overflow" }`;

test("silence after the loss of a worker ends the run with its cause", async ({ playground, page }) => {
  await replaceProgram(page, `${send(begin, loss)} for (;;);`);
  await playground.open("wait");
  await playground.run.click();
  await expect(playground.status).toHaveText("Failed: a worker was lost: stack overflow");
  await expect(playground.log).toContainText("The run failed: a worker was lost: stack overflow");
  await playground.ready(2);
});

test("a program that throws fails its run", async ({ playground, page }) => {
  await replaceProgram(page, `${send(begin)} throw new Error("memory access out of bounds");`);
  await playground.open("wait");
  await playground.run.click();
  await expect(playground.status).toHaveText("Failed: Error: memory access out of bounds");
});

test("a message that is no event fails the run", async ({ playground, page }) => {
  await replaceProgram(page, `${send(begin, `{ type: "task_vanished" }`)} for (;;);`);
  await playground.open("wait");
  await playground.run.click();
  await expect(playground.status).toContainText("Failed: this is no event of a run");
});

test("a flood of output is shown to its end and forgotten at its beginning", async ({ playground, page }) => {
  const line = `{ type: "text", at: 1, stream: "stdout", text: "line " + n + "\\n", task: null, pool: null, worker: null }`;
  const end = `{ type: "run_ended", at: 2, outcome: { kind: "finished" } }`;
  await replaceProgram(page, `${send(begin)} for (let n = 0; n < 20000; n += 1) { ${send(line)} } ${send(end)}`);
  await playground.open("wait");
  await playground.finish();
  await expect(page.locator(".log .line").last()).toHaveText("line 19999");
  await expect(page.locator(".log .line")).toHaveCount(5_000);
  await expect(playground.log).toContainText("15000 earlier lines are not kept");
});

test("threads that cannot start are told in a sentence", async ({ playground, page }) => {
  await replaceProgram(page, "", `throw new Error("no more workers");`);
  await page.goto("./#wait");
  await expect(playground.status).toContainText(
    "The threads that run the examples could not be started: Error: no more workers.",
  );
  await expect(playground.run).toHaveAttribute("aria-disabled", "true");
});
