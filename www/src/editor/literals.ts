// Where the shown Rust source states its parameters, so that the reader can change a number where it stands.

export interface Literal {
  /** Name of the parameter. */
  readonly name: string;
  /** The number as the source writes it, such as `1_000`. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const BLOCK = /^parameters! \{$(.*?)^\}$/ms;
const LINE = /^( *(\w+): \w+ = )([\d._]+)(?=, )/gm;

/** The defaults in the `parameters!` block, in their order; none where a source has no such block. */
export function literalsIn(rust: string): Literal[] {
  const block = BLOCK.exec(rust);
  if (block === null) return [];
  return [...block[0].matchAll(LINE)].map((line) => {
    const [, before = "", name = "", text = ""] = line;
    const from = block.index + line.index + before.length;
    return { name, text, from, to: from + text.length };
  });
}

/** The source with other numbers in place of its own, for copying. */
export function withNumbers(rust: string, literals: readonly Literal[], shown: (literal: Literal) => string): string {
  let end = 0;
  const parts = literals.flatMap((literal) => {
    const before = rust.slice(end, literal.from);
    end = literal.to;
    return [before, shown(literal)];
  });
  return [...parts, rust.slice(end)].join("");
}

/** What stands in the field of a literal: the source's own spelling as long as the number is the source's. */
export function spelled(literal: Literal, typed: string): string {
  return plain(literal.text) === Number(typed.trim()) && typed.trim() !== "" ? literal.text : typed;
}

/** A number as the inputs take it, which do not know Rust's `_`. */
export function typedFrom(text: string): string {
  return text.replaceAll("_", "").trim();
}

function plain(text: string): number {
  return Number(typedFrom(text));
}
