import { expect, test } from "vitest";
import { including, isWhole, panned, zoomed } from "./range";

const whole = { from: 0, to: 1_000 };

test("zooming keeps the time under the pointer where it is", () => {
  expect(zoomed(whole, 0.5, 250, 1_000)).toEqual({ from: 125, to: 625 });
});

test("zooming out ends at the whole, zooming in at ten microseconds", () => {
  expect(zoomed({ from: 400, to: 600 }, 100, 500, 1_000)).toEqual(whole);
  const deepest = zoomed(whole, 1e-9, 500, 1_000);
  expect(deepest.to - deepest.from).toBeCloseTo(0.01);
});

test("panning stops at both ends", () => {
  const range = { from: 100, to: 300 };
  expect(panned(range, -500, 1_000)).toEqual({ from: 0, to: 200 });
  expect(panned(range, 5_000, 1_000)).toEqual({ from: 800, to: 1_000 });
});

test("a task is brought into view and one in view moves nothing", () => {
  const range = { from: 100, to: 300 };
  expect(including(range, 150, 160, 1_000)).toBe(range);
  expect(including(range, 500, 520, 1_000)).toEqual({ from: 410, to: 610 });
  expect(including(range, 200, 700, 1_000)).toEqual({ from: 150, to: 750 });
});

test("the whole is known as such", () => {
  expect([isWhole(whole, 1_000), isWhole({ from: 1, to: 1_000 }, 1_000)]).toEqual([true, false]);
});
