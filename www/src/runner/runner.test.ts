// The runner against workers that do what each test says: the page's promise is that every run ends and that the next
// one works, so the tests are about workers that fall silent, trap or never start.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Event } from "../generated/events";
import { GRACE } from "./grace";
import type { Boot, FromRunner, ToRunner } from "./messages";
import { LAST_EVENTS, LOST_PATIENCE, PATIENCE, Runner } from "./runner";
import { REST } from "./reserve";
import { BOOT_LIMIT } from "./session";

const realTimeout = setTimeout;

/** Stands in for a worker: remembers what it was told and says what it is told to say. */
class Puppet {
  onmessage: ((message: { data: FromRunner }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  readonly heard: ToRunner[] = [];
  terminated = false;

  postMessage(message: ToRunner): void {
    this.heard.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }

  say(message: FromRunner): void {
    this.onmessage?.({ data: message });
  }

  async report(run: number, ...events: Event[]): Promise<void> {
    const [boot] = this.heard as [Boot];
    boot.port.postMessage(JSON.stringify({ run, events }));
    // Ports deliver by the real event loop, to which the faked timers mean nothing.
    await new Promise((done) => realTimeout(done, 5));
  }
}

const started: Event = { type: "run_started", example: "wait", backend: "browser" };
const ended: Event = { type: "run_ended", at: 9, outcome: { kind: "finished" } };
const lost: Event = { type: "worker_lost", at: 5, pool: 1, worker: 0, cause: "unreachable" };

let puppets: Puppet[];
let said: string[];

async function newRunner(): Promise<Runner> {
  const module = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  const host = {
    once: false,
    load: () => Promise.resolve({ module, glue: "", site: "" }),
    spawn() {
      const puppet = new Puppet();
      puppets.push(puppet);
      return puppet as unknown as Worker;
    },
  };
  const runner = new Runner(host, { count: 2, takeTurns: false }, {
    preparing: () => undefined,
    ready: () => said.push("ready"),
    unavailable: (reason) => said.push(`unavailable: ${reason}`),
    events: (run, events) => said.push(`${run}: ${events.map(({ type }) => type).join(" ")}`),
    stopping: (run) => said.push(`${run} stopping`),
    ended: (run, outcome) =>
      said.push(`${run} ${outcome.kind}${outcome.kind === "failed" ? `: ${outcome.error}` : ""}`),
  });
  await runner.prepare();
  return runner;
}

function latest(): Puppet {
  const puppet = puppets.at(-1);
  if (puppet === undefined) throw new Error("no worker was made");
  return puppet;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  puppets = [];
  said = [];
});

afterEach(() => {
  for (const puppet of puppets) (puppet.heard[0] as Boot).port.close();
  vi.useRealTimers();
});

test("a run reports its events and the session stays", async () => {
  const runner = await newRunner();
  latest().say({ type: "ready", mailbox: null });
  expect(runner.run("wait", { max_workers: 3 })).toBe(1);
  expect(latest().heard[1]).toEqual({ type: "run", run: 1, example: "wait", parameters: '{"max_workers":3}', source: null });
  await latest().report(1, started, ended);
  latest().say({ type: "returned", run: 1 });
  vi.advanceTimersByTime(LAST_EVENTS * 2);
  expect(said).toEqual(["ready", "1: run_started run_ended"]);
  expect(puppets).toHaveLength(1);
});

test("a run asked for before the threads are up waits for them", async () => {
  const runner = await newRunner();
  runner.run("wait", {});
  expect(latest().heard).toHaveLength(1);
  latest().say({ type: "ready", mailbox: null });
  expect(latest().heard[1]).toMatchObject({ type: "run", run: 1 });
});

describe("stop", () => {
  test("replaces the session at once", async () => {
    const runner = await newRunner();
    const [first] = puppets;
    latest().say({ type: "ready", mailbox: null });
    runner.run("endless-loop", {});
    runner.stop();
    expect(first?.terminated).toBe(true);
    expect(puppets).toHaveLength(2);
    runner.run("wait", {});
    latest().say({ type: "ready", mailbox: null });
    expect(latest().heard[1]).toMatchObject({ type: "run", run: 2 });
    expect(said).toEqual(["ready", "1 stopped", "ready"]);
  });

  describe("of a program that can be interrupted", () => {
    const memory = new ArrayBuffer(64);
    const interrupt = new Int32Array(memory, 16 + 8, 1);
    let runner: Runner;

    beforeEach(async () => {
      interrupt[0] = 0;
      runner = await newRunner();
      latest().say({ type: "ready", mailbox: { buffer: memory, address: 16 } });
      runner.run("wait", {}, "input()");
      runner.stop();
    });

    test("interrupts it, and hears its own end", async () => {
      expect(interrupt[0]).toBe(1);
      await latest().report(1, started, ended);
      vi.advanceTimersByTime(GRACE * 2);
      expect(said).toEqual(["ready", "1 stopping", "1: run_started run_ended"]);
      expect(puppets).toHaveLength(1);
    });

    test("ends it if it goes on", () => {
      vi.advanceTimersByTime(GRACE);
      expect(said).toEqual(["ready", "1 stopping", "1 stopped"]);
      expect(puppets[0]?.terminated).toBe(true);
    });

    test("ends it when it is asked for again", () => {
      runner.stop();
      expect(said).toEqual(["ready", "1 stopping", "1 stopped"]);
    });
  });

  test("after a rest goes on with a session that is already up", async () => {
    const runner = await newRunner();
    latest().say({ type: "ready", mailbox: null });
    vi.advanceTimersByTime(REST);
    expect(puppets).toHaveLength(2);
    latest().say({ type: "ready", mailbox: null });
    runner.run("endless-loop", {});
    runner.stop();
    expect(said).toEqual(["ready", "1 stopped", "ready"]);
    expect(puppets).toHaveLength(2);
    runner.run("wait", {});
    expect(puppets[1]?.heard[1]).toMatchObject({ type: "run", run: 2 });
  });

  test("does without a second session where the browser has none", async () => {
    const runner = await newRunner();
    latest().say({ type: "ready", mailbox: null });
    vi.advanceTimersByTime(REST);
    latest().say({ type: "boot_failed", message: "out of memory" });
    expect(latest().terminated).toBe(true);
    runner.run("endless-loop", {});
    runner.stop();
    latest().say({ type: "ready", mailbox: null });
    vi.advanceTimersByTime(REST * 2);
    expect(said).toEqual(["ready", "1 stopped", "ready"]);
    expect(puppets).toHaveLength(3);
  });

  test("keeps a session that the run has not reached", async () => {
    const runner = await newRunner();
    runner.run("wait", {});
    runner.stop();
    latest().say({ type: "ready", mailbox: null });
    expect(said).toEqual(["1 stopped", "ready"]);
    expect(puppets).toHaveLength(1);
    expect(latest().heard).toHaveLength(1);
  });

  test("without a run does nothing", async () => {
    const runner = await newRunner();
    latest().say({ type: "ready", mailbox: null });
    runner.stop();
    expect(puppets).toHaveLength(1);
  });
});

test("events of an earlier run are dropped", async () => {
  const runner = await newRunner();
  latest().say({ type: "ready", mailbox: null });
  runner.run("wait", {});
  await latest().report(1, started, ended);
  runner.run("wait", {});
  await latest().report(1, started);
  await latest().report(2, started);
  expect(said).toEqual(["ready", "1: run_started run_ended", "2: run_started"]);
});

describe("after the loss of a worker", () => {
  test("a run that ends by itself is followed by a new session", async () => {
    const runner = await newRunner();
    latest().say({ type: "ready", mailbox: null });
    runner.run("trap", {});
    await latest().report(1, started, lost);
    await latest().report(1, ended);
    expect(puppets).toHaveLength(2);
    vi.advanceTimersByTime(LOST_PATIENCE * 2);
    expect(said).toEqual(["ready", "1: run_started worker_lost", "1: run_ended"]);
  });

  test("with a memory of its own, the session stays", async () => {
    const runner = await newRunner();
    latest().say({ type: "ready", mailbox: null });
    runner.run("crashing-process", {});
    const pool: Event = { type: "pool_started", at: 1, pool: 1, kind: "ProcessPoolExecutor", max_workers: 2 };
    await latest().report(1, started, pool, lost);
    vi.advanceTimersByTime(LOST_PATIENCE * 2);
    await latest().report(1, ended);
    expect(puppets).toHaveLength(1);
    expect(said.at(-1)).toBe("1: run_ended");
  });

  test("silence fails the run with the cause", async () => {
    const runner = await newRunner();
    latest().say({ type: "ready", mailbox: null });
    runner.run("trap", {});
    await latest().report(1, started, lost);
    vi.advanceTimersByTime(LOST_PATIENCE - 1);
    await latest().report(1, { type: "worker_idle", at: 6, pool: 1, worker: 1 });
    vi.advanceTimersByTime(LOST_PATIENCE - 1);
    expect(said).not.toContainEqual(expect.stringContaining("failed"));
    vi.advanceTimersByTime(1);
    expect(said.at(-1)).toBe("1 failed: a worker was lost: unreachable");
    expect(puppets).toHaveLength(2);
  });
});

test("a run that waits goes on as long as it is heard from, and silence fails it", async () => {
  const runner = await newRunner();
  latest().say({ type: "ready", mailbox: null });
  runner.run("endless-loop", {});
  await latest().report(1, started);
  for (let batch = 0; batch < 3; batch += 1) {
    vi.advanceTimersByTime(PATIENCE - 1);
    await latest().report(1);
  }
  expect(said).not.toContainEqual(expect.stringContaining("failed"));
  vi.advanceTimersByTime(PATIENCE);
  expect(said.at(-1)).toContain("1 failed: the program has fallen silent");
  expect(puppets).toHaveLength(2);
});

test("a trap in the program itself fails the run soon", async () => {
  const runner = await newRunner();
  latest().say({ type: "ready", mailbox: null });
  runner.run("trap", {});
  latest().say({ type: "trap", run: 1, message: "RuntimeError: unreachable" });
  vi.advanceTimersByTime(LAST_EVENTS);
  expect(said.at(-1)).toBe("1 failed: RuntimeError: unreachable");
  expect(puppets).toHaveLength(2);
});

test("a program that comes back without an end is failed", async () => {
  const runner = await newRunner();
  latest().say({ type: "ready", mailbox: null });
  runner.run("wait", {});
  latest().say({ type: "returned", run: 1 });
  vi.advanceTimersByTime(LAST_EVENTS);
  expect(said.at(-1)).toContain("1 failed");
});

test("threads that never start are given up with a sentence", async () => {
  const runner = await newRunner();
  runner.run("wait", {});
  vi.advanceTimersByTime(BOOT_LIMIT);
  expect(said).toEqual([
    expect.stringMatching(/^unavailable: .*did not start within/),
    expect.stringMatching(/^1 failed/),
  ]);
  expect(latest().terminated).toBe(true);
});
