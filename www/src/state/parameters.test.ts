import { describe, expect, test } from "vitest";
import type { Example, Parameter } from "../generated/events";
import { check, checkAll, defaultsOf } from "./parameters";

const workers: Parameter = { name: "max_workers", label: "Workers", unit: "", default: 3, min: 1, max: 16, step: 1 };
const delay: Parameter = { name: "delay", label: "Delay", unit: "s", default: 1, min: 0, max: 10, step: 0.1 };
const example: Example = {
  id: "e",
  section: "tutorial",
  title: "",
  text: "",
  python: "",
  rust: "",
  parameters: [workers, delay],
};

describe("a typed value", () => {
  test.each([
    [workers, " 4 ", 4],
    [delay, "0.25", 0.25],
    [delay, "1e1", 10],
    [delay, "0", 0],
  ])("of %o: %s is taken", (parameter, text, value) => {
    expect(check(parameter, text)).toEqual({ value });
  });

  test.each([
    [workers, "", "Workers needs a number from 1 to 16."],
    [workers, "three", "Workers needs a number from 1 to 16."],
    [workers, "2.5", "Workers needs a whole number from 1 to 16."],
    [workers, "17", "Workers must be from 1 to 16."],
    [delay, "-1", "Delay must be from 0 to 10 s."],
    [delay, "Infinity", "Delay needs a number from 0 to 10 s."],
  ])("of %o: %s is refused", (parameter, text, problem) => {
    expect(check(parameter, text)).toEqual({ problem });
  });
});

test("defaults pass", () => {
  expect(checkAll(example, defaultsOf(example))).toEqual({ values: { max_workers: 3, delay: 1 } });
});

test("the first wrong parameter is named", () => {
  expect(checkAll(example, { max_workers: "0", delay: "x" })).toMatchObject({ name: "max_workers" });
});
