// A program's text as a few letters that an address may hold: deflated, and written in base64url.

/** Letters of an address that are read; some programs cut longer ones. */
export const PACKED_LIMIT = 60_000;
/** Bytes that a text may become; a few letters can unpack to very many. */
export const TEXT_LIMIT = 200_000;

export async function pack(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Throws an error if the letters are no packed text, or one too long. */
export async function unpack(packed: string): Promise<string> {
  if (packed.length > PACKED_LIMIT) throw new Error("the text is too long");
  const letters = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = stream.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.byteLength;
    if (length > TEXT_LIMIT) {
      await reader.cancel();
      throw new Error("the text is too long");
    }
    text += decoder.decode(value, { stream: true });
  }
}
