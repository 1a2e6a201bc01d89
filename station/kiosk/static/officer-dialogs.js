// The officer's dialogs: correct or confirm a field, attest what no sensor gave, give a reason. A form, keys beside it.

import { h, icon, mark } from "./dom.js";
import { keyboard } from "./keyboard.js";
import { entry } from "./officer-entry.js";
import { paper } from "./officer-papers.js";

const PAGE = [["document_number", "number", 22], ["nationality", "state", 3], ["birth_date", "date", 10], ["expiry_date", "date", 10], ["surname", "name", 39], ["given_names", "name", 39]];
const THAI_ID = [["document_number", "thai_id", 17], ["birth_date", "date", 10], ["expiry_date", "date", 10], ["given_names_th", "name_th", 39], ["surname_th", "name_th", 39], ["given_names", "name", 39], ["surname", "name", 39]];
const FORMS = {
  temperature: [["celsius", "celsius", 4], ["thermometer", "free", 24]],
};
const LABELS = { celsius: "dialog.temperature_celsius", thermometer: "dialog.temperature_thermometer" };
const THAI_LABELS = { document_number: "field.thai_id", surname: "field.surname_latin", given_names: "field.given_names_latin" };
const CORRECTIONS = { document_number: ["number", 22], nationality: ["state", 3], sex: ["sex", 1], birth_date: ["date", 10], expiry_date: ["date", 10] };
const NOTED = "O-OTH"; // says nothing without a note; the server refuses it without one

export class Dialogs {
  /** kit: word, send(message), lists(), view(), patterns, today(). */
  constructor(kit) {
    Object.assign(this, kit);
    this.box = h("dialog.d-dialog", { "aria-labelledby": "dialog-title", onclose: () => this.closed() });
    document.body.append(this.box);
  }

  /** Close an open dialog; whether there was one. */
  close() {
    if (!this.box.open) return false;
    this.box.close();
    return true;
  }

  /** Put a dialog into the box; one that stands there goes. */
  fill(kind, hears, ...parts) {
    this.open?.closed?.();
    this.open = hears;
    this.box.className = `d-dialog ${kind}`.trim();
    this.box.replaceChildren(...parts.filter(Boolean));
    if (!this.box.open) this.box.showModal();
  }

  closed() {
    if (this.box.open) return; // another dialog took its place before the browser said so
    this.box.replaceChildren();
    this.open?.closed?.();
    this.open = null;
  }

  /** An answer of the kiosk to what the open dialog asked. */
  answer(message) {
    this.open?.listen?.(message);
  }

  /** The camera's newest frame, for a dialog that shows it. */
  live(blob) {
    return this.open?.live?.(blob);
  }

  /** Open again, as it was, a dialog whose values the lane could not take. */
  refused(field) {
    const { again } = this;
    this.again = null;
    if (again && !this.box.open) again(field);
  }

  /** kind: classes of the box; aside: a part above the keys; listen, live, closed, changed: what the dialog hears; extra: a third button. */
  show({ title, text, body, entries = [], done, ready, act, tone = "main", told = "", kind = "", aside = null, changed, extra = null, ...hears }) {
    let last = null;
    const button = h(`button.d-btn.d-btn--${tone}.is-main`, { type: "submit", id: "dialog-done" });
    const hint = h("p.hint", { role: "status" });
    const refresh = () => {
      const lacking = ready();
      button.replaceChildren(...[typeof done === "function" ? done() : done].flat());
      button.classList.toggle("is-off", Boolean(lacking));
      button.setAttribute("aria-disabled", String(Boolean(lacking)));
      hint.textContent = told || lacking;
      changed?.();
    };
    const submit = (event) => {
      event.preventDefault();
      told = "";
      refresh();
      if (ready()) return;
      this.again = null;
      act();
      this.box.close();
    };
    const typed = () => { told = ""; refresh(); };
    const form = h("form.dl", { onsubmit: submit, oninput: typed, novalidate: true },
      h("div", {}, h("h1", { id: "dialog-title" }, title), h("p.mute", { id: "dialog-text" }, text)), body,
      h("p.nt", {}, icon("shield"), this.word("dialog.on_record", { officer: this.view().state.officer })), hint,
      h(`div.dlb${extra ? ".is-three" : ""}`, {}, h("button.d-btn", { type: "button", id: "dialog-cancel", onclick: () => this.box.close() }, this.word("common.cancel")),
        extra ? h("button.d-btn.d-btn--refuse", { type: "button", id: "dialog-extra", onclick: () => { extra.act(); this.box.close(); } }, extra.text) : null, button));
    const keys = keyboard(this.word, () => last ?? form.querySelector("input"));
    const all = typeof entries === "function" ? entries : () => entries;
    const meet = (input) => { last = input; keys.use(all().find((each) => each.input === input)?.keys ?? ["latin"]); };
    form.addEventListener("focusin", (event) => { if (event.target.tagName === "INPUT") meet(event.target); });
    form.addEventListener("click", refresh);
    this.fill(kind, hears, form, kind.includes("is-plain") ? null : h("div.dr", {}, aside, keys.box));
    refresh();
    this.toInput(form.querySelector("input"));
  }

  /** A sheet that only tells. */
  sheet({ title, text = "", body, kind = "", ...hears }) {
    this.fill(`is-plain is-sheet ${kind}`, hears, h("div.dl", {}, h("div", {}, h("h1", { id: "dialog-title" }, title), text ? h("p.mute", {}, text) : null), body,
      h("div.dlb.is-one", {}, h("button.d-btn.d-btn--main.is-main", { type: "button", id: "dialog-close", onclick: () => this.box.close() }, this.word("dialog.close")))));
    this.box.querySelector("#dialog-close").focus();
  }

  toInput(input) {
    input?.focus();
    input?.setSelectionRange(input.value.length, input.value.length);
  }

  /** What stands in the way: the first value that is wrong, else that something is missing. */
  lacking(entries) {
    const faults = entries.map((each) => each.fault());
    return faults.find((fault) => fault && fault !== "-") ?? (faults.includes("-") ? this.word("dialog.incomplete") : "");
  }

  entry(name, kind, length, values, pattern, more = {}) {
    const label = more.label ?? this.word(more.thai ? THAI_LABELS[name] ?? `field.${name}` : LABELS[name] ?? `field.${name}`);
    return entry({ word: this.word, today: this.today, ...more }, { name, label, kind, length, value: values[name] ?? "", pattern, optional: more.optional });
  }

  /** Correct a field of a document that was read, or confirm it as it is. */
  correct(field, value = field.raw, refused = "") {
    const [kind, length] = CORRECTIONS[field.name] ?? ["name", 39];
    const one = this.entry(field.name, kind, length, { [field.name]: value }, this.patterns.zone[field.name], { optional: field.name === "given_names" });
    const same = () => one.plain() === field.raw;
    this.show({
      title: this.word("dialog.correct", { field: field.label }), text: this.word(field.confirm ? "dialog.confirm_text" : "dialog.correct_text"),
      body: h("div.rows", {}, h("p.was", {}, h("small", {}, this.word("dialog.correct_read")), h("b", {}, field.raw || "–")), one.row,
        kind === "date" ? h("p.mute", {}, this.word("dialog.date_hint")) : null),
      entries: [one], told: refused && this.word("dialog.refused", { field: field.label }),
      done: () => this.word(field.confirm && same() ? "dialog.confirm_done" : "dialog.correct_done"),
      ready: () => (same() ? (field.confirm ? "" : this.word("dialog.unchanged")) : this.lacking([one])),
      act: () => {
        this.send({ type: "correct", field: field.name, value: one.plain() });
        this.again = (name) => this.correct(field, one.input.value, name);
      },
    });
  }

  attest(what) {
    if (what === "document") return this.document(this.view().document.typed ?? {});
    if (what === "certificate") return paper(this);
    const entries = FORMS[what].map(([name, kind, length]) => this.entry(name, kind, length, {}));
    this.show({
      title: this.word(`dialog.${what}`), text: this.word(`dialog.${what}_text`),
      body: h(`div.rows.of-${what}`, {}, entries.map((each) => each.row)),
      entries, done: this.word(`dialog.${what}_done`),
      ready: () => this.lacking(entries),
      act: () => {
        this.send({ type: "attest", what, values: Object.fromEntries(entries.map((each) => [each.name, each.plain()])) });
      },
    });
    return undefined;
  }

  /** Type a document: what stands on a page, or a Thai identity card with its names in both scripts. */
  document(values, refused = "") {
    const kept = { ...values };
    let entries = [];
    const rows = h("div.rows");
    const life = h("button.d-btn.choice.life", { type: "button", id: "for-life", onclick: () => {
      kept.for_life = kept.for_life ? "" : "yes";
      draw();
      this.toInput(entries.find((each) => each.name === (kept.for_life ? "given_names_th" : "expiry_date")).input);
    } }, h("span.dot"), this.word("dialog.for_life"));
    const draw = () => {
      for (const each of entries) kept[each.name] = each.input.value;
      const thai = kept.kind === "thai_id", patterns = this.patterns[thai ? "thai_id" : "page"];
      const waived = (name) => thai && name === "expiry_date" && kept.for_life;
      entries = (thai ? THAI_ID : PAGE).map(([name, kind, length]) => this.entry(name, kind, length, kept, patterns[name], { thai, waived, optional: !thai && name === "given_names" }));
      const expiry = entries.find((each) => each.name === "expiry_date");
      expiry.row.hidden = Boolean(thai && kept.for_life);
      life.setAttribute("aria-pressed", String(Boolean(kept.for_life)));
      rows.className = `rows of-document${thai ? " is-thai" : ""}`;
      const [number, birth, , ...names] = entries.map((each) => each.row);
      rows.replaceChildren(...(thai ? [number, h("div.ends", {}, birth, expiry.row, life), ...names] : entries.map((each) => each.row)));
    };
    const kinds = this.choices(["page", "thai_id"].map((kind) => ({ code: kind, text: this.word(`dialog.kind_${kind}`), plain: true })), (code) => {
      kept.kind = code === "thai_id" ? code : "";
      draw();
      document.getElementById("dialog-text").textContent = this.word(kept.kind ? "dialog.thai_id_text" : "dialog.document_text");
      this.toInput(entries[0].input);
    });
    draw();
    this.show({
      title: this.word("dialog.document"), text: this.word(kept.kind ? "dialog.thai_id_text" : "dialog.document_text"),
      body: h("div.typed", {}, kinds.list, rows), entries: () => entries,
      told: refused && this.word("dialog.refused", { field: this.word((kept.kind && THAI_LABELS[refused]) || `field.${refused}`) }),
      done: this.word("dialog.document_done"), ready: () => this.lacking(entries),
      act: () => {
        const typed = Object.fromEntries(entries.map((each) => [each.name, each.plain()]));
        if (kept.kind) Object.assign(typed, { kind: kept.kind }, kept.for_life ? { for_life: "yes", expiry_date: "" } : {});
        this.send({ type: "attest", what: "document", values: typed });
        this.again = (name) => this.document(typed, name);
      },
    });
    kinds.choose(kept.kind || "page");
  }

  reason(verdict) {
    const reasons = this.choices(this.lists().reasons[verdict]);
    const note = entry({ word: this.word, today: this.today }, { name: "note", label: this.word("dialog.note_optional"), kind: "free", length: 200, optional: true });
    this.show({
      title: this.word(`dialog.reason_${verdict}`), text: this.word("dialog.reason_text"),
      body: h("div.rows", {}, reasons.list, note.row), entries: [note],
      done: () => [mark(verdict === "ADMIT" ? "ok" : "fail", verdict.toLowerCase()), this.word(`verdict.${verdict}`)],
      tone: verdict.toLowerCase(),
      ready: () => (!reasons.chosen() ? this.word("dialog.choose") : reasons.chosen() === NOTED && !note.plain() ? this.word("dialog.note_needed") : ""),
      act: () => this.send({ type: "decide", verdict, reason: reasons.chosen(), note: note.plain() }),
    });
  }

  choices(options, picked = () => {}) {
    let chosen = "";
    const buttons = options.map((option) => h("button.d-btn.choice", { type: "button", "aria-pressed": false, id: `choice-${option.code}`, onclick: () => { choose(option.code); picked(option.code); } },
      h("span.dot", {}), h("span", {}, option.text), option.plain ? null : h("span.mono", {}, option.code)));
    const choose = (code) => {
      chosen = code;
      buttons.forEach((button, n) => button.setAttribute("aria-pressed", String(options[n].code === code)));
    };
    return { list: h("div.choices", {}, buttons), chosen: () => chosen, choose };
  }
}
