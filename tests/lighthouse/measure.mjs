// Measures the page as Lighthouse does, as a phone and as a desk sees it, and fails below 95 of 100.
//
// BASE_URL is where the page is, CHROMIUM the browser, REPORTS the folder in which the full reports are left.
import { mkdirSync, writeFileSync } from "node:fs";
import * as chromeLauncher from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

/** Of 100, in each category. */
const LEAST = 95;
/** The median counts: other work on the machine slows single loads down. */
const LOADS = 3;
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const DEVICES = { phone: undefined, desk: desktopConfig };

const { BASE_URL, CHROMIUM, REPORTS = "results" } = process.env;

const chrome = await chromeLauncher.launch({
  chromePath: CHROMIUM,
  chromeFlags: [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

/** Loads the page once, and returns the scores of 100. */
async function load(device, name) {
  const flags = { port: chrome.port, onlyCategories: CATEGORIES, output: "html", logLevel: "error" };
  const result = await lighthouse(BASE_URL, flags, DEVICES[device]);
  const { lhr, report } = result;
  if (lhr.runtimeError !== undefined) throw new Error(lhr.runtimeError.message);
  writeFileSync(`${REPORTS}/${name}.html`, report);
  return { scores: CATEGORIES.map((category) => Math.round(lhr.categories[category].score * 100)), audits: lhr.audits };
}

const median = (values) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)];

let passes = true;
mkdirSync(REPORTS, { recursive: true });
try {
  for (const device of Object.keys(DEVICES)) {
    const loads = [];
    for (let number = 1; number <= LOADS; number += 1) loads.push(await load(device, `${device}-${number}`));
    for (const [index, category] of CATEGORIES.entries()) {
      const scores = loads.map((each) => each.scores[index]);
      const score = median([...scores]);
      console.log(`${device}, ${category}: ${score} of 100, the median of ${scores.join(", ")} (at least ${LEAST})`);
      passes &&= score >= LEAST;
    }
    const figures = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"];
    const told = figures.map((id) => `${id} ${median(loads.map((each) => each.audits[id].numericValue)).toFixed(2)}`);
    console.log(`${device}: ${told.join(", ")} (ms, as simulated for the device; the last has no unit)`);
  }
} finally {
  await chrome.kill();
}
console.log(`the reports: ${REPORTS}`);
process.exitCode = passes ? 0 : 1;
