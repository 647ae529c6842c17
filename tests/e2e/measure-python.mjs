// What threads bring to pure Python: `bench/python/two_tasks.py` by this project's interpreter, natively and on the page in Chromium, and by
// CPython, one after the other in each round. `--rounds N` says how often, 3 by default.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { chromium } from "@playwright/test";

const { BASE_URL, PLAYGROUND, PROGRAM, CHROMIUM = "/usr/bin/chromium" } = process.env;
/** Milliseconds for the program on the page. */
const LIMIT = 300_000;
/** What two threads may take at most, as a share of what one takes. */
const TARGET = 0.65;

const rounds = Number(process.argv[process.argv.indexOf("--rounds") + 1]) || 3;
const source = readFileSync(PROGRAM, "utf8");
const run = (program, ...options) => execFileSync(program, [...options, PROGRAM], { encoding: "utf8" }).trim().split("\n");

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
const page = await browser.newPage();
await page.goto(`${BASE_URL}#own-program`);
await page.waitForFunction(() => performance.getEntriesByName("ready").length > 0);

const contestants = {
  "natively": () => run(PLAYGROUND, "run"),
  "in Chromium": onPage,
  "CPython": () => run("python3"),
};
/** By contestant and task, the seconds of one worker and of two. */
const seconds = {};
for (let round = 1; round <= rounds; round += 1) {
  for (const [name, play] of Object.entries(contestants)) {
    process.stderr.write(`    round ${round} of ${rounds}: ${name}\n`);
    for (const line of await play()) {
      const { task, rounds: measured } = JSON.parse(line);
      ((seconds[name] ??= {})[task] ??= []).push(...measured);
    }
  }
}
await browser.close();

console.log(`${execFileSync("python3", ["--version"], { encoding: "utf8" }).trim()}, Chromium ${browser.version()}\n`);
console.log("| task | by | two, one after the other | on two threads | ratio, median (min-max) | target | speed : CPython |");
console.log("|---|---|--:|--:|--:|---|--:|");
for (const task of Object.keys(seconds.CPython)) {
  const reference = median(seconds.CPython[task].map(([one]) => one));
  for (const [name, tasks] of Object.entries(seconds)) {
    const [one, two] = [0, 1].map((place) => median(tasks[task].map((pair) => pair[place])));
    const ratios = tasks[task].map(([alone, together]) => together / alone);
    const ratio = median(ratios);
    const verdict = name === "CPython" ? "" : ratio <= TARGET ? `at most ${TARGET}: met` : `at most ${TARGET}: **missed**`;
    const range = `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`;
    const shown = [milliseconds(one), milliseconds(two), `${ratio.toFixed(2)} (${range})`, verdict, (reference / one).toFixed(2)];
    console.log(`| ${[task, name, ...shown].join(" | ")} |`);
  }
}

/** Runs the program as a reader would who has dropped its file on the page. */
async function onPage() {
  await page.locator("input[type=file]").setInputFiles({ name: "two_tasks.py", mimeType: "text/x-python", buffer: Buffer.from(source) });
  await page.locator("button.run").click();
  // The status of the last round may still stand there.
  await page.locator(".status", { hasText: /Starting|Fetching|Running/ }).waitFor({ timeout: LIMIT });
  await page.locator(".status", { hasText: /Finished|Failed/ }).waitFor({ timeout: LIMIT });
  return page.locator(".log .line").allTextContents();
}

function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function milliseconds(time) {
  return `${(time * 1000).toFixed(1)} ms`;
}
