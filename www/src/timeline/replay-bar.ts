// The replay of a run that is over: play and pause, a slider over its time, and its speed. It stands there before there
// is anything to replay, so that nothing moves when there is.
import { duration } from "../state/duration";
import { isOver, type Run } from "../state/run";
import { SPEEDS, type Viewing, type ViewingAction } from "../state/viewing";
import { element, setAttribute, setText } from "../view/element";

/** Steps of the slider, whatever the length of the run. */
const STEPS = 1_000;

export class ReplayBar {
  readonly node: HTMLElement;
  readonly #act: (action: ViewingAction) => void;
  readonly #play = element("button", { type: "button", class: "small play" }, "Replay");
  readonly #slider = element("input", { type: "range", min: "0", max: String(STEPS), value: String(STEPS) });
  readonly #time = element("output", { class: "replay-time" });
  readonly #speed = element("select", { "aria-label": "Speed of the replay" }, ...SPEEDS.map(option));
  readonly #leave = element("button", { type: "button", class: "small leave" }, "End replay");
  readonly #note = element("span", { class: "replay-note", role: "status" });
  #end: number | null = null;
  #playing = false;
  #frame = 0;
  #last: number | null = null;

  constructor(act: (action: ViewingAction) => void) {
    this.#act = act;
    this.#slider.setAttribute("aria-label", "Moment of the replay");
    this.#play.addEventListener("click", () => this.toggle());
    this.#leave.addEventListener("click", () => {
      this.#act({ kind: "leave" });
      this.#play.focus();
    });
    this.#slider.addEventListener("input", () => this.#seek());
    this.#speed.addEventListener("change", () => this.#act({ kind: "speed", speed: Number(this.#speed.value) }));
    const parts = [this.#play, this.#slider, this.#time, this.#speed, this.#leave, this.#note];
    this.node = element("div", { class: "replay", role: "group", "aria-label": "Replay" }, ...parts);
  }

  update(whole: Run | undefined, { replay, speed }: Viewing): void {
    this.#end = whole !== undefined && isOver(whole) ? whole.ended : null;
    const off = this.#end === null;
    setAttribute(this.node, "data-replaying", replay === null ? null : "");
    setAttribute(this.#play, "aria-disabled", off ? "true" : null);
    this.#slider.disabled = this.#speed.disabled = off;
    this.#playing = replay?.playing ?? false;
    setText(this.#play, this.#playing ? "Pause" : replay === null ? "Replay" : "Play");
    const time = replay?.time ?? this.#end ?? 0;
    const place = off || this.#end === 0 ? STEPS : Math.round((time / (this.#end ?? 1)) * STEPS);
    if (this.#slider.valueAsNumber !== place) this.#slider.value = String(place);
    setAttribute(this.#slider, "aria-valuetext", off ? "nothing to replay yet" : duration(time));
    setText(this.#time, off ? "–" : duration(time));
    this.#speed.value = String(speed);
    setText(this.#note, replay === null ? "" : "Replay: this is an earlier moment");
    if (this.#playing && this.#frame === 0) this.#go();
  }

  toggle(): void {
    if (this.#end !== null) this.#act({ kind: this.#playing ? "pause" : "play" });
  }

  #seek(): void {
    if (this.#end !== null) this.#act({ kind: "seek", time: (this.#slider.valueAsNumber / STEPS) * this.#end });
  }

  /** Lets the replay go on with the page's frames, as long as it plays. */
  #go(): void {
    this.#last = null;
    const step = (now: number): void => {
      this.#frame = 0;
      if (!this.#playing) return;
      // A page that was out of sight goes on where it was.
      this.#act({ kind: "advance", passed: this.#last === null ? 0 : Math.min(100, now - this.#last) });
      this.#last = now;
      this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }
}

function option(speed: number): HTMLOptionElement {
  const node = element("option", { value: String(speed) }, `${speed}×`);
  if (speed === 1) node.selected = true;
  return node;
}
