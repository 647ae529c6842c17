// Every section of the tutorial runs on both back ends and prints what the tutorial says, line by line: in its order where
// it promises one, at its times within margins that a busy machine needs.
import { BACKENDS, expect, span, test, type FutureRow } from "../playground.ts";

/** The lines' seconds, by the word before the colon. */
function times(lines: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    lines.map((line) => line.split(": ")).map(([name = "", time = ""]) => [name, Number.parseFloat(time)]),
  );
}

interface Section {
  /** Changes that spare the machine; the tutorial's own numbers otherwise. */
  readonly set?: Readonly<Record<string, number>>;
  readonly limit?: number;
  readonly check: (lines: readonly string[], futures: readonly FutureRow[]) => void;
}

/** By the examples' ids; what each has to print. */
const SECTIONS: Readonly<Record<string, Section>> = {
  "thread-pool-basics": {
    check(lines, futures) {
      expect(lines).toHaveLength(2);
      const { Sequential: sequential = 0, Concurrent: concurrent = 0 } = times(lines);
      expect(sequential).toBeGreaterThan(2.9);
      expect(sequential / concurrent).toBeGreaterThan(2.3);
      expect(sequential / concurrent).toBeLessThan(3.3);
      expect(futures.map(({ state }) => state)).toEqual(["done", "done", "done"]);
      expect(new Set(futures.map(({ worker }) => worker)).size).toBe(3);
      expect(overlap(futures), "time during which all three ran").toBeGreaterThan(500);
    },
  },
  "process-pool-basics": {
    set: { "n, in millions": 300 },
    limit: 60_000,
    check(lines, futures) {
      expect(lines.map((line) => line.replace(/[\d.]+s$/, "…"))).toEqual(["Sequential: …", "Parallel: …"]);
      expect(futures.map(({ state }) => state)).toEqual(["done", "done", "done", "done"]);
      expect(new Set(futures.map(({ worker }) => worker)).size).toBe(4);
      expect(overlap(futures), "time during which all four ran").toBeGreaterThan(0);
    },
  },
  "submit-and-futures": {
    check(lines) {
      expect(lines).toEqual([
        "Task A done: False",
        "Task B completed in 1s",
        "Task A completed in 2s",
        "Task C completed in 3s",
      ]);
    },
  },
  "as-completed": {
    check(lines) {
      const found = lines.map((line) => /^Source (\d): Data from source \1 \(took (.*)s\)$/.exec(line));
      expect(found.map((match) => match?.[1]).sort()).toEqual(["0", "1", "2", "3", "4"]);
      const took = found.map((match) => Number(match?.[2]));
      took.slice(1).forEach((time, index) => expect(time).toBeGreaterThan((took[index] ?? 0) - 0.2));
    },
  },
  wait: {
    check(lines) {
      const [first, running, ...rest] = lines;
      expect(first).toBe("First completed: Task 2 done");
      expect(running).toBe("Still running: 2");
      expect(rest.sort()).toEqual(["Completed: Task 1 done", "Completed: Task 3 done"]);
    },
  },
  callbacks: {
    check(lines) {
      expect(lines[0]).toBe("Main thread: tasks submitted");
      const results = lines.slice(1).filter((line) => line !== "Main thread: done waiting");
      expect(lines).toHaveLength(7);
      expect(results.sort()).toEqual([0, 1, 16, 4, 9].map((square) => `Callback: result is ${square}`));
    },
  },
  exceptions: {
    check(lines, futures) {
      expect(lines.slice(0, 5).sort()).toEqual([
        "Task 0: 0",
        "Task 1: 2",
        "Task 2: 4",
        "Task 3 failed: Bad value: 3",
        "Task 4: 8",
      ]);
      expect(lines.slice(5)).toEqual(["Exception occurred: Bad value: 3"]);
      const failed = futures.filter(({ state }) => state === "failed");
      expect(failed.map(({ error }) => error)).toEqual(["Bad value: 3", "Bad value: 3"]);
    },
  },
  timeouts: {
    check(lines, futures) {
      expect(lines).toEqual(["Task timed out!", "Completed after 1s", "Some tasks didn't complete in time"]);
      expect(futures.map(({ state }) => state)).toEqual(["done", "done", "done", "done"]);
      expect(futures[0]?.ranFor).toBeGreaterThan(4_900);
    },
  },
  cancelling: {
    check(lines, futures) {
      expect(lines).toEqual(["Future 2 cancelled: True", "Future 3 cancelled: True", "Future 1 cancelled: False"]);
      expect(futures.map(({ state }) => state)).toEqual(["done", "cancelled", "cancelled"]);
      expect(futures[1]?.ranFor).toBe(-1);
    },
  },
  "context-manager": {
    check(lines, futures) {
      expect(lines).toEqual(["All tasks completed"]);
      expect(futures).toHaveLength(10);
      expect(new Set(futures.map(({ worker }) => worker)).size).toBe(6);
      const firstPool = Math.max(...futures.slice(0, 5).map((row) => span(row)[1]));
      expect(futures[5]?.submitted).toBeGreaterThan(firstPool - 1);
    },
  },
  "map-chunking": {
    set: { Items: 20_000 },
    limit: 90_000,
    check(lines) {
      expect(lines.map((line) => line.replace(/[\d.]+s$/, "…"))).toEqual(["No chunking: …", "With chunking: …"]);
      const { "No chunking": alone = 0, "With chunking": together = 0 } = times(lines);
      expect(together).toBeLessThan(alone);
    },
  },
  "parallel-downloads": {
    check(lines, futures) {
      const [first, ...rest] = lines;
      expect(first).toBe("Starting downloads...");
      expect(rest.at(-1)).toMatch(/^Total time: \d+\.\d\ds$/);
      const downloads = rest.slice(0, -1);
      expect(downloads).toHaveLength(futures.length);
      expect(downloads.filter((line) => /^OK: http.* - \d+ bytes$/.test(line)).length).toBeGreaterThan(2);
      expect(downloads).toContainEqual(expect.stringMatching(/^FAILED: http.*\/status\/503 - HTTP Error 503: Service Unavailable$/));
      expect(downloads.at(-1), "the slow one comes last").toMatch(/\/delay\//);
    },
  },
};

/** Milliseconds during which all of these ran. */
function overlap(futures: readonly FutureRow[]): number {
  const spans = futures.map(span);
  return Math.min(...spans.map(([, ended]) => ended)) - Math.max(...spans.map(([began]) => began));
}

for (const backend of BACKENDS) {
  test.describe(`on the ${backend} back end`, () => {
    for (const [id, { set = {}, limit = 30_000, check }] of Object.entries(SECTIONS)) {
      test(id, async ({ playground }) => {
        test.setTimeout(limit + 30_000);
        await playground.open(id, backend);
        for (const [label, value] of Object.entries(set)) await playground.set(label, value);
        await playground.finish(limit);
        check(await playground.lines(), await playground.futures());
      });
    }
  });
}
