// A run in the Chrome trace format, which Perfetto and chrome://tracing open. Times are microseconds. The page is
// process 0, its program's own thread is thread 0 of it; each pool is a process whose threads are its workers, and
// tasks that no worker began stand in a thread for the queue.
import { isOver, workerOf, type Run, type Task } from "./run";

/** The part of the format that is written here. */
export interface TraceEvent {
  readonly name: string;
  /** X: a span; i: an instant; M: a name; s and f: the two ends of an arrow; b and e: a span of a queue. */
  readonly ph: "X" | "i" | "M" | "s" | "f" | "b" | "e";
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  readonly s?: "t" | "p";
  readonly bp?: "e";
  readonly args?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Trace {
  readonly displayTimeUnit: "ms";
  readonly traceEvents: readonly TraceEvent[];
  readonly otherData: Readonly<Record<string, string>>;
}

interface Thread {
  readonly pid: number;
  readonly tid: number;
}

const MAIN: Thread = { pid: 0, tid: 0 };
const QUEUE = 0;

export function traceOf(run: Run): Trace {
  const end = run.ended ?? latestOf(run);
  const events: TraceEvent[] = [...names(run), ...waits(run, end), ...workers(run)];
  run.tasks.each((task) => events.push(...ofTask(run, task, end)));
  const otherData = { example: run.example, backend: run.backend, outcome: isOver(run) ? run.phase : "unfinished" };
  return { displayTimeUnit: "ms", traceEvents: events, otherData };
}

function names(run: Run): TraceEvent[] {
  const named = (what: string, thread: Thread, name: string): TraceEvent => ({
    name: what,
    ph: "M",
    ...thread,
    args: { name },
  });
  return [
    named("process_name", MAIN, run.example),
    named("thread_name", MAIN, "main"),
    ...run.pools.flatMap(({ id, kind, workers }) => [
      named("process_name", { pid: id, tid: QUEUE }, `${kind} ${id}`),
      named("thread_name", { pid: id, tid: QUEUE }, "queue"),
      ...workers.map(({ index, name }) => named("thread_name", { pid: id, tid: index + 1 }, name)),
    ]),
  ];
}

function waits(run: Run, end: number): TraceEvent[] {
  return run.waits.flatMap(({ call, task, from, to, timedOut }): TraceEvent[] => {
    const span = { ph: "X", cat: "wait", ...MAIN, ts: micro(from), dur: micro((to ?? end) - from) } as const;
    const body: TraceEvent = { ...span, name: `${call}()`, args: { task, timed_out: timedOut } };
    return timedOut && to !== null ? [body, instant("wait timed out", MAIN, to)] : [body];
  });
}

function workers(run: Run): TraceEvent[] {
  return run.pools.flatMap(({ id: pid, workers }) =>
    workers.flatMap(({ index, started, ended, lost, replaces }): TraceEvent[] => {
      const thread = { pid, tid: index + 1 };
      const begun = replaces === null ? "worker started" : "replacement started";
      const start = instant(begun, thread, started);
      return lost === null || ended === null
        ? [start]
        : [start, instant("worker lost", thread, ended, { cause: lost })];
    }),
  );
}

function ofTask(run: Run, task: Task, end: number): TraceEvent[] {
  const { number: id, submitted, started, ended, state, error, cause, callbacks } = task;
  const name = `#${id} ${task.name}`;
  const thread = threadOf(task);
  const queue = { pid: task.pool, tid: QUEUE, cat: "queued", id, name } as const;
  const last = ended ?? end;
  const events: TraceEvent[] = [
    { ...queue, ph: "b", ts: micro(submitted) },
    { ...queue, ph: "e", ts: micro(started ?? last) },
    instant(`submit ${name}`, submitterOf(run, task), submitted, { task: id }),
  ];
  if (started !== null) {
    const arrow = { name: "begins", cat: "submit", id } as const;
    events.push(
      { ...arrow, ph: "s", ...submitterOf(run, task), ts: micro(submitted) },
      { ...arrow, ph: "f", bp: "e", ...thread, ts: micro(started) },
      {
        name,
        ph: "X",
        cat: "run",
        ...thread,
        ts: micro(started),
        dur: micro(last - started),
        args: { task: id, state, error, cause },
      },
    );
  }
  if (ended !== null && state === "cancelled") events.push(instant(`cancel ${name}`, thread, ended, { task: id }));
  if (ended !== null && (cause === "timeout" || cause === "killed")) {
    events.push(instant(`${cause === "timeout" ? "time ran out for" : "killed"} ${name}`, thread, ended, { task: id }));
  }
  return [...events, ...callbacks.map((at) => instant(`callback of ${name}`, thread, at, { task: id }))];
}

function threadOf({ pool, worker }: Task): Thread {
  return { pid: pool, tid: worker === null ? QUEUE : worker + 1 };
}

/** The thread that submitted a task: the worker that ran the submitter, or the program's own. */
function submitterOf(run: Run, { by }: Task): Thread {
  const submitter = by === null ? undefined : run.tasks.get(by);
  return submitter === undefined || workerOf(run, submitter.pool, submitter.worker) === undefined
    ? MAIN
    : threadOf(submitter);
}

function instant(name: string, thread: Thread, at: number, args: TraceEvent["args"] = {}): TraceEvent {
  return { name, ph: "i", s: "t", cat: "mark", ...thread, ts: micro(at), args };
}

/** Whole nanoseconds remain, as the format takes fractions. */
function micro(milliseconds: number): number {
  return Math.round(Math.max(0, milliseconds) * 1e6) / 1e3;
}

/** The last time that is known of a run that goes on. */
function latestOf(run: Run): number {
  let latest = 0;
  run.tasks.each(({ submitted, started, ended }) => {
    latest = Math.max(latest, submitted, started ?? 0, ended ?? 0);
  });
  for (const { from, to } of run.waits) latest = Math.max(latest, to ?? from);
  return latest;
}
