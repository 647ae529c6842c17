// The line at which a program has failed, until the text is changed.
import { StateEffect, StateField, type EditorState, type Extension } from "@codemirror/state";
import { Decoration, EditorView, type DecorationSet } from "@codemirror/view";

const setLine = StateEffect.define<number | null>();
const failed = Decoration.line({ class: "failed-line", attributes: { "aria-description": "The program failed here." } });

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    const effect = transaction.effects.find((candidate) => candidate.is(setLine));
    if (effect !== undefined) return marked(transaction.state, effect.value as number | null);
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (marks) => EditorView.decorations.from(marks),
});

export const marks: Extension = field;

/** Marks a line, counted from 1, and shows it; null marks none. */
export function markLine(view: EditorView, line: number | null): void {
  view.dispatch({ effects: setLine.of(line) });
  if (line === null || line > view.state.doc.lines) return;
  view.dispatch({ effects: EditorView.scrollIntoView(view.state.doc.line(line).from, { y: "nearest" }) });
}

function marked(state: EditorState, line: number | null): DecorationSet {
  if (line === null || line < 1 || line > state.doc.lines) return Decoration.none;
  return Decoration.set([failed.range(state.doc.line(line).from)]);
}
