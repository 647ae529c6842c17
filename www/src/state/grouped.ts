// Numbers as text, with their digits in groups of three: nobody counts the noughts of 1000000.
export function grouped(value: number): string {
  return value.toLocaleString("en");
}
