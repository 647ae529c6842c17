// Where sessions come from. A second one is started while nothing runs, so that the reader who presses Stop can run
// again at once. It is a comfort and no more: where a browser cannot carry two, there is none, and Stop takes the time
// of a start.
import type { Session, SessionListener } from "./session";

/** Chromium lets a stopped thread spin for two seconds, and a start beside it would be slow. */
export const REST = 2_500;

export class Reserve {
  readonly #make: (listener: SessionListener) => Session;
  #session: Session | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refused = false;

  constructor(make: (listener: SessionListener) => Session) {
    this.#make = make;
  }

  /** Starts a session when nothing has happened for a while, unless there is one. */
  fill(): void {
    this.pause();
    if (this.#session !== null || this.#refused) return;
    this.#timer = setTimeout(() => {
      this.#session = this.#make({
        ready: () => undefined,
        batch: () => undefined,
        returned: () => undefined,
        trap: () => undefined,
        broken: () => this.#refuse(),
      });
    }, REST);
  }

  /** Starts none while a program runs, whose times it would spoil. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Hands over a session, ready, booting or new; from now on `listener` hears of it. */
  take(listener: SessionListener): Session {
    const session = this.#session;
    if (session === null) return this.#make(listener);
    this.#session = null;
    session.listener = listener;
    return session;
  }

  #refuse(): void {
    this.#refused = true;
    this.#session?.end();
    this.#session = null;
  }
}
