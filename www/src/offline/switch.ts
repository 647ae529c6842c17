// The switch by which the page's owner turns the service worker off, whatever a browser has cached: `version.json` is
// always asked of the network.

export const CACHES = "playground-";

/** Whether `version.json`, as the server has it now, turns the service worker off. Offline, nothing is turned off. */
export async function isTurnedOff(root: string): Promise<boolean> {
  try {
    const response = await fetch(new URL("version.json", root), { cache: "no-store" });
    const version: unknown = response.ok ? await response.json() : null;
    return typeof version === "object" && version !== null && "serviceWorker" in version && version.serviceWorker === "off";
  } catch {
    return false;
  }
}

/** Deletes the caches of every version but this one. */
export async function deleteCaches(but?: string): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(CACHES) && name !== but);
  await Promise.all(names.map((name) => caches.delete(name)));
}
