// Gives the reader a file that was made in the page.
import { element } from "./element";

export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = element("a", { href: address, download: name });
  link.click();
  // Some browsers take hold of the content only after the click has been dealt with.
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}
