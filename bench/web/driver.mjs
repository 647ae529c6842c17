// Steers a browser for the table `web`: `node driver.mjs MODULE WORKERS`, where MODULE is the folder with the program
// as a module for browsers. WEBDRIVER is the browser's driver, and WEBDRIVER_CAPABILITIES a file that says which
// browser and how it is started.
//
// It says first which browser it is. For every line on standard input, a request as `page.js` takes it, it has the page
// do the work once and writes a line of JSON: the seconds that it took, or an error. It ends with its standard input.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { serve } from "./server.mjs";

// The end-to-end tests have what steers browsers.
const require = createRequire(new URL("../../tests/e2e/package.json", import.meta.url));
const { Builder } = require("selenium-webdriver");
const chrome = require("selenium-webdriver/chrome.js");
const firefox = require("selenium-webdriver/firefox.js");

/** Milliseconds that a turn may take, on a slow machine too. */
const TURN_LIMIT = 300_000;

function start() {
  const { WEBDRIVER, WEBDRIVER_CAPABILITIES } = process.env;
  if (!WEBDRIVER || !WEBDRIVER_CAPABILITIES) throw new Error("no browser was named; see `cargo xtask bench web`");
  const capabilities = JSON.parse(readFileSync(WEBDRIVER_CAPABILITIES, "utf8"));
  const browserName = "moz:firefoxOptions" in capabilities ? "firefox" : "chrome";
  return new Builder()
    .withCapabilities({ browserName, ...capabilities })
    .setChromeService(new chrome.ServiceBuilder(WEBDRIVER))
    .setFirefoxService(new firefox.ServiceBuilder(WEBDRIVER))
    .build();
}

/** Calls one of the page's functions, all of which return promises; returns what it comes to, or throws its error. */
async function call(driver, name, argument) {
  const script = `
    const [name, argument, done] = arguments;
    globalThis[name](argument).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
  const { value, error } = await driver.executeAsyncScript(script, name, argument);
  if (error !== undefined) throw new Error(error);
  return value;
}

function tell(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** Has the page do what each line of the standard input asks for. */
async function measure(driver, address, workers) {
  await driver.manage().setTimeouts({ script: TURN_LIMIT });
  await driver.get(address);
  await call(driver, "start", Number(workers));
  const capabilities = await driver.getCapabilities();
  tell({ ready: `${capabilities.get("browserName")} ${capabilities.get("browserVersion")}` });
  for await (const line of createInterface({ input: process.stdin })) {
    await call(driver, "turn", JSON.parse(line)).then(
      (took) => tell({ took }),
      (error) => tell({ error: error.message }),
    );
  }
}

const [module, workers] = process.argv.slice(2);
let server;
let driver;
try {
  server = await serve(module);
  driver = await start();
  await measure(driver, server.url, workers);
} catch (error) {
  tell({ error: error.message });
} finally {
  // Whatever is left open would keep this process alive.
  await driver?.quit();
  server?.close();
}
