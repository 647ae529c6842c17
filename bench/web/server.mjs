// Serves the page, the program and the npm package, with the headers without which browsers share no memory.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Starts a server for this machine, at any free port; `module` is the folder of the program. */
export function serve(module) {
  // The first that begins the path counts.
  const folders = [
    ["/module/", module],
    ["/workerpool/", here("node_modules/workerpool/dist")],
    ["/", here("page")],
  ];
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, "http://localhost").pathname);
    const [prefix, folder] = folders.find(([prefix]) => path.startsWith(prefix));
    const file = join(folder, path.slice(prefix.length) || "index.html");
    try {
      const content = await readFile(file);
      response.writeHead(200, { ...HEADERS, "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
      response.end(content);
    } catch {
      response.writeHead(404, HEADERS).end();
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      resolve({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() });
    });
  });
}
