// The tutorial's own Python programs, as they stand in the tutorial, run on real threads and in real processes, and a reader
// may change them. What differs from the Rust programs is checked here; `tutorial.spec.ts` has the rest.
import type { Page } from "@playwright/test";
import { BACKENDS, expect, test, type Playground } from "../playground.ts";

/** The interpreter is fetched and compiled first, and a busy machine takes its time. */
const LIMIT = 60_000;

test.use({ language: "python" });

/** By the examples' ids, what each prints; an ellipsis stands for a number that no two runs share. */
const OUTPUTS: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  "thread-pool-basics": [/^Sequential: 3\.\d\ds$/, /^Concurrent: 1\.\d\ds$/],
  "submit-and-futures": [
    "Task A done: False",
    "Task B completed in 1s",
    "Task A completed in 2s",
    "Task C completed in 3s",
  ],
  "as-completed": Array(5).fill(/^Source (\d): Data from source \1 \(took [0-2]\.\d\ds\)$/),
  wait: ["First completed: Task 2 done", "Still running: 2", /^Completed: Task [13] done$/, /^Completed: Task [13] done$/],
  timeouts: ["Task timed out!", "Completed after 1s", "Some tasks didn't complete in time"],
  cancelling: ["Future 2 cancelled: True", "Future 3 cancelled: True", "Future 1 cancelled: False"],
  "context-manager": ["All tasks completed"],
  "parallel-downloads": [
    "Starting downloads...",
    ...Array<RegExp>(4).fill(/^(OK: https:\/\/\S+ - \d+ bytes|FAILED: https:\/\/\S+ - .+)$/),
    /^Total time: \d+\.\d\ds$/,
  ],
};

/** Its second task prints its last line later than the others. */
const TALKATIVE = `from concurrent.futures import ThreadPoolExecutor
import threading

last = threading.Barrier(3)

def talk(n):
    print("begin", n)
    last.wait()
    print("end", n)

with ThreadPoolExecutor(3) as pool:
    for n in range(3):
        pool.submit(talk, n)
`;

/** Its main thread waits for ever. */
const INTERRUPTED = `from concurrent.futures import Future

try:
    print("waiting")
    Future().result()
finally:
    print("cleaned up")
`;

function expectLines(lines: readonly string[], expected: readonly (string | RegExp)[]): void {
  expect(lines).toHaveLength(expected.length);
  for (const [index, line] of lines.entries()) {
    const wanted = expected[index] ?? "";
    if (typeof wanted === "string") expect(line).toBe(wanted);
    else expect(line).toMatch(wanted);
  }
}

/** Changes the program in the editor as a reader would. */
async function replace(page: Page, change: (text: string) => string): Promise<void> {
  const editor = page.getByRole("textbox", { name: "Python program" });
  const before = await page.locator(".editor .cm-line").allTextContents();
  await editor.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(change(before.join("\n")));
}

async function open(playground: Playground, id: string, backend: (typeof BACKENDS)[number]): Promise<void> {
  await playground.open(id, backend);
  await expect(playground.page.getByRole("textbox", { name: "Python program" })).toBeVisible();
}

for (const backend of BACKENDS) {
  test.describe(`on the ${backend} back end`, () => {
    test.beforeEach(() => test.setTimeout(2 * LIMIT));

    // One after the other on one page, as a reader goes through the sections.
    test("the programs print what CPython prints", async ({ playground }) => {
      test.setTimeout(4 * LIMIT);
      const [first = ""] = Object.keys(OUTPUTS);
      await open(playground, first, backend);
      for (const [id, expected] of Object.entries(OUTPUTS)) {
        await test.step(id, async () => {
          await playground.choose(id);
          await playground.finish(LIMIT);
          expectLines(await playground.lines(), expected);
        });
      }
      await playground.choose("callbacks");
      await playground.finish(LIMIT);
      const lines = await playground.lines();
      expect(lines[0]).toBe("Main thread: tasks submitted");
      const results = lines.slice(1).filter((line) => line !== "Main thread: done waiting");
      expect(results.sort()).toEqual([0, 1, 16, 4, 9].map((square) => `Callback: result is ${square}`));
    });

    test("the uncaught exception ends the run with its traceback, at its line", async ({ playground, page }) => {
      await open(playground, "exceptions", backend);
      await playground.run.click();
      await expect(playground.status).toContainText("Failed: ValueError: Bad value: 3", { timeout: LIMIT });
      const lines = await playground.lines();
      expect(lines.slice(0, 5).sort()).toEqual([
        "Task 0: 0",
        "Task 1: 2",
        "Task 2: 4",
        "Task 3 failed: Bad value: 3",
        "Task 4: 8",
      ]);
      expect(lines[5]).toBe("Traceback (most recent call last):");
      expect(lines.at(-1)).toBe("ValueError: Bad value: 3");
      await expect(page.locator(".failed-line")).toContainText("raise ValueError");
      const failed = (await playground.futures()).filter(({ state }) => state === "failed");
      expect(failed.map(({ error }) => error)).toEqual(Array(2).fill("ValueError: Bad value: 3"));
    });

    // The tutorial's numbers would keep a busy machine for minutes.
    test("process-pool-basics, with smaller numbers", async ({ playground, page }) => {
      await open(playground, "process-pool-basics", backend);
      await replace(page, (text) => text.replace("10**7", "10**5"));
      await playground.finish(LIMIT);
      expectLines(await playground.lines(), [/^Sequential: \d+\.\d\ds$/, /^Parallel: \d+\.\d\ds$/]);
      const futures = await playground.futures();
      expect(futures.map(({ name, state }) => [name, state])).toEqual(Array(4).fill(["cpu_intensive", "done"]));
      expect(new Set(futures.map(({ worker }) => worker)).size).toBeGreaterThan(1);
    });

    test("map-chunking, with fewer items", async ({ playground, page }) => {
      await open(playground, "map-chunking", backend);
      await replace(page, (text) => text.replace("range(100000)", "range(2000)"));
      await playground.finish(LIMIT);
      expectLines(await playground.lines(), [/^No chunking: \d+\.\d\ds$/, /^With chunking: \d+\.\d\ds$/]);
    });

    test("input() asks the reader", async ({ playground, page }) => {
      await open(playground, "exceptions", backend);
      await replace(page, () => "name = input('Who? ')\nprint('Hello,', name)\ntry:\n    input()\nexcept EOFError:\n    print('over')\n");
      await playground.run.click();
      await page.getByRole("textbox", { name: "Who?" }).fill("Ada", { timeout: LIMIT });
      await page.keyboard.press("Enter");
      await expect(playground.log).toContainText("Hello, Ada");
      await page.getByRole("button", { name: "No more input" }).click();
      await expect(playground.status).toContainText("Finished in");
      expect(await playground.lines()).toEqual(["Who? Ada", "Hello, Ada", "", "over"]);
    });

    test("a line that was clicked selects the task that printed it", async ({ playground, page }) => {
      await open(playground, "exceptions", backend);
      await replace(page, () => TALKATIVE);
      await playground.finish(LIMIT);
      expect((await playground.lines()).sort()).toEqual(["begin 0", "begin 1", "begin 2", "end 0", "end 1", "end 2"]);
      await page.locator(".log .line", { hasText: "end 1" }).click();
      const row = page.locator(".futures tr[aria-selected=true]");
      await expect(row.locator("td.name")).toHaveText("talk");
      await expect(row.locator("td").first()).toHaveText("2");
    });

    test("Stop interrupts a program, which cleans up", async ({ playground, page }) => {
      await open(playground, "exceptions", backend);
      await replace(page, () => INTERRUPTED);
      await playground.run.click();
      await expect(playground.log).toContainText("waiting", { timeout: LIMIT });
      await playground.stop.click();
      await expect(playground.status).toContainText("Stopped after");
      const lines = await playground.lines();
      expect(lines.slice(0, 3)).toEqual(["waiting", "cleaned up", "Traceback (most recent call last):"]);
      expect(lines.at(-1)).toBe("KeyboardInterrupt");
    });

    test("an endless loop is stopped, and the next program runs", async ({ playground, page }) => {
      await open(playground, "exceptions", backend);
      await replace(page, () => "print('spinning')\nwhile True:\n    pass\n");
      await playground.run.click();
      await expect(playground.log).toContainText("spinning", { timeout: LIMIT });
      await playground.stop.click();
      await expect(playground.status).toContainText("Stopped after");
      await replace(page, () => "print(sum(range(10)))\n");
      await playground.finish(LIMIT);
      expect(await playground.lines()).toEqual(["45"]);
    });
  });
}

test("the choice of a language is kept, and says what runs", async ({ playground, page }) => {
  await playground.open("exceptions");
  await expect(page.getByRole("radio", { name: "Python" })).toBeChecked();
  await expect(page.getByLabel("Workers", { exact: true })).toBeHidden();
  await page.locator('label[for="language-rust"]').click();
  await expect(page.getByLabel("Workers", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("radio", { name: "Rust" })).toBeChecked();
});

test("a program that cannot be parsed fails at its line", async ({ playground, page }) => {
  test.setTimeout(2 * LIMIT);
  await open(playground, "wait", "browser");
  await replace(page, () => "print('fine')\nprint('not'\n");
  await playground.run.click();
  await expect(playground.status).toContainText("Failed: SyntaxError", { timeout: LIMIT });
  await expect(page.locator(".failed-line")).toHaveCount(1);
});

test("a program of the reader's own is written, kept, and opened from a file", async ({ playground, page }) => {
  test.setTimeout(2 * LIMIT);
  await open(playground, "own-program", "browser");
  await expect(page.locator("#rust")).toBeHidden();
  await playground.finish(LIMIT);
  expect(await playground.lines()).toEqual(Array.from({ length: 10 }, (_, n) => String(n * n)));
  const file = { name: "mine.py", mimeType: "text/x-python", buffer: Buffer.from("print('from a file')\n") };
  await page.locator("input[type=file]").setInputFiles(file);
  await expect(page.getByRole("textbox", { name: "Python program" })).toContainText("from a file");
  await playground.finish(LIMIT);
  expect(await playground.lines()).toEqual(["from a file"]);
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Python program" })).toContainText("from a file");
  await page.locator("input[type=file]").setInputFiles({ ...file, name: "mine.txt" });
  await expect(playground.status).toContainText("its name does not end in .py");
});
