// Holds the current state and tells the views once a frame that it changed. Actions may arrive by the thousand
// between two frames; drawing each of them would be work that nobody can see.
import { next, type Action, type App } from "./app";

export interface Store {
  readonly state: App;
  dispatch(action: Action): void;
  /** Calls `view` now and after every change, at most once a frame. */
  show(view: (app: App) => void): void;
}

export function newStore(initial: App, frame: (draw: () => void) => void): Store {
  const views: ((app: App) => void)[] = [];
  let state = initial;
  let scheduled = false;
  const draw = (): void => {
    scheduled = false;
    for (const view of views) view(state);
  };
  return {
    get state() {
      return state;
    },
    dispatch(action) {
      state = next(state, action);
      if (scheduled) return;
      scheduled = true;
      frame(draw);
    },
    show(view) {
      views.push(view);
      view(state);
    },
  };
}
