// Travellers by hour of today: three textures in one column, drawn as SVG in the size that the card has.
import { h, icon, redraw, s } from "/theme/screen.js";

const LEFT = 56;
const BOTTOM = 34;
const TOP = 26;

/** The next round number above `value` that four grid lines divide evenly. */
export function ceiling(value) {
  const rough = Math.max(4, value);
  const power = 10 ** Math.floor(Math.log10(rough / 4));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => Number.isInteger(size) && size * 4 >= rough);
  return step * 4;
}

function column(hour, index, width, y, base) {
  const x = LEFT + index * width;
  const bar = Math.min(26, width * 0.74);
  const left = x + (width - bar) / 2;
  const parts = [];
  let from = base;
  const stand = (count, kind) => {
    if (!count) return;
    const height = Math.max(kind === "x" ? 5 : 2, base - y(count));
    from -= height;
    if (kind === "x") parts.push(s("rect", { class: "f-x", x: left + 1.5, y: from + 1, width: bar - 3, height: Math.max(2, height - 2) }));
    else parts.push(s("rect", { class: kind === "a" ? "f-a" : "", fill: kind === "r" ? "url(#stripes)" : null, x: left, y: from, width: bar, height: Math.max(1, height - 1) }));
  };
  stand(hour.admit, "a");
  stand(hour.refer, "r");
  stand(hour.refuse, "x");
  return parts;
}

/** Draw 24 `hours` ({admit, refer, refuse}); `now` is the hour that is still running. */
export function drawHours(host, hours, now, { say, figures }) {
  const width = host.clientWidth;
  const height = host.clientHeight;
  const total = hours.reduce((sum, hour) => sum + hour.admit + hour.refer + hour.refuse, 0);
  redraw(host, { hours, now, width, height }, () => {
    if (!width || !height) return [];
    const top = ceiling(Math.max(...hours.map((hour) => hour.admit + hour.refer + hour.refuse)));
    const base = height - BOTTOM;
    const y = (value) => base - ((base - TOP) * value) / top;
    const step = (width - LEFT - 6) / 24;
    const label = total
      ? say("board.hours.label", { total: figures.count(total) })
      : say("board.hours.none");
    const drawing = s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
    if (total) drawing.append(s("rect", { class: "now", x: LEFT + now * step, y: TOP - 20, width: step, height: base - TOP + 20, rx: 6 }));
    for (const line of [1, 2, 3, 4]) {
      const value = (top / 4) * line;
      drawing.append(s("path", { class: "grid", d: `M${LEFT} ${y(value)}H${width - 4}` }));
      if (total) drawing.append(s("text", { x: LEFT - 12, y: y(value) + 6, "text-anchor": "end" }, figures.count(value)));
    }
    drawing.append(s("path", { class: "base", d: `M${LEFT} ${base}H${width - 4}` }), s("text", { x: LEFT - 12, y: base + 6, "text-anchor": "end" }, "0"));
    for (let hour = 0; hour < 24; hour += 3) {
      drawing.append(s("text", { x: LEFT + (hour + 0.5) * step, y: height - 8, "text-anchor": "middle" }, String(hour).padStart(2, "0")));
    }
    drawing.append(...hours.flatMap((hour, index) => column(hour, index, step, y, base)));
    if (total) return drawing;
    return [drawing, h("div", { class: "none over" }, icon("i-people"), h("span", {}, h("b", {}, label), h("small", {}, say("board.hours.none.more"))))];
  });
}
