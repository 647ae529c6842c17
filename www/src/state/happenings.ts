// What happened in a run beside its tasks, in words and in the order of time.
import { duration } from "./duration";
import type { Pool, Run, Wait } from "./run";

export interface Happening {
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly lasted: string;
}

interface Timed extends Omit<Happening, "at"> {
  readonly time: number;
}

export function happenings(run: Run): Happening[] {
  return [...run.waits.map(ofWait), ...run.pools.flatMap(ofPool)]
    .sort((one, other) => one.time - other.time)
    .map(({ time, who, what, lasted }) => ({ at: duration(time), who, what, lasted }));
}

function ofWait({ call, task, from, to, timedOut }: Wait): Timed {
  const target = task === null ? "" : ` of #${task}`;
  const end = timedOut ? ", timed out" : to === null ? ", still waiting" : "";
  return { time: from, who: "main", what: `${call}()${target}${end}`, lasted: to === null ? "–" : duration(to - from) };
}

function ofPool({ workers }: Pool): Timed[] {
  return workers.flatMap(({ name, started, ended, lost, replaces }) => {
    const replaced = workers.find(({ index }) => index === replaces)?.name;
    const what = replaced === undefined ? "started" : `started in place of ${replaced}`;
    const begun = { time: started, who: name, what, lasted: ended === null ? "–" : duration(ended - started) };
    if (ended === null) return [begun];
    return [begun, { time: ended, who: name, what: lost === null ? "ended" : `lost: ${lost}`, lasted: "–" }];
  });
}
