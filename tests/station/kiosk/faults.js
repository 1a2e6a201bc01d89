// Run inside a page: what lies outside of the view, is smaller than a finger, overlaps, or is cut off.
(least) => {
  const faults = [], width = innerWidth, height = innerHeight;
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const out = (r, box, by = 2) => r.left < box.left - by || r.top < box.top - by || r.right > box.right + by || r.bottom > box.bottom + by;
  const view = { left: 0, top: 0, right: width, bottom: height };
  const root = document.querySelector("dialog[open]") ?? document.body;
  const controls = [...root.querySelectorAll("button, a[href], input")].filter(seen);
  for (const control of controls) {
    const r = control.getBoundingClientRect(), name = control.id || control.textContent;
    if (out(r, view, 0.5)) faults.push(`control outside: ${name}`);
    if (Math.min(r.width, r.height) < least - 0.5) faults.push(`control small: ${name} ${r.width}x${r.height}`);
    const top = document.elementFromPoint((r.left + r.right) / 2, r.bottom - 6);
    if (top && !control.contains(top) && !top.contains(control)) faults.push(`control covered: ${name}`);
  }
  controls.forEach((a, n) => controls.slice(n + 1).forEach((b) => {
    const p = a.getBoundingClientRect(), q = b.getBoundingClientRect();
    if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1) faults.push(`controls overlap: ${a.id} ${b.id}`);
  }));
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || !seen(parent) || parent.closest("script, .sr, symbol, noscript, text")) continue;
    const item = parent.closest(".qi, .ql");
    if (item && item.getBoundingClientRect().top > item.closest(".queue").getBoundingClientRect().bottom - 10) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) {
      if (out(r, view)) faults.push(`text outside: ${node.data}`);
      for (let box = parent; box && box !== document.documentElement; box = box.parentElement) {
        const style = getComputedStyle(box);
        const clips = style.overflowX !== "visible" || style.display !== "inline" && (box.matches(
          ".d-btn, .d-chip, .d-ev, .val, .mf, .d-key, .qi, .o-sync, .prop, .fr, .d-banner"));
        if (clips && out(r, box.getBoundingClientRect(), 3)) { 
          faults.push(`text cut: ${node.data} by ${box.className}`); break; }
      }
    }
  }
  const scrolls = document.scrollingElement;
  if (scrolls.scrollHeight > height + 1 || scrolls.scrollWidth > width + 1) faults.push("the page scrolls");
  return [...new Set(faults)];
}
