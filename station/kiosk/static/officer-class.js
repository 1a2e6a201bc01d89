// The dialogs of class and origin: which of the order's classes a traveller belongs to, and where they come from.

import { h } from "./dom.js";

const AUTO = "as-found", FOUND = 6;

export function classOf(dialogs) {
  const { word } = dialogs;
  const { choices, chosen } = dialogs.view().class;
  if (!choices.length) {
    dialogs.sheet({ title: word("dialog.class"), body: h("p", {}, word("dialog.class_none")) });
    return;
  }
  const options = [{ code: AUTO, text: word("dialog.class_auto"), plain: true }, ...choices.map((each) => ({ code: each.code, plain: true,
    text: [h("b", {}, each.text), h("small", {}, each.proof ? word("dialog.class_proof", { proof: each.proof }) : word("dialog.class_proof_none"))] }))];
  const list = dialogs.choices(options);
  list.choose(chosen || AUTO);
  dialogs.show({
    title: word("dialog.class"), text: word("dialog.class_text"), kind: `is-plain${choices.length > 6 ? " is-wide" : ""}`, body: h("div.rows.of-classes", {}, list.list),
    done: () => word(list.chosen() === AUTO ? "dialog.class_done_auto" : "dialog.class_done"),
    ready: () => (list.chosen() === (chosen || AUTO) ? word("dialog.unchanged") : ""),
    act: () => {
      if (list.chosen() !== AUTO) dialogs.send({ type: "attest", what: "class", values: { class: list.chosen() } });
      else {
        if (dialogs.view().certificate.rows.some((row) => row.kind === "letter")) dialogs.send({ type: "attest", what: "exemption", values: {} });
        dialogs.send({ type: "attest", what: "class", values: {} });
      }
    },
  });
}

export function origin(dialogs) {
  const { word } = dialogs;
  const places = dialogs.lists().places;
  const known = dialogs.view().class.origin;
  let chosen = places.find((place) => place.code === known.code) ?? null;
  const one = dialogs.entry("place", "free", 30, { place: known.text }, undefined, { label: word("dialog.origin_search"), optional: true });
  const list = h("div.choices");
  const draw = () => {
    const text = one.input.value.trim().toLowerCase();
    const starts = places.filter((place) => text && place.find.split(/[ -]/).concat(place.find).some((name) => name.startsWith(text)));
    const found = [...starts, ...places.filter((place) => text && !starts.includes(place) && place.find.includes(text))].slice(0, FOUND);
    if (chosen && !found.includes(chosen)) chosen = null;
    list.replaceChildren(...found.map((place) => h("button.d-btn.choice", { type: "button", id: `place-${place.code}`, "aria-pressed": place === chosen, onclick: () => { chosen = place; draw(); } },
      h("span.dot"), h("span", {}, place.text), h("span.mono", {}, place.code))));
    if (text && !found.length) list.replaceChildren(h("p.mute", {}, word("dialog.origin_none")));
  };
  one.input.addEventListener("input", draw);
  draw();
  dialogs.show({
    title: word("dialog.origin"), text: word("dialog.origin_text"), body: h("div.rows.of-origin", {}, one.row, list), entries: [one],
    done: word("dialog.origin_done"), ready: () => (chosen ? "" : word("dialog.choose")),
    act: () => dialogs.send({ type: "attest", what: "origin", values: { [chosen.kind]: chosen.code } }),
  });
}
