// Both screens are drawn for 1080x1920 and 1920x1080; on any other size everything is scaled, nothing scrolls.

export function fit() {
  const root = document.documentElement;
  const wide = window.innerWidth > window.innerHeight;
  const [width, height] = wide ? [1920, 1080] : [1080, 1920];
  const scale = Math.min(window.innerWidth / width, window.innerHeight / height);
  root.dataset.layout = wide ? "wide" : "tall";
  root.style.zoom = scale === 1 ? "" : String(scale);
  root.style.setProperty("--w", `${window.innerWidth / scale}px`);
  root.style.setProperty("--h", `${window.innerHeight / scale}px`);
}

export function keepFitting() {
  window.addEventListener("resize", fit);
  fit();
}
