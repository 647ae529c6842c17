import { expect, test } from "vitest";
import { catalog } from "../catalog";
import { originalOf } from "../state/version";
import { fragmentFor, pythonOf, readLink } from "./link";
import { pack, PACKED_LIMIT, TEXT_LIMIT, unpack } from "./packing";

const example = catalog.find(({ id }) => id === "thread-pool-basics") ?? catalog[0];
if (example === undefined) throw new Error("the catalog is empty");
const original = originalOf(example);

test("a link names what differs and reads well", async () => {
  expect(await fragmentFor(example, original, null)).toBe("#thread-pool-basics");
  const typed = { ...original.typed, max_workers: "2" };
  expect(await fragmentFor(example, { python: null, typed }, "browser")).toBe("#thread-pool-basics?max_workers=2");
  expect(await fragmentFor(example, { python: null, typed }, "native")).toMatch(/\?max_workers=2&b=native$/);
});

test("a text survives the way through a link", async () => {
  const python = 'print("über 🎉")\n'.repeat(50);
  const fragment = await fragmentFor(example, { ...original, python }, null);
  expect(fragment).toMatch(/^#thread-pool-basics\?python=[\w-]{10,200}$/);
  const link = readLink(fragment, catalog);
  expect(link === null ? null : await pythonOf(link)).toEqual({ python, problem: null });
});

test("what a link gets wrong is named and the rest is used", () => {
  const link = readLink("#thread-pool-basics?max_workers=999&pages=2&b=elsewhere", catalog);
  expect(link).toMatchObject({ typed: { pages: "2" }, backend: null, packed: null });
  expect(link?.problem).toMatch(/“max_workers”/);
  expect(readLink("#thread-pool-basics", catalog)).toBeNull();
  expect(readLink("#nowhere?python=a", catalog)).toBeNull();
});

test("a damaged or endless text is refused", async () => {
  const broken = readLink("#thread-pool-basics?python=%%%", catalog);
  expect(broken === null ? null : await pythonOf(broken)).toMatchObject({ python: null, problem: expect.stringContaining("damaged") });
  await expect(unpack("A".repeat(PACKED_LIMIT + 1))).rejects.toThrow("too long");
  await expect(unpack(await pack("a".repeat(TEXT_LIMIT + 1)))).rejects.toThrow("too long");
  expect(readLink(`#thread-pool-basics?python=${"A".repeat(PACKED_LIMIT + 1)}`, catalog)?.problem).toMatch(/too long/);
});
