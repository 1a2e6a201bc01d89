// Sheets that only tell: the proofs of a traveller, what the station believes, a saved screening explained.

import { h, icon, keyed, mark } from "./dom.js";

const toned = (name, tone) => name ? mark(name, tone === "brand" ? "now" : tone) : null;

export function believedRows(believed) {
  return believed.rows.map((row) => h(`div.d-rule.is-${{ unsure: "unsure", refuse: "fail" }[row.tone] ?? "ok"}`, { role: "listitem" }, mark(row.mark, row.tone),
    h("div", {}, h("b", {}, row.name), h("small", {}, row.text)), h("div.code")));
}

export function believed(dialogs) {
  const told = dialogs.view().believed;
  dialogs.sheet({ title: told.title, body: h("div.lines", { role: "list" }, believedRows(told)) });
}

export function proofs(dialogs, edit) {
  const { word } = dialogs;
  const rows = dialogs.view().certificate.rows;
  dialogs.sheet({
    title: word("dialog.proofs"), text: word("dialog.proofs_text"), kind: rows.length > 4 ? "is-wide" : "",
    body: h("div.proofs", { role: "list" }, rows.map((row, n) => h(`div.proof.tone-${row.tone}`, { role: "listitem" }, toned(row.mark, row.tone),
      h("div", {}, h("b", {}, row.title), h("small", {}, row.text), h("small", {}, row.facts.join(" · "))),
      row.values ? h("button.d-btn", { type: "button", id: `proof-${n}`, onclick: () => edit(row.values) }, icon("edit"), word("officer.correct")) : null))),
  });
}

export function explained(dialogs, told) {
  const { word } = dialogs;
  const head = { title: `${told.number} · ${told.name}`, kind: "is-wide" };
  if (told.unreadable) {
    dialogs.sheet({ ...head, kind: "", body: h("p.unreadable", {}, mark("unsure", "unsure"), told.unreadable) });
    return;
  }
  const { verdict } = told;
  const missing = told.missing.length ? [h("h2", {}, word("officer.explain_devices")), h("div.lines.is-missing", { role: "list" }, told.missing.map(evidenceRow))] : null;
  dialogs.sheet({
    ...head, text: told.when,
    body: h("div.explained", {},
      h("section", {},
        h(`div.prop.tone-${verdict.tone}`, {}, icon(`s-${verdict.mark}`, `m-${verdict.tone}`), h("div", {}, h("b", {}, verdict.title), h("small", {}, verdict.by), verdict.why.map((why) => h("small", {}, why)), verdict.note ? h("small", {}, verdict.note) : null)),
        h("h2", {}, word("officer.explain_evidence")),
        h("div.lines", { role: "list" }, told.evidence.map(evidenceRow)),
        told.rules.length > 8 ? missing : null,
        h("dl.facts", {}, told.facts.map((fact) => [h("dt", {}, fact.label), h("dd", {}, fact.text)]))),
      h("section", {},
        h("h2", {}, word("officer.explain_rules")),
        h(`div.lines${told.rules.length > 8 ? ".is-tight" : ""}`, { role: "list" }, told.rules.map(ruleRow)),
        told.rules.length > 8 ? null : missing,
        h(`p.again-line.tone-${told.again.tone}`, {}, mark(told.again.mark, told.again.tone), told.again.text))),
  });
}

function evidenceRow(row) {
  return h(`div.d-rule.is-${{ unsure: "unsure", refuse: "fail" }[row.tone] ?? "ok"}`, { role: "listitem" }, icon(row.icon, "c-brand"),
    h("div", {}, h("b", {}, row.title), row.text ? h("small", {}, row.text) : null), toned(row.mark, row.tone) ?? h("span"));
}

/** One device: how it is, what to do, what is known of it. Told anew each second while it stands open. */
export function device(dialogs, told, actions) {
  const { word } = dialogs;
  if (!told) {
    dialogs.sheet({ title: word("panel.gone"), body: h("p") });
    return;
  }
  const body = h("div.device", {}, deviceParts(told, actions));
  const timer = setInterval(() => dialogs.send({ type: "device", device: told.device }), 1000);
  dialogs.sheet({
    title: told.title, kind: "is-device", body, device: told.device, closed: () => clearInterval(timer),
    listen: ({ told: newer }) => { if (newer?.device === told.device) keyed(body, [newer], () => deviceParts(newer, actions)); },
  });
}

function deviceParts(told, actions) {
  return [
    h(`div.prop.tone-${told.tone}`, {}, icon(`s-${told.mark}`, `m-${told.tone}`), h("div", {}, h("b", {}, told.state), h("small", {}, told.why)),
      told.act ? h("button.d-btn", { type: "button", id: told.act.act, onclick: () => actions.act(told.act.act) }, icon(told.act.icon), told.act.text) : null),
    h("dl.facts", {}, told.facts.map((fact) => [h("dt", {}, fact.label), h("dd", {}, fact.text)])),
  ];
}

/** One rule: its state, what it says and of which proof, its code and the paragraph of the order. */
export function ruleRow(row) {
  return h(`div.d-rule.is-${row.state}`, { role: "listitem" }, mark(row.mark, row.tone),
    h("div", {}, h("b", {}, row.title), row.text || row.proof ? h("small", {}, row.text, row.proof ? h("span.by", {}, icon("certificate"), row.proof) : null) : null),
    h("div.code", {}, row.code, h("small", { title: row.order }, row.order)));
}
