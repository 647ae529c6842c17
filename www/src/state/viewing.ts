// How a run is looked at: the task that is selected in all views, and the moment of a replay. It belongs to one run, so
// a new run, or another section, begins with none of it.
import { isOver, type Run } from "./run";

/** Times as fast as the run was. */
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 10] as const;

export interface Replay {
  /** The run's own time that is shown. */
  readonly time: number;
  readonly playing: boolean;
}

export interface Viewing {
  readonly run: number | null;
  /** Number of the selected task. */
  readonly task: number | null;
  /** Null while the run is shown as it is. */
  readonly replay: Replay | null;
  readonly speed: number;
}

export type ViewingAction =
  | { readonly kind: "choose"; readonly task: number | null }
  | { readonly kind: "seek"; readonly time: number }
  | { readonly kind: "play" }
  | { readonly kind: "pause" }
  | { readonly kind: "leave" }
  | { readonly kind: "speed"; readonly speed: number }
  /** `passed` milliseconds of the page's clock went by. */
  | { readonly kind: "advance"; readonly passed: number };

export const UNVIEWED: Viewing = { run: null, task: null, replay: null, speed: 1 };

/** What holds for this run: nothing is selected and replayed but what was so in it. */
export function viewingOf(viewing: Viewing, run: Run | undefined): Viewing {
  return run !== undefined && viewing.run === run.id ? viewing : { ...UNVIEWED, speed: viewing.speed };
}

export function nextViewing(before: Viewing, action: ViewingAction, run: Run | undefined): Viewing {
  const viewing = { ...viewingOf(before, run), run: run?.id ?? null };
  if (action.kind === "choose") return { ...viewing, task: action.task };
  if (action.kind === "speed") return { ...viewing, speed: action.speed };
  if (run === undefined || !isOver(run) || run.ended === null) return viewing;
  const { replay, speed } = viewing;
  switch (action.kind) {
    case "leave":
      return { ...viewing, replay: null };
    case "seek":
      return { ...viewing, replay: { time: clamp(action.time, run.ended), playing: replay?.playing ?? false } };
    case "pause":
      return replay === null ? viewing : { ...viewing, replay: { ...replay, playing: false } };
    case "play": {
      // At the end there is nothing left to play, so it begins again.
      const time = replay === null || replay.time >= run.ended ? 0 : replay.time;
      return { ...viewing, replay: { time, playing: true } };
    }
    case "advance": {
      if (replay === null || !replay.playing) return viewing;
      const time = clamp(replay.time + action.passed * speed, run.ended);
      return { ...viewing, replay: { time, playing: time < run.ended } };
    }
  }
}

function clamp(time: number, end: number): number {
  return Math.max(0, Math.min(end, time));
}
