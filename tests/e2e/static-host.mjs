// @ts-check
// A static web server as cheap hosts are: files under a folder of the site, no headers beyond the type.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { extname, join, normalize } from "node:path";

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
};

export class StaticHost {
  /** Contents served in place of files, by their paths. @type {Map<string, string>} */
  replaced = new Map();
  #folder;
  #under;
  /** @type {import("node:http").Server | null} */
  #server = null;
  #port = 0;

  /**
   * @param {string} folder
   * @param {string} under
   */
  constructor(folder, under) {
    this.#folder = folder;
    this.#under = under;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}${this.#under}`;
  }

  async start() {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://host");
      const path = pathname.slice(this.#under.length) || "index.html";
      try {
        if (!pathname.startsWith(this.#under) || normalize(path).startsWith("..")) throw new Error("not here");
        const body = this.replaced.get(path) ?? readFileSync(join(this.#folder, path));
        response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" }).end(body);
      } catch {
        response.writeHead(404, { "Content-Type": "text/html" }).end("<h1>Not Found</h1>");
      }
    });
    await new Promise((resolve) => server.listen(this.#port, "127.0.0.1", () => resolve(null)));
    const address = server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
    this.#server = server;
  }

  async stop() {
    const server = this.#server;
    this.#server = null;
    server?.closeAllConnections();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }
}
