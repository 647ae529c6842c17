// Runs before the first paint, which a module cannot, so that a chosen theme never flashes the other one first.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be denied; the page then follows the system.
}
