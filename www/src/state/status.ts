// The status line as data: what is said, how it is coloured, and whether a clock runs beside it.
import { exampleOf, languageOf, readinessOf, shownRun, type App } from "./app";
import { duration, seconds } from "./duration";
import { grouped } from "./grouped";
import { timeOf, type Run } from "./run";

export interface Status {
  readonly text: string;
  readonly tone: "quiet" | "busy" | "good" | "bad";
  /** True while the time that has passed is shown behind the text. */
  readonly ticking: boolean;
  /** How far a run has come, beside the clock. */
  readonly progress?: string;
}

const quiet = (text: string): Status => ({ text, tone: "quiet", ticking: false });

export function statusOf(app: App): Status {
  const { refusal, active, backend } = app;
  const readiness = readinessOf(app);
  if (readiness.kind === "unavailable") return { text: readiness.reason, tone: "bad", ticking: false };
  if (refusal !== null) return { text: `Not run: ${refusal}`, tone: "bad", ticking: false };
  const run = shownRun(app);
  if (run === undefined || (active !== null && active !== run.example)) {
    if (active !== null) return { text: `“${exampleOf(app, active).title}” is running`, tone: "busy", ticking: false };
    if (readiness.kind === "ready") return quiet("Ready");
    return quiet(backend === "native" ? "Connecting to the local server…" : "Preparing threads…");
  }
  switch (run.phase) {
    case "waiting":
      return { text: starting(app), tone: "busy", ticking: false };
    case "running":
      return { text: run.stopping ? "Stopping…" : "Running…", tone: "busy", ticking: true, progress: progressOf(run) };
    case "finished":
      return { text: `Finished in ${total(run)}`, tone: "good", ticking: false };
    case "failed":
      return { text: `Failed: ${firstLine(run.error ?? "no cause was given")}`, tone: "bad", ticking: false };
    case "stopped":
      return quiet(`Stopped after ${total(run)}`);
  }
}

/** What a run waits for. */
function starting(app: App): string {
  const { backend, interpreter, arrived } = app;
  if (backend === "native" || languageOf(app) === "rust" || interpreter.kind !== "preparing") return "Starting…";
  return arrived === 0 ? "Fetching Python…" : `Fetching Python… ${(arrived / 1e6).toFixed(1)} MB`;
}

/** How long a run took that is over; the page's clock no longer matters to it. */
function total(run: Run): string {
  const time = timeOf(run, 0);
  return time < 100 ? duration(time) : seconds(time);
}

function progressOf({ tasks }: Run): string {
  const { queued, running, ...over } = tasks.counts;
  const done = Object.values(over).reduce((sum, count) => sum + count, 0);
  const all = queued + running + done;
  return all < 2 ? "" : `${grouped(done)} of ${grouped(all)} tasks done`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
