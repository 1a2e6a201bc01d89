// On-screen keys for the field at hand: Latin letters, Thai letters (Kedmanee), or a number pad. Real keys work beside it.

import { h, icon } from "./dom.js";

const LATIN = ["1234567890", "QWERTYUIOP", "ASDFGHJKL-", "ZXCVBNM."];
// TIS 820-2538 (Kedmanee), letters and marks only; a blank is a key that no name needs.
const THAI = ["ๅ  ภถุึคตจขช", "ๆไำพะัีรนยบล", "ฟหกดเ้่าสวง ", "ผปแอิืทมใฝ"];
const THAI_SHIFT = ["    ู       ", "  ฎฑธํ๊ณฯญฐ ", "ฤฆฏโฌ็๋ษศซ. ", "  ฉฮฺ์ ฒฬฦ"];
const PAD = ["123", "456", "789"];
const MARK = /[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]/; // stands above or below another letter: drawn on a dotted circle

/** Keys that type into whichever input of the same dialog was touched last; use(layouts) shows the keys of a field. */
export function keyboard(word, target) {
  const box = h("div.keys");
  let layouts = [], at = 0, shifted = false;

  const press = (act) => (event) => {
    event.preventDefault();
    const input = target();
    if (!input) return;
    act(input);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
    if (shifted) { shifted = false; draw(); }
  };
  const named = (name, label, act, extra = {}) => h(`button.d-key${name}`, { type: "button", tabindex: -1, onclick: act, ...extra }, label);
  const letter = (text) => text === " " ? h("span") : named("", MARK.test(text) ? `\u25cc${text}` : text, press((input) => insert(input, text)), { "data-key": text });
  const row = (text) => h("div.kr", {}, [...text].map(letter));
  const back = () => named(".wide", icon("backspace"), press(erase), { "aria-label": word("common.delete") });
  const clear = () => named(".wide", word("common.clear"), press((input) => { input.value = ""; }));
  const space = () => named(".space", word("common.space"), press((input) => insert(input, " ")));
  const other = () => layouts.length < 2 ? null : named(".wide", word(`common.keys_${layouts[1 - at]}`), () => { at = 1 - at; shifted = false; draw(); }, { id: "keys-other" });
  const shift = () => named(`.wide${shifted ? ".is-down" : ""}`, word("common.shift"), () => { shifted = !shifted; draw(); }, { "aria-pressed": shifted, id: "keys-shift" });

  const draws = {
    latin: () => [...LATIN.slice(0, 3).map(row), withEnd(row(LATIN[3]), back()), h("div.kr", {}, letter("'"), space(), other(), clear())],
    thai: () => {
      const rows = shifted ? THAI_SHIFT : THAI;
      const last = row(rows[3]);
      last.prepend(shift());
      return [...rows.slice(0, 3).map(row), withEnd(last, back()), h("div.kr", {}, letter("-"), space(), other(), clear())];
    },
    pad: () => [...PAD.map(row), h("div.kr", {}, letter("."), letter("0"), back()), h("div.kr", {}, clear())],
    digits: () => [...PAD.map(row), h("div.kr", {}, clear(), letter("0"), back())],
  };
  const draw = () => {
    const name = layouts[at];
    box.className = `keys is-${name}`;
    box.replaceChildren(...draws[name]());
  };
  const use = (wanted) => {
    if (wanted.join() === layouts.join()) return;
    layouts = wanted;
    at = 0;
    shifted = false;
    draw();
  };
  use(["latin"]);
  return { box, use };
}

function withEnd(row, key) {
  row.append(key);
  return row;
}

function insert(input, text) {
  const from = input.selectionStart ?? input.value.length, to = input.selectionEnd ?? from;
  if (input.maxLength > 0 && input.value.length - (to - from) >= input.maxLength) return;
  input.setRangeText(text, from, to, "end");
}

function erase(input) {
  const from = input.selectionStart ?? input.value.length, to = input.selectionEnd ?? from;
  if (from !== to) input.setRangeText("", from, to, "end");
  else if (from > 0) input.setRangeText("", from - 1, from, "end");
}
