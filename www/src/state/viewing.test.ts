import { expect, test } from "vitest";
import { newRun, type Run } from "./run";
import { nextViewing, UNVIEWED, viewingOf, type Viewing, type ViewingAction } from "./viewing";

const run: Run = { ...newRun(7, "e"), phase: "finished", ended: 1_000 };
const after = (...actions: ViewingAction[]): Viewing =>
  actions.reduce((viewing, action) => nextViewing(viewing, action, run), UNVIEWED);

test("a selection belongs to its run", () => {
  const chosen = after({ kind: "choose", task: 3 });
  expect(viewingOf(chosen, run).task).toBe(3);
  expect(viewingOf(chosen, newRun(8, "e")).task).toBeNull();
});

test("a replay goes on at its speed and ends with the run", () => {
  const playing = after({ kind: "speed", speed: 2 }, { kind: "play" }, { kind: "advance", passed: 100 });
  expect(playing.replay).toEqual({ time: 200, playing: true });
  expect(nextViewing(playing, { kind: "advance", passed: 900 }, run).replay).toEqual({ time: 1_000, playing: false });
});

test("a replay at its end begins again", () => {
  expect(after({ kind: "seek", time: 5_000 }, { kind: "play" }).replay).toEqual({ time: 0, playing: true });
});

test("what goes on cannot be replayed", () => {
  expect(nextViewing(UNVIEWED, { kind: "play" }, newRun(7, "e")).replay).toBeNull();
});
