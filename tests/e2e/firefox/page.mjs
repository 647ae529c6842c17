// The page in Firefox as a test sees it: what a reader can do, and what a reader can read.
import assert from "node:assert/strict";
import { Builder, By, until } from "selenium-webdriver";
import firefox from "selenium-webdriver/firefox.js";

const { BASE_URL = "http://127.0.0.1:4173/", PLAYGROUND_TOKEN = "" } = process.env;
export const LIMIT = 20_000;

/** @type {import("selenium-webdriver").WebDriver} */
export let driver;

export async function startFirefox() {
  // Without WebDriver BiDi, which could listen to the console: its listening ends the page's nested workers at times.
  const options = new firefox.Options().addArguments("-headless", "--width=1440", "--height=900");
  options.setBinary(process.env.FIREFOX ?? "/usr/bin/firefox-esr");
  const service = new firefox.ServiceBuilder(process.env.GECKODRIVER ?? "geckodriver");
  driver = await new Builder().forBrowser("firefox").setFirefoxOptions(options).setFirefoxService(service).build();
}

export const endFirefox = () => driver?.quit();

/** Opens an example, and waits until its threads are warm or, natively, until the server has answered. */
export async function open(example, { native = false, at = BASE_URL } = {}) {
  // A change of the fragment alone would not load the page again.
  await driver.get("about:blank");
  await driver.get(`${at}${native ? `?token=${PLAYGROUND_TOKEN}` : ""}#${example}`);
  await driver.executeScript(`
    window.complaints = [];
    addEventListener("error", (event) => complaints.push(event.message));
    addEventListener("unhandledrejection", (event) => complaints.push(String(event.reason)));
    for (const level of ["error", "warn"]) console[level] = (...words) => complaints.push(words.join(" "));
  `);
  // The Rust program, unless the test has chosen.
  await driver.executeScript("document.querySelector('#language-rust').click()");
  if (!native) return ready(1);
  await marked("native-ready", 1);
  // Pressed by script: the bar with Run may lie over it, and scrolling away from under it is the reader's business.
  await driver.executeScript("document.querySelector('#backend-native').click()");
}

/** Fails the test if the page has complained since it was opened. */
export async function hasNoComplaints() {
  assert.deepEqual(await driver.executeScript("return complaints"), []);
}

export const ready = (times) => marked("ready", times);

function marked(name, times) {
  return driver.wait(
    () => driver.executeScript("return performance.getEntriesByName(arguments[0]).length >= arguments[1]", name, times),
    LIMIT,
    `${name} ${times} times`,
  );
}

export const find = (selector) => driver.findElement(By.css(selector));
export const choose = (example) => find(`nav#sections a[href="#${example}"]`).click();
export const press = (name) => find(`button.${name}`).click();
export const status = (text) => driver.wait(until.elementTextContains(find(".status"), text), LIMIT);
export const texts = (selector) =>
  driver.executeScript(
    "return Array.from(document.querySelectorAll(arguments[0]), (node) => node.textContent)",
    selector,
  );

/** Waits until one of these texts contains the words. */
export const shows = (selector, words) =>
  driver.wait(async () => (await texts(selector)).join("\n").includes(words), LIMIT, `${words} in ${selector}`);
