// The tutorial's sections, written by `cargo run -p playground -- catalog` before the page is built, and a place for the reader's own
// program.
import written from "./generated/catalog.json";
import type { Example } from "./generated/events";

export type Catalog = readonly Example[];

/** The section that has no Rust program, and whose Python program is a start. */
export const OWN: Example = {
  id: "own-program",
  title: "A program of your own",
  section: "own",
  text:
    "Write a program, open one with *Open*, or drop a `.py` file on the page. It runs on real threads here, and in processes of " +
    "its own, with what this page has of Python's library: `concurrent.futures`, `threading`, `queue`, `time`, `random`, `math`, `json`, " +
    "`re`, `collections`, `itertools`, `functools`, `dataclasses`, `urllib.request` and more.",
  python: `from concurrent.futures import ThreadPoolExecutor


def square(n):
    return n * n


with ThreadPoolExecutor(max_workers=4) as executor:
    for result in executor.map(square, range(10)):
        print(result)
`,
  rust: "",
  parameters: [],
};

export const catalog: Catalog = [...written, OWN];
