// Light, dark or as the system has it. `theme.js` applies a stored choice before the first paint.
import { element } from "./element";

const CHOICES = [
  ["system", "System"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const;
type Choice = (typeof CHOICES)[number][0];

/** `changed` is called whenever colours may differ, also when the system changes its mind. */
export function themeSwitch(changed: () => void): HTMLElement {
  const options = CHOICES.map(([choice, label]) => {
    const input = element("input", { type: "radio", name: "theme", id: `theme-${choice}`, value: choice });
    input.checked = choice === chosen();
    input.addEventListener("change", () => {
      choose(choice);
      changed();
    });
    return [input, element("label", { for: input.id }, label)];
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  return element("fieldset", { class: "theme" }, element("legend", { class: "unseen" }, "Colours"), ...options.flat());
}

function chosen(): Choice {
  const theme = document.documentElement.dataset.theme;
  return theme === "light" || theme === "dark" ? theme : "system";
}

function choose(choice: Choice): void {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  try {
    localStorage.setItem("theme", choice);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
