// The local server prints an address with a random token, without which it runs nothing. The page takes the token out
// of the address, where it could be copied along with a link, and keeps it for as long as the tab lives.

const KEY = "server-token";
const TOKEN = /^[0-9a-f]{32,128}$/;

/** The token of the server that this page came from, if the reader was given one. */
export function takeServerToken(): string | null {
  const address = new URL(location.href);
  const given = address.searchParams.get("token");
  if (given !== null) {
    address.searchParams.delete("token");
    history.replaceState(history.state, "", address);
    if (TOKEN.test(given)) keep(given);
  }
  const token = given ?? kept();
  return token !== null && TOKEN.test(token) ? token : null;
}

function keep(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // Without storage the token lasts until the page is loaded again.
  }
}

function kept(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}
