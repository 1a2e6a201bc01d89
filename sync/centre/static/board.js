// The board: takes each new state of the centre, keeps its age in sight, and draws every card from it.
import { fitWindow, h, icon, loadWords, redraw, themeSwitch } from "/theme/screen.js";
import { alertsCard, describeAlert } from "/static/alerts.js";
import { drawHours } from "/static/chart.js";
import { figures as figuresOf } from "/static/figures.js";
import { follow } from "/static/live.js";
import { drawMap, PLACE_CODES } from "/static/map.js";
import { drawRecent } from "/static/recent.js";
import { absentPlace, describe, drawRows } from "/static/rows.js";

const root = document.documentElement;
const say = loadWords();
const language = root.lang;
const words = { say, language, figures: figuresOf(language, say) };
const { figures } = words;
const at = (id) => document.getElementById(id);

let board = null;
let boardAt = 0;
let seen = null;
let fresh = new Set();

/** The centre's clock, as far as the newest answer tells; the clock of this computer is not trusted. */
const centreNow = () => new Date(Date.parse(board.at) + (performance.now() - boardAt));

const drawAlerts = alertsCard({
  list: at("alerts"), pages: at("alerts-pages"), badge: at("alerts-open"), words,
  acknowledge: async (id) => {
    try {
      const answer = await fetch(`/v1/alerts/${encodeURIComponent(id)}/acknowledge`, {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ by: say("board.duty") }),
      });
      return answer.ok;
    } catch {
      return false;
    }
  },
});

function tile(mark, markClass, value, word, extra = "") {
  return h("div", { class: `kp ${extra}` }, mark && icon(mark, markClass), h("span", {}, h("b", {}, figures.count(value)), h("small", {}, say(word))));
}

function drawTotals(totals) {
  redraw(at("totals"), totals, () => [
    tile("i-people", "c-brand", totals.screened, "board.total.screened"),
    tile("s-ok", "m-admit", totals.admit, "board.total.admit"),
    tile("s-refer", "m-refer", totals.refer, "board.total.refer"),
    tile("s-fail", "m-refuse", totals.refuse, "board.total.refuse"),
    tile("i-thermo", totals.hot ? "c-unsure" : "c-brand", totals.hot, "board.total.hot", totals.hot ? "is-hot" : ""),
  ]);
}

function draw() {
  if (!board) return;
  const gone = root.dataset.link === "gone";
  const now = gone ? new Date(board.at) : centreNow();
  const views = board.checkpoints.map((checkpoint) => describe(checkpoint, now, words, gone));
  const nameOf = (code) => views.find((view) => view.code === code)?.name ?? code ?? "";
  const absent = PLACE_CODES.filter((code) => !views.some((view) => view.code === code)).map((code) => absentPlace(code, words));
  drawTotals(board.totals);
  const places = [...views, ...absent];
  drawMap(at("markers"), at("places"), places.map(({ code, name, line, mark, markClass, tone }) => ({ code, name, line, mark, markClass, tone })));
  drawRows(at("rows"), places, words);
  const hours = Array.from({ length: 24 }, (_, hour) => board.checkpoints.reduce(
    (sum, { per_hour: day }) => ({ admit: sum.admit + day[hour].admit, refer: sum.refer + day[hour].refer, refuse: sum.refuse + day[hour].refuse }),
    { admit: 0, refer: 0, refuse: 0 }));
  drawHours(at("hours"), hours, figures.hour(now), words);
  drawAlerts(board.alerts.map((alert) => describeAlert(alert, now, nameOf, words)), [at("alerts").clientWidth, innerHeight]);
  drawRecent(at("recent"), board.recent, fresh, now, nameOf, words);
}

function tellLink(state, answeredAt) {
  const before = root.dataset.link;
  root.dataset.link = state;
  const gone = state === "gone";
  at("gone").hidden = !gone;
  at("link").hidden = gone;
  const time = board ? figures.time(new Date(board.at)) : "";
  if (gone) {
    redraw(at("gone"), time, () => [icon("i-unlink"), h("span", {}, say("board.gone"), h("small", {}, say(board ? "board.gone.figures" : "board.gone.never", { time })))]);
  } else {
    const age = answeredAt === null ? null : Math.round((performance.now() - answeredAt) / 1000);
    at("link").className = `d-chip${age === null ? "" : " d-chip--admit"}`;
    redraw(at("link"), age, () => age === null ? [icon("s-now"), say("board.connecting")] : [icon("s-ok"), say("board.live", { n: age })]);
  }
  if (board) {
    const now = gone ? new Date(board.at) : centreNow();
    redraw(at("clock"), figures.time(now), () => `${figures.date(now)} · ${figures.time(now)}`);
  }
  if (before !== state) draw();
}

themeSwitch(at("theme"));
fitWindow(at("fit"), draw);
const socket = new URL("/v1/board/live", location.href);
socket.protocol = socket.protocol.replace("http", "ws");
follow({
  socketUrl: socket.href,
  boardUrl: "/v1/board",
  onBoard: (newest, when) => {
    const keys = newest.recent.map((screening) => `${screening.station}/${screening.sequence}`);
    fresh = new Set(seen ? keys.filter((key) => !seen.has(key)) : []);
    seen = new Set(keys);
    board = newest;
    boardAt = when;
    draw();
  },
  onLink: tellLink,
});
setInterval(draw, 1000);
