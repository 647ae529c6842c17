import { expect, test } from "vitest";
import { answerOf, respond } from "./answers";

test("each address is read within its limits", () => {
  expect(answerOf("delay/0.5")).toMatchObject({ seconds: 0.5, status: 200 });
  expect(answerOf("bytes/1000000")).toMatchObject({ bytes: 1_000_000, status: 200 });
  expect(answerOf("status/503")).toMatchObject({ status: 503 });
  for (const path of ["delay/10.1", "bytes/1000001", "bytes/0.5", "status/100", "status/600"]) {
    expect(answerOf(path), path).toMatchObject({ status: 400, bytes: 0, seconds: 0 });
  }
  for (const path of ["", "delay/", "delay/-1", "bytes/1e9", "assets/bytes/1", "bytes/1/2"]) {
    expect(answerOf(path), path).toBeNull();
  }
});

test("the responses are what was asked for", async () => {
  const bytes = await respond({ seconds: 0, bytes: 3, status: 200 });
  expect((await bytes.arrayBuffer()).byteLength).toBe(3);
  expect((await respond({ seconds: 0, bytes: 0, status: 204 })).status).toBe(204);
  expect((await respond({ seconds: 0, bytes: 0, status: 404 })).ok).toBe(false);
});
