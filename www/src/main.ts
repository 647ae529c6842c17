// Puts the page together: the state, its views, and the runner that feeds it.
import { catalog } from "./catalog";
import { Page } from "./page";
import { host } from "./runner/host";
import { Runner } from "./runner/runner";
import { unsupported, warmThreads } from "./runner/support";
import { exampleIn } from "./state/address";
import { exampleOf, newApp, type App } from "./state/app";
import { checkAll } from "./state/parameters";
import { newStore } from "./state/store";
import { onShortcut } from "./view/shortcuts";
import "./style/page.css";

/** Milliseconds between two looks at the clock while a program runs. */
const TICK = 100;

const threads = warmThreads();
const first = exampleIn(location.hash, catalog) ?? catalog[0]?.id ?? "";
const store = newStore(newApp(catalog, first), (draw) => requestAnimationFrame(draw));

const runner = new Runner(host, threads, {
  preparing: () => store.dispatch({ type: "readiness", readiness: { kind: "preparing" } }),
  ready() {
    store.dispatch({ type: "readiness", readiness: { kind: "ready" } });
    performance.mark("ready");
  },
  unavailable: (reason) => store.dispatch({ type: "readiness", readiness: { kind: "unavailable", reason } }),
  events: (run, events) => store.dispatch({ type: "events", run, events, now: performance.now() }),
  ended: (run, outcome) => store.dispatch({ type: "ended", run, outcome, now: performance.now() }),
});

const painted = new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const reason = unsupported();
if (reason !== null) store.dispatch({ type: "readiness", readiness: { kind: "unavailable", reason } });
// Before anything is built, as the program is fetched and compiled beside that.
else void runner.prepare(painted);

const page = new Page(store.state, threads, {
  run,
  stop: () => runner.stop(),
  typed: (name, text) => store.dispatch({ type: "typed", example: store.state.selected, name, text }),
  reset: () => store.dispatch({ type: "reset", example: store.state.selected }),
  view: (action) => store.dispatch({ type: "viewing", action }),
});

function run(): void {
  const app = store.state;
  if (app.readiness.kind === "unavailable") return;
  const example = exampleOf(app, app.selected);
  const checked = checkAll(example, app.typed[example.id] ?? {});
  if ("problem" in checked) {
    store.dispatch({ type: "refused", problem: checked.problem });
    page.parameters.focus(checked.name);
    return;
  }
  store.dispatch({ type: "run", run: runner.run(example.id, checked.values), example: example.id });
  page.showResults();
}

function select(): void {
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
onShortcut({ run, stop: () => runner.stop() });
