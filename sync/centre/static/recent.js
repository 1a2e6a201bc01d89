// The last screenings as they come in: verdict, place, time, kind of document. Never a name.
import { h, icon, redraw } from "/theme/screen.js";

const VERDICTS = {
  ADMIT: ["s-ok", "m-admit", "c-admit", "board.verdict.ADMIT"],
  REFER: ["s-refer", "m-refer", "c-refer", "board.verdict.REFER"],
  REFUSE: ["s-fail", "m-refuse", "c-refuse", "board.verdict.REFUSE"],
};
const UNTOLD = ["s-unsure", "m-unsure", "c-unsure", "board.verdict.none"];
const ROW = 54;

const shorten = (codes) => codes.slice(0, 2).join(" ") + (codes.length > 2 ? ` +${codes.length - 2}` : "");

/** Draw as many of `recent` (newest first) as whole rows fit; those in `fresh` came just now. */
export function drawRecent(host, recent, fresh, now, nameOf, { say, figures }) {
  const rows = recent.slice(0, Math.max(1, Math.floor(host.clientHeight / ROW))).map((screening) => {
    const kind = `board.document.${screening.document_kind}`;
    const document = screening.document_kind ? (say.has(kind) ? say(kind) : screening.document_kind) : say("board.document.none");
    const [mark, markClass, tone, word] = VERDICTS[screening.verdict] ?? UNTOLD;
    return {
      id: `${screening.station}/${screening.sequence}`,
      mark, markClass, tone, verdict: say(word),
      place: nameOf(screening.checkpoint),
      number: say("board.number", { n: figures.count(screening.sequence) }),
      detail: [figures.moment(new Date(screening.recorded_at), now), [screening.nationality, document].filter(Boolean).join(" ")].join(" · "),
      reasons: shorten(screening.reasons),
      fresh: fresh.has(`${screening.station}/${screening.sequence}`),
    };
  });
  redraw(host, rows, () => rows.length
    ? rows.map((row) => h("li", { class: `re${row.fresh ? " is-fresh" : ""}` },
        icon(row.mark, row.markClass),
        h("span", {}, h("b", {}, row.place, " ", h("span", { class: "mute" }, row.number)), h("small", {}, row.detail)),
        h("span", { class: "vd" }, h("b", { class: row.tone }, row.verdict), h("small", {}, row.reasons))))
    : h("li", { class: "none" }, icon("i-passport"), h("span", {}, h("b", {}, say("board.recent.none")), h("small", {}, say("board.recent.none.more")))));
}
