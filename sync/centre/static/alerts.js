// Alerts with acknowledgement: open ones first, each with one button; what does not fit is on the next page, and says so.
import { h, icon, redraw } from "/theme/screen.js";

/** A drawer for the alerts card; `acknowledge(id)` answers whether the centre took it. */
export function alertsCard({ list, pages, badge, words, acknowledge }) {
  const { say, figures } = words;
  const waiting = new Set();
  const failed = new Set();
  let page = 0;
  let last = null;

  const press = async (id) => {
    waiting.add(id);
    failed.delete(id);
    draw(...last);
    if (!(await acknowledge(id))) failed.add(id);
    waiting.delete(id);
    draw(...last);
  };

  const item = (alert) => {
    const button = () => h("button", {
      class: `d-btn${alert.first && !alert.failed ? " d-btn--main" : ""}${alert.waiting ? " is-off" : ""}`,
      type: "button", "data-key": alert.id, "aria-disabled": alert.waiting ? "true" : null,
      "aria-label": `${say(alert.failed ? "board.ack.again" : "board.ack")}: ${alert.title}`,
      onclick: () => !alert.waiting && press(alert.id),
    }, say(alert.waiting ? "board.ack.sending" : alert.failed ? "board.ack.again" : "board.ack"));
    return h("li", { class: `al ${alert.who ? "is-seen" : alert.grave ? "is-new" : "is-warn"}${alert.failed ? " failed" : ""}` },
      icon(alert.grave ? "s-fail" : "s-warn", alert.grave ? "m-refuse" : "m-unsure"),
      h("span", { class: "tx" }, h("b", {}, alert.title), h("small", {}, alert.detail)),
      alert.who ? h("span", { class: "who" }, icon("s-ok", "m-admit"), alert.who) : button());
  };

  const turn = (by) => {
    page += by;
    split();
  };

  // Each page holds as many whole alerts as the list is high.
  const split = () => {
    const items = [...list.querySelectorAll(".al")];
    for (const each of items) each.hidden = false;
    pages.hidden = true;
    const cut = (room) => {
      const groups = [[]];
      let used = 0;
      for (const each of items) {
        const height = each.offsetHeight + 8;
        if (used + height > room + 8 && groups.at(-1).length) {
          groups.push([]);
          used = 0;
        }
        groups.at(-1).push(each);
        used += height;
      }
      return groups;
    };
    const room = list.clientHeight - 12;
    let groups = cut(room);
    if (groups.length > 1) groups = cut(room - 76);
    page = Math.max(0, Math.min(page, groups.length - 1));
    for (const [index, group] of groups.entries()) for (const each of group) each.hidden = index !== page;
    pages.hidden = groups.length < 2;
    if (groups.length < 2) return;
    const before = groups.slice(0, page).reduce((sum, group) => sum + group.length, 0);
    redraw(pages, [page, groups.map((group) => group.length), items.length], () => [
      h("button", { class: "d-btn back", type: "button", "data-key": "back", "aria-label": say("board.alerts.back"), disabled: page === 0, onclick: () => turn(-1) }, icon("i-arrow")),
      h("span", {}, say("board.alerts.page", { from: before + 1, to: before + groups[page].length, of: figures.count(items.length) })),
      h("button", { class: "d-btn", type: "button", "data-key": "next", "aria-label": say("board.alerts.next"), disabled: page === groups.length - 1, onclick: () => turn(1) }, icon("i-arrow")),
    ]);
  };

  const draw = (alerts, size) => {
    last = [alerts, size];
    const open = alerts.filter((alert) => !alert.who);
    const first = open.find((alert) => alert.grave) ?? open[0];
    const shown = [...open, ...alerts.filter((alert) => alert.who)].map((alert) => ({
      ...alert, first: alert === first, waiting: waiting.has(alert.id), failed: failed.has(alert.id),
    }));
    redraw(badge, open.length, () => open.length
      ? h("span", { class: "d-chip d-chip--refuse" }, icon("s-fail"), say("board.alerts.open", { n: figures.count(open.length) }))
      : h("span", { class: "d-chip d-chip--admit" }, icon("s-ok"), say("board.alerts.none.chip")));
    const changed = redraw(list, { shown, size }, () => shown.length
      ? shown.map(item)
      : h("li", { class: "none" }, icon("i-bell"), h("span", {}, h("b", {}, say("board.alerts.none")), h("small", {}, say("board.alerts.none.more")))));
    if (changed) split();
  };
  return draw;
}

/** What the board says of one alert. */
export function describeAlert(alert, now, nameOf, { say, figures }) {
  const place = nameOf(alert.checkpoint);
  const code = alert.reasons.find((reason) => say.has(`board.alert.${reason}`));
  const kind = code ?? (say.has(`board.alert.${alert.kind}`) ? alert.kind : "other");
  const at = figures.moment(new Date(alert.at), now);
  return {
    id: String(alert.id),
    grave: kind !== "other",
    title: say(`board.alert.${kind}`, { place }),
    detail: [place, at, alert.reasons.slice(0, 2).join(" "), alert.acknowledged_by].filter(Boolean).join(" · "),
    who: alert.acknowledged_at ? figures.moment(new Date(alert.acknowledged_at), now) : "",
  };
}
