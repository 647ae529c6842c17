// A static web server as cheap hosts are: files under a folder of the site, no headers beyond the type.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
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
  /** Contents served in place of files, by their paths. */
  readonly replaced = new Map<string, string>();
  readonly #folder: string;
  readonly #under: string;
  #server: Server | null = null;
  #port = 0;

  constructor(folder: string, under: string) {
    this.#folder = folder;
    this.#under = under;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}${this.#under}`;
  }

  async start(): Promise<void> {
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
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    server?.closeAllConnections();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }
}
