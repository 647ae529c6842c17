import { expect, test } from "vitest";
import type { Example } from "../generated/events";
import { keep, readKept } from "./kept";
import { originalOf } from "./version";

const example: Example = {
  id: "wait",
  title: "",
  section: "tutorial",
  text: "",
  python: "print(1)\n",
  rust: "",
  parameters: [{ name: "tasks", label: "Tasks", unit: "", default: 5, min: 1, max: 9, step: 1 }],
};

function storageOf(entries: Map<string, string>): () => Storage {
  return () => ({
    length: entries.size,
    clear: () => entries.clear(),
    key: () => null,
    getItem: (key) => entries.get(key) ?? null,
    removeItem: (key) => void entries.delete(key),
    setItem: (key, text) => void entries.set(key, text),
  });
}

const denied = (): Storage => {
  throw new Error("denied");
};

test("a version is kept and read again", () => {
  const storage = storageOf(new Map());
  const version = { python: "print(2)", typed: { tasks: "x" } };
  expect(keep(storage, example, version)).toBe(true);
  expect(readKept(storage, example)).toEqual(version);
});

test("the original is not kept", () => {
  const entries = new Map([["version:wait", "{}"]]);
  keep(storageOf(entries), example, originalOf(example));
  expect(entries.size).toBe(0);
});

test("what cannot be read counts as none", () => {
  for (const text of ["", "[]", "null", '{"python":1,"typed":{}}', '{"python":null,"typed":{"gone":"1"}}']) {
    expect(readKept(storageOf(new Map([["version:wait", text]])), example), text).toBeNull();
  }
});

test("storage that is denied is told and nothing else", () => {
  expect(readKept(denied, example)).toBeNull();
  expect(keep(denied, example, { python: "a", typed: {} })).toBe(false);
});
