import { expect, test } from "vitest";
import { exampleIn, fragmentOf } from "./address";

const catalog = ["wait", "callbacks"].map((id) => ({
  id,
  title: "",
  section: "tutorial",
  text: "",
  python: "",
  rust: "",
  parameters: [],
}));

test("a fragment names a section", () => {
  expect(exampleIn("#callbacks", catalog)).toBe("callbacks");
  expect(exampleIn(fragmentOf("wait"), catalog)).toBe("wait");
  expect(exampleIn("#wait?tasks=3", catalog)).toBe("wait");
});

test("a fragment that names none is told apart", () => {
  expect(exampleIn("#main", catalog)).toBeNull();
  expect(exampleIn("", catalog)).toBeNull();
});
