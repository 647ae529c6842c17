// The page as a test sees it: what a reader can do, and what a reader can read.
import { test as base, expect, type Locator, type Page } from "@playwright/test";

/** A row of the futures table, with its times in milliseconds; -1 stands where the table has none. */
export interface FutureRow {
  readonly name: string;
  readonly state: string;
  readonly worker: string;
  readonly submitted: number;
  readonly queuedFor: number;
  readonly ranFor: number;
  readonly error: string;
}

/** Where programs run. */
export const BACKENDS = ["browser", "native"] as const;
export type Backend = (typeof BACKENDS)[number];

export class Playground {
  readonly page: Page;
  readonly run: Locator;
  readonly stop: Locator;
  readonly status: Locator;
  readonly log: Locator;

  constructor(page: Page) {
    this.page = page;
    this.run = page.getByRole("button", { name: /^Run/ });
    this.stop = page.getByRole("button", { name: /^Stop/ });
    this.status = page.locator(".status");
    this.log = page.getByRole("log");
  }

  async open(example = "", backend: Backend = "browser"): Promise<void> {
    const query = backend === "native" ? `?token=${process.env.PLAYGROUND_TOKEN ?? ""}` : "";
    await this.page.goto(`./${query}${example === "" ? "" : `#${example}`}`);
    if (backend === "browser") await this.ready(1);
    else await this.goNative();
  }

  /** Chooses the local server, once the page has heard of it. */
  async goNative(): Promise<void> {
    await this.page.waitForFunction(() => performance.getEntriesByName("native-ready").length > 0);
    // The radio button itself cannot be seen; its label is what readers press.
    await this.page.locator('label[for="backend-native"]').click();
  }

  /** Waits until threads have been made ready so many times on this page; every Stop makes new ones. */
  async ready(times: number): Promise<void> {
    await this.page.waitForFunction((count) => performance.getEntriesByName("ready").length >= count, times);
  }

  async choose(example: string): Promise<void> {
    await this.page.locator(`nav#sections a[href="#${example}"]`).click();
  }

  async set(label: string, value: number | string): Promise<void> {
    await this.page.getByLabel(label, { exact: true }).fill(String(value));
  }

  /** Runs the example on show to its end. */
  async finish(limit = 30_000): Promise<void> {
    await this.run.click();
    await expect(this.status).toContainText("Finished in", { timeout: limit });
  }

  async lines(): Promise<string[]> {
    return this.page.locator(".log .line").allTextContents();
  }

  /** The rows that are in the page, which of a long table are some. */
  async futures(): Promise<FutureRow[]> {
    const rows = await this.page.locator(".futures tbody tr").all();
    return Promise.all(rows.map(readRow));
  }
}

async function readRow(row: Locator): Promise<FutureRow> {
  const [, name = "", state = "", worker = "", submitted = "", queued = "", ran = "", error = ""] = await row
    .locator("td")
    .allTextContents();
  return {
    name,
    state,
    worker,
    error,
    submitted: milliseconds(submitted),
    queuedFor: milliseconds(queued),
    ranFor: milliseconds(ran),
  };
}

function milliseconds(text: string): number {
  const [value = "", unit] = text.split(" ");
  if (unit === undefined) return -1;
  return Number(value) * (unit === "s" ? 1000 : 1);
}

/** When a task began and ended, in milliseconds since the run began. */
export function span(row: FutureRow): [number, number] {
  const began = row.submitted + row.queuedFor;
  return [began, began + row.ranFor];
}

/** Chooses the language that Run runs, as a reader did on an earlier visit. To be called in the page. */
export function choose(language: string): void {
  try {
    if (localStorage.getItem("language") === null) localStorage.setItem("language", language);
  } catch {
    // Some tests deny the page its storage, and choose on the page.
  }
}

/** Fails a test whose page reported an error of any kind, whatever the test itself was about. */
export const test = base.extend<{ playground: Playground; language: "python" | "rust" }>({
  // Most specs are about the page and the back ends, whichever language runs; the Rust program starts at once.
  language: ["rust", { option: true }],
  async playground({ page, language }, use) {
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.addInitScript(choose, language);
    await use(new Playground(page));
    expect(complaints, "messages on the console").toEqual([]);
  },
});

export { expect };
