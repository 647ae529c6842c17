// The state of the whole page and the actions that change it: pure, so that everything the page can show follows from
// one value. The views read it, and only `store.ts` holds the current one.
import type { Catalog } from "../catalog";
import type { Event, Example, Outcome } from "../generated/events";
import { defaultsOf, type Typed } from "./parameters";
import { endRun, reduce } from "./reduce";
import { isOver, newRun, timeOf, type Run } from "./run";
import type { Notice, Version } from "./version";
import { nextViewing, UNVIEWED, type Viewing, type ViewingAction } from "./viewing";

/** Where a program runs: on Web Workers of this page, or on threads and processes of the local server's machine. */
export type Backend = "browser" | "native";

/** Which of an example's two programs Run runs. */
export type Language = "python" | "rust";

/** Whether programs can run on a back end: `unavailable` says in one sentence why not. */
export type Readiness =
  | { readonly kind: "preparing" }
  | { readonly kind: "ready" }
  | { readonly kind: "unavailable"; readonly reason: string };

export interface App {
  readonly catalog: Catalog;
  /** Id of the example on show. */
  readonly selected: string;
  /** The back end that is chosen for the next run. */
  readonly backend: Backend;
  /** The language that is chosen for the next run. */
  readonly language: Language;
  /** Whether the page's own interpreter can run a program; it is not fetched before it is needed. */
  readonly interpreter: Readiness;
  /** Bytes of the interpreter that have arrived. */
  readonly arrived: number;
  readonly readiness: Readonly<Record<Backend, Readiness>>;
  /** What the local server runs on, once it has said so. */
  readonly nativeSystem: string | null;
  readonly typed: Readonly<Record<string, Typed>>;
  /** Python texts that differ from the original, by the example's id. */
  readonly python: Readonly<Record<string, string | null>>;
  /** Where the version of an example comes from, if that has to be said. */
  readonly notices: Readonly<Record<string, Notice | null>>;
  /** The latest run of each example, by the example's id, so that leafing through the sections loses nothing. */
  readonly runs: Readonly<Record<string, Run>>;
  /** Example whose run has not ended; only one runs at a time. */
  readonly active: string | null;
  /** Why the last press of Run was refused; gone with the next change. */
  readonly refusal: string | null;
  /** How the run on show is looked at. */
  readonly viewing: Viewing;
}

export type Action =
  | { readonly type: "viewing"; readonly action: ViewingAction }
  | { readonly type: "selected"; readonly example: string }
  | { readonly type: "typed"; readonly example: string; readonly name: string; readonly text: string }
  | { readonly type: "reset"; readonly example: string }
  | { readonly type: "edited"; readonly example: string; readonly python: string | null }
  | { readonly type: "shown"; readonly example: string; readonly version: Version; readonly notice: Notice | null }
  | { readonly type: "noticed"; readonly example: string; readonly notice: Notice | null }
  | { readonly type: "readiness"; readonly backend: Backend; readonly readiness: Readiness }
  | { readonly type: "backend"; readonly backend: Backend }
  | { readonly type: "language"; readonly language: Language }
  | { readonly type: "interpreter"; readonly readiness: Readiness }
  | { readonly type: "arrived"; readonly bytes: number }
  | { readonly type: "welcomed"; readonly system: string }
  | { readonly type: "refused"; readonly problem: string }
  | { readonly type: "run"; readonly run: number; readonly example: string }
  | { readonly type: "events"; readonly run: number; readonly events: readonly Event[]; readonly now: number }
  | { readonly type: "answered"; readonly run: number }
  | { readonly type: "stopping"; readonly run: number }
  | { readonly type: "ended"; readonly run: number; readonly outcome: Outcome; readonly now: number };

export function newApp(catalog: Catalog, selected: string, language: Language = "rust"): App {
  const typed = Object.fromEntries(catalog.map((example) => [example.id, defaultsOf(example)]));
  const readiness = { browser: { kind: "preparing" }, native: { kind: "preparing" } } as const;
  return {
    catalog,
    selected,
    backend: "browser",
    language,
    // Until it is needed there is nothing to be ready.
    interpreter: { kind: "ready" },
    arrived: 0,
    readiness,
    nativeSystem: null,
    typed,
    python: {},
    notices: {},
    runs: {},
    active: null,
    refusal: null,
    viewing: UNVIEWED,
  };
}

export function next(app: App, action: Action): App {
  switch (action.type) {
    case "viewing":
      return { ...app, viewing: nextViewing(app.viewing, action.action, shownRun(app)) };
    case "selected":
      return { ...app, selected: action.example, refusal: null };
    case "typed": {
      const typed = { ...app.typed[action.example], [action.name]: action.text };
      return { ...app, typed: { ...app.typed, [action.example]: typed }, refusal: null };
    }
    case "reset": {
      const example = exampleOf(app, action.example);
      return { ...app, typed: { ...app.typed, [example.id]: defaultsOf(example) }, refusal: null };
    }
    case "edited":
      return { ...app, python: { ...app.python, [action.example]: action.python } };
    case "shown": {
      const { example, version, notice } = action;
      const typed = { ...app.typed, [example]: version.typed };
      const python = { ...app.python, [example]: version.python };
      return { ...app, typed, python, notices: { ...app.notices, [example]: notice }, refusal: null };
    }
    case "noticed":
      return { ...app, notices: { ...app.notices, [action.example]: action.notice } };
    case "readiness":
      return { ...app, readiness: { ...app.readiness, [action.backend]: action.readiness } };
    case "backend":
      return { ...app, backend: action.backend, refusal: null };
    case "language":
      return { ...app, language: action.language, refusal: null };
    case "interpreter":
      return { ...app, interpreter: action.readiness };
    case "arrived":
      return { ...app, arrived: action.bytes };
    case "welcomed":
      return { ...app, nativeSystem: action.system };
    case "refused":
      return { ...app, refusal: action.problem };
    case "run":
      return withRun({ ...app, refusal: null }, newRun(action.run, action.example));
    case "events":
      return changeRun(app, action.run, (run) => reduce(run, action.events, action.now));
    case "answered":
      return changeRun(app, action.run, (run) => ({ ...run, asks: null }));
    case "stopping":
      return changeRun(app, action.run, (run) => ({ ...run, stopping: true }));
    case "ended":
      return changeRun(app, action.run, (run) => endRun(run, timeOf(run, action.now), action.outcome));
  }
}

/** The example with this id; a caller only has ids that came from the catalog. */
export function exampleOf(app: App, id: string): Example {
  const example = app.catalog.find((candidate) => candidate.id === id);
  if (example === undefined) throw new Error(`the catalog has no example ${id}`);
  return example;
}

/** The language of what Run runs now: the reader's own program is always Python. */
export function languageOf(app: App): Language {
  return exampleOf(app, app.selected).rust === "" ? "python" : app.language;
}

/** Whether what Run runs now can be run. */
export function readinessOf(app: App): Readiness {
  const place = app.readiness[app.backend];
  return app.backend === "browser" && languageOf(app) === "python" && place.kind !== "unavailable" ? app.interpreter : place;
}

/** The latest run of the example on show. */
export function shownRun(app: App): Run | undefined {
  return app.runs[app.selected];
}

function changeRun(app: App, id: number, change: (run: Run) => Run): App {
  const run = Object.values(app.runs).find((candidate) => candidate.id === id);
  return run === undefined ? app : withRun(app, change(run));
}

function withRun(app: App, run: Run): App {
  const active = isOver(run) ? (app.active === run.example ? null : app.active) : run.example;
  return { ...app, runs: { ...app.runs, [run.example]: run }, active };
}
