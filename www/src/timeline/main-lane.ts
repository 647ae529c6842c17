// The lane of the program's own thread: what it waited for, as bars; in between it works.
import type { Run, Wait } from "../state/run";
import type { Lane, Pause, Window } from "./layout";
import { LaneMarks } from "./marks";

export const MAIN = 42;
const TOP = 4;
const HEIGHT = 20;
/** Pixels below which waits are too short to be told apart. */
const SHORT = 3;

type Building = { -readonly [Key in keyof Pause]: Pause[Key] };

export class MainLane {
  readonly lane: Lane = { kind: "main", label: "main", note: "", lost: null, y: 0, height: MAIN };
  readonly marks: LaneMarks;
  readonly #pauses: Building[] = [];

  constructor(run: Run, now: number, window: Window) {
    this.marks = new LaneMarks(window, 0, MAIN);
    for (const wait of run.waits) {
      const to = wait.to ?? now;
      if (to < window.from || wait.from > window.to) continue;
      this.#add(wait, to, SHORT * window.grain);
      if (wait.timedOut) this.marks.add("timeout", to, null, `${wait.call}() of main`);
    }
  }

  get pauses(): readonly Pause[] {
    return this.#pauses;
  }

  /** Adds a wait; they come one after the other, as a thread can only be in one. */
  #add(wait: Wait, to: number, short: number): void {
    const last = this.#pauses.at(-1);
    if (last !== undefined && to - last.from < short) {
      last.count += 1;
      last.to = to;
    } else {
      this.#pauses.push({ wait, count: 1, from: wait.from, to, y: TOP, height: HEIGHT });
    }
  }
}

/** What a wait was for, as the program would have said it. */
export function callOf({ call, task }: Wait): string {
  return task === null ? `${call}()` : `${call}() of #${task}`;
}
