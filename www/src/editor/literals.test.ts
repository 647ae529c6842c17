import { expect, test } from "vitest";
import { catalog } from "../catalog";
import { literalsIn, spelled, withNumbers } from "./literals";

const source = `use a;

parameters! {
    items: usize = 1_000, 1..=4_000, "Items";
    delay: f64 = 1.0, 0.0..=10.0, "Delay";
}

fn run() { let items: usize = 7, }
`;

test("the defaults are found in their block and nowhere else", () => {
  const literals = literalsIn(source);
  expect(literals.map(({ name, text }) => [name, text])).toEqual([
    ["items", "1_000"],
    ["delay", "1.0"],
  ]);
  expect(literals.map(({ from, to }) => source.slice(from, to))).toEqual(["1_000", "1.0"]);
  expect(literalsIn("fn run() {}")).toEqual([]);
});

test("each parameter of the tutorial has its literal", () => {
  for (const { id, rust, parameters } of catalog) {
    const found = literalsIn(rust).map(({ name, text }) => [name, Number(text.replaceAll("_", ""))]);
    expect(found, id).toEqual(parameters.map((parameter) => [parameter.name, parameter.default]));
  }
});

test("the source's number keeps its spelling and another is shown as typed", () => {
  const [items] = literalsIn(source);
  if (items === undefined) throw new Error("the source has a literal");
  expect([spelled(items, "1000"), spelled(items, "20"), spelled(items, "")]).toEqual(["1_000", "20", ""]);
  const copied = withNumbers(source, literalsIn(source), () => "2");
  expect(copied).toContain("items: usize = 2, 1..=4_000");
  expect(copied).toContain("delay: f64 = 2, 0.0");
  expect(copied).toContain("let items: usize = 7");
});
