// Says something to a program that runs: its worker hears no messages meanwhile, but its memory is shared.
import type { Mailbox } from "./messages";

/** Bytes of a line of input; what is longer is cut. */
const ROOM = 4096;
const LINE = 1;
const END = 2;
/** The words before the text: whether there is a line, its length, and whether the program is to be interrupted. */
const WORDS = 3;

/** Leaves a line for the program, or the word that there will be none. */
export function say({ buffer, address }: Mailbox, line: string | null): void {
  const words = new Int32Array(buffer, address, WORDS);
  if (line !== null) {
    const bytes = new TextEncoder().encode(line).subarray(0, ROOM);
    new Uint8Array(buffer, address + words.byteLength, ROOM).set(bytes);
    words[1] = bytes.length;
  }
  // Last, as the program reads the rest once it sees this.
  Atomics.store(words, 0, line === null ? END : LINE);
}

/** Has the program interrupted, as Ctrl-C does. */
export function interrupt({ buffer, address }: Mailbox): void {
  Atomics.store(new Int32Array(buffer, address, WORDS), 2, 1);
}
