// One field of a dialog: tidied while it is typed, checked at once, and what is wrong with it said in words.

import { h, mark } from "./dom.js";
import { checkDigit, colon, commonEra, dashes, digitsOf, onCalendar, thaiFault, thaiGroups } from "./typing.js";

const KEYS = { date: ["digits"], time: ["digits"], doses: ["digits"], thai_id: ["digits"], celsius: ["pad"], name_th: ["thai"], free: ["latin", "thai"] };
const SENTENCES = { name: "fault_name", name_th: "fault_name_th", number: "fault_number", state: "fault_state", sex: "fault_sex", celsius: "fault_celsius", time: "fault_time", doses: "fault_doses", free: "fault_free" };
const CELSIUS = "(?:2[5-9]|3[0-9]|4[0-4])(?:[.,][0-9])?|45(?:[.,]0)?";
const PLACEHOLDERS = { date: "1991-04-17", expiry_date: "2031-04-16", thai_id: "1-2345-67890-12-3", time: "08:30", doses: "2/2", until: "2026-12-31", recent: "2026-11-19" };

const UPPER = ["name", "number", "state", "sex"];

/** kit: word(key, values), today() as YYYY-MM-DD, past: no day after today. Kinds: name, name_th, number, thai_id, date, time, doses, state, sex, celsius, free. */
export function entry(kit, { name, label, kind, length, value = "", pattern, optional = false }) {
  const { word } = kit;
  const known = pattern ?? (kind === "celsius" ? CELSIUS : null);
  const holds = known && new RegExp(`^(?:${known})$`, "u");
  const said = h("em.say"), side = h("span.cd", { "aria-hidden": "true" });
  const input = h("input", { id: `input-${name}`, name, value: kind === "thai_id" ? thaiGroups(value) : value, maxlength: length, autocomplete: "off", spellcheck: "false",
    inputmode: "none", lang: kind === "name_th" ? "th" : null, placeholder: kit.past ? PLACEHOLDERS.recent : PLACEHOLDERS[name] ?? PLACEHOLDERS[kind] ?? null });
  const row = h(`label.mf.k-${kind}`, { for: input.id }, h("small", {}, h("span", {}, label), said), input, side);

  const plain = () => {
    const text = input.value.trim();
    if (kind === "thai_id") return digitsOf(text);
    return kind === "date" ? commonEra(text) : text.replace(/\s+/g, " ");
  };

  /** What is wrong, as a sentence; "-" when something is only missing; "" when it is fine. */
  const fault = () => {
    const text = plain();
    if (!text && kind !== "sex") return optional || kit.waived?.(name) ? "" : "-";
    if (kind === "thai_id") return thaiFault(text) ? word(`dialog.fault_thai_id_${thaiFault(text)}`) : "";
    if (kind === "date") return dateFault(text);
    return !holds || holds.test(text) ? "" : word(`dialog.${SENTENCES[kind]}`, { field: label });
  };
  const dateFault = (text) => {
    if (!holds.test(text)) return text.length < 10 && /^\d{0,4}(-\d{0,2}(-\d?)?)?$/.test(text) ? "-" : word("dialog.fault_date", { field: label });
    if (!onCalendar(text)) return word("dialog.fault_date", { field: label });
    return (name === "birth_date" || kit.past) && text > kit.today() ? word("dialog.fault_future", { field: label }) : "";
  };

  const set = (text) => {
    if (text === input.value) return;
    const at = input.selectionStart, last = at === input.value.length;
    input.value = text;
    if (!last) input.setSelectionRange(at, at);
  };
  const tidy = () => {
    if (kind === "date") set(dashes(input.value));
    else if (kind === "thai_id") set(thaiGroups(input.value));
    else if (kind === "time") set(colon(input.value));
    else if (kind === "doses") set(digitsOf(input.value).slice(0, 2).split("").join("/"));
    else if (UPPER.includes(kind)) set(input.value.toUpperCase());
    if (kind === "number" || kind === "state") set(input.value.replace(/\s/g, ""));
    tell();
  };
  const tell = () => {
    const text = plain(), wrong = fault();
    const unfinished = (kind === "thai_id" && thaiFault(text) === "short") || (kind === "time" && text.length < 5) || (kind === "doses" && text.length < 3);
    const bad = Boolean(wrong) && wrong !== "-" && !unfinished;
    row.classList.toggle("is-wrong", bad);
    input.setAttribute("aria-invalid", String(bad));
    if (kind === "thai_id") {
      const state = thaiFault(text);
      said.textContent = !text ? "" : word(`dialog.thai_id_${state || "fine"}`, { count: text.length });
      side.replaceChildren(...(!text || state === "short" ? [] : [state ? mark("fail", "refuse") : mark("ok", "admit")]));
    } else if (kind === "date") {
      said.textContent = !bad && text !== input.value && holds.test(text) ? `= ${text}` : "";
      side.replaceChildren(...(bad ? [mark("fail", "refuse")] : []));
    } else if (kind === "number" && text && !wrong) {
      side.replaceChildren(h("em", {}, word("dialog.check")), String(checkDigit(text.padEnd(9, "<"))));
    } else side.replaceChildren(...(bad ? [mark("fail", "refuse")] : []));
  };
  input.addEventListener("input", tidy);
  tidy();
  return { name, input, row, fault, plain, tell, keys: KEYS[kind] ?? ["latin"] };
}
