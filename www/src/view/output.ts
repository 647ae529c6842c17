// What the program writes, line by line as it writes it.
import { duration, seconds } from "../state/duration";
import type { Line, Run } from "../state/run";
import { copyButton } from "./copy";
import { element, setText } from "./element";

/** Pixels from the end that still count as reading along. */
const NEAR = 24;

export class OutputView {
  readonly node: HTMLElement;
  readonly #dropped = element("div", { class: "dropped" });
  readonly #lines = element("div");
  readonly #failure = element("div", { class: "failure" });
  readonly #log = element(
    "div",
    { class: "log", role: "log", "aria-label": "Output", tabindex: "0" },
    this.#dropped,
    this.#lines,
    this.#failure,
  );
  #run: Run | undefined;
  /** Lines of this run that have been shown, those dropped since included. */
  #shown = 0;

  constructor() {
    const copy = copyButton("output", () => this.#run?.lines.map((line) => line.text).join("\n") ?? "");
    const head = element("div", { class: "panel-head" }, element("h2", {}, "Output"), copy);
    this.node = element("section", { class: "panel output", "aria-label": "Output" }, head, this.#log);
  }

  update(run: Run | undefined): void {
    if (run === this.#run) return;
    const reading = this.#log.scrollTop + this.#log.clientHeight >= this.#log.scrollHeight - NEAR;
    if (run?.id !== this.#run?.id) {
      this.#lines.replaceChildren();
      this.#shown = 0;
    }
    this.#run = run;
    if (run !== undefined) this.#append(run);
    setText(this.#dropped, run === undefined || run.dropped === 0 ? "" : `${run.dropped} earlier lines are not kept`);
    const error = run?.error ?? null;
    if (error === null) this.#failure.replaceChildren();
    else this.#failure.replaceChildren(element("strong", {}, "The run failed. "), error);
    // Whoever scrolled up reads something; new lines must not take it away.
    if (reading) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #append(run: Run): void {
    const fresh = run.lines.slice(Math.max(0, this.#shown - run.dropped));
    this.#lines.append(...fresh.map(nodeOf));
    this.#shown = run.dropped + run.lines.length;
    while (this.#lines.childElementCount > run.lines.length) this.#lines.firstElementChild?.remove();
  }
}

function nodeOf({ at, stream, text, worker }: Line): HTMLElement {
  // Time, stream and writer stand in attributes that the style sheet shows, so that copied text is the output alone.
  const origin: Record<string, string> = worker === null ? {} : { "data-worker": worker };
  return element(
    "div",
    { class: "line", "data-stream": stream, "data-at": at < 100 ? duration(at) : seconds(at), ...origin },
    text,
  );
}
