// Which version of an example is on show: the original, the reader's own, or one from a link. Every change is kept in
// the browser's storage at once; a link changes nothing there until the reader edits what it brought.
import type { Example } from "../generated/events";
import { fragmentOf } from "../state/address";
import { exampleOf, type Backend } from "../state/app";
import { keep, readKept } from "../state/kept";
import { defaultsOf } from "../state/parameters";
import type { Store } from "../state/store";
import { editOf, isOriginal, originalOf, versionOf, type Notice, type Version } from "../state/version";
import { fragmentFor, pythonOf, readLink } from "./link";

const storage = (): Storage => localStorage;

export class Versions {
  readonly #store: Store;
  readonly #choose: (backend: Backend) => void;
  /** Whether it has been said that nothing can be kept. */
  #said = false;
  /** Counts what has been opened and edited, so that a text that was unpacked meanwhile comes too late. */
  #changes = 0;

  /** `choose` selects a back end. */
  constructor(store: Store, choose: (backend: Backend) => void) {
    this.#store = store;
    this.#choose = choose;
    for (const example of store.state.catalog) {
      const version = readKept(storage, example);
      if (version !== null) this.#show(example.id, version, { kind: "restored" });
    }
  }

  edited(text: string): void {
    const example = this.#selected();
    this.#store.dispatch({ type: "edited", example: example.id, python: editOf(example, text) });
    this.#keep();
  }

  typed(name: string, text: string): void {
    this.#store.dispatch({ type: "typed", example: this.#selected().id, name, text });
    this.#keep();
  }

  /** Brings the example's own numbers back. */
  reset(): void {
    this.#store.dispatch({ type: "reset", example: this.#selected().id });
    this.#keep();
  }

  restore(): void {
    const example = this.#selected();
    const before = versionOf(this.#store.state, example);
    this.#show(example.id, originalOf(example), { kind: "original", before });
    this.#keep();
  }

  /** Shows a version that was on show before, as the reader's own. */
  bringBack(version: Version): void {
    this.#show(this.#selected().id, version, null);
    this.#keep();
  }

  dismiss(): void {
    this.#store.dispatch({ type: "noticed", example: this.#selected().id, notice: null });
  }

  /** Shows what a fragment brings, if it brings more than an example's name. It is never run. */
  async open(fragment: string): Promise<void> {
    this.#changes += 1;
    const change = this.#changes;
    const link = readLink(fragment, this.#store.state.catalog);
    if (link === null) return;
    const { example, backend } = link;
    // Where there is no server, the page has said so beside the switch, and runs the program itself.
    if (backend !== null && this.#store.state.readiness[backend].kind !== "unavailable") this.#choose(backend);
    const own = readKept(storage, example);
    const { python, problem } = await pythonOf(link);
    if (change !== this.#changes) return;
    if (problem !== null && python === null && Object.keys(link.typed).length === 0) {
      const notice: Notice = { kind: "problem", text: own === null ? problem : problem.replace("the original", "your own version") };
      this.#store.dispatch({ type: "noticed", example: example.id, notice });
      return;
    }
    const typed = { ...defaultsOf(example), ...link.typed };
    const version = { python: python === null ? null : editOf(example, python), typed };
    // Where neither the link nor the reader has changed anything, there is nothing to tell.
    const told = problem !== null || own !== null || !isOriginal(example, version);
    this.#show(example.id, version, told ? { kind: "shared", own, problem } : null);
  }

  /** The address of the version on show. */
  async address(): Promise<string> {
    const example = this.#selected();
    const fragment = await fragmentFor(example, versionOf(this.#store.state, example), this.#store.state.backend);
    return new URL(fragment, location.href.replace(/[?#].*/s, "")).href;
  }

  #show(example: string, version: Version, notice: Notice | null): void {
    this.#store.dispatch({ type: "shown", example, version, notice });
  }

  #keep(): void {
    this.#changes += 1;
    const example = this.#selected();
    // What the link brought is the reader's own from now on, and a reload must not bring the link's again.
    if (location.hash.includes("?")) history.replaceState(history.state, "", fragmentOf(example.id));
    if (keep(storage, example, versionOf(this.#store.state, example)) || this.#said) return;
    this.#said = true;
    const text = "This browser does not let the page keep what you change, so it lasts until you leave the page.";
    this.#store.dispatch({ type: "noticed", example: example.id, notice: { kind: "problem", text } });
  }

  #selected(): Example {
    return exampleOf(this.#store.state, this.#store.state.selected);
  }
}
