// The officer's cards: document, certificate and holder, skin temperature, rules, verdict.

import { h, icon, mark, s } from "./dom.js";
import { believedRows, ruleRow } from "./officer-sheets.js";

const MOST_RULES = 8;

function chip(card) {
  const tone = card.tone ?? "idle";
  return h(`span.end.d-chip.d-chip--${tone}`, {}, icon(`s-${card.mark ?? "wait"}`), card.chip);
}

function confidence(word, level) {
  if (!level) return null;
  return h(`span.d-conf${level.low ? ".is-low" : ""}`, { title: word("officer.confidence") },
    h("i", { "aria-hidden": "true" }, [1, 2, 3, 4, 5].map((n) => h(`u${n <= level.bars ? ".on" : ""}`))), `${level.percent} %`);
}

export function documentHead(word, card) {
  return [icon("passport", "c-brand"), h("h2", {}, word("officer.document")), h("span.sub", {}, card.mark === "fail" ? "" : card.sub ?? ""), confidence(word, card.confidence), chip(card)];
}

export function zone(word, lines) {
  return lines.length ? h("div.mrz", { role: "group", "aria-label": word("officer.zone") }, lines.map((pieces) =>
    h("p", {}, pieces.map((piece) => piece.wrong ? h("mark", {}, piece.text) : piece.text)))) : [];
}

export function fields(word, card, actions) {
  if (!card.there) {
    return h("div.none", {}, h("b", {}, word("officer.document_none")), h("p", {}, word("officer.document_none_text")),
      h("button.d-btn", { type: "button", id: "attest-document", onclick: () => actions.attest("document") }, icon("edit"), word("officer.attest_document_button")));
  }
  return card.fields.map((field) => field.confirm ? doubt(word, field, actions) : h(`button.fr${field.original ? ".is-corrected" : ""}`,
    { type: "button", id: `field-${field.name}`, onclick: () => actions.correct(field), "aria-label": `${word("officer.correct")} ${field.label}: ${[field.value, field.thai].filter(Boolean).join(", ")}` },
    h("small", {}, field.label),
    h("b", {}, field.value, field.thai ? h("span.th", { lang: "th" }, field.thai) : null, field.original ? h("s", {}, field.original) : null),
    h(`span.ck.c-${field.tone}`, {}, field.check), mark(field.mark, field.tone === "brand" ? "now" : field.tone), icon("edit", "pen")));
}

/** A field that was not read with certainty: one touch confirms it, another one corrects it. */
function doubt(word, field, actions) {
  return h("div.fr.is-doubt", {}, h("small", {}, field.label),
    h("button.val", { type: "button", id: `field-${field.name}`, onclick: () => actions.correct(field), "aria-label": `${word("officer.correct")} ${field.label}: ${field.value}, ${field.check}` },
      h("b", {}, field.value), h("span.c-unsure", {}, mark("unsure", "unsure"), field.check)),
    h("button.d-btn", { type: "button", id: `confirm-${field.name}`, onclick: () => actions.confirm([field]), "aria-label": word("officer.confirm_field", { label: field.label, value: field.value }) }, field.confirm));
}

/** What else the camera saw of the document, over its picture. */
export function notes(card, asked, actions) {
  if (!card.notes.length) return [];
  return [
    ...card.notes.map((note) => h(`p.d-chip.d-chip--${note.tone}`, {}, mark(note.mark, note.tone === "brand" ? "now" : note.tone), note.text)),
    card.seen && !asked ? h("button.d-btn", { type: "button", id: "document-seen", onclick: () => actions.act("document_seen") }, icon("check"), card.seen) : null,
  ];
}

export function paper(word, certificate, holder, actions) {
  const head = holder.there ? holder : certificate;
  return [
    h("header", {}, icon("certificate", "c-brand"), h("h2", {}, word(holder.there ? "officer.holder_title" : "officer.certificate")), chip(head)),
    certificate.there ? proofs(word, certificate, holder.asking, actions) : h("div.cert", {}, icon("s-wait", "m-idle"),
      h("span", {}, h("b", {}, certificate.title), h("small", {}, certificate.text)),
      h("button.d-btn", { type: "button", id: "attest-certificate", onclick: () => actions.attest("certificate") }, icon("officer"), word("officer.attest_certificate_button"))),
    holder.there ? comparison(word, holder) : h("p.wait", {}, word("officer.holder_empty")),
    holder.said ? h(`p.said.tone-${holder.said.tone}`, {}, mark(holder.said.mark, holder.said.tone), holder.said.text) : null,
    holder.asking ? h("div.ask", {},
      h("button.d-btn.d-btn--admit", { type: "button", id: "same-holder", onclick: () => actions.holder(true) }, mark("ok", "admit"), word("officer.same")),
      h("button.d-btn.d-btn--refuse", { type: "button", id: "different-holder", onclick: () => actions.holder(false) }, mark("fail", "refuse"), word("officer.different"))) : null,
  ];
}

/** The proofs in short; touching them opens the list with all that is known of each. */
function proofs(word, certificate, asking, actions) {
  const shown = certificate.rows.slice(0, asking ? certificate.shown - 1 : certificate.shown);
  const more = certificate.rows.length - shown.length;
  return h(`div.certs${shown.length > 1 ? ".is-several" : ""}`, {}, shown.map((row, n) => h(`button.cert.tone-${row.tone}`, { type: "button", id: `cert-${n}`, onclick: actions.proofs },
    mark(row.mark, row.tone === "brand" ? "now" : row.tone), h("span", {}, h("b", {}, row.title), h("small", {}, shown.length > 1 ? row.brief : row.text)),
    n === shown.length - 1 && more ? h("em", {}, word("officer.proofs_more", { count: more })) : null)));
}

function comparison(word, holder) {
  const marked = (runs) => runs.map((run) => run.marked ? h("mark", {}, run.text) : run.text);
  return h("table.cmp", {},
    h("thead", {}, h("tr", {}, h("td"), h("th", { scope: "col" }, word("officer.of_document")), h("th", { scope: "col" }, word("officer.of_certificate")), h("td"))),
    h("tbody", {}, holder.rows.map((row) => h(`tr${row.differs ? `.diff.tone-${row.tone}` : ""}`, {}, h("th", { scope: "row" }, row.label),
      h("td", {}, marked(row.document)), h("td", {}, row.given ? marked(row.certificate) : h("span.not", {}, word("officer.not_given"))),
      h("td", {}, mark(row.mark, row.tone))))));
}

export function heatHead(word, card) {
  return [icon("thermo", "c-brand"), h("h2", {}, word("officer.heat")), chip(card)];
}

export function heat(word, card, actions) {
  return [
    h("div.big", {}, card.value, h("small", {}, ` °C ${card.spread}`)),
    scale(card.scale),
    h("ul", {}, card.facts.map((fact) => h("li", {}, mark(fact.mark, fact.mark === "ok" ? "admit" : "now"), fact.text))),
    h("div.two", {},
      card.again ? h("button.d-btn", { type: "button", id: "measure-again", onclick: actions.measure }, icon("sync"), word("officer.measure_again")) : null,
      h("button.d-btn", { type: "button", id: "attest-temperature", onclick: () => actions.attest("temperature") }, icon("edit"), word("officer.hand_thermometer"))),
  ];
}

function scale(at) {
  const x = (share) => 4 + share * 312;
  const text = (share, words, weight, fill) => s("text", { x: Math.min(300, Math.max(18, x(share))), y: 58, "text-anchor": "middle", "font-weight": weight, fill }, words);
  const parts = [s("rect", { x: 4, y: 16, width: 312, height: 12, rx: 6, fill: "var(--line)" })];
  if (at.value !== null) {
    const tone = at.hot ? "var(--refuse)" : "var(--admit)";
    parts.push(s("rect", { x: x(at.from), y: 16, width: Math.max(12, x(at.to) - x(at.from)), height: 12, rx: 6, fill: tone }));
    parts.push(s("path", { d: `M${x(at.value)} 10v24`, stroke: "var(--ink)", "stroke-width": 5, "stroke-linecap": "round" }));
  }
  if (at.limit !== null) {
    parts.push(s("path", { d: `M${x(at.limit)} 6v32`, stroke: "var(--refuse)", "stroke-width": 4, "stroke-dasharray": "6 4" }), text(at.limit, at.limit_text, 700, "var(--refuse)"));
  }
  parts.push(text(0, at.low, 400, "var(--ink-2)"), text(1, at.high, 400, "var(--ink-2)"));
  return s("svg", { viewBox: "0 0 320 64", class: "scale", "aria-hidden": "true" }, ...parts);
}

export function proposal(told) {
  return h(`div.prop.tone-${told.tone}`, { role: "status" }, icon(told.mark, told.tone === "brand" ? "m-now" : `m-${told.tone}`),
    h("div", {}, h("small", {}, told.small), h("b", {}, told.title)), h("span.set", {}, told.set));
}

export function rules(word, rows, believed) {
  if (!rows.length) return [h("p.wait", { role: "listitem" }, word("officer.rules_none")), h("p.believes", { role: "listitem" }, believed.title), ...believedRows(believed)];
  const passed = rows.filter((row) => row.state === "ok").length;
  const hidden = rows.length > MOST_RULES ? Math.min(passed, rows.length - MOST_RULES + 1) : 0;
  const shown = rows.slice(0, rows.length - hidden).map(ruleRow);
  if (!hidden) return shown;
  return [...shown, h("div.d-rule.is-ok", { role: "listitem" }, mark("ok", "admit"), h("div", {}, h("b", {}, word("officer.rules_passed", { count: hidden }))), h("div.code", {}, word("officer.pass")))];
}

export function ask(next, actions) {
  if (!next) return [];
  return h("div.nxt", {}, icon(next.icon), h("span", {}, next.text),
    next.action ? h("button.d-btn", { type: "button", id: "ask-action", onclick: () => actions.act(next.action) }, icon(next.action.startsWith("attest") ? "edit" : "check"), next.button) : null);
}

export function verdicts(word, state, saved, actions) {
  if (state.again) {
    return [
      h("div.again", {}, h("b", {}, word("officer.again_title")), h("small", {}, saved ? saved.again : "")),
      h("button.d-btn", { type: "button", id: "again-no", onclick: () => actions.again(false) }, mark("off", "idle"), word("officer.again_no")),
      h("button.d-btn.d-btn--main", { type: "button", id: "again-yes", onclick: () => actions.again(true) }, icon("undo"), word("officer.again_yes")),
    ];
  }
  const marks = { refuse: "fail", admit: "ok", refer: "refer" };
  const order = state.main === "admit" ? ["refuse", "refer", "admit"] : ["refuse", "admit", "refer"];
  return order.map((name) => {
    const main = state.main === name && state.open;
    const classes = state.open ? `.d-btn--${name}${main ? ".is-main" : ""}` : ".is-off";
    return h(`button.d-btn${classes}`, { type: "button", id: `verdict-${name}`, disabled: !state.open, onclick: () => actions.decide(name.toUpperCase()) },
      icon(`s-${marks[name]}`, main ? "" : state.open ? `m-${name}` : "m-idle"), word(`verdict.${name.toUpperCase()}`), h("small", {}, state[`${name}_hint`]));
  });
}
