// The example's parameters as labelled inputs, each with its unit, its range and its default.
import type { Example, Parameter } from "../generated/events";
import type { Language } from "../state/app";
import { grouped } from "../state/grouped";
import { check, defaultsOf, type Typed } from "../state/parameters";
import { element, setAttribute, setText } from "./element";

interface Field {
  readonly parameter: Parameter;
  readonly input: HTMLInputElement;
  readonly problem: HTMLElement;
}

export interface ParameterListener {
  typed(name: string, text: string): void;
  reset(): void;
}

export class ParametersView {
  readonly node = element("section", { class: "parameters", "aria-label": "Parameters" });
  readonly #listener: ParameterListener;
  readonly #reset = element("button", { type: "button", class: "small" }, "Reset");
  #example: Example | null = null;
  #fields: readonly Field[] = [];

  constructor(listener: ParameterListener) {
    this.#listener = listener;
    this.#reset.addEventListener("click", () => listener.reset());
  }

  /** The numbers are the Rust program's; those of the Python program stand in its text. */
  update(example: Example, typed: Typed, language: Language): void {
    if (example !== this.#example) this.#build(example);
    this.node.hidden = language === "python" || this.#fields.length === 0;
    const defaults = defaultsOf(example);
    let changed = false;
    for (const { parameter, input, problem } of this.#fields) {
      const text = typed[parameter.name] ?? "";
      // Setting an equal value would move the cursor.
      if (input.value !== text) input.value = text;
      changed ||= text !== defaults[parameter.name];
      const checked = check(parameter, text);
      setAttribute(input, "aria-invalid", "problem" in checked ? "true" : null);
      setText(problem, "problem" in checked ? checked.problem : "");
    }
    setAttribute(this.#reset, "aria-disabled", changed ? null : "true");
  }

  /** Brings the reader to the input that has to be mended. */
  focus(name: string): void {
    const input = this.#fields.find(({ parameter }) => parameter.name === name)?.input;
    input?.focus({ preventScroll: true });
    input?.scrollIntoView({ block: "nearest" });
  }

  #build(example: Example): void {
    this.#example = example;
    this.#fields = example.parameters.map((parameter) => this.#field(parameter));
    const nodes = this.#fields.map(({ parameter, input, problem }) => fieldNode(parameter, input, problem));
    this.node.replaceChildren(...nodes, this.#reset);
  }

  #field(parameter: Parameter): Field {
    const { name, min, max, step } = parameter;
    const id = `parameter-${name}`;
    const input = element("input", {
      type: "number",
      id,
      name,
      min: String(min),
      max: String(max),
      step: String(step),
      autocomplete: "off",
      inputmode: Number.isInteger(step) ? "numeric" : "decimal",
      "aria-describedby": `${id}-range ${id}-problem`,
    });
    // What is no number at all reads back as empty, and the check then asks for one.
    input.addEventListener("input", () => this.#listener.typed(name, input.value));
    return { parameter, input, problem: element("span", { class: "problem", id: `${id}-problem` }) };
  }
}

function fieldNode(parameter: Parameter, input: HTMLInputElement, problem: HTMLElement): HTMLElement {
  const { label, unit, min, max } = parameter;
  const range = element(
    "span",
    { class: "range", id: `${input.id}-range` },
    element("span", { class: "limits" }, `${grouped(min)} to ${grouped(max)}, `),
    `default ${grouped(parameter.default)}`,
  );
  const box = element(
    "span",
    { class: "box" },
    input,
    ...(unit === "" ? [] : [element("span", { class: "unit" }, unit)]),
  );
  return element(
    "div",
    { class: "field", title: `From ${grouped(min)} to ${grouped(max)}` },
    element("label", { for: input.id }, label),
    box,
    range,
    problem,
  );
}
