// One row a checkpoint: state, last hour, its day as a line, what it still keeps, its verdicts, how old this is.
import { h, icon, redraw, s, spoken } from "/theme/screen.js";

const MARKS = {
  live: ["s-ok", "m-admit"],
  unsure: ["s-unsure", "m-unsure"],
  late: ["s-warn", "m-unsure"],
  silent: ["s-off", "m-idle"],
  never: ["s-wait", "m-idle"],
};

const KNOWN = new Set([
  "camera", "thermal", "document_reader", "code_reader", "relays", "printer", "journal",
  "absent", "failed", "degraded", "warming", "identifying", "opening",
]);

/** What the board says of one checkpoint, in words; `now` is the centre's clock, `gone` that it has stopped answering. */
export function describe(checkpoint, now, words, gone) {
  const { say, figures, language } = words;
  const { state, gaps, parked } = checkpoint;
  const at = checkpoint.last_contact_at ? new Date(checkpoint.last_contact_at) : null;
  const out = outOf(checkpoint);
  const { differs = 0, conflicts = 0, clocks_off: clocksOff = 0 } = checkpoint;
  const ill = gaps.length > 0 || parked > 0 || differs > 0 || clocksOff > 0;
  const age = at ? figures.length(now - at) : "";
  const known = state === "live" || state === "late";
  const stations = checkpoint.stations.filter((station) => !station.revoked);
  const heard = stations.filter((station) => ["live", undefined].includes(station.state)).length;
  const partly = state === "live" && heard < stations.length;
  const shown = state === "live" && (ill || partly || out.length) ? "unsure" : state;
  const [mark, markClass] = MARKS[shown];
  const trouble = gaps.length
    ? say(gaps[0][0] === gaps[0][1] ? "board.gap.one" : "board.gap", { from: figures.count(gaps[0][0]), to: figures.count(gaps[0][1]) })
    : differs > 0 ? say("board.differs", { n: figures.count(differs) })
    : conflicts > 0 ? say("board.conflicts", { n: figures.count(conflicts) })
    : parked > 0 ? say("board.parked", { n: figures.count(parked) })
    : clocksOff > 0 ? say("board.clocksoff") : "";
  const contact = {
    live: { tone: "", big: gone && at ? say("board.map.late", { time: figures.moment(at, now) }) : say("board.ago", { age }), small: trouble || outSince(out, now, words) || say("board.nogaps"), smallTone: ill || out.length ? "c-unsure" : "c-admit" },
    late: { tone: "c-unsure", big: say("board.late", { age }), small: trouble || (at ? say("board.figures.of", { time: figures.moment(at, now) }) : ""), smallTone: "" },
    silent: { tone: "c-refuse", big: say("board.silent", { age }), small: at ? say("board.since", { time: figures.moment(at, now) }) : "", smallTone: "" },
    never: { tone: "", big: say("board.never"), small: say("board.never.more"), smallTone: "" },
  }[state];
  const line = {
    live: ill ? trouble : say("board.map.live", { n: figures.count(checkpoint.screened_hour) }),
    late: say("board.map.late", { time: at ? figures.moment(at, now) : "" }),
    silent: say("board.map.silent", { time: at ? figures.moment(at, now) : "" }),
    never: say("board.map.never"),
  }[state];
  return {
    code: checkpoint.code, state, shown, mark, markClass, contact, line,
    name: checkpoint.names[language] ?? checkpoint.names.en,
    stations: stationsLine(stations, partly ? heard : null, say, figures),
    out: outLine(out, words),
    tone: { late: "warn", silent: "bad" }[state] ?? (shown === "unsure" ? "warn" : ""),
    hour: known ? figures.count(checkpoint.screened_hour) : "?",
    waiting: known ? checkpoint.waiting : null,
    waitingText: state === "silent" ? "?" : !known || checkpoint.waiting === null ? "–" : figures.count(checkpoint.waiting),
    verdicts: [checkpoint.by_verdict.ADMIT ?? 0, checkpoint.by_verdict.REFER ?? 0, checkpoint.by_verdict.REFUSE ?? 0],
    until: state === "silent" && at ? figures.moment(at, now) : "",
    hours: checkpoint.per_hour.map((hour) => hour.admit + hour.refer + hour.refuse),
    seenHour: figures.hour(known || !at ? now : at),
    nowHour: figures.hour(now),
  };
}

/** A place of the mission that no station stands for yet. */
export function absentPlace(code, { say }) {
  return {
    code, state: "none", shown: "never", mark: "s-wait", markClass: "m-idle", line: say("board.map.absent"), tone: "none",
    name: say(`board.place.${code}`), stations: say("board.stations.none"), hour: "–", waiting: null, waitingText: "–",
    contact: { tone: "", big: "–", small: "", smallTone: "" }, verdicts: [0, 0, 0], until: "", hours: [], seenHour: 0, nowHour: 0,
  };
}

/** The devices that are not ready where a station is heard, longest first; what a silent one last said is no news. */
function outOf(checkpoint) {
  return checkpoint.stations
    .filter((station) => !station.revoked && ["live", "late"].includes(station.state))
    .flatMap((station) => station.devices?.not_ready ?? [])
    .sort((one, other) => (one.since < other.since ? -1 : 1));
}

function outLine(out, { say, figures }) {
  if (!out.length) return "";
  const [{ kind, state }] = out;
  const more = out.length > 1 ? ` +${figures.count(out.length - 1)}` : "";
  return `${sayOr(say, "board.out.kind", kind)} ${sayOr(say, "board.out.state", state)}${more}`;
}

function outSince(out, now, { say, figures }) {
  const since = new Date(out[0]?.since);
  if (Number.isNaN(since.getTime())) return "";
  return say("board.out.since", { device: sayOr(say, "board.out.kind", out[0].kind), time: figures.moment(since, now) });
}

/** The word of a closed list; a newer station's word is the list's last. */
function sayOr(say, list, word) {
  return KNOWN.has(word) ? say(`${list}.${word}`) : say(`${list}.other`);
}

function stationsLine(stations, heard, say, figures) {
  const of = figures.count(stations.length);
  if (heard !== null) return say("board.stations.some", { n: figures.count(heard), of });
  if (stations.length === 1) return stations[0].name ?? stations[0];
  return say(stations.length ? "board.stations" : "board.stations.none", { n: of });
}

/** The day so far as one line; what was not heard is dotted. */
function spark(view) {
  const step = 96 / 23;
  const top = Math.max(1, ...view.hours);
  const y = (value) => 36 - (30 * value) / top;
  const first = Math.max(0, view.nowHour - 11);
  const x = (hour) => 2 + ((hour - first) * 96) / Math.max(1, view.nowHour - first);
  const heard = view.hours.slice(first, Math.min(view.seenHour, view.nowHour) + 1).map((value, index) => [x(first + index), y(value)]);
  if (!heard.length || view.state === "never" || view.state === "none") {
    return s("svg", { class: "spark", viewBox: "0 0 100 40", "aria-hidden": "true" },
      s("path", { d: "M2 36H98", fill: "none", stroke: "var(--line-strong)", "stroke-width": 3, "stroke-dasharray": "1 8", "stroke-linecap": "round" }));
  }
  if (heard.length === 1) heard.unshift([heard[0][0] - step, heard[0][1]]);
  const path = heard.map(([px, py], index) => {
    if (index === 0) return `M${px.toFixed(1)} ${py.toFixed(1)}`;
    const [qx, qy] = heard[index - 1];
    const middle = ((px + qx) / 2).toFixed(1);
    return `C${middle} ${qy.toFixed(1)} ${middle} ${py.toFixed(1)} ${px.toFixed(1)} ${py.toFixed(1)}`;
  }).join("");
  const [endX, endY] = heard.at(-1);
  const current = view.state === "live";
  return s("svg", { class: "spark", viewBox: "0 0 100 40", "aria-hidden": "true" },
    s("path", { d: path, fill: "none", stroke: "var(--brand)", "stroke-width": 3, "stroke-linecap": "round", "stroke-linejoin": "round" }),
    current
      ? s("circle", { cx: endX, cy: endY, r: 5, fill: "var(--brand)" })
      : endX < 96 && s("path", { d: `M${endX} ${endY}H98`, fill: "none", stroke: "var(--line-strong)", "stroke-width": 3, "stroke-dasharray": "1 8", "stroke-linecap": "round" }));
}

/** One bar, three textures; a share that exists is never thinner than it can be seen. */
function mix([admit, refer, refuse], id) {
  const total = admit + refer + refuse;
  const width = 172;
  const bar = s("svg", { class: "mixbar", viewBox: `0 0 ${width} 18`, preserveAspectRatio: "none", "aria-hidden": "true" });
  if (!total) {
    bar.append(s("rect", { x: 1, y: 1, width: width - 2, height: 16, rx: 8, fill: "none", stroke: "var(--line-strong)", "stroke-width": 1.5, "stroke-dasharray": "3 5" }));
    return bar;
  }
  const shares = [admit, refer, refuse].map((count) => (count ? Math.max(6, (width * count) / total) : 0));
  const scale = width / shares.reduce((sum, share) => sum + share, 0);
  const clip = `mix-${id}`;
  bar.append(s("clipPath", { id: clip }, s("rect", { width, height: 18, rx: 9 })));
  const group = s("g", { "clip-path": `url(#${clip})` });
  let x = 0;
  for (const [index, share] of shares.entries()) {
    const part = share * scale;
    if (!part) continue;
    const inner = Math.max(2, part - 2);
    if (index === 2) group.append(s("rect", { class: "f-x", x: x + 1.5, y: 1.5, width: Math.max(1, inner - 3), height: 15, rx: 2 }));
    else group.append(s("rect", { class: index === 0 ? "f-a" : "", fill: index === 1 ? "url(#stripes)" : null, x, y: 0, width: inner, height: 18 }));
    x += part;
  }
  bar.append(group);
  return bar;
}

function row(view, { say, figures }) {
  const [admit, refer, refuse] = view.verdicts.map(figures.count);
  const waitingTone = view.waiting === null ? "" : view.waiting > 0 ? "c-unsure" : "zero";
  return h("li", { class: `cp${{ silent: " is-off", none: " is-none" }[view.state] ?? ""}` },
    icon(view.mark, view.markClass),
    h("span", { class: "nm" }, h("b", {}, view.name), h("small", { class: view.out ? "c-unsure" : "" }, spoken(`${say(`board.state.${view.shown}`)}. `), view.out ? spoken(`${view.stations}. `) : "", view.out || view.stations)),
    h("span", { class: "hr" }, spoken(`${say("board.col.hour")} `), h("b", {}, view.hour)),
    spark(view),
    h("span", { class: `wt ${waitingTone}` }, spoken(`${say("board.col.waiting")} `), h("b", {}, view.waitingText)),
    h("span", { class: "mx" }, mix(view.verdicts, view.code), h("small", {}, spoken(`${say("board.col.mix")} `),
      view.state === "none" ? "–" : `${admit} · ${refer} · ${refuse}`, view.until && ` · ${say("board.until", { time: view.until })}`)),
    h("span", { class: `ct ${view.contact.tone}` }, h("b", {}, view.contact.big), h("small", { class: view.contact.smallTone }, view.contact.small)));
}

/** Draw the rows. */
export function drawRows(host, views, words) {
  host.closest(".cps").classList.toggle("is-many", views.length > 5);
  redraw(host, views, () => views.map((view) => row(view, words)));
}
