// A smoke test of the page in Firefox: examples run on threads and in processes, Stop works, and faults stay where they
// are.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import {
  choose,
  driver,
  endFirefox,
  hasNoComplaints,
  LIMIT,
  open,
  press,
  ready,
  startFirefox,
  status,
  texts,
} from "./page.mjs";

before(startFirefox);
after(endFirefox);

test("basics run on three workers", { timeout: 60_000 }, async () => {
  await open("thread-pool-basics");
  await press("run");
  await status("Finished in");
  const [sequential, concurrent] = (await texts(".log .line")).map((line) => Number.parseFloat(line.split(": ")[1]));
  assert.ok(sequential > 2.9, `sequential took ${sequential} s`);
  assert.ok(sequential / concurrent > 2.3, `concurrent took ${concurrent} s`);
  assert.deepEqual(await texts("td.state"), ["done", "done", "done"]);
  assert.equal(new Set(await texts("td.worker")).size, 3);
  mkdirSync("results/screenshots", { recursive: true });
  writeFileSync("results/screenshots/firefox.png", await driver.takeScreenshot(), "base64");
  await hasNoComplaints();
});

test("an endless loop is stopped, and the next run works", { timeout: 60_000 }, async () => {
  await open("endless-loop");
  await press("run");
  await driver.wait(async () => (await texts("td.state"))[0] === "running", LIMIT, "the task runs");
  const pressed = Date.now();
  await press("stop");
  await status("Stopped after");
  await ready(2);
  console.log(`from Stop to ready in Firefox: ${Date.now() - pressed} ms`);
  await choose("exceptions");
  await press("run");
  await status("Finished in");
  assert.equal((await texts(".log .line")).length, 6);
  await hasNoComplaints();
});

test("faults fail their own future, and the next run works", { timeout: 60_000 }, async () => {
  await open("stack-overflow");
  for (const example of ["stack-overflow", "trap"]) {
    await choose(example);
    await press("run");
    await status("Finished in");
    const states = await texts("td.state");
    assert.equal(states.filter((state) => state === "failed").length, 1, `${example}: ${states}`);
    assert.match((await texts("td.error")).join(""), example === "trap" ? /unreachable/ : /stack overflow/);
  }
  await choose("exceptions");
  await press("run");
  await status("Finished in");
  assert.equal((await texts(".log .line")).length, 6);
  await hasNoComplaints();
});

test("a crash fails one task of a pool of processes", { timeout: 60_000 }, async () => {
  await open("crashing-process");
  await press("run");
  await status("Finished in");
  const states = await texts("td.state");
  assert.deepEqual(states, [...Array(3).fill("failed"), ...Array(6).fill("done")]);
  const errors = await texts("td.error");
  assert.match(errors[0], /longer than its limit/);
  assert.match(errors[1], /unreachable/);
  assert.equal(errors[2], "nobody can square 13");
  await hasNoComplaints();
});
