// An on-screen keyboard for Latin letters and digits; a real keyboard works beside it.

import { h, icon } from "./dom.js";

const ROWS = ["1234567890", "QWERTYUIOP", "ASDFGHJKL-", "ZXCVBNM."];

/** Keys that type into whichever input of the same dialog was touched last. */
export function keyboard(word, target) {
  const press = (act) => (event) => {
    event.preventDefault();
    const input = target();
    if (!input) return;
    act(input);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  };
  const key = (letter) => h("button.d-key", { type: "button", tabindex: -1, onclick: press((input) => insert(input, letter)) }, letter);
  const rows = ROWS.map((row) => h("div.kr", {}, [...row].map(key)));
  rows[3].append(h("button.d-key.wide", { type: "button", tabindex: -1, "aria-label": word("common.delete"), onclick: press(erase) }, icon("backspace")));
  rows.push(h("div.kr", {},
    h("button.d-key.space", { type: "button", tabindex: -1, onclick: press((input) => insert(input, " ")) }, word("common.space")),
    h("button.d-key.wide", { type: "button", tabindex: -1, onclick: press((input) => { input.value = ""; }) }, word("common.clear"))));
  return h("div.keys", {}, rows);
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

/** YYYY-MM-DD while it is being typed. */
export function dashes(text) {
  const digits = text.replace(/\D/g, "").slice(0, 8);
  return [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].filter(Boolean).join("-");
}

/** Check digit of ICAO Doc 9303 part 3, 4.9: weights 7 3 1, modulo 10. */
export function checkDigit(text) {
  const value = (c) => (c === "<" ? 0 : parseInt(c, 36));
  return [...text].reduce((sum, c, n) => sum + value(c) * [7, 3, 1][n % 3], 0) % 10;
}
