// The page's side of the service worker. It is registered only in the build for static hosts: the local server isolates
// the page itself, and a cached page would hide what has just been built.
import { deleteCaches, isTurnedOff } from "./switch";

const RELOADED = "reloaded-for-isolation";
/** Milliseconds for a first visit's files to be stored, after which the page says that it is not isolated. */
const PATIENCE = 60_000;

export interface OfflineListener {
  /** A new version is ready; `take` reloads the page with it. */
  updated(take: () => void): void;
}

/** Whether this build has a service worker and this browser can use it here. */
export function canRegister(): boolean {
  return import.meta.env.MODE === "static" && "serviceWorker" in navigator && isSecureContext;
}

/** Registers the service worker, or removes it where it is not wanted; true if the page is about to be reloaded. */
export async function register(listener: OfflineListener): Promise<boolean> {
  const root = document.baseURI;
  const refused = new URLSearchParams(location.search).has("no-sw");
  try {
    if (refused || (await isTurnedOff(root))) {
      await remove();
      return false;
    }
    const registration = await navigator.serviceWorker.register(new URL("sw.js", root), { updateViaCache: "none" });
    watch(registration, listener);
    return crossOriginIsolated ? settled() : await reloadOnce();
  } catch {
    return false;
  }
}

async function remove(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration(document.baseURI);
  await registration?.unregister();
  await deleteCaches();
}

/** The page is isolated, so that a later loss of it may be mended by a reload again. */
function settled(): boolean {
  sessionStorage.removeItem(RELOADED);
  return false;
}

/** Reloads the page under the service worker, which isolates it. If that has not helped, it is not tried again. */
async function reloadOnce(): Promise<boolean> {
  if (sessionStorage.getItem(RELOADED) !== null) return false;
  const late = new Promise<"late">((resolve) => setTimeout(() => resolve("late"), PATIENCE));
  if ((await Promise.race([navigator.serviceWorker.ready, late])) === "late") return false;
  sessionStorage.setItem(RELOADED, "");
  location.reload();
  return true;
}

function watch(registration: ServiceWorkerRegistration, listener: OfflineListener): void {
  const offer = (worker: ServiceWorker): void => {
    listener.updated(() => {
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
      worker.postMessage("activate");
    });
  };
  if (registration.waiting !== null) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      // Without one that is active, this is the first and nothing is being replaced.
      if (worker.state === "installed" && registration.active !== null) offer(worker);
    });
  });
}
