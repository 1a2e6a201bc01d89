// Small helpers to build pages without a framework. Text is always set as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** One element: h("div.card.is-now", {title: "…", onclick: f}, child, "text", [more]). */
export function h(shape, attributes = {}, ...children) {
  const [tag, ...classes] = shape.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("aria-")) element.setAttribute(name, String(value));
    else if (value === false) continue;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** An element of SVG. */
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  add(element, children);
  return element;
}

/** A pictogram of the theme; decoration, its word stands beside it. */
export function icon(name, classes = "") {
  const id = /^[is]-/.test(name) ? name : `i-${name}`;
  return s("svg", { class: `i ${classes}`.trim(), "aria-hidden": "true" }, s("use", { href: `#${id}` }));
}

/** A state mark with its colours. */
export function mark(name, tone) {
  return icon(name.startsWith("s-") ? name : `s-${name}`, `m-${tone}`);
}

/** Rebuild a part of the page only when what it shows has changed, so that touches and focus survive. */
export function keyed(element, value, build) {
  const key = JSON.stringify(value);
  if (element.dataset.key === key) return false;
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.dataset.key = key;
  element.replaceChildren(...[build(value)].flat(3).filter(Boolean));
  if (focused) document.getElementById(focused)?.focus();
  return true;
}

export const boot = () => JSON.parse(document.getElementById("boot").textContent);

/** Sentences by key, with {values}. */
export function speaker(words) {
  return (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
