// The keys of the timeline while it has the focus: those of Perfetto and the arrows for the view, and keys that step
// through the tasks.

export interface KeyListener {
  zoom(factor: number): void;
  /** Move the view by a part of its width. */
  pan(part: number): void;
  /** Show the whole run, and follow it while it goes on. */
  fit(): void;
  /** To the next task, the one before, the first or the last. */
  step(to: 1 | -1 | "first" | "last"): void;
  /** Select the task that was stepped to. */
  choose(): void;
  /** Start or halt the replay. */
  play(): void;
}

const STEP = 0.15;
const ZOOM = 0.7;

const KEYS: Readonly<Record<string, (listener: KeyListener) => void>> = {
  w: (to) => to.zoom(ZOOM),
  ArrowUp: (to) => to.zoom(ZOOM),
  "+": (to) => to.zoom(ZOOM),
  "=": (to) => to.zoom(ZOOM),
  s: (to) => to.zoom(1 / ZOOM),
  ArrowDown: (to) => to.zoom(1 / ZOOM),
  "-": (to) => to.zoom(1 / ZOOM),
  a: (to) => to.pan(-STEP),
  ArrowLeft: (to) => to.pan(-STEP),
  d: (to) => to.pan(STEP),
  ArrowRight: (to) => to.pan(STEP),
  "0": (to) => to.fit(),
  f: (to) => to.fit(),
  n: (to) => to.step(1),
  "]": (to) => to.step(1),
  p: (to) => to.step(-1),
  "[": (to) => to.step(-1),
  Home: (to) => to.step("first"),
  End: (to) => to.step("last"),
  Enter: (to) => to.choose(),
  " ": (to) => to.play(),
};

/** Told to those who hear the page, and shown with the signs. */
export const KEY_WORDS: readonly (readonly [keys: string, what: string])[] = [
  ["W S, ↑ ↓, Ctrl + wheel, wheel on the axis", "zoom"],
  ["A D, ← →, Shift + wheel, drag", "move along"],
  ["0, F or a double click", "the whole run"],
  ["N P, [ ], Home, End", "step through tasks"],
  ["Enter, Esc", "select, clear"],
  ["Space", "replay"],
];

export function onKeys(node: HTMLElement, listener: KeyListener): void {
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act === undefined) return;
    event.preventDefault();
    act(listener);
  });
}
