// What Tab does in the editor, so that nobody is caught in it: who comes by Tab leaves by Tab; who clicks or types has
// begun to edit, and indents; Escape ends that. Escape goes no further, as elsewhere on the page it stops the run.
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

export type TabMode = "leaves" | "indents";

export function leavable(told: (mode: TabMode) => void): Extension {
  const set = (view: EditorView, mode: TabMode): void => {
    view.setTabFocusMode(mode === "leaves");
    told(mode);
  };
  // A press of the pointer gives the focus, and is heard before the focus is.
  let pressed = false;
  return [
    EditorView.domEventHandlers({
      pointerdown(_event, view) {
        pressed = true;
        set(view, "indents");
      },
      focus(_event, view) {
        set(view, pressed ? "indents" : "leaves");
        pressed = false;
      },
      keydown(event, view) {
        pressed = false;
        if (event.key !== "Escape" || event.isComposing) return false;
        set(view, "leaves");
        event.preventDefault();
        return true;
      },
    }),
    EditorView.updateListener.of(({ docChanged, view }) => {
      if (docChanged && view.hasFocus) set(view, "indents");
    }),
  ];
}
