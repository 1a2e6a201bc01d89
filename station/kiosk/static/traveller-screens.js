// The traveller screens without a live picture: welcome, privacy notice, and the statements (result, wait, not ready).

import { h, icon, mark } from "./dom.js";
import { tileParts } from "./traveller-parts.js";

const STEPS = [["passport", "document"], ["certificate", "certificate"], ["face", "temperature"]];
const NOTICE = [["hospital", "purpose"], ["list", "ground"], ["clock", "kept"], ["people", "seen"], ["edit", "rights"]];

export function idle(word, start, state, actions) {
  const button = (language) => h(`button.d-btn${language === state.language ? ".d-btn--main" : ""}`, {
    type: "button", id: `language-${language}`, lang: language, "aria-pressed": language === state.language,
    onclick: () => actions.choose(language),
  }, word(`language.${language}`));
  const { begin } = state.view;
  const gone = begin === "gone";
  return [
    h("section.hero", {}, h("h1", {}, word("welcome.title"), h("small", { lang: state.language === "th" ? "en" : "th" }, word("welcome.title_second")))),
    h("section.welcome", {},
      h("div.steps", { role: "list" }, STEPS.map(([picture, kind], n) => h("div", { role: "listitem" },
        n ? h("span.or", { "aria-hidden": "true" }, "+") : null, h("span.pic", {}, icon(picture)), h("b", {}, word(`welcome.step_${kind}`))))),
      h("p.begin", {}, h("span.nudge", {}, gone ? icon("officer", "up") : icon(begin === "reader" ? "reader" : "closer")), h("span", {}, word(begin ? `welcome.begin_${begin}` : "welcome.begin"), h("small", {}, word(gone ? "welcome.begin_gone_hint" : "welcome.begin_hint")))),
      h("div.langs", { role: "group", "aria-label": word("welcome.languages") }, start.languages.map(button)),
      h("section.priv", {}, icon("shield"), h("div", {}, h("b", {}, word("welcome.privacy_title")), h("p", {}, word("welcome.privacy_text"))),
        h("button.d-btn.d-btn--quiet", { type: "button", id: "privacy-open", onclick: () => actions.read(true) }, word("welcome.privacy_open")))),
  ];
}

export function privacy(word, actions) {
  return [
    h("div.k-say", {}, h("span.pic", {}, icon("shield")), h("div", {}, h("h1", {}, word("privacy.title")), h("p", {}, word("privacy.hint")))),
    h("div.notices", {}, NOTICE.map(([picture, key]) => h("div.pv", {}, h("span.ic", {}, icon(picture)),
      h("div", {}, h("small", {}, word(`privacy.${key}`)), h("b", {}, word(`privacy.${key}_text`)))))),
    h("div.go2", {},
      h("button.d-btn", { type: "button", id: "privacy-ask", onclick: () => actions.call() }, icon("officer"), word("privacy.ask")),
      h("button.d-btn.d-btn--main", { type: "button", id: "privacy-next", onclick: () => actions.read(false) }, word("common.next"), icon("arrow", "flip"))),
  ];
}

/** A screen that says one thing in large: the result, a wait, or that the kiosk is not ready. */
export function statement(word, view) {
  const build = { admit, refer, again, not_ready: notReady, confirm }[view.screen] ?? confirm;
  return build(word, view);
}

function big(view, sign, extra = null) {
  return h("section.big", {}, sign, h("h1", {}, view.say.title), h("p.sub", {}, view.say.hint), extra);
}

function ring(name) {
  return h("span.ring", {}, icon(name));
}

function card(picture, title, text, kind = "") {
  return h(`section.todo${kind}`, {}, h("span.tile", {}, icon(picture)), h("div", {}, h("b", {}, title), h("span", {}, text)));
}

function evidence(view) {
  return view.needs.length ? h("div.k-evs", { role: "list" }, tileParts(view.needs)) : null;
}

function admit(word, view) {
  const go = h("div.go", {}, h("span", {}, word("result.admit_go")), h("span.nudge", {}, icon("arrow", "up")));
  const { result } = view;
  return [
    big(view, icon("s-ok", "sign"), go),
    h("section.side", {},
      result ? h("section.slip", {}, h("div.d-tile"),
        h("div.n", {}, h("small", {}, word("result.number")), h("b", {}, result.number), h("span", {}, word("result.keep"))),
        h("div.t", {}, h("small", {}, word("result.place")), h("b", {}, result.place), h("small", {}, word("result.when")), h("b", {}, result.day, h("br"), result.clock))) : null,
      evidence(view),
      result ? h("p.saved", {}, mark("ok", "admit"), h("span", {}, `${result.saved} · ${word("result.saved_clear")}`)) : null),
  ];
}

function refer(word, view) {
  const { result, prepare } = view;
  return [
    big(view, icon("s-refer", "sign")),
    h("section.side", {},
      card("officer", word("result.refer_card"), word("result.refer_card_text"), ".is-main"),
      prepare ? card(prepare.icon, prepare.title, prepare.text) : null,
      evidence(view),
      result ? h("p.saved", {}, mark("ok", "refer"), h("span", {}, word("result.saved_number"), " ", h("b", {}, result.number))) : null),
  ];
}

function again(word, view) {
  return [big(view, ring("passport")), h("section.side", {}, card("officer", word("instruction.again_card"), word("instruction.again_card_text"), ".is-main"))];
}

function confirm(word, view) {
  return [big(view, ring(view.say.icon)), h("section.side", {}, evidence(view))];
}

function notReady(word, view) {
  return [
    big(view, ring("sync")),
    h("section.side", {},
      card("officer", word("instruction.not_ready_officer"), word("instruction.not_ready_officer_text"), ".is-main"),
      h("p.safe", {}, mark("ok", "admit"), h("span", {}, word("instruction.not_ready_safe"), h("small", {}, word("instruction.not_ready_safe_text")))),
      h("p.saved", {}, word("instruction.not_ready_back"))),
  ];
}
