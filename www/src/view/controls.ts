// Run, Stop and the status line. The bar stays in sight, as the code above it may be longer than the screen.
import { readinessOf, shownRun, type App } from "../state/app";
import { seconds } from "../state/duration";
import { timeOf } from "../state/run";
import { statusOf } from "../state/status";
import { element, setAttribute, setText } from "./element";

export interface ControlsListener {
  run(): void;
  stop(): void;
}

export class Controls {
  readonly node: HTMLElement;
  readonly #run = element("button", { type: "button", class: "run", "aria-keyshortcuts": "Control+Enter" }, "Run");
  readonly #stop = element("button", { type: "button", class: "stop", "aria-keyshortcuts": "Escape" }, "Stop");
  readonly #text = element("span");
  // Hidden from those who listen: a live region that ticks would never stop talking.
  readonly #clock = element("span", { class: "clock", "aria-hidden": "true" });
  readonly #status = element("p", { class: "status", role: "status", "aria-live": "polite" }, this.#text, this.#clock);

  constructor(listener: ControlsListener) {
    this.#run.append(element("kbd", { "aria-hidden": "true" }, "Ctrl ↵"));
    this.#stop.append(element("kbd", { "aria-hidden": "true" }, "Esc"));
    this.#run.addEventListener("click", () => listener.run());
    this.#stop.addEventListener("click", () => listener.stop());
    this.node = element("section", { class: "controls", "aria-label": "Run" }, this.#run, this.#stop, this.#status);
  }

  update(app: App): void {
    const { text, tone } = statusOf(app);
    setText(this.#text, text);
    setAttribute(this.#status, "data-tone", tone);
    // Not `disabled`, which would throw the focus away when a run ends under it.
    setAttribute(this.#run, "aria-disabled", readinessOf(app).kind === "unavailable" ? "true" : null);
    setAttribute(this.#stop, "aria-disabled", app.active === null ? "true" : null);
    setAttribute(this.node, "data-running", app.active === null ? null : "");
    this.tick(app);
  }

  /** Shows the time that has passed; called a few times a second while a program runs. */
  tick(app: App): void {
    const run = shownRun(app);
    const { ticking, progress = "" } = statusOf(app);
    if (run === undefined || !ticking) return setText(this.#clock, "");
    const clock = seconds(timeOf(run, performance.now()), 1);
    setText(this.#clock, progress === "" ? clock : `${clock} · ${progress}`);
  }
}
