// Programs from the reader's own files: by a button, or dropped on the page.
import { element } from "./element";

/** Characters: what a program for this page may have, and what its storage can keep. */
const LONGEST = 200_000;

export type Opened = { readonly text: string } | { readonly problem: string };

/** Reads a Python file; what is none is refused with a reason. */
export async function readProgram(file: File): Promise<Opened> {
  if (!file.name.endsWith(".py")) return { problem: `“${file.name}” is no Python program: its name does not end in .py.` };
  if (file.size > LONGEST) return { problem: `“${file.name}” is too long: at most ${LONGEST / 1000} kB can be opened.` };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()).replaceAll("\r\n", "\n") };
  } catch {
    return { problem: `“${file.name}” cannot be read as UTF-8 text.` };
  }
}

/** A button that asks for a file. */
export function openButton(open: (file: File) => void): HTMLElement {
  const input = element("input", { type: "file", accept: ".py,text/x-python", hidden: "" });
  const button = element("button", { type: "button", class: "small", "aria-label": "Open a Python file" }, "Open");
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file !== undefined) open(file);
    // The same file may be chosen again.
    input.value = "";
  });
  return element("span", {}, button, input);
}

/** Takes the first file that is dropped anywhere on the page, which a browser would otherwise show in the page's place. */
export function onDrop(page: Document, open: (file: File) => void): void {
  page.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files") === true) event.preventDefault();
  });
  page.addEventListener(
    "drop",
    (event) => {
      const [file] = event.dataTransfer?.files ?? [];
      if (file === undefined) return;
      event.preventDefault();
      // The editor would insert the text.
      event.stopPropagation();
      open(file);
    },
    { capture: true },
  );
}
