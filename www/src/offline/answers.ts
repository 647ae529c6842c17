// The addresses that a program may download from where no server answers them: `delay/0.5`, `bytes/1000`, `status/404`.
// They are a small part of httpbin, with the same limits as the local server has.

/** Seconds that an answer may wait. */
const LONGEST = 10;
/** Bytes that an answer may have. */
const LARGEST = 1_000_000;

export interface Answer {
  readonly seconds: number;
  readonly bytes: number;
  readonly status: number;
}

/** What such an address asks for, relative to the page; null for every other address. */
export function answerOf(path: string): Answer | null {
  const [, word, text] = /^(delay|bytes|status)\/(\d+(?:\.\d+)?)$/.exec(path) ?? [];
  const number = Number(text);
  switch (word) {
    case "delay":
      return number <= LONGEST ? { seconds: number, bytes: 0, status: 200 } : refused;
    case "bytes":
      return Number.isInteger(number) && number <= LARGEST ? { seconds: 0, bytes: number, status: 200 } : refused;
    case "status":
      return Number.isInteger(number) && number >= 200 && number <= 599 ? { seconds: 0, bytes: 0, status: number } : refused;
    default:
      return null;
  }
}

const refused: Answer = { seconds: 0, bytes: 0, status: 400 };

/** Statuses whose responses have no body, by the Fetch standard. */
const EMPTY = [204, 205, 304];

export async function respond({ seconds, bytes, status }: Answer): Promise<Response> {
  if (seconds > 0) await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const headers = { "Content-Type": bytes > 0 ? "application/octet-stream" : "text/plain", "Cache-Control": "no-store" };
  const body = bytes > 0 ? new Uint8Array(bytes) : `${status}\n`;
  return new Response(EMPTY.includes(status) ? null : body, { status, headers });
}
