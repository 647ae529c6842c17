// What the program writes, line by line as it writes it.
import { adviceFor } from "../state/advice";
import { duration, seconds } from "../state/duration";
import type { Line, Run } from "../state/run";
import { copyButton } from "./copy";
import { element, setText } from "./element";
import { Question, type QuestionListener } from "./question";
import { onSelection, setStop } from "./selection";

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
  readonly #question: Question;
  #run: Run | undefined;
  /** Lines of this run that have been shown, those dropped since included. */
  #shown = 0;
  #selected: number | null = null;

  constructor(listener: QuestionListener, choose: (task: number | null) => void) {
    this.#question = new Question(listener);
    onSelection(this.#lines, OF_TASKS, (line) => Number(line.dataset.task), choose);
    const copy = copyButton("output", () => this.#run?.lines.map((line) => line.text).join("\n") ?? "");
    const head = element("div", { class: "panel-head" }, element("h2", {}, "Output"), copy);
    this.node = element("section", { class: "panel output", "aria-label": "Output" }, head, this.#log, this.#question.node);
  }

  update(run: Run | undefined, selected: number | null): void {
    const chosen = selected !== this.#selected;
    this.#selected = selected;
    if (run !== this.#run) this.#show(run);
    else if (!chosen) return;
    this.#mark(chosen);
  }

  #show(run: Run | undefined): void {
    const reading = this.#log.scrollTop + this.#log.clientHeight >= this.#log.scrollHeight - NEAR;
    if (run?.id !== this.#run?.id) {
      this.#lines.replaceChildren();
      this.#shown = 0;
    }
    this.#run = run;
    this.#question.update(run?.asks ?? null);
    if (run !== undefined) this.#append(run);
    setText(this.#dropped, run === undefined || run.dropped === 0 ? "" : `${run.dropped} earlier lines are not kept`);
    this.#fail(run);
    // Whoever scrolled up reads something; new lines must not take it away.
    if (reading) this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** Tells what a failed run failed of, and what may be tried. */
  #fail(run: Run | undefined): void {
    this.#failure.replaceChildren();
    if (run === undefined || run.error === null) return;
    this.#failure.append(element("strong", {}, "The run failed: "), run.error);
    const advice = adviceFor(run);
    if (advice !== null) this.#failure.append(element("p", {}, advice));
  }

  /** Marks the lines of the selected task, and scrolls the log to the first of them when it was just selected. */
  #mark(chosen: boolean): void {
    for (const line of this.#lines.querySelectorAll("[aria-current]")) line.removeAttribute("aria-current");
    const lines = this.#selected === null ? [] : [...this.#lines.querySelectorAll(`[data-task="${this.#selected}"]`)];
    for (const line of lines) line.setAttribute("aria-current", "true");
    const [first] = lines;
    const focused = document.activeElement;
    setStop(this.#lines, OF_TASKS, this.#lines.contains(focused) ? focused : (first ?? null));
    if (!chosen || !(first instanceof HTMLElement)) return;
    // Not `scrollIntoView`, which would move the page as well.
    const top = first.offsetTop - this.#log.offsetTop;
    const seen = top >= this.#log.scrollTop && top + first.offsetHeight <= this.#log.scrollTop + this.#log.clientHeight;
    if (!seen) this.#log.scrollTop = top - this.#log.clientHeight / 3;
  }

  #append(run: Run): void {
    const last = run.dropped + run.lines.length;
    // In a replay there may be fewer than there were.
    for (; this.#shown > last; this.#shown -= 1) this.#lines.lastElementChild?.remove();
    const fresh = run.lines.slice(Math.max(0, this.#shown - run.dropped));
    this.#lines.append(...fresh.map(nodeOf));
    this.#shown = last;
    while (this.#lines.childElementCount > run.lines.length) this.#lines.firstElementChild?.remove();
  }
}

/** Only what is known to be of a task can select one. */
const OF_TASKS = "[data-task]";

function nodeOf({ at, stream, text, worker, task }: Line): HTMLElement {
  // Time, stream and writer stand in attributes that the style sheet shows, so that copied text is the output alone.
  const origin: Record<string, string> = worker === null ? {} : { "data-worker": worker };
  const link: Record<string, string> = task === null ? {} : { "data-task": String(task), tabindex: "-1" };
  return element(
    "div",
    { class: "line", "data-stream": stream, "data-at": at < 100 ? duration(at) : seconds(at), ...origin, ...link },
    text,
  );
}
