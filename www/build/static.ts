// What the build for static hosts adds: a service worker that knows every file, the file that can turn it off, and as a
// `meta` the policy that the local server sends as a header.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "vite";

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' ws:",
  "worker-src 'self' blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Files that browsers do not ask for by these names: types, and compressed twins; and what must always come from the network. */
const LEFT_OUT = /\.d\.ts$|\.br$|^sw\.js$|^version\.json$/;
/** What a reader who does not need it does not load: the interpreter of Python. */
const LATER = /^pkg\/python\//;

export function forStaticHosts(): Plugin {
  let folder = "";
  return {
    name: "static-hosts",
    apply: (_config, { mode }) => mode === "static",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
      if (config.build.outDir.startsWith("/")) folder = config.build.outDir;
    },
    transformIndexHtml: () => [
      { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: POLICY }, injectTo: "head-prepend" },
    ],
    async closeBundle() {
      const files = filesIn(folder).filter((file) => !LEFT_OUT.test(file));
      const version = hashOf(folder, files);
      writeFileSync(join(folder, "version.json"), `${JSON.stringify({ version, serviceWorker: "on" })}\n`);
      await buildServiceWorker(folder, files, version);
    },
  };
}

/** Under a name that stays, as browsers look for a new version at the old one's address. */
async function buildServiceWorker(outDir: string, files: readonly string[], version: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define: {
      __FILES__: JSON.stringify(files.filter((file) => !LATER.test(file))),
      __LATER__: JSON.stringify(files.filter((file) => LATER.test(file))),
      __VERSION__: JSON.stringify(version),
    },
    build: {
      outDir,
      emptyOutDir: false,
      target: "es2022",
      lib: { entry: "src/offline/sw.ts", formats: ["iife"], name: "sw", fileName: () => "sw.js" },
    },
  });
}

function filesIn(folder: string, under = ""): string[] {
  return readdirSync(join(folder, under), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesIn(folder, `${under}${entry.name}/`) : [`${under}${entry.name}`]))
    .sort();
}

function hashOf(folder: string, files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(folder, file)));
  return hash.digest("hex").slice(0, 16);
}
