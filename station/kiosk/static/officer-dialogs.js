// The officer's dialogs: correct a field, attest what no sensor gave, give a reason. One form at the left, keys beside it.

import { h, icon, mark } from "./dom.js";
import { checkDigit, dashes, keyboard } from "./keyboard.js";

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const TESTS = {
  text: (value) => value.trim().length > 0,
  optional: () => true,
  date: (value) => DATE.test(value),
  number: (value) => /^[A-Z0-9<]{3,14}$/.test(value),
  state: (value) => /^[A-Z]{1,3}$/.test(value),
  celsius: (value) => /^(2[5-9]|3\d|4[0-5])(\.\d)?$/.test(value),
};
const FORMS = {
  document: [["document_number", "number", 14], ["nationality", "state", 3], ["birth_date", "date", 10], ["expiry_date", "date", 10], ["surname", "text", 39], ["given_names", "optional", 39]],
  certificate: [["issuer", "text", 40], ["date", "date", 10]],
  temperature: [["celsius", "celsius", 4], ["thermometer", "text", 24]],
};
const LABELS = { issuer: "dialog.certificate_issuer", date: "dialog.certificate_date", celsius: "dialog.temperature_celsius", thermometer: "dialog.temperature_thermometer" };
const ZONE = ["surname", "given_names", "document_number", "nationality", "sex"];
const NOTED = "O-OTH"; // says nothing without a note; the server refuses it without one
const KINDS = ["vaccination", "test", "recovery"];

export class Dialogs {
  constructor(kit) {
    Object.assign(this, kit);
    this.box = h("dialog.d-dialog", { "aria-labelledby": "dialog-title", onclose: () => this.box.replaceChildren() });
    document.body.append(this.box);
  }

  /** Close an open dialog; whether there was one. */
  close() {
    if (!this.box.open) return false;
    this.box.close();
    return true;
  }

  show({ title, text, body, done, ready, act, tone = "main" }) {
    let last = null;
    const button = h(`button.d-btn.d-btn--${tone}.is-main`, { type: "submit", id: "dialog-done" }, done);
    const hint = h("p.hint", { role: "status" });
    const refresh = () => {
      const lacking = ready();
      button.classList.toggle("is-off", Boolean(lacking));
      button.setAttribute("aria-disabled", String(Boolean(lacking)));
      hint.textContent = lacking;
    };
    const submit = (event) => {
      event.preventDefault();
      if (ready()) return;
      act();
      this.box.close();
    };
    const form = h("form.dl", { onsubmit: submit, oninput: refresh, novalidate: true },
      h("div", {}, h("h1", { id: "dialog-title" }, title), h("p.mute", {}, text)), body,
      h("p.nt", {}, icon("shield"), this.word("dialog.on_record", { officer: this.view().state.officer })), hint,
      h("div.dlb", {}, h("button.d-btn", { type: "button", id: "dialog-cancel", onclick: () => this.box.close() }, this.word("common.cancel")), button));
    form.addEventListener("focusin", (event) => { if (event.target.tagName === "INPUT") last = event.target; });
    form.addEventListener("click", refresh);
    this.box.replaceChildren(form, h("div.dr", {}, keyboard(this.word, () => last ?? form.querySelector("input"))));
    this.box.showModal();
    refresh();
    const first = form.querySelector("input");
    first?.focus();
    first?.setSelectionRange(first.value.length, first.value.length);
  }

  input(name, label, kind, length, value = "") {
    const check = h("span.cd", { "aria-hidden": "true" });
    const input = h("input", { id: `input-${name}`, name, value, maxlength: length, autocomplete: "off", spellcheck: "false", inputmode: "none", placeholder: kind === "date" ? "1991-04-17" : null });
    const set = (text) => {
      if (text === input.value) return;
      const at = input.selectionStart, last = at === input.value.length;
      input.value = text;
      if (!last) input.setSelectionRange(at, at);
    };
    const tidy = () => {
      if (kind === "date") set(dashes(input.value));
      else if (ZONE.includes(name)) set(input.value.toUpperCase());
      if (kind === "number" || kind === "state") set(input.value.replace(/\s/g, ""));
      const covered = kind === "number" ? input.value.padEnd(9, "<") : kind === "date" ? input.value.replaceAll("-", "").slice(2) : "";
      const whole = covered && TESTS[kind](input.value) && name !== "date";
      check.replaceChildren(...(whole ? [h("em", {}, this.word("dialog.check")), String(checkDigit(covered))] : []));
    };
    input.addEventListener("input", tidy);
    tidy();
    return { name, input, fine: () => TESTS[kind](input.value), row: h("label.mf", { for: input.id }, h("small", {}, label), input, check) };
  }

  correct(field) {
    const kind = field.name.endsWith("_date") ? "date" : field.name === "given_names" ? "optional" : field.name === "document_number" ? "number" : "text";
    const entry = this.input(field.name, field.label, kind, 39, field.raw);
    this.show({
      title: this.word("dialog.correct", { field: field.label }), text: this.word("dialog.correct_text"),
      body: h("div.rows", {}, h("p.was", {}, h("small", {}, this.word("dialog.correct_read")), h("b", {}, field.raw || "–")), entry.row,
        kind === "date" ? h("p.mute", {}, this.word("dialog.date_hint")) : null),
      done: this.word("dialog.correct_done"),
      ready: () => (entry.input.value === field.raw ? this.word("dialog.unchanged") : entry.fine() ? "" : this.word("dialog.incomplete")),
      act: () => this.send({ type: "correct", field: field.name, value: entry.input.value.trim() }),
    });
  }

  attest(what) {
    const entries = FORMS[what].map(([name, kind, length]) => this.input(name, this.word(LABELS[name] ?? `field.${name}`), kind, length));
    const kinds = what === "certificate" ? this.choices(KINDS.map((kind) => ({ code: kind, text: this.word(`officer.paper_${kind}`), plain: true }))) : null;
    this.show({
      title: this.word(`dialog.${what}`), text: this.word(`dialog.${what}_text`),
      body: h(`div.rows.of-${what}`, {}, kinds?.list ?? null, entries.map((entry) => entry.row)),
      done: this.word(`dialog.${what}_done`),
      ready: () => (entries.every((entry) => entry.fine()) && (!kinds || kinds.chosen()) ? "" : this.word("dialog.incomplete")),
      act: () => {
        const values = Object.fromEntries(entries.map((entry) => [entry.name, entry.input.value.trim()]));
        this.send({ type: "attest", what, values: kinds ? { kind: kinds.chosen(), ...values } : values });
      },
    });
  }

  reason(verdict) {
    const reasons = this.choices(this.reasons()[verdict]);
    const note = this.input("note", this.word("dialog.note_optional"), "optional", 200);
    this.show({
      title: this.word(`dialog.reason_${verdict}`), text: this.word("dialog.reason_text"),
      body: h("div.rows", {}, reasons.list, note.row),
      done: [mark(verdict === "ADMIT" ? "ok" : "fail", verdict.toLowerCase()), this.word(`verdict.${verdict}`)],
      tone: verdict.toLowerCase(),
      ready: () => (!reasons.chosen() ? this.word("dialog.choose") : reasons.chosen() === NOTED && !note.input.value.trim() ? this.word("dialog.note_needed") : ""),
      act: () => this.send({ type: "decide", verdict, reason: reasons.chosen(), note: note.input.value.trim() }),
    });
  }

  choices(options) {
    let chosen = "";
    const buttons = options.map((option) => h("button.d-btn.choice", { type: "button", "aria-pressed": false, id: `choice-${option.code}`, onclick: () => pick(option.code) },
      h("span.dot", {}), h("span", {}, option.text), option.plain ? null : h("span.mono", {}, option.code)));
    const pick = (code) => {
      chosen = code;
      buttons.forEach((button, n) => button.setAttribute("aria-pressed", String(options[n].code === code)));
    };
    return { list: h("div.choices", {}, buttons), chosen: () => chosen };
  }
}
