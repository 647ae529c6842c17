// How the page is built, and served while it is being written. Every response carries the isolation headers, without which
// a browser withholds the shared memory that the threads need; and every address is relative, so that the build works
// under a sub-path. What is built is served by the playground's own server.
import { defineConfig } from "vitest/config";
import { forStaticHosts } from "./build/static.ts";

const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

export default defineConfig({
  base: "./",
  plugins: [forStaticHosts()],
  // A file that is missing is missing; the default would answer with the page instead.
  appType: "mpa",
  server: { headers },
  worker: { format: "es" },
  build: { target: "es2022", modulePreload: { polyfill: false }, reportCompressedSize: false },
  test: { include: ["src/**/*.test.ts"] },
});
