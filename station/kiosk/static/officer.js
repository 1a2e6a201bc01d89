// The officer screen: everything that is known, worst first; touches become commands. Shows; the lane decides.

import { boot, h, keyed, speaker } from "./dom.js";
import { keepFitting } from "./fit.js";
import { Link } from "./link.js";
import * as cards from "./officer-cards.js";
import * as klass from "./officer-class.js";
import { Dialogs } from "./officer-dialogs.js";
import * as frame from "./officer-frame.js";
import { paper } from "./officer-papers.js";
import * as sheets from "./officer-sheets.js";
import { Picture } from "./picture.js";

const NAMES = ["surname", "given_names"];
const start = boot();
const app = document.getElementById("app");
const gone = document.getElementById("gone");
const state = { words: start.words, language: start.language, lists: start, view: null, clock: "", today: "9999", kept: null, seen: { C: -1, T: -1 } };
const word = (key, values) => speaker(state.words)(key, values);
const root = document.documentElement;

const camera = h("canvas", { role: "img" }), thermal = h("canvas", { role: "img" });
const pictures = {
  C: new Picture(camera, "camera", { zoom: 1.1, frame: false }),
  T: new Picture(thermal, "thermal", { frame: false }),
};
const part = {
  top: h("header.o-top"), strip: h("section.o-strip"), who: h("div.who"), toast: h("p.toast", { role: "status", hidden: true }),
  still: h("span.still", { hidden: true }), notes: h("div.notes"), docHead: h("header"), docBlind: h("p.blind", { hidden: true }), zone: h("div.zone"), fields: h("div.fields"),
  paper: h("section.d-card.paper"), heatHead: h("header"), heatBlind: h("p.blind", { hidden: true }), heat: h("div.thr"),
  prop: h("div.prop-box"), rules: h("div.rules", { role: "list" }), ask: h("div.ask-box"), deeds: h("div.deeds-box"), act: h("div.act"),
};

app.className = "o";
app.append(
  part.top, part.strip,
  h("main.o-main", {},
    h("section.left", {}, part.who,
      h("div.cols", {},
        h("section.d-card.doc", {}, part.docHead, h("div.crop", {}, camera, part.still, part.docBlind, part.notes), part.zone, part.fields),
        h("div.col", {}, part.paper,
          h("section.d-card.heat", {}, part.heatHead, h("div.thg", {}, h("div.thp", {}, thermal, part.heatBlind), part.heat))))),
    h("aside.right", {}, part.prop, part.rules, part.ask, part.deeds, part.act)),
  part.toast,
);

const send = (message) => link.send({ ...message, token: start.token, opened: state.view?.opened ?? "" });
const dialogs = new Dialogs({ word, send, lists: () => state.lists, view: () => state.view, patterns: start.patterns, today: () => state.today });
const actions = {
  decide: (verdict) => {
    const verdicts = state.view.verdicts;
    if (verdict === "REFUSE" || (verdict === "ADMIT" && verdicts.admit_reason)) dialogs.reason(verdict);
    else send({ type: "decide", verdict });
  },
  correct: (field) => (state.view.document.typed ? dialogs.attest("document") : dialogs.correct(field)),
  confirm: (fields) => fields.forEach((field) => send({ type: "correct", field: field.name, value: field.raw })),
  attest: (what) => dialogs.attest(what),
  paper: (values) => paper(dialogs, values),
  klass: () => klass.classOf(dialogs),
  origin: () => klass.origin(dialogs),
  proofs: () => sheets.proofs(dialogs, actions.paper),
  believed: () => sheets.believed(dialogs),
  device: (device) => { state.asked = device; send({ type: "device", device }); },
  explain: (screening) => send({ type: "explain", screening }),
  holder: (same) => send({ type: "attest", what: same ? "same_holder" : "different_holder" }),
  measure: () => send({ type: "measure_again" }),
  again: (yes) => send({ type: "again", yes }),
  act: (name) => {
    if (["answer_call", "do_gate", "do_siren", "do_slip"].includes(name)) send({ type: name });
    else if (name === "document_seen") send({ type: "attest", what: "document_seen" });
    else if (name === "confirm_names") actions.confirm(state.view.document.fields.filter((field) => field.confirm && NAMES.includes(field.name)));
    else dialogs.attest(name.replace("attest_", ""));
  },
  language: () => {
    const next = start.languages[(start.languages.indexOf(state.language) + 1) % start.languages.length];
    send({ type: "language", language: next });
  },
  theme: () => { theme(root.dataset.theme === "dark" ? "light" : "dark"); render(); },
  out: async () => {
    await fetch("/officer/session", { method: "DELETE" });
    location.assign(`/officer?lang=${state.language}`);
  },
};

function theme(name) {
  root.dataset.theme = name;
  localStorage.setItem("daan-theme", name);
}

function render() {
  const { view } = state;
  if (!view) return;
  root.lang = state.language;
  app.dataset.phase = view.phase;
  document.title = `${word("officer.title")} · ${view.state.place}`;
  const key = (value) => [state.language, value];
  keyed(part.top, [view.state, view.believed, state.clock, root.dataset.theme, state.language], () => frame.top(word, view.state, view.believed, state.clock, root.dataset.theme, actions));
  part.strip.className = `o-strip${view.alert ? ` is-alert tone-${view.alert.tone}` : ""}`;
  part.strip.setAttribute("aria-label", word("officer.strip"));
  keyed(part.strip, key([view.alert, view.strip, view.tray]), () => view.alert ? frame.alert(view.alert, actions) : frame.strip(word, view.strip, view.tray, actions));
  frame.fitStrip(part.strip);
  keyed(part.who, key([view.who, view.saved, view.phase, view.class]), () => frame.who(word, view, actions));
  camera.setAttribute("aria-label", word("guidance.live_picture"));
  thermal.setAttribute("aria-label", word("guidance.thermal_picture"));
  const doc = { ...view.document, outline: null };
  part.docHead.parentElement.classList.toggle("is-empty", !view.document.there);
  keyed(part.docHead, key(doc), () => cards.documentHead(word, view.document));
  const asked = view.ask?.action === "document_seen";
  keyed(part.notes, key([view.document.notes, view.document.seen, asked]), () => cards.notes(view.document, asked, actions));
  keyed(part.zone, view.document.lines, () => cards.zone(word, view.document.lines));
  keyed(part.fields, key(doc), () => cards.fields(word, view.document, actions));
  keyed(part.paper, key([view.certificate, view.holder]), () => cards.paper(word, view.certificate, view.holder, actions));
  keyed(part.heatHead, key(view.thermal.chip), () => cards.heatHead(word, view.thermal));
  keyed(part.heat, key(view.thermal), () => cards.heat(word, view.thermal, actions));
  keyed(part.prop, key(view.proposal), () => cards.proposal(view.proposal));
  part.rules.classList.toggle("is-tight", view.rules.length > 6);
  keyed(part.rules, key([view.rules, view.believed]), () => cards.rules(word, view.rules, view.believed));
  keyed(part.ask, key(view.ask), () => cards.ask(view.ask, actions));
  keyed(part.deeds, key(view.deeds), () => frame.deeds(view, actions));
  keyed(part.act, key([view.verdicts, view.saved]), () => cards.verdicts(word, view.verdicts, view.saved, actions));
  const still = keptPicture();
  part.still.hidden = !still;
  part.still.textContent = word("officer.still");
  pictures.C.mark({ outline: still ? still.outline : view.document.outline });
  pictures.T.mark({ spot: view.thermal.spot });
  app.dataset.revision = view.revision;
}

/** The frame that showed the document of the traveller at hand, once the page itself is gone from the camera. */
function keptPicture() {
  const { view, kept } = state;
  return kept && view.document.there && !view.document.outline && kept.opened === view.opened ? kept : null;
}

/** Keep the frame of which the document was read, for as long as its traveller is at the lane and no longer. */
async function takeCamera(blob) {
  const outline = state.view?.document.outline;
  // Outlines lag a little behind frames: once the document is read, a later frame may already show something else.
  const wanted = outline?.kind === "document" && !(state.view.document.there && state.kept);
  if (wanted) state.kept = { blob, outline, opened: state.view.opened };
  const still = state.view && keptPicture();
  await dialogs.live(blob);
  if (!still) await pictures.C.show(blob);
  else if (!still.shown) {
    still.shown = true;
    await pictures.C.show(still.blob);
  }
}

/** The day in Bangkok as YYYY-MM-DD. */
function day(at) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Bangkok", year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(at));
}

/** A picture that has stopped is covered: an old face or page is never shown as if it were live. */
function watch() {
  for (const [letter, blind, key] of [["C", part.docBlind, "officer.no_picture"], ["T", part.heatBlind, "officer.no_thermal"]]) {
    const stale = performance.now() - state.seen[letter] > 3000;
    blind.hidden = !stale;
    blind.textContent = word(key);
  }
}

function toast(text) {
  part.toast.textContent = text;
  part.toast.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { part.toast.hidden = true; }, 5000);
}

theme(localStorage.getItem("daan-theme") ?? "light");
keepFitting();

const link = new Link(() => `/live/officer?lang=${state.language}`, {
  hello: () => ({ type: "hello", token: start.token }),
  view: ({ view }) => {
    const changed = state.view && state.view.opened !== view.opened;
    if (changed && state.kept) state.kept = state.kept.opened ? null : { ...state.kept, opened: view.opened };
    const refused = view.refused && !state.view?.refused ? view.refused : "";
    state.view = view;
    if (changed && dialogs.close()) toast(word("officer.changed"));
    render();
    if (refused) dialogs.refused(refused);
  },
  words: ({ language, words, lists }) => { Object.assign(state, { language, words, lists }); render(); },
  picture: async (letter, blob) => {
    state.seen[letter] = performance.now();
    await (letter === "C" ? takeCamera(blob) : pictures.T.show(blob));
  },
  beat: ({ clock, at }) => { Object.assign(state, { clock, today: day(at) }); render(); },
  photograph: (answer) => dialogs.answer(answer),
  weighed: (answer) => dialogs.answer(answer),
  device: (answer) => {
    if (dialogs.open?.device && dialogs.open.device === answer.told?.device) dialogs.answer(answer);
    else if (state.asked) sheets.device(dialogs, answer.told, actions); // not an answer to a sheet that was closed meanwhile
    state.asked = "";
  },
  explained: ({ told }) => sheets.explained(dialogs, told),
  refused: () => toast(word("officer.changed")),
  gone: (seconds) => {
    gone.hidden = false;
    app.inert = true; // what is seen is old: nothing may be decided on it
    dialogs.close();
    keyed(gone, seconds, () => frame.gone(word, seconds));
  },
  back: () => { gone.hidden = true; app.inert = false; },
  closed: (code) => { if (code === 4401) location.assign(`/officer?lang=${state.language}`); },
});

setInterval(watch, 500);
