// The Python program, to be edited. It is plain text until the editor is there, in the same type and at the same place.
import { HINT } from "../editor/hint";
import type { Editor } from "../editor/editor";
import type { TabMode } from "../editor/leaving";
import { element, setText } from "./element";
import { Listing, whenIdle } from "./listing";
import { openButton } from "./open";

export interface PythonListener {
  edited(text: string): void;
  restore(): void;
  opened(file: File): void;
  run(): void;
}

const HINTS: Readonly<Record<TabMode, string>> = {
  indents: "Tab indents; Esc, then Tab leaves",
  leaves: "Tab leaves; it indents once you type",
};

export class PythonView {
  readonly node: HTMLElement;
  readonly note: HTMLElement;
  readonly #listener: PythonListener;
  readonly #plain = element("pre", { tabindex: "0" });
  readonly #hint = element("span", { class: "hint", id: HINT }, HINTS.leaves);
  readonly #body = element("div", { class: "editor", role: "group", "aria-label": "Python code" }, this.#plain);
  readonly #restore = element(
    "button",
    { type: "button", class: "small", "aria-label": "Restore the original" },
    "Restore",
  );
  #editor: Editor | null = null;
  #marked: { readonly run: number | null; readonly line: number | null } = { run: null, line: null };
  #program = "";
  #text = "";

  constructor(listener: PythonListener) {
    this.#listener = listener;
    const listing = new Listing("Python", this.#body, () => this.#text);
    listing.tools.prepend(this.#restore, openButton((file) => listener.opened(file)));
    this.#restore.addEventListener("click", () => listener.restore());
    // In the head, as the end of a long text may be out of sight; the note makes room for it.
    listing.note.after(this.#hint);
    this.node = listing.node;
    this.note = listing.note;
    whenIdle(() => this.#load());
  }

  update(program: string, text: string, edited: boolean): void {
    this.#restore.hidden = !edited;
    if (program === this.#program && text === this.#text) return;
    this.#program = program;
    this.#text = text;
    if (this.#editor === null) this.#plain.textContent = text;
    else this.#editor.show(program, text);
  }

  /** Marks the line, counted from 1, at which that run has failed. A change of the text takes the mark away, so each run marks once. */
  mark(run: number | null, line: number | null): void {
    if (run === this.#marked.run && line === this.#marked.line) return;
    this.#marked = { run, line };
    this.#editor?.mark(line);
  }

  async #load(): Promise<void> {
    const { Editor } = await import("../editor/editor");
    const focused = document.activeElement === this.#plain;
    const { scrollTop, scrollLeft } = this.#plain;
    this.#plain.remove();
    this.#editor = new Editor(this.#body, this.#program, this.#text, {
      changed: (text) => this.#changed(text),
      run: () => this.#listener.run(),
      tab: (mode) => setText(this.#hint, HINTS[mode]),
    });
    const scroller = this.#body.querySelector(".cm-scroller");
    scroller?.scrollTo(scrollLeft, scrollTop);
    if (focused) this.#editor.focus();
  }

  #changed(text: string): void {
    // Known before the state comes round, which would otherwise set the editor's own text again.
    this.#text = text;
    this.#listener.edited(text);
  }
}
