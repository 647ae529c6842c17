import { expect, test } from "vitest";
import { endFor, ticksOf, timeAt, xOf } from "./scale";

const labels = (end: number, width: number): string[] =>
  ticksOf({ left: 0, right: width, start: 0, end }, 64).map(({ label }) => label);

test("ticks are round and keep their distance", () => {
  expect(labels(3000, 400)).toEqual(["0 s", "0.5 s", "1.0 s", "1.5 s", "2.0 s", "2.5 s", "3.0 s"]);
  expect(labels(3000, 200)).toEqual(["0 s", "1 s", "2 s", "3 s"]);
});

test("short runs are told in milliseconds", () => {
  expect(labels(0.8, 300)).toEqual(["0 ms", "0.2 ms", "0.4 ms", "0.6 ms", "0.8 ms"]);
});

test("time lies between the edges in proportion", () => {
  expect(xOf({ left: 100, right: 300, start: 0, end: 2000 }, 500)).toBe(150);
});

test("the axis leaves room while a run goes on and fits it when it is over", () => {
  expect(endFor(200, false)).toBe(1000);
  expect(endFor(990, false)).toBe(1500);
  expect(endFor(2000, true)).toBeCloseTo(2030);
});

test("a stretch in the middle has round marks of its own", () => {
  const scale = { left: 0, right: 400, start: 1234.5, end: 1235.3 };
  expect(ticksOf(scale, 64).map(({ label }) => label)).toEqual(["1234.6 ms", "1234.8 ms", "1235.0 ms", "1235.2 ms"]);
  expect(timeAt(scale, xOf(scale, 1235))).toBeCloseTo(1235);
});
