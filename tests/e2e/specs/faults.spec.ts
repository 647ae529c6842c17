// Faults that no program can catch fail their own future, and the page still runs the next example.
import { expect, test, type Playground } from "../playground.ts";

async function runsTheNext(playground: Playground): Promise<void> {
  await playground.choose("exceptions");
  await playground.finish();
  expect(await playground.lines()).toHaveLength(6);
}

test("a task that overflows its stack fails alone", async ({ playground }) => {
  await playground.open("stack-overflow");
  await playground.finish();
  const lines = await playground.lines();
  expect(lines).toContainEqual(expect.stringMatching(/^Bottomless task failed: .*stack/i));
  expect(lines).toContain("Healthy task: 49");
  const [bottomless, healthy] = await playground.futures();
  expect(bottomless).toMatchObject({ state: "failed", error: expect.stringMatching(/stack/i) });
  expect(healthy).toMatchObject({ state: "done" });
  await runsTheNext(playground);
});

test("a task that traps fails alone, and its worker is replaced", async ({ playground }) => {
  await playground.open("trap");
  await playground.finish();
  const [healthy, doomed, next] = await playground.lines();
  expect(healthy).toBe("Healthy task: 49");
  expect(doomed).toMatch(/^Doomed task failed: .+/);
  expect(next).toBe("Next task: 64");
  const failed = (await playground.futures()).filter(({ state }) => state === "failed");
  expect(failed).toHaveLength(1);
  expect(failed[0]?.error).toMatch(/unreachable/);
  await runsTheNext(playground);
});

test("fault after fault leaves the page working", async ({ playground }) => {
  await playground.open("trap");
  for (const example of ["trap", "stack-overflow", "trap", "stack-overflow"]) {
    await playground.choose(example);
    await playground.finish();
  }
  await runsTheNext(playground);
});
