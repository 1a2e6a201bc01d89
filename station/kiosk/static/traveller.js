// The traveller screen: what to do next, what is found, what is still needed, the result. Shows; never decides.

import { boot, h, icon, keyed, mark, speaker } from "./dom.js";
import { keepFitting } from "./fit.js";
import { Link } from "./link.js";
import { Picture } from "./picture.js";
import { sayParts, tileParts } from "./traveller-parts.js";
import { idle, privacy, statement } from "./traveller-screens.js";

const start = boot();
const app = document.getElementById("app");
const gone = document.getElementById("gone");
const state = { words: start.words, language: start.language, view: null, low: false, reading: false, clock: "" };
const word = (key, values) => speaker(state.words)(key, values);
let picture = null;

const parts = {
  top: h("header.k-top"),
  main: h("main.k-main"),
  foot: h("nav.k-foot"),
};
app.append(h("div.d-tile"), parts.top, parts.main, parts.foot);

function render() {
  const { view } = state;
  if (!view) return;
  const screen = state.reading ? "privacy" : view.screen;
  app.className = `k is-${screen} tone-${state.reading ? "plain" : view.tone}${state.low ? " is-low" : ""}`;
  document.documentElement.lang = state.language;
  parts.foot.setAttribute("aria-label", word("help.label"));
  keyed(parts.top, [state.language, screen === "idle"], header);
  keyed(parts.foot, [state.language, screen, state.low, view.called], helps);
  if (screen === "idle") keyed(parts.main, [screen, state.language, view.begin], () => idle(word, start, state, actions));
  else if (screen === "privacy") keyed(parts.main, [screen, state.language], () => privacy(word, actions));
  else if (view.show) working(view, screen);
  else keyed(parts.main, [screen, state.language, view.say, view.needs, view.result, view.prepare], () => statement(word, view));
  if (!view.show || state.reading) picture = null;
  app.dataset.revision = view.revision;
}

function header() {
  const place = word("place.lane_short", { lane: start.lane });
  return [
    h("span.d-brand", {}, h("span.mark", {}, icon("gate")), word("brand.name")),
    h("span.where", {}, start.demonstration ? h("span.demo", {}, word("common.demo")) : null,
      `${start.places[state.language]} · ${place}`),
  ];
}

function helps([, screen, low, called]) {
  const other = start.languages[(start.languages.indexOf(state.language) + 1) % start.languages.length];
  const button = (name, label, act, attributes = {}) =>
    h("button.d-btn", { type: "button", onclick: act, id: `help-${name}`, ...attributes }, icon(name), h("span", {}, label));
  return [
    screen === "idle" ? null : button("globe", word("help.language"), () => choose(other), { lang: other }),
    "speechSynthesis" in window ? button("speak", word("help.listen"), listen) : null,
    button("lower", word(low ? "help.raise" : "help.lower"), () => { state.low = !state.low; render(); }, { "aria-pressed": low }),
    button("help", word(called ? "help.called" : "help.call"), call, { "aria-pressed": called, class: `d-btn${called ? " is-called" : ""}` }),
  ];
}

/** The screens with a live picture: built once for a screen, then only patched. */
function working(view, screen) {
  keyed(parts.main, [screen, state.language], () => {
    const canvas = h("canvas", { role: "img", "aria-label": word(view.show === "camera" ? "guidance.live_picture" : "guidance.thermal_picture") });
    picture = new Picture(canvas, view.show);
    return [
      h("div.k-say"), h("div.k-told", { role: "status" }),
      h("div.k-live", {}, canvas, h("div.k-read"), h("div.k-guide", { role: "status" })),
      h("p.order", {}, word("instruction.order")), h("div.k-evs", { role: "list" }),
    ];
  });
  const [say, told, live, order, tiles] = parts.main.children;
  keyed(say, view.say, sayParts);
  keyed(told, [view.notice, view.thanks, view.called], toldParts);
  keyed(live.children[1], view.temperature, (value) => value ? [h("b", {}, value), h("span", {}, word("guidance.skin_temperature"))] : []);
  keyed(live.children[2], view.guide, guideParts);
  order.hidden = !view.any_order;
  keyed(tiles, view.needs, tileParts);
  picture.mark({ outline: view.outline, spot: view.spot });
}

function toldParts([notice, thanks, called]) {
  if (called) return h("p.d-banner.d-banner--refer", {}, mark("refer", "refer"), word("notice.officer_called"));
  if (notice) return h("p.d-banner.d-banner--unsure", {}, mark("warn", "unsure"), notice);
  return thanks ? h("p.d-banner.d-banner--admit", {}, mark("ok", "admit"), thanks) : [];
}

function guideParts(guide) {
  if (!guide) return [];
  const moving = guide.icon === "closer" || guide.icon === "tilt";
  return h(`span${guide.good ? ".is-good" : ""}`, {},
    h(`span${moving ? ".nudge" : ""}`, {}, icon(guide.icon)), h("span", {}, guide.title, h("small", {}, guide.hint)));
}

function choose(language) {
  link.send({ type: "language", language });
}

function call() {
  link.send({ type: "call" });
}

function listen() {
  const said = new SpeechSynthesisUtterance(state.reading ? word("privacy.purpose_text") : state.view.say.speech);
  said.lang = state.language === "th" ? "th-TH" : "en-GB";
  speechSynthesis.cancel();
  speechSynthesis.speak(said);
}

const actions = { choose, call, read: (open) => { state.reading = open; render(); } };

const link = new Link(() => `/live/traveller?lang=${state.language}`, {
  view: ({ view }) => {
    if (state.view && state.view.screen !== view.screen) state.reading = false;
    state.view = view;
    render();
  },
  words: ({ language, words }) => { state.language = language; state.words = words; render(); },
  picture: async (letter, blob) => {
    if (picture && letter === (picture.kind === "camera" ? "C" : "T")) await picture.show(blob);
  },
  beat: ({ clock }) => { state.clock = clock; },
  gone: () => {
    if (!gone.hidden) return;
    gone.hidden = false;
    app.hidden = true;
    gone.replaceChildren(h("div.gone-k", {}, h("span.ring", {}, icon("sync")), h("h1", {}, word("gone.title")), h("p", {}, word("gone.text")),
      h("p.safe", {}, mark("ok", "admit"), h("span", {}, word("instruction.not_ready_safe"), h("small", {}, word("instruction.not_ready_safe_text"))))));
  },
  back: () => { gone.hidden = true; app.hidden = false; gone.replaceChildren(); },
});

keepFitting();
