// The keys that work everywhere on the page.

export interface Shortcuts {
  run(): void;
  stop(): void;
}

export function onShortcut({ run, stop }: Shortcuts): void {
  addEventListener("keydown", (event) => {
    // Half-composed text of an input method uses the same keys.
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    } else if (event.key === "Escape") {
      stop();
    }
  });
}
