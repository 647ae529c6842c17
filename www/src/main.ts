// Puts the page together: the state, its views, and the runner that feeds it.
import { catalog } from "./catalog";
import { canRegister, register } from "./offline/register";
import { Page } from "./page";
import { host } from "./runner/host";
import { connectWith, NativeRunner, NO_SERVER } from "./runner/native";
import { runNumbers } from "./runner/run_numbers";
import { Runner, type RunnerListener } from "./runner/runner";
import { takeServerToken } from "./runner/server_token";
import { threadsHere, unsupported } from "./runner/support";
import { Versions } from "./share/versions";
import { exampleIn } from "./state/address";
import { exampleOf, newApp, type App, type Backend, type Readiness } from "./state/app";
import { checkAll } from "./state/parameters";
import { newStore } from "./state/store";
import { onShortcut } from "./view/shortcuts";
import "./style/page.css";

/** Milliseconds between two looks at the clock while a program runs. */
const TICK = 100;

const threads = threadsHere();
const first = exampleIn(location.hash, catalog) ?? catalog[0]?.id ?? "";
const store = newStore(newApp(catalog, first), (draw) => requestAnimationFrame(draw));
const versions = new Versions(store, choose);

const nextRun = runNumbers();
const runner = new Runner(host, threads, listenerFor("browser"), nextRun);
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
    ended: (run, outcome) => store.dispatch({ type: "ended", run, outcome, now: performance.now() }),
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
  typed: (name, text) => versions.typed(name, text),
  reset: () => versions.reset(),
  edited: (text) => versions.edited(text),
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

/** Prepares the browser's back end, or says why it cannot be had. */
function begin(): void {
  if (reason === null) void runner.prepare();
  else listenerFor("browser").unavailable(reason);
}

function run(): void {
  const app = store.state;
  if (app.readiness[app.backend].kind === "unavailable" && (app.backend === "browser" || native === null)) return;
  const example = exampleOf(app, app.selected);
  const checked = checkAll(example, app.typed[example.id] ?? {});
  if ("problem" in checked) {
    store.dispatch({ type: "refused", problem: checked.problem });
    page.parameters.focus(checked.name);
    return;
  }
  // One run at a time, wherever it is.
  stop();
  const chosen = app.backend === "native" && native !== null ? native : runner;
  store.dispatch({ type: "run", run: chosen.run(example.id, checked.values), example: example.id });
  page.showResults();
}

function stop(): void {
  runner.stop();
  native?.stop();
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
addEventListener("hashchange", select);
void versions.open(location.hash);
onShortcut({ run, stop, share: () => void page.share.copy(), help: () => page.help.open() });
