// Puts the page together: the state, its views, and the runner that feeds it.
import { catalog, OWN } from "./catalog";
import { canRegister, register } from "./offline/register";
import { Page } from "./page";
import { examples, interpreter } from "./runner/host";
import { connectWith, NativeRunner, NO_SERVER } from "./runner/native";
import { runNumbers } from "./runner/run_numbers";
import { Runner, type RunnerListener } from "./runner/runner";
import { takeServerToken } from "./runner/server_token";
import { threadsHere, unsupported } from "./runner/support";
import { Versions } from "./share/versions";
import { exampleIn, fragmentOf } from "./state/address";
import { exampleOf, languageOf, newApp, readinessOf, shownRun, type App, type Backend, type Language, type Readiness } from "./state/app";
import { keepLanguage, keptLanguage } from "./state/language";
import { checkAll } from "./state/parameters";
import { newStore } from "./state/store";
import { onDrop, readProgram } from "./view/open";
import { onShortcut } from "./view/shortcuts";
import "./style/page.css";

/** Milliseconds between two looks at the clock while a program runs. */
const TICK = 100;

const threads = threadsHere();
const first = exampleIn(location.hash, catalog) ?? catalog[0]?.id ?? "";
const store = newStore(newApp(catalog, first, keptLanguage(() => localStorage)), (draw) => requestAnimationFrame(draw));
const versions = new Versions(store, choose);

const nextRun = runNumbers();
const runner = new Runner(examples, threads, listenerFor("browser"), nextRun);
const arrived = (bytes: number): void => store.dispatch({ type: "arrived", bytes });
const python = new Runner(interpreter(arrived), threads, interpreterListener(), nextRun);
/** Whether the interpreter has been asked for. */
let fetching = false;
/** Whether threads may be started, and whether those of the Rust programs have been. */
let [begun, prepared] = [false, false];
const token = takeServerToken();
const native =
  token === null
    ? null
    : new NativeRunner(connectWith(token), nextRun, {
        ...listenerFor("native"),
        welcomed: (system, processors) =>
          store.dispatch({ type: "welcomed", system: `${system}, ${processors} processor${processors === 1 ? "" : "s"}` }),
      });

function listenerFor(backend: Backend): RunnerListener {
  const tell = (readiness: Readiness): void => store.dispatch({ type: "readiness", backend, readiness });
  return {
    preparing: () => tell({ kind: "preparing" }),
    ready() {
      tell({ kind: "ready" });
      // Marks of the performance timeline, by which tests and tools see when the page is ready.
      performance.mark(backend === "browser" ? "ready" : "native-ready");
    },
    unavailable: (reason) => tell({ kind: "unavailable", reason }),
    events: (run, events) => store.dispatch({ type: "events", run, events, now: performance.now() }),
    stopping: (run) => store.dispatch({ type: "stopping", run }),
    ended: (run, outcome) => store.dispatch({ type: "ended", run, outcome, now: performance.now() }),
  };
}

function interpreterListener(): RunnerListener {
  const tell = (readiness: Readiness): void => store.dispatch({ type: "interpreter", readiness });
  return {
    ...listenerFor("browser"),
    preparing: () => tell({ kind: "preparing" }),
    ready() {
      tell({ kind: "ready" });
      performance.mark("python-ready");
    },
    unavailable: (reason) => tell({ kind: "unavailable", reason }),
  };
}

const painted = new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const reason = unsupported();
// After the first paint, which the program's download and its workers would hold up; and not on a page that a reload isolates.
if (crossOriginIsolated || !canRegister()) void painted.then(begin);
if (native === null) listenerFor("native").unavailable(NO_SERVER);
else void painted.then(() => native.prepare());

const page = new Page(store.state, threads, {
  run,
  stop,
  backend: choose,
  language: speak,
  answer,
  typed: (name, text) => versions.typed(name, text),
  reset: () => versions.reset(),
  edited: (text) => versions.edited(text),
  opened: open,
  restore: () => versions.restore(),
  bringBack: (version) => versions.bringBack(version),
  dismiss: () => versions.dismiss(),
  address: () => versions.address(),
  view: (action) => store.dispatch({ type: "viewing", action }),
});

if (canRegister()) {
  void painted
    .then(() => register({ updated: (take) => page.newer.offer(take) }))
    .then((reloading) => {
      if (!crossOriginIsolated && !reloading) begin();
    });
}

/** Lets the browser's back end begin, or says why it cannot be had. */
function begin(): void {
  if (reason !== null) return listenerFor("browser").unavailable(reason);
  begun = true;
  prepare(store.state);
  // Nothing has to be there before Python is asked for.
  if (!prepared) performance.mark("ready");
}

/** Prepares the Rust programs once they may be run: a reader of Python should not wait for them. */
function prepare(app: App): void {
  if (!begun || prepared || languageOf(app) === "python") return;
  prepared = true;
  void runner.prepare();
}

function run(): void {
  const app = store.state;
  if (readinessOf(app).kind === "unavailable" && (app.backend === "browser" || native === null)) return;
  const example = exampleOf(app, app.selected);
  const source = languageOf(app) === "python" ? (app.python[example.id] ?? example.python) : null;
  const checked = source === null ? checkAll(example, app.typed[example.id] ?? {}) : { values: {} };
  if ("problem" in checked) {
    store.dispatch({ type: "refused", problem: checked.problem });
    page.parameters.focus(checked.name);
    return;
  }
  // One run at a time, wherever it is.
  for (const other of [runner, python, native]) other?.end();
  const chosen = app.backend === "native" && native !== null ? native : source === null ? runner : fetched();
  store.dispatch({ type: "run", run: chosen.run(example.id, checked.values, source), example: example.id });
  page.showResults();
}

function stop(): void {
  for (const each of [runner, python, native]) each?.stop();
}

/** Answers the program that waits for input. */
function answer(line: string | null): void {
  const run = shownRun(store.state);
  if (run === undefined) return;
  (run.backend === "native" ? native : python)?.answer(line);
  store.dispatch({ type: "answered", run: run.id });
}

/** The interpreter's runner; the first call fetches it. */
function fetched(): Runner {
  if (!fetching) void python.prepare();
  fetching = true;
  return python;
}

function speak(language: Language): void {
  keepLanguage(() => localStorage, language);
  store.dispatch({ type: "language", language });
}

function choose(backend: Backend): void {
  if (backend === "native") native?.prepare();
  store.dispatch({ type: "backend", backend });
}

function select(): void {
  void versions.open(location.hash);
  const example = exampleIn(location.hash, catalog);
  if (example === null || example === store.state.selected) return;
  store.dispatch({ type: "selected", example });
  scrollTo(0, 0);
  // Without this the focus stays on the link, and whoever listens does not hear that the section changed.
  requestAnimationFrame(() => page.lesson.title.focus({ preventScroll: true }));
}

/** Shows a file as the reader's own program; it is not run by itself. */
async function open(file: File): Promise<void> {
  const program = await readProgram(file);
  if ("problem" in program) return store.dispatch({ type: "refused", problem: program.problem });
  location.hash = fragmentOf(OWN.id);
  store.dispatch({ type: "selected", example: OWN.id });
  versions.edited(program.text);
}

let ticking: ReturnType<typeof setInterval> | undefined;

function keepTime(app: App): void {
  if (app.active === null) {
    clearInterval(ticking);
    ticking = undefined;
  } else {
    ticking ??= setInterval(() => page.tick(store.state), TICK);
  }
}

document.body.append(...page.nodes);
page.recolour();
store.show((app) => page.update(app));
store.show(keepTime);
store.show(prepare);
addEventListener("hashchange", select);
void versions.open(location.hash);
onDrop(document, (file) => void open(file));
onShortcut({ run, stop, share: () => void page.share.copy(), help: () => page.help.open() });
