import { expect, test } from "vitest";
import { firstRow, ROWS } from "./window";

test("a short table is there as a whole", () => {
  expect(firstRow(0, 10)).toBe(0);
  expect(firstRow(60, ROWS)).toBe(0);
});

test("whatever is in sight is in the window", () => {
  for (const scrolled of [0, 39, 40, 41, 1_000, 99_960, 99_999]) {
    const first = firstRow(scrolled, 100_000);
    expect(first).toBeLessThanOrEqual(scrolled);
    expect(Math.min(scrolled + 30, 100_000)).toBeLessThanOrEqual(first + ROWS);
  }
});

test("a little scrolling moves nothing", () => {
  expect(firstRow(500, 100_000)).toBe(firstRow(510, 100_000));
});
