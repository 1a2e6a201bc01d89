// Runs before the first paint: the theme that this person chose last, unless the address names one.
(() => {
  const root = document.documentElement;
  if (root.hasAttribute("data-theme-fixed")) return;
  try {
    const chosen = localStorage.getItem("daan-theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    // Storage may be closed to this page; the light theme stays.
  }
})();
