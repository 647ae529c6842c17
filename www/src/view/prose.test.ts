import { expect, test } from "vitest";
import { spansOf } from "./prose";

test("code and emphasis are told from text", () => {
  expect(spansOf("The `Future` is *done*.")).toEqual([
    { kind: "text", text: "The " },
    { kind: "code", text: "Future" },
    { kind: "text", text: " is " },
    { kind: "emphasis", text: "done" },
    { kind: "text", text: "." },
  ]);
});

test("signs without a partner stay text", () => {
  expect(spansOf("2 * 3 * 4 and a `")).toEqual([{ kind: "text", text: "2 * 3 * 4 and a `" }]);
});
