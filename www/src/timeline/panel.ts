// The timeline's panel: the head with its tools, the canvas, the replay, the legend and the table of events.
import { isOver, type Run } from "../state/run";
import { traceOf } from "../state/trace";
import type { Viewing, ViewingAction } from "../state/viewing";
import { download } from "../view/download";
import { element } from "../view/element";
import { EventsTable } from "./events-table";
import { Legend } from "./legend";
import { pictureOf } from "./picture";
import { ReplayBar } from "./replay-bar";
import { Timeline } from "./timeline";
import { Toolbar } from "./toolbar";

export interface ViewingListener {
  view(action: ViewingAction): void;
}

export class TimelinePanel {
  readonly node: HTMLElement;
  readonly #timeline: Timeline;
  readonly #toolbar: Toolbar;
  readonly #replay: ReplayBar;
  readonly #legend = new Legend();
  readonly #events = new EventsTable();
  #run: Run | undefined;
  #title = "";
  #selects = false;

  constructor({ view }: ViewingListener) {
    this.#replay = new ReplayBar(view);
    this.#timeline = new Timeline({
      choose: (task) => view({ kind: "choose", task }),
      play: () => this.#replay.toggle(),
      follows: (yes) => this.#toolbar.follows(yes),
    });
    this.#toolbar = new Toolbar({
      zoom: (factor) => this.#timeline.zoom(factor),
      fit: () => this.#timeline.fit(),
      trace: () => this.#saveTrace(),
      picture: () => void this.#savePicture(),
    });
    // Before the page's own Escape, which stops a run: whoever is among the results clears the selection first.
    addEventListener("keydown", (event) => this.#escape(event, view), { capture: true });
    const head = element("div", { class: "panel-head" }, element("h2", {}, "Timeline"), this.#toolbar.node);
    this.node = element(
      "section",
      { class: "panel timeline-panel", "aria-label": "Timeline" },
      head,
      this.#timeline.node,
      this.#replay.node,
      this.#legend.node,
      this.#events.node,
    );
  }

  /** `run` is what is shown: `whole`, or an earlier moment of it. */
  update(run: Run | undefined, whole: Run | undefined, viewing: Viewing, title: string): void {
    if (whole?.id !== this.#run?.id) this.#toolbar.follows(true);
    this.#run = whole;
    this.#title = title;
    this.#selects = viewing.task !== null;
    this.#timeline.update(run, whole, viewing.task);
    this.#toolbar.update(whole !== undefined && !isOver(whole), whole !== undefined);
    this.#replay.update(whole, viewing);
    this.#events.update(run);
  }

  recolour(): void {
    this.#timeline.recolour();
    this.#legend.recolour();
  }

  #escape(event: KeyboardEvent, view: ViewingListener["view"]): void {
    if (event.key !== "Escape" || !this.#selects) return;
    view({ kind: "choose", task: null });
    if (event.target instanceof Node && this.node.parentElement?.contains(event.target)) event.stopPropagation();
  }

  #saveTrace(): void {
    if (this.#run === undefined) return;
    const text = JSON.stringify(traceOf(this.#run));
    download(`${this.#run.example}.trace.json`, new Blob([text], { type: "application/json" }));
  }

  async #savePicture(): Promise<void> {
    const run = this.#run;
    const picture = run === undefined ? null : await pictureOf(run, this.#title, this.node);
    if (run !== undefined && picture !== null) download(`${run.example}.png`, picture);
  }
}
