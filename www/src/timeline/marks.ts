// The marks of one lane: what happened at a moment and not over a time. Marks of a kind that fall within a few pixels
// become one that counts them, so that ten thousand submissions cost no more than the lane has room for.
import type { Task } from "../state/run";
import type { Window } from "./layout";

/** In the order in which they are drawn: the rarer lie over the common. */
export const MARKS = ["submit", "callback", "start", "replacement", "cancel", "timeout", "kill", "loss"] as const;

export type MarkKind = (typeof MARKS)[number];

export interface Mark {
  readonly kind: MarkKind;
  readonly time: number;
  /** How many fell so close together, and when the last of them was. */
  readonly count: number;
  readonly until: number;
  /** The task that it is about, or the first of several. */
  readonly task: Task | null;
  /** What it is about if that is no task. */
  readonly note: string;
  /** The middle of the sign. */
  readonly y: number;
}

type Building = { -readonly [Key in keyof Mark]: Mark[Key] };

/** Pixels within which marks of a kind are one: two signs side by side would cover each other. */
export const MARK_CELL = 9;

export class LaneMarks {
  readonly #window: Window;
  readonly #bottom: number;
  readonly #middle: number;
  readonly #upper: number;
  /** By kind, then by cell of the width. */
  readonly #cells = new Map<MarkKind, (Building | undefined)[]>();

  constructor(window: Window, top: number, height: number) {
    this.#window = window;
    this.#bottom = top + height - 9;
    // In a low lane the middle makes way for what is above it.
    this.#middle = Math.max(top + height / 2 + 2, top + 21);
    this.#upper = top + 8;
  }

  get marks(): Mark[] {
    return MARKS.flatMap((kind) => this.#cells.get(kind)?.filter((mark) => mark !== undefined) ?? []);
  }

  add(kind: MarkKind, time: number, task: Task | null, note: string): void {
    const { from, to, grain } = this.#window;
    if (time < from || time > to) return;
    let cells = this.#cells.get(kind);
    if (cells === undefined) this.#cells.set(kind, (cells = []));
    const size = MARK_CELL * grain;
    // Cells are counted from time 0, so that panning does not make the marks dance.
    const cell = Math.floor(time / size) - Math.floor(from / size);
    const mark = cells[cell];
    if (mark === undefined) {
      cells[cell] = { kind, time, count: 1, until: time, task, note, y: this.#rowOf(kind) };
    } else {
      mark.count += 1;
      mark.until = Math.max(mark.until, time);
    }
  }

  /**
   * What often falls together stands in rows of its own: a worker is lost in the moment in which its task is killed, and
   * one that starts begins a task at once, whose name the sign must not cover.
   */
  #rowOf(kind: MarkKind): number {
    if (kind === "loss" || kind === "cancel") return this.#middle;
    return kind === "timeout" || kind === "kill" ? this.#upper : this.#bottom;
  }

  /** What a task's end and its callbacks leave behind. */
  addEnd(task: Task): void {
    const { ended, state, cause, callbacks } = task;
    if (ended !== null && state === "cancelled") this.add("cancel", ended, task, "");
    if (ended !== null && cause === "timeout") this.add("timeout", ended, task, "");
    if (ended !== null && cause === "killed") this.add("kill", ended, task, "");
    for (const at of callbacks) this.add("callback", at, task, "");
  }
}
