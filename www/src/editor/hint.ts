/** Id of the sentence about the Tab key, which the editor names as its description. Not in `editor.ts`, which is loaded late. */
export const HINT = "editor-hint";
