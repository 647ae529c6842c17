// A button that copies a text and says so for a moment.
import { element } from "./element";

const SHOWN = 1_600;

/** `what` completes the button's name for those who hear it: "Copy Rust code". */
export function copyButton(what: string, text: () => string): HTMLButtonElement {
  const button = element("button", { type: "button", class: "small", "aria-label": `Copy ${what}` }, "Copy");
  const said = element("span", { class: "unseen", role: "status" });
  button.append(said);
  const say = (word: string, sentence: string): void => {
    button.replaceChildren(word, said);
    said.textContent = sentence;
    setTimeout(() => {
      button.replaceChildren("Copy", said);
      said.textContent = "";
    }, SHOWN);
  };
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(text()).then(
      () => say("Copied", `Copied ${what}`),
      () => say("Not copied", "The browser did not allow copying"),
    );
  });
  return button;
}
