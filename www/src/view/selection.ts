// Rows and lines that stand for tasks: a click or Enter selects the task, the arrow keys go from one to the next, and
// only one of them is a stop of the Tab key.

/** `taskOf` gives the number of the task that a node inside stands for. */
export function onSelection(
  list: HTMLElement,
  items: string,
  taskOf: (node: HTMLElement) => number | null,
  choose: (task: number | null) => void,
): void {
  const itemOf = (target: EventTarget | null): HTMLElement | null =>
    target instanceof Element ? target.closest<HTMLElement>(items) : null;
  list.addEventListener("click", (event) => {
    const item = itemOf(event.target);
    // Whoever has marked text wants to copy it.
    if (item !== null && getSelection()?.isCollapsed !== false) choose(taskOf(item));
  });
  list.addEventListener("keydown", (event) => {
    const item = itemOf(event.target);
    if (item === null || event.target !== item || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") choose(taskOf(item));
    else if (!move(list, items, item, event.key)) return;
    event.preventDefault();
  });
}

/** Makes one item the stop of the Tab key: the one given, or the first. */
export function setStop(list: HTMLElement, items: string, stop: Element | null): void {
  const chosen = stop ?? list.querySelector(items);
  for (const item of list.querySelectorAll(`${items}[tabindex="0"]`)) {
    if (item !== chosen) item.setAttribute("tabindex", "-1");
  }
  if (chosen?.getAttribute("tabindex") !== "0") chosen?.setAttribute("tabindex", "0");
}

function move(list: HTMLElement, items: string, from: HTMLElement, key: string): boolean {
  const all = [...list.querySelectorAll<HTMLElement>(items)];
  const place = all.indexOf(from);
  const places: Readonly<Record<string, number>> = {
    ArrowDown: place + 1,
    ArrowUp: place - 1,
    Home: 0,
    End: all.length - 1,
  };
  const target = all[places[key] ?? -1];
  if (places[key] === undefined) return false;
  if (target !== undefined) {
    setStop(list, items, target);
    target.focus();
  }
  return true;
}
