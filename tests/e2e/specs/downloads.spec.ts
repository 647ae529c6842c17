// Downloads by the browser, from the endpoints of the server that serves the page.
import { expect, test } from "../playground.ts";

test("downloads come as they complete, the failing one among them", async ({ playground, baseURL }) => {
  await playground.open("parallel-downloads");
  await playground.set("Slow endpoint takes", 1.5);
  await playground.finish();
  const lines = (await playground.lines()).map((line) => line.replace(baseURL ?? "", ""));
  expect(lines[0]).toBe("Starting downloads...");
  expect(lines.slice(1, 4).sort()).toEqual([
    "FAILED: status/503 - HTTP Error 503: Service Unavailable",
    "OK: bytes/100000 - 100000 bytes",
    "OK: bytes/500000 - 500000 bytes",
  ]);
  expect(lines[4]).toBe("OK: delay/1.5 - 14 bytes");
});

test("a download beyond its limit times out", async ({ playground, baseURL }) => {
  await playground.open("parallel-downloads");
  await playground.set("Slow endpoint takes", 4);
  await playground.set("Timeout of a download", 0.8);
  await playground.finish();
  const lines = (await playground.lines()).map((line) => line.replace(baseURL ?? "", ""));
  expect(lines[4]).toBe("FAILED: delay/4 - timed out");
});
