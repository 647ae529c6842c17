// The document's Python, to be edited, beside the Rust that runs.
import type { Example } from "../generated/events";
import type { Typed } from "../state/parameters";
import { PythonView, type PythonListener } from "./python";
import { RustView } from "./rust";
import { Tabs } from "./tabs";

export interface CodeListener extends PythonListener {
  typed(name: string, text: string): void;
}

export class CodeView {
  readonly node: HTMLElement;
  readonly #python: PythonView;
  readonly #rust: RustView;

  constructor(listener: CodeListener) {
    this.#python = new PythonView(listener);
    this.#rust = new RustView((name, text) => listener.typed(name, text));
    const panels = [
      { id: "python", label: "Python", node: this.#python.node },
      { id: "rust", label: "Rust", node: this.#rust.node },
    ];
    this.node = new Tabs("Language", panels, matchMedia("(max-width: 63.99rem)")).node;
  }

  /** `edited` is the reader's own text, or null while the original is on show. */
  update(example: Example, typed: Typed, edited: string | null): void {
    const origin = example.section === "tutorial" ? "the tutorial's program" : "the same in Python";
    this.#python.note.textContent = edited === null ? origin : "edited; Run runs the Rust program";
    this.#python.update(example.id, edited ?? example.python.trimEnd(), edited !== null);
    this.#rust.update(example, typed);
  }
}
