// A button that copies the address of what is on show.
import { element } from "./element";

const SHOWN = 2_000;

export class ShareButton {
  readonly #said = element("span", { class: "unseen", role: "status" });
  readonly #word = element("span", {}, "Copy link");
  readonly node = element(
    "button",
    { type: "button", class: "small", "aria-keyshortcuts": "Control+Shift+L", title: "Ctrl+Shift+L" },
    this.#word,
    this.#said,
  );
  readonly #address: () => Promise<string>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(address: () => Promise<string>) {
    this.#address = address;
    this.node.addEventListener("click", () => void this.copy());
  }

  async copy(): Promise<void> {
    let address: string;
    try {
      address = await this.#address();
    } catch {
      this.#say("Too long", "The program is too long for a link. Copy its code instead.");
      return;
    }
    try {
      await navigator.clipboard.writeText(address);
      this.#say("Copied", "The link to this version is copied.");
    } catch {
      this.#say("Not copied", "The browser did not allow copying.");
    }
  }

  #say(word: string, sentence: string): void {
    this.#word.textContent = word;
    this.#said.textContent = sentence;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#word.textContent = "Copy link";
      this.#said.textContent = "";
    }, SHOWN);
  }
}
