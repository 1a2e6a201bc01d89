// The officer's state bar, the strip of travellers or the one alert, who is at hand, the notice that the program is gone.

import { h, icon, mark } from "./dom.js";

export function top(word, state, believed, clock, theme, actions) {
  const chip = (tone, name, text, title) => text ? h(`span.d-chip.d-chip--${tone}`, { title }, name ? icon(name) : null, text) : null;
  return [
    h("span.d-brand", {}, h("span.mark", {}, icon("gate"))),
    h("span.where", {}, h("b", {}, state.place), h("small", {}, `${state.sub} · ${clock}`)),
    h(`span.o-dev${state.devices.length > 3 ? ".is-many" : ""}`, { role: "list", "aria-label": word("officer.devices") }, state.devices.map((device) =>
      h("span", { role: "listitem" },
        h(`button${device.tone === "admit" ? "" : `.c-${device.tone}`}`, { type: "button", id: `device-${device.device}`, title: device.why || null, onclick: () => actions.device(device.device) },
          icon(device.icon), h("b", {}, device.label), icon(`s-${device.mark}`, `s m-${device.tone}`))))),
    h(`span.o-sync.is-${state.sync.tone}`, { role: "status" }, icon(state.sync.icon), h("span", {}, h("b", {}, state.sync.title), state.sync.text)),
    h(`button.d-btn.d-btn--quiet.believed${believed.stale ? ".is-stale" : ""}`, { type: "button", id: "believed", title: believed.title, onclick: actions.believed }, icon("shield"), h("span", {}, believed.short), believed.stale ? icon("s-warn", "m-unsure") : null),
    h("span.end", {},
      h("span.chips", {}, chip("unsure", "key", state.unsealed ? word("officer.unsealed_short") : "", state.unsealed), chip("idle", "", state.demonstration, null)),
      state.siren ? h("button.d-btn.siren", { type: "button", id: state.siren.act, onclick: () => actions.act(state.siren.act) }, icon(state.siren.icon), state.siren.text) : null,
      h("button.d-btn.d-btn--quiet", { type: "button", id: "language", onclick: actions.language }, word("officer.switch_language")),
      h("button.d-btn.d-btn--quiet", { type: "button", id: "theme", "aria-label": word("officer.day_night"), onclick: actions.theme }, icon(theme === "dark" ? "sun" : "moon")),
      h("button.d-btn.d-btn--quiet", { type: "button", id: "sign-out", "aria-label": `${state.officer} · ${word("officer.sign_out")}`, onclick: actions.out }, icon("officer"), state.officer, icon("lock"))),
  ];
}

export function alert(told, actions) {
  return h("div.ban", { role: "alert" }, mark(told.mark, told.tone),
    h("span", {}, h("b", {}, told.title), h("small", { title: told.why || null }, told.text)),
    told.action ? h("button.d-btn", { type: "button", id: "alert-action", onclick: () => actions.act(told.action) }, told.button) : null);
}

export function strip(word, line, tray, actions) {
  const now = line.now ? h("div.qi.is-now", { role: "listitem" }, icon("person"),
    h("span", {}, h("b", {}, line.now.name), h("small", {}, line.now.sub)),
    h("span.dots", { "aria-hidden": "true" }, line.now.marks.map((name) => icon(`s-${name}`, `m-${{ ok: "admit", now: "now", wait: "idle" }[name]}`)))) : null;
  const waiting = tray[0] ? h("div.qi.is-tray", { role: "listitem", title: word("officer.tray") }, icon("certificate"),
    h("span", {}, h("b", {}, tray[0].name), h("small", {}, word("officer.tray_waits")))) : null;
  return h("div.queue", { role: "list", "aria-label": word("officer.strip") },
    h("div.ql", { role: "listitem" }, h("b", {}, word("officer.strip")), h("small", {}, line.waiting ? word("officer.strip_waiting", { count: line.waiting }) : word("officer.strip_count", { count: line.count }))),
    now, waiting,
    line.recent.length ? line.recent.map((saved) => h("div.qi", { role: "listitem" }, h("button.tell", { type: "button", id: `explain-${saved.number}`, "aria-label": word("officer.explain", { name: `${saved.name}, ${saved.number}, ${saved.verdict}, ${saved.sync_word}` }), onclick: () => actions.explain(saved.screening) },
      mark(saved.mark, saved.tone), h("span", {}, h("b", {}, saved.name), h("small", {}, saved.sub)),
      h("span.dots", {}, icon(saved.sync === "sent" ? "check" : "clock", "sent")))))
      : h("div.qi.is-none", { role: "listitem" }, h("small", {}, word("officer.strip_none"))));
}

/** Travellers who do not fit into the one row of the strip are no buttons behind it. */
export function fitStrip(strip) {
  const items = [...strip.querySelectorAll(".qi")];
  for (const item of items) item.hidden = false;
  for (const item of items.filter((each) => each.offsetTop > items[0].offsetTop)) item.hidden = true;
}

export function who(word, view, actions) {
  const { who: person, class: klass } = view;
  const saved = view.phase === "saved" ? view.saved : null;
  const open = ["idle", "gathering", "proposed"].includes(view.phase);
  return [
    h(`span.ph${person.there ? "" : ".is-empty"}`, {}, icon(person.there ? "person" : "gate")),
    h("div", {}, h("h1", {}, person.name), h("p", {}, person.facts)),
    saved ? h("span.end.saved", {}, mark("ok", "admit"), h("span", {}, h("b", {}, saved.number), h("small", {}, saved.text)),
      h("span.sync", {}, mark(saved.sync_mark, saved.sync_mark === "ok" ? "admit" : "idle"), saved.sync)) : null,
    open ? h("span.end.does", {},
      klass.there ? h("button.d-btn.klass", { type: "button", id: "class", onclick: actions.klass }, mark(klass.mark, klass.tone === "brand" ? "now" : klass.tone), h("span", {}, h("small", {}, `${word("officer.class")} · ${klass.how}`), h("b", {}, klass.title))) : null,
      klass.origin.asked ? h("button.d-btn", { type: "button", id: "origin", onclick: actions.origin }, icon("pin"), klass.origin.text || word("officer.origin_ask")) : null,
      h("button.d-btn", { type: "button", id: "paper", onclick: () => actions.paper() }, icon("list"), word("officer.paper_button"))) : null,
  ];
}

/** What gate, lamp and printer did for the saved screening, and what the officer may order of them. */
export function deeds(view, actions) {
  const { told, offers } = view.deeds;
  if (!told.length && !offers.length) return [];
  return h("div.deeds", {},
    h("span.told", { role: "status" }, told.map((each) => h("span", { title: each.why || null }, mark(each.mark, each.tone), each.text))),
    offers.map((offer) => h("button.d-btn", { type: "button", id: offer.act, onclick: () => actions.act(offer.act) }, icon(offer.icon), offer.text)));
}

export function gone(word, seconds) {
  return h("div.ban.gone-o", {}, mark("fail", "refuse"), h("span", {}, h("b", {}, word("gone.officer", { seconds })), h("small", {}, word("gone.officer_text"))));
}
