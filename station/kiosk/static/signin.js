// The officer's sign-in: touch a name, then the PIN. Five wrong PINs lock the name for a minute.

import { boot, h, icon, keyed, mark, speaker } from "./dom.js";
import { keepFitting } from "./fit.js";

const start = boot();
const word = speaker(start.words);
const state = { officer: start.officers.length === 1 ? start.officers[0].name : "", pin: "", told: "", bad: false, busy: false };
const locked = new Map(start.officers.filter((officer) => officer.locked).map((officer) => [officer.name, officer.locked]));
const app = document.getElementById("app");
const part = { who: h("section.who"), pin: h("section.pin") };
const other = start.languages[(start.languages.indexOf(start.language) + 1) % start.languages.length];

app.className = "p";
app.setAttribute("role", "main");
app.append(
  h("section.hero", {}, h("span.d-brand", {}, h("span.mark", {}, icon("gate")), word("brand.both")),
    h("div", {}, h("h1", {}, start.place), h("p", {}, `${word("place.lane_short", { lane: start.lane })} · ${word(`direction.${start.direction}`)} · ${start.clock}`))),
  part.who, part.pin);
document.title = `${word("officer.title")} · ${start.place}`;
document.documentElement.dataset.theme = localStorage.getItem("daan-theme") ?? "light";

function initials(name) {
  return name.split(/\s+/).map((piece) => piece[0]).join("").slice(0, 2).toUpperCase();
}

function render() {
  keyed(part.who, [state.officer, [...locked]], who);
  keyed(part.pin, [state.officer, state.pin.length, state.told, state.busy, [...locked]], pin);
}

function who() {
  return [
    h("div.head", {}, h("h2", {}, word("signin.title")), h("a.d-btn.d-btn--quiet", { href: `/officer?lang=${other}`, lang: other, id: "language" }, word("officer.switch_language"))),
    h("p.sub", {}, word(start.officers.length ? "signin.text" : "signin.nobody")),
    h("div.ofs", {}, start.officers.map((officer) => {
      const on = officer.name === state.officer, shut = locked.has(officer.name);
      return h(`button.of${on ? ".is-on" : ""}${shut ? ".is-lock" : ""}`, { type: "button", id: `officer-${officer.name}`, "aria-pressed": on, onclick: () => choose(officer.name) },
        h("span.av", { "aria-hidden": "true" }, initials(officer.name)), h("span", {}, h("b", {}, officer.name), h("small", {}, shut ? word("signin.locked_short") : word("signin.officer"))),
        shut ? icon("lock", "c-unsure") : on ? mark("now", "now") : null);
    })),
    h("section.ho", {}, h("h3", {}, word("signin.lane_now")), h("ul", {}, start.lane_now.map((line) => h("li", {}, mark(line.mark, line.tone), h("span", {}, line.text))))),
  ];
}

function pin() {
  const shut = locked.get(state.officer);
  const key = (digit) => h("button.d-key", { type: "button", id: `key-${digit}`, onclick: () => type(digit) }, digit);
  const told = shut ? word("signin.locked", { name: state.officer, time: shut }) : state.told || word("signin.tries");
  return [
    h("h2", {}, state.officer ? word("signin.pin_of", { name: state.officer }) : word("signin.pin_none")),
    h("div.d-dots", { role: "img", "aria-label": word("signin.digits", { count: state.pin.length }) }, Array.from({ length: Math.max(4, state.pin.length) }, (_, n) => h(`span${n < state.pin.length ? ".on" : ""}`))),
    h("div.d-pad", {}, [..."123456789"].map(key), h("button.d-key.d-key--plain", { type: "button", id: "key-delete", "aria-label": word("common.delete"), onclick: erase }, icon("backspace")), key("0"), h("span")),
    h(`button.d-btn.d-btn--main${ready() ? "" : ".is-off"}`, { type: "button", id: "open", "aria-disabled": !ready(), onclick: open }, icon("key"), word("signin.open", { lane: start.lane })),
    h(`p.tries${shut || state.told ? ".c-unsure.b" : ""}`, { role: "status" }, told),
  ];
}

const ready = () => Boolean(state.officer && state.pin.length >= 4 && !locked.has(state.officer) && !state.busy);

function choose(name) {
  Object.assign(state, { officer: name, pin: "", told: "" });
  render();
}

function type(digit) {
  if (state.pin.length >= 12) return;
  Object.assign(state, { pin: state.pin + digit, told: "" });
  render();
}

function erase() {
  state.pin = state.pin.slice(0, -1);
  render();
}

async function open() {
  if (!ready()) return;
  state.busy = true;
  render();
  const answer = await fetch("/officer/session", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ officer: state.officer, pin: state.pin }) })
    .then((response) => response.json(), () => null);
  Object.assign(state, { pin: "", busy: false });
  if (answer?.signed_in) {
    location.assign(`/officer?lang=${start.language}`);
    return;
  }
  if (answer?.locked_until) {
    const name = state.officer;
    locked.set(name, answer.locked_until);
    setTimeout(() => { locked.delete(name); state.told = ""; render(); }, answer.seconds * 1000);
  } else state.told = answer ? word("signin.wrong", { left: answer.tries_left }) : word("signin.failed");
  render();
}

window.addEventListener("keydown", (event) => {
  if (/^\d$/.test(event.key)) type(event.key);
  else if (event.key === "Backspace") erase();
  else if (event.key === "Enter" && !event.target.closest?.("button, a")) open();
});

keepFitting();
render();
