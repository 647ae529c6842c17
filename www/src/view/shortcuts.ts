// The keys that work everywhere on the page. `help.ts` lists them for the reader.

export interface Shortcuts {
  run(): void;
  stop(): void;
  share(): void;
  help(): void;
}

export function onShortcut({ run, stop, share, help }: Shortcuts): void {
  addEventListener("keydown", (event) => {
    // Half-composed text of an input method uses the same keys, and the editor has taken its own.
    if (event.isComposing || event.defaultPrevented) return;
    // Behind an open dialog nothing happens; its own keys are the browser's.
    if (document.querySelector("dialog[open]") !== null) return;
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && command) act(event, run);
    else if (event.key === "Escape") stop();
    // With Control on a Mac too, where ⌘ ⇧ L is the browser's.
    else if (event.code === "KeyL" && event.ctrlKey && event.shiftKey && !event.altKey) act(event, share);
    else if (event.key === "?" && !command && !isTyping(event.target)) act(event, help);
  });
}

function act(event: KeyboardEvent, does: () => void): void {
  event.preventDefault();
  does();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
