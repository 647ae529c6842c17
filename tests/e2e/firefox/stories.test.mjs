// The main stories of the page's readers, in Firefox; each has more of it in the specs for Chromium.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Key } from "selenium-webdriver";
import { StaticHost } from "../static-host.mjs";
import {
  driver,
  endFirefox,
  find,
  hasNoComplaints,
  LIMIT,
  open,
  press,
  ready,
  shows,
  startFirefox,
  status,
  texts,
} from "./page.mjs";

const EDITOR = ".editor .cm-content";

before(startFirefox);
after(endFirefox);

test("the same example runs natively, and is stopped there", { timeout: 60_000 }, async () => {
  await open("exceptions", { native: true });
  await press("run");
  await status("Finished in");
  assert.equal((await texts(".log .line")).length, 6);
  await open("endless-loop", { native: true });
  await press("run");
  await driver.wait(async () => (await texts("td.state"))[0] === "running", LIMIT, "the task runs");
  await press("stop");
  await status("Stopped after");
  await hasNoComplaints();
});

test("Python programs run", { timeout: 120_000 }, async () => {
  for (const [id, last] of [
    ["submit-and-futures", "Task C completed in 3s"],
    ["own-program", "81"],
    ["exceptions", "ValueError: Bad value: 3"],
  ]) {
    await open(id);
    await driver.executeScript("document.querySelector('#language-python').click()");
    await driver.wait(() => find(EDITOR).catch(() => null), LIMIT, "the editor");
    await press("run");
    await driver.wait(async () => (await texts(".log .line")).at(-1) === last, 60_000, last);
  }
  await shows(".status", "Failed: ValueError: Bad value: 3");
  await hasNoComplaints();
});

test("a program is edited, kept, and given on by its address", { timeout: 60_000 }, async () => {
  await open("wait");
  await driver.wait(() => find(EDITOR).catch(() => null), LIMIT, "the editor");
  await find(EDITOR).click();
  await driver.actions().keyDown(Key.CONTROL).sendKeys(Key.HOME).keyUp(Key.CONTROL).sendKeys("# mine").perform();
  await shows(EDITOR, "# mine");
  await open("wait");
  await shows(EDITOR, "# mine");
  await shows(".notice", "Your edited version is shown");
  await status("Ready");
  const example = await driver.executeScript("return location.hash.slice(1)");
  await open(example);
  await shows(EDITOR, "# mine");
  await hasNoComplaints();
  await driver.executeScript("localStorage.clear()");
});

test("a task selected in the table is selected in the timeline, and the run is replayed", { timeout: 60_000 }, async () => {
  await open("exceptions");
  await press("run");
  await status("Finished in");
  await find(".futures tbody tr:nth-of-type(2) td").click();
  await driver.wait(
    () => driver.executeScript("return document.querySelector('.futures tr[aria-selected=true], .futures tr[aria-current=true]') !== null"),
    LIMIT,
    "a selected row",
  );
  await find(".timeline canvas").sendKeys("+", "d", "0", " ");
  await shows(".replay .leave", "End replay");
  await hasNoComplaints();
});

test("a host of files serves the page, also when it is gone", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "playground-"));
  const vite = ["node_modules/vite/bin/vite.js", "build", "--mode", "static", "--outDir", folder, "--emptyOutDir"];
  execFileSync("node", vite, { cwd: "../../www", stdio: ["ignore", "ignore", "inherit"] });
  const host = new StaticHost(folder, "/some/sub/path/");
  await host.start();
  try {
    await driver.get(`${host.url}#exceptions`);
    await driver.wait(() => driver.executeScript("return crossOriginIsolated"), LIMIT, "the reload that isolates");
    await ready(1);
    await driver.executeScript("document.querySelector('#language-rust').click()");
    await press("run");
    await status("Finished in");
    await host.stop();
    // As the reader's F5 does; WebDriver's own reload passes the service worker by.
    await driver.executeScript("window.isOld = true; location.reload()");
    await driver.wait(() => driver.executeScript("return window.isOld === undefined"), LIMIT, "the page again");
    await ready(1);
    await press("run");
    await status("Finished in");
    assert.equal((await texts(".log .line")).length, 6);
  } finally {
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
