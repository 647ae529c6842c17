// The switch between this browser and the local server, which says why where there is none.
import type { App, Backend } from "../state/app";
import { TAKING_TURNS, type Threads } from "../runner/support";
import { element, setAttribute, setText } from "./element";

const CHOICES: readonly (readonly [Backend, string])[] = [
  ["browser", "This browser"],
  ["native", "Native"],
];

export interface BackendListener {
  backend(backend: Backend): void;
}

export class BackendSwitch {
  readonly node: HTMLElement;
  readonly #note = element("p", { class: "note", id: "backend-note" });
  /** What is special about this browser. */
  readonly #browser: string;
  readonly #inputs: ReadonlyMap<Backend, HTMLInputElement>;

  constructor(listener: BackendListener, threads: Threads) {
    this.#browser = threads.takeTurns ? `${TAKING_TURNS} ` : "";
    const options = CHOICES.map(([backend, label]) => {
      const id = `backend-${backend}`;
      const input = element("input", { type: "radio", name: "backend", id, value: backend });
      input.setAttribute("aria-describedby", "backend-note");
      input.addEventListener("change", () => listener.backend(backend));
      return { backend, input, label: element("label", { for: id }, label) };
    });
    this.#inputs = new Map(options.map(({ backend, input }) => [backend, input]));
    const legend = element("legend", {}, "Runs on");
    const choices = element("div", { class: "choices" }, ...options.flatMap(({ input, label }) => [input, label]));
    this.node = element("fieldset", { class: "backend" }, legend, choices, this.#note);
  }

  update({ backend, readiness, nativeSystem }: App): void {
    for (const [choice, input] of this.#inputs) {
      input.checked = choice === backend;
      const isOut = readiness[choice].kind === "unavailable";
      // Not `disabled`: whoever walks through the choices by keys should hear why one cannot be had.
      setAttribute(input, "aria-disabled", isOut ? "true" : null);
    }
    const { native } = readiness;
    const system = nativeSystem === null ? "" : `Native: ${nativeSystem}`;
    setText(this.#note, this.#browser + (native.kind === "unavailable" ? native.reason : system));
  }
}
