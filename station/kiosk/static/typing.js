// What is typed into a field, as pure functions: tidied while typing, and what is wrong with it in one word.

const BUDDHIST_YEARS = 543, FIRST_BUDDHIST = 2400;
const THAI_GROUPS = [1, 4, 5, 2, 1];

/** The digits of a text; Thai numerals count. */
export function digitsOf(text) {
  return text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50)).replace(/[^0-9]/g, "");
}

/** YYYY-MM-DD while it is being typed. */
export function dashes(text) {
  const digits = digitsOf(text).slice(0, 8);
  return [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].filter(Boolean).join("-");
}

/** HH:MM while it is being typed. */
export function colon(text) {
  const digits = digitsOf(text).slice(0, 4);
  return [digits.slice(0, 2), digits.slice(2)].filter(Boolean).join(":");
}

/** A Thai identity number in its groups, 1-2345-67890-12-3, while it is being typed. */
export function thaiGroups(text) {
  let rest = digitsOf(text).slice(0, 13);
  const groups = THAI_GROUPS.map((size) => { const group = rest.slice(0, size); rest = rest.slice(size); return group; });
  return groups.filter(Boolean).join("-");
}

/** Why thirteen digits are no Thai identity number: first, short, digit, or nothing. As station/documents/thai_id.py. */
export function thaiFault(text) {
  const digits = digitsOf(text);
  if (digits[0] === "9") return "first";
  if (digits.length < 13) return "short";
  const sum = [...digits.slice(0, 12)].reduce((total, digit, n) => total + digit * (13 - n), 0);
  return (11 - sum % 11) % 10 === Number(digits[12]) ? "" : "digit";
}

/** A date in the common era, whichever era its year was typed in. */
export function commonEra(text) {
  const year = Number(text.slice(0, 4));
  return /^\d{4}/.test(text) && year >= FIRST_BUDDHIST ? String(year - BUDDHIST_YEARS).padStart(4, "0") + text.slice(4) : text;
}

/** Whether a date of the common era is on the calendar; parts that are left out are. */
export function onCalendar(text) {
  const [year, month = 1, day = 1] = text.split("-").map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Check digit of ICAO Doc 9303 part 3, 4.9: weights 7 3 1, modulo 10. */
export function checkDigit(text) {
  const value = (c) => (c === "<" ? 0 : parseInt(c, 36));
  return [...text].reduce((sum, c, n) => sum + value(c) * [7, 3, 1][n % 3], 0) % 10;
}
