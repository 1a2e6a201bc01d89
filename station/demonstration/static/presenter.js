// The presenter's page: choose a traveller, send them to the lane, watch the real station at work.
import { fitWindow, h, icon, loadWords, redraw, themeSwitch } from "/theme/screen.js";
import { watch } from "/static/watch.js";

const root = document.documentElement;
const say = loadWords();
const cast = JSON.parse(document.getElementById("cast").textContent);
const at = (id) => document.getElementById(id);

const PER_PAGE = cast.length > 20 ? 16 : 20;
const STEPS = [
  ["document", "passport", "i-passport"],
  ["certificate", "certificate", "i-certificate"],
  ["temperature", "face", "i-face"],
];
const HOLDING = { passport: "i-passport", certificate: "i-qr", face: "i-face" };
const VERDICT = { ADMIT: ["s-ok", "m-admit"], REFER: ["s-refer", "m-refer"] };
const SCREENS = {
  idle: ["i-gate", ""], document: ["i-passport", ""], certificate: ["i-certificate", ""], temperature: ["i-thermo", ""], rest: ["i-clock", "t-warn"],
  confirm: ["i-officer", ""], admit: ["s-ok", "t-ADMIT"], refer: ["s-refer", "t-REFER"], again: ["i-undo", "t-REFER"], not_ready: ["s-wait", "t-warn"], gone: ["s-warn", "t-warn"],
};

let chosen = cast[0]?.key ?? null;
let page = 0;
let state = null;
let problem = false;

const named = (key) => cast.find((member) => member.key === key);

async function send(path, body) {
  try {
    const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal: AbortSignal.timeout(4000) });
    problem = !answer.ok;
  } catch {
    problem = true;
  }
  draw();
}

/** The number alone: `DE-1-000012` is 12 on a card, the lane shows it whole. */
const short = (saved) => saved.match(/(\d+)$/)?.[1].replace(/^0+(?=\d)/, "") ?? saved;

/** What a card says last: how the visit went and whether that was right; before that, what is expected. */
function outcome(member) {
  const visit = state?.visits.findLast((each) => each.key === member.key);
  if (state?.current === member.key) return h("span", { class: "out" }, icon("s-now", "m-now"), say("presenter.card.here"));
  if (!visit) return h("span", { class: "out plain" }, icon(VERDICT[member.expects][0], VERDICT[member.expects][1]), say(`presenter.card.expects.${member.expects}`));
  if (!visit.outcome) return h("span", { class: "out c-unsure" }, icon("s-unsure", "m-unsure"), say("presenter.card.unseen"));
  if (visit.outcome !== member.expects) return h("span", { class: "out c-unsure" }, icon("s-warn", "m-unsure"), say(`presenter.card.surprise.${visit.outcome}`, { n: short(visit.saved) }));
  return h("span", { class: `out ${visit.outcome === "ADMIT" ? "c-admit" : "c-refer"}` }, icon(...VERDICT[visit.outcome]), say(`presenter.card.was.${visit.outcome}`, { n: short(visit.saved) }));
}

function card(member) {
  const here = state?.current === member.key;
  return h("button", {
    class: `who-card${here ? " is-here" : member.key === chosen ? " is-chosen" : ""}`, type: "button", "data-key": member.key, "aria-pressed": String(member.key === chosen),
    onclick: () => { chosen = member.key; draw(); },
    ondblclick: () => send("/present", { key: member.key }),
  }, h("img", { src: `/portrait/${member.key}.png`, alt: "" }), h("span", { class: "tx" }, h("b", {}, member.name), h("span", { class: "ab" }, say(member.about)), outcome(member)));
}

function drawPeople() {
  const pages = Math.ceil(cast.length / PER_PAGE);
  const shown = cast.slice(page * PER_PAGE, (page + 1) * PER_PAGE);
  redraw(at("people"), [shown, chosen, state?.current, state?.visits], () => shown.map(card));
  at("people-pages").hidden = pages < 2;
  const turn = (by) => { page += by; draw(); };
  redraw(at("people-pages"), [page, pages], () => [
    h("button", { class: "d-btn back", type: "button", "data-key": "back", "aria-label": say("presenter.page.back"), disabled: page === 0, onclick: () => turn(-1) }, icon("i-arrow")),
    h("span", {}, say("presenter.page", { from: page * PER_PAGE + 1, to: page * PER_PAGE + shown.length, of: cast.length })),
    h("button", { class: "d-btn", type: "button", "data-key": "next", "aria-label": say("presenter.page.next"), disabled: page === pages - 1, onclick: () => turn(1) }, icon("i-arrow")),
  ]);
}

function drawActs() {
  const member = named(chosen);
  redraw(at("present"), [chosen, problem], () => problem
    ? [icon("s-warn"), say("presenter.problem")]
    : [icon("i-hand"), member ? say("presenter.present", { name: member.name.split(",")[0] }) : say("presenter.nobody")]);
  at("automatic").setAttribute("aria-checked", String(Boolean(state?.automatic)));
  redraw(at("queue"), state?.waiting ?? 0, (waiting) => waiting
    ? h("span", { class: "d-chip d-chip--unsure" }, icon("i-people"), say("presenter.queue", { n: waiting }))
    : h("span", { class: "d-chip" }, icon("s-wait", "m-idle"), say("presenter.queue.none")));
}

function drawLane() {
  const member = named(state.current);
  redraw(at("who"), member?.name ?? "", (name) => name
    ? h("span", { class: "d-chip d-chip--brand" }, icon("i-person"), name)
    : h("span", { class: "d-chip" }, icon("s-wait", "m-idle"), say("presenter.lane.nobody")));
  const held = HOLDING[state.holding];
  redraw(at("holding"), [state.holding, member?.key], () => held && member ? h("span", {}, icon(held), say(`presenter.holding.${state.holding}`)) : []);
  const steps = STEPS.map(([kind, holding, pictogram]) => {
    const need = state.needs.find(([name]) => name === kind)?.[1];
    const current = member ? (need === "done" ? "done" : state.holding === holding ? "now" : "need") : "need";
    return [kind, holding, pictogram, current];
  });
  redraw(at("steps"), steps, () => steps.map(([kind, holding, pictogram, current]) =>
    h("li", { class: `step is-${current}` }, icon(pictogram), h("span", {}, h("b", {}, say(`presenter.step.${holding}`)),
      h("small", {}, icon({ done: "s-ok", now: "s-now", need: "s-wait" }[current], { done: "m-admit", now: "m-now", need: "m-idle" }[current]), say(`presenter.step.${current}`))))));
  const [pictogram, tone] = SCREENS[state.screen] ?? SCREENS.not_ready;
  const screen = state.screen in SCREENS ? state.screen : "not_ready";
  redraw(at("answer"), [screen, state.saved], () => [
    icon(pictogram),
    h("span", {}, h("small", {}, say("presenter.answer")), h("b", {}, say(`presenter.screen.${screen}`))),
    state.saved && h("span", { class: "no" }, h("small", {}, say("presenter.saved")), h("b", { class: "num" }, state.saved)),
  ]);
  at("answer").className = `answer ${tone}`;
}

function draw() {
  drawPeople();
  drawActs();
  if (state) drawLane();
}

at("present").addEventListener("click", () => chosen && send("/present", { key: chosen }));
at("automatic").addEventListener("click", () => send("/automatic", { on: !state?.automatic }));
themeSwitch(at("theme"));
fitWindow(at("fit"));
draw();

let shownUrl = null;
watch({
  onState: (newest) => {
    state = newest;
    if (!newest.has_picture) at("picture").hidden = true;
    at("no-picture").hidden = newest.has_picture;
    draw();
  },
  onPicture: (jpeg) => {
    const url = URL.createObjectURL(jpeg);
    at("picture").src = url;
    at("picture").hidden = false;
    at("no-picture").hidden = true;
    if (shownUrl) URL.revokeObjectURL(shownUrl);
    shownUrl = url;
  },
  onLink: (link) => {
    root.dataset.link = link;
    at("gone").hidden = link !== "gone";
  },
});
