// What the order in force says of a paper that is still being typed: asked of the kiosk as soon as it is whole.

import { h, mark } from "./dom.js";

const PAUSE_MS = 250;

export class Opinion {
  /** kit: word, send(message). */
  constructor(kit) {
    Object.assign(this, { kit, key: "", open: 0, timer: 0 });
    this.box = h("div.opinion", { role: "status" });
    this.empty("dialog.opinion");
  }

  empty(key) {
    this.box.replaceChildren(h("p.mute", {}, this.kit.word(key)));
  }

  /** Ask about a whole paper; null: it is not whole yet. */
  ask(message) {
    const key = message ? JSON.stringify([message.what, message.values]) : "";
    if (key === this.key) return;
    this.key = key;
    clearTimeout(this.timer);
    if (!message) this.empty("dialog.opinion");
    else this.timer = setTimeout(() => { this.open += 1; this.kit.send({ ...message, type: "weigh" }); }, PAUSE_MS);
  }

  take(answer) {
    if (answer.type !== "weighed") return;
    this.open -= 1;
    if (this.open || !this.key) return;
    const { word } = this.kit;
    if (answer.field) {
      this.box.replaceChildren(h("p.wrong", {}, mark("fail", "refuse"), h("span", {}, word(answer.field === "at" ? "dialog.fault_past" : "dialog.refused", { field: word(`field.${answer.field === "at" ? "date" : answer.field}`) }))));
      return;
    }
    if (!answer.rows.length) { this.empty("dialog.opinion_none"); return; }
    this.box.replaceChildren(...answer.rows.map((row, n) => h(`div.d-rule.is-${row.state}`, {}, mark(row.mark, row.tone === "brand" ? "now" : row.tone),
      h("div", {}, h("b", {}, row.title), h("small", {}, [row.text, n ? "" : answer.age].filter(Boolean).join(" · "))),
      h("div.code", {}, row.code, h("small", {}, row.order)))));
  }
}
