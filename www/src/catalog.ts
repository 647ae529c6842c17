// The tutorial's sections, written by `cargo run -p playground -- catalog` before the page is built.
import written from "./generated/catalog.json";
import type { Example } from "./generated/events";

export type Catalog = readonly Example[];

export const catalog: Catalog = written;
