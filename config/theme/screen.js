// What every page of the desk shares: words, elements, icons, the theme switch and the fit to the window.

/** The page's own texts, as the server put them in `<script id="words">`; `{name}` is filled from `values`. */
export function loadWords() {
  const table = JSON.parse(document.getElementById("words").textContent);
  const say = (key, values = {}) => (table[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  say.has = (key) => key in table;
  return say;
}

const SVG = "http://www.w3.org/2000/svg";

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(node.style, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An HTML element; text is always text, never markup. */
export const h = (tag, properties = {}, ...children) => fill(document.createElement(tag), properties, children);

/** An SVG element. */
export const s = (tag, properties = {}, ...children) => fill(document.createElementNS(SVG, tag), properties, children);

/** A pictogram of the sprite. */
export const icon = (name, extra = "") =>
  s("svg", { class: `i ${extra}`, "aria-hidden": "true" }, s("use", { href: `#${name}` }));

/** Words that only a screen reader hears. */
export const spoken = (text) => h("span", { class: "vh" }, text);

/** Rebuild `host` with `draw` when `model` is not what it was; the focus stays on the same `data-key`. */
export function redraw(host, model, draw) {
  const print = JSON.stringify(model);
  if (host.dataset.print === print) return false;
  host.dataset.print = print;
  const key = host.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  host.replaceChildren(...[draw(model)].flat().filter((child) => child !== null && child !== undefined && child !== false));
  if (key) host.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  return true;
}

/** Press `button` to change between light and dark; the choice is remembered. */
export function themeSwitch(button) {
  const root = document.documentElement;
  const tell = () => button.setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
  button.addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    for (const link of document.querySelectorAll("[hreflang]")) {
      const address = new URL(link.href);
      if (address.searchParams.has("theme")) address.searchParams.set("theme", root.dataset.theme);
      link.href = address.href;
    }
    try {
      localStorage.setItem("daan-theme", root.dataset.theme);
    } catch {
      // The choice then lasts as long as the page.
    }
    tell();
  });
  tell();
}

/** Scale `shell` so that its designed size (`data-landscape`, `data-portrait`: WxH) always fits the window. */
export function fitWindow(shell, changed = () => {}) {
  const portrait = matchMedia("(max-aspect-ratio:1/1)");
  const fit = () => {
    const [width, height] = (portrait.matches ? shell.dataset.portrait : shell.dataset.landscape).split("x").map(Number);
    const zoom = Math.min(innerWidth / width, innerHeight / height);
    shell.style.zoom = zoom;
    shell.style.width = `${innerWidth / zoom}px`;
    shell.style.height = `${innerHeight / zoom}px`;
    changed();
  };
  addEventListener("resize", fit);
  fit();
}
