// The service worker: keeps the page's files for offline, isolates the page, and answers what a static host cannot. A new
// version waits until the reader asks for it, so that no page is served from two versions.
import { answerOf, respond } from "./answers";
import { isolated } from "./isolate";
import { CACHES, deleteCaches, isTurnedOff } from "./switch";

declare const self: ServiceWorkerGlobalScope;
/** The page's files, relative to its root, and a hash of what is in them; the build puts both in. */
declare const __FILES__: readonly string[];
/** Those that are kept only once they were asked for. */
declare const __LATER__: readonly string[];
declare const __VERSION__: string;

const CACHE = CACHES + __VERSION__;
const ROOT = self.registration.scope;
const LATER = new Set(__LATER__);
const FILES = new Set([...__FILES__, ...__LATER__]);
let off = false;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "activate") void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (off || request.method !== "GET" || !url.href.startsWith(ROOT)) return;
  // A page that refuses the service worker gets what the server sends.
  if (request.mode === "navigate" && url.searchParams.has("no-sw")) return;
  const path = url.href.slice(ROOT.length).replace(/[?#].*$/s, "");
  if (path === "version.json") return;
  if (request.mode === "navigate") event.waitUntil(obey());
  event.respondWith(answer(event, path).then(isolated));
});

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Asks the server whether it has newer ones, as names such as `pkg/playground.js` are the same in each version.
  await cache.addAll(__FILES__.map((file) => new Request(new URL(file, ROOT), { cache: "no-cache" })));
}

async function activate(): Promise<void> {
  await deleteCaches(CACHE);
  await self.clients.claim();
  await obey();
}

/** Ends this service worker if the page's owner has turned it off. */
async function obey(): Promise<void> {
  if (!(await isTurnedOff(ROOT))) return;
  off = true;
  await self.registration.unregister();
  await deleteCaches();
}

async function answer(event: FetchEvent, path: string): Promise<Response> {
  const { request } = event;
  const file = path === "" ? "index.html" : path;
  if (FILES.has(file)) {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(new URL(file, ROOT));
    if (kept !== undefined) return kept;
    const response = await fetch(request);
    if (LATER.has(file) && response.ok) event.waitUntil(cache.put(new URL(file, ROOT), response.clone()));
    return response;
  }
  const own = answerOf(path);
  return own === null ? fetch(request) : served(request).then((response) => response ?? respond(own));
}

/** The server's own answer; null from a static host, which has no such file or sends its page instead. */
async function served(request: Request): Promise<Response | null> {
  try {
    const response = await fetch(request);
    const isPage = response.headers.get("Content-Type")?.startsWith("text/html") ?? false;
    return response.status === 404 || response.status === 405 || isPage ? null : response;
  } catch {
    return null;
  }
}
