// The checkpoints on the schematic map: a mark of the state, the name and one line of what matters there.
import { h, redraw, s } from "/theme/screen.js";

// Where the spot and the label's corner stand in the map's own units (480 x 970).
const PLACES = {
  "tha-chatchai": { spot: [113, 136], label: [141, 105] },
  "ao-po": { spot: [359, 367], label: [95, 336] },
  rassada: { spot: [290, 747], label: [26, 702] },
  chalong: { spot: [190, 808], label: [218, 803] },
};
// Stations that are nowhere on the coast, as the demonstration's, stand inland in this order.
const INLAND = [
  { spot: [152, 545], label: [186, 514] },
  { spot: [150, 256], label: [184, 225] },
];

function marker(view, place) {
  const [x, y] = place.spot;
  const [left, top] = place.label;
  const outside = view.tone === "none";
  return s("g", {},
    s("circle", { class: "spot", cx: x, cy: y, r: 24 }),
    s("svg", { x: x - 18, y: y - 18, width: 36, height: 36, viewBox: "0 0 48 48", class: view.markClass }, s("use", { href: `#${view.mark}` })),
    s("rect", { class: `box${outside ? " is-none" : ""}`, x: left, y: top, width: 236, height: 62, rx: 14 }),
    s("text", { class: "nm", x: left + 16, y: top + 27 }, view.name),
    s("text", { class: `st ${view.tone}`, x: left + 16, y: top + 50 }, view.line));
}

/** The places of the mission: on the map whether or not a station stands there yet. */
export const PLACE_CODES = Object.keys(PLACES);

/** Draw `views` (code, name, line, mark, markClass, tone). */
export function drawMap(host, list, views) {
  const inland = views.filter((view) => !(view.code in PLACES)).slice(0, INLAND.length);
  const shown = views.map((view) => [view, PLACES[view.code] ?? INLAND[inland.indexOf(view)]]).filter(([, place]) => place);
  redraw(host, shown, () => shown.map(([view, place]) => marker(view, place)));
  redraw(list, shown, () => shown.map(([view]) => h("li", {}, `${view.name}: ${view.line}`)));
}
