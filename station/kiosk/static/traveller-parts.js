// Parts that several traveller screens share.

import { h, icon, mark } from "./dom.js";

export function sayParts(say) {
  return [h("span.pic", {}, icon(say.icon)), h("div", {}, h("h1", {}, say.title), h("p", {}, say.hint))];
}

export function tileParts(needs) {
  const tone = { need: "idle", now: "now", done: "admit" };
  return needs.map((need) => h(`div.d-ev.is-${need.state}`, { role: "listitem" },
    icon(need.icon), h("b", {}, need.label), h("span.st", {}, mark(need.mark, tone[need.state]), need.word)));
}
