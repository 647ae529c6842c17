// The colours of the timeline, read from the style sheet, which stays the one place that names them.

const NAMES = [
  "ink",
  "muted",
  "faint",
  "line",
  "panel",
  "queued",
  "running",
  "running-ink",
  "done",
  "done-ink",
  "failed",
  "failed-ink",
  "cancelled",
  "lost",
  "waiting",
  "waiting-edge",
  "waiting-ink",
] as const;

export type ColourName = (typeof NAMES)[number];

export interface Palette {
  readonly colours: Readonly<Record<ColourName, string>>;
  readonly font: string;
  /** Patterns by key, made once for a palette. */
  readonly patterns: Map<string, CanvasPattern>;
  /** Signs by key, as drawing one anew takes several times as long as copying it. */
  readonly sprites: Map<string, OffscreenCanvas>;
}

/** Reads every colour as the browser resolves it for `element`; a variable's own text may still be a function. */
export function paletteOf(element: HTMLElement): Palette {
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  const resolve = (name: ColourName): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = Object.fromEntries(NAMES.map((name) => [name, resolve(name)])) as Record<ColourName, string>;
  const font = getComputedStyle(element).fontFamily;
  probe.remove();
  return { colours, font, patterns: new Map(), sprites: new Map() };
}
