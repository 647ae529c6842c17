// The document's Python, to be edited, beside the Rust that runs.
import type { Example } from "../generated/events";
import type { Language } from "../state/app";
import type { Run } from "../state/run";
import type { Typed } from "../state/parameters";
import { PythonView, type PythonListener } from "./python";
import { setText } from "./element";
import { RustView } from "./rust";
import { Tabs } from "./tabs";

export interface CodeListener extends PythonListener {
  typed(name: string, text: string): void;
}

const ORIGINS: Readonly<Record<string, string>> = { tutorial: "the tutorial's program", own: "a start" };

export class CodeView {
  readonly node: HTMLElement;
  readonly #python: PythonView;
  readonly #rust: RustView;
  readonly #tabs: Tabs;

  constructor(listener: CodeListener) {
    this.#python = new PythonView(listener);
    this.#rust = new RustView((name, text) => listener.typed(name, text));
    const panels = [
      { id: "python", label: "Python", node: this.#python.node },
      { id: "rust", label: "Rust", node: this.#rust.node },
    ];
    this.#tabs = new Tabs("Language", panels, matchMedia("(max-width: 63.99rem)"));
    this.node = this.#tabs.node;
  }

  /** `edited` is the reader's own text, or null while the original is on show. */
  update(example: Example, typed: Typed, edited: string | null, language: Language): void {
    const origin = ORIGINS[example.section] ?? "the same in Python";
    const version = edited === null ? origin : "edited";
    setText(this.#python.note, language === "python" ? `${version}; what runs here` : version);
    // The reader's own program has no twin.
    this.node.toggleAttribute("data-alone", example.rust === "");
    if (example.rust === "") this.#tabs.show(0);
    setText(this.#rust.note, language === "rust" ? "what runs here" : "the same in Rust");
    this.#python.update(example.id, edited ?? example.python.trimEnd(), edited !== null);
    this.#rust.update(example, typed);
  }

  /** Shows where a run of the Python program on show has failed. */
  mark(run: Run | undefined): void {
    this.#python.mark(run?.id ?? null, run?.failedLine ?? null);
  }
}
