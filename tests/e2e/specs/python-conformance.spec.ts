// The programs of `python/tests/programs`, each function of which asserts something that holds of CPython, in a browser. Natively
// the crate's own tests run them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../playground.ts";

const FOLDER = "../../python/tests/programs";
/** A file has some twenty functions, and the interpreter is fetched first. */
const LIMIT = 240_000;
test.use({ language: "python" });

const programs = readdirSync(FOLDER).filter((name) => name.endsWith(".py"));

for (const name of programs) {
  test(name, async ({ playground, page }) => {
    test.setTimeout(LIMIT + 60_000);
    const source = readFileSync(join(FOLDER, name), "utf8");
    const functions = [...source.matchAll(/^def ([a-z]+_\d\w*)\(\)/gm)].map(([, found = ""]) => found);
    expect(functions.length).toBeGreaterThan(0);
    await playground.open("own-program");
    await page.locator("input[type=file]").setInputFiles({
      name,
      mimeType: "text/x-python",
      buffer: Buffer.from(`${source}\n\n${runner(functions)}`),
    });
    await playground.run.click();
    await expect(playground.status).toContainText(/Finished in|Failed|Stopped/, { timeout: LIMIT });
    const lines = await playground.lines();
    for (const line of lines.filter((line) => line.startsWith("not ok"))) console.log(`${name}: ${line}`);
    const told = lines.filter((line) => /^(not )?ok /.test(line));
    expect(told).toEqual(functions.map((found) => `ok ${found}`));
  });
}

/** The end of the program: runs each of its functions and tells how it ended. */
function runner(functions: readonly string[]): string {
  return [
    "if __name__ == '__main__':",
    "    import traceback",
    `    for function in [${functions.join(", ")}]:`,
    "        try:",
    "            function()",
    "            print('ok', function.__name__)",
    "        except BaseException as _raised:",
    "            print('not ok', function.__name__, repr(_raised))",
    "            traceback.print_exc()",
    "",
  ].join("\n");
}
