// The editor of the Python program. It is loaded after the first paint, as it is larger than the rest of the page.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Transaction, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { HINT } from "./hint";
import { leavable, type TabMode } from "./leaving";
import { markLine, marks } from "./mark";

export interface EditorListener {
  /** The reader changed the text. */
  changed(text: string): void;
  run(): void;
  /** What the Tab key does from now on. */
  tab(mode: TabMode): void;
}

export class Editor {
  readonly #view: EditorView;
  readonly #extensions: Extension;
  /** States of other programs, with their own histories. */
  readonly #states = new Map<string, EditorState>();
  #program: string;

  constructor(parent: HTMLElement, program: string, text: string, listener: EditorListener) {
    this.#program = program;
    this.#extensions = extensions(listener);
    this.#view = new EditorView({ parent, state: this.#fresh(text) });
  }

  /** Shows a program; a text that differs from the one on show is one step of its history. */
  show(program: string, text: string): void {
    if (program !== this.#program) {
      this.#states.set(this.#program, this.#view.state);
      this.#program = program;
      this.#view.setState(this.#states.get(program) ?? this.#fresh(text));
    }
    const { doc } = this.#view.state;
    if (doc.toString() === text) return;
    const addToHistory = Transaction.addToHistory.of(true);
    // Without an event of the user's, so that the page is not told what it has just said.
    this.#view.dispatch({ changes: { from: 0, to: doc.length, insert: text }, annotations: addToHistory });
  }

  /** Marks the line at which the program on show has failed, or none. */
  mark(line: number | null): void {
    markLine(this.#view, line);
  }

  focus(): void {
    this.#view.focus();
  }

  #fresh(text: string): EditorState {
    return EditorState.create({ doc: text, extensions: this.#extensions });
  }
}

function extensions(listener: EditorListener): Extension {
  const run = (): boolean => {
    listener.run();
    return true;
  };
  return [
    keymap.of([{ key: "Mod-Enter", run }, { key: "Ctrl-Enter", run }, indentWithTab, ...historyKeymap, ...defaultKeymap]),
    leavable((mode) => listener.tab(mode)),
    history(),
    drawSelection(matchMedia("(prefers-reduced-motion: reduce)").matches ? { cursorBlinkRate: 0 } : {}),
    indentOnInput(),
    bracketMatching(),
    indentUnit.of("    "),
    EditorState.tabSize.of(4),
    marks,
    pythonLanguage,
    syntaxHighlighting(classHighlighter),
    EditorView.contentAttributes.of({ tabindex: "0", "aria-label": "Python program", "aria-describedby": HINT }),
    EditorView.updateListener.of(({ docChanged, transactions, state }) => {
      const byReader = transactions.some((made) => made.annotation(Transaction.userEvent) !== undefined);
      if (docChanged && byReader) listener.changed(state.doc.toString());
    }),
  ];
}
