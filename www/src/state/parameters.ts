// Parameters as the reader types them, and the check that turns them into numbers or into a sentence.
import type { Example, Parameter } from "../generated/events";
import { grouped } from "./grouped";

/** What stands in each input, by the parameter's name. Text and not a number, since it may be half typed. */
export type Typed = Readonly<Record<string, string>>;

export type Checked = { readonly value: number } | { readonly problem: string };

export function defaultsOf(example: Example): Typed {
  return Object.fromEntries(example.parameters.map((parameter) => [parameter.name, String(parameter.default)]));
}

export function check(parameter: Parameter, typed: string): Checked {
  const { label, min, max, step, unit } = parameter;
  const range = `from ${grouped(min)} to ${grouped(max)}${unit === "" ? "" : ` ${unit}`}`;
  const text = typed.trim();
  const value = Number(text);
  if (text === "" || !Number.isFinite(value)) return { problem: `${label} needs a number ${range}.` };
  if (Number.isInteger(step) && !Number.isInteger(value)) return { problem: `${label} needs a whole number ${range}.` };
  if (value < min || value > max) return { problem: `${label} must be ${range}.` };
  return { value };
}

/** The numbers of all parameters, or the first one that cannot be used. */
export function checkAll(
  example: Example,
  typed: Typed,
): { readonly values: Record<string, number> } | { readonly name: string; readonly problem: string } {
  const values: Record<string, number> = {};
  for (const parameter of example.parameters) {
    const checked = check(parameter, typed[parameter.name] ?? "");
    if ("problem" in checked) return { name: parameter.name, problem: checked.problem };
    values[parameter.name] = checked.value;
  }
  return { values };
}
