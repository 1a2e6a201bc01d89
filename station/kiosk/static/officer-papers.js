// The dialog of a printed paper or a letter: what it is, a photograph of it, and what the order says of it at once.

import { h } from "./dom.js";
import { Opinion } from "./officer-opinion.js";
import { Photograph } from "./officer-photograph.js";

const KINDS = ["pcr", "antigen", "vaccination", "recovery", "exemption"];
const BANGKOK = ":00+07:00"; // with seconds: CertLogic takes whole RFC 3339 moments only
const DAY = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])";
const TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
const PER_PAGE = 8;
const FIELDS = { at: "date", class: "class" };

/** Type or confirm a paper; `values` are those of one that was attested before, to correct it or take it back. */
export function paper(dialogs, values = {}, refused = "") {
  const { word } = dialogs;
  const letters = dialogs.view().class.choices;
  const kept = { ...values, ...split(values.at) };
  const photograph = new Photograph(dialogs);
  const opinion = new Opinion(dialogs);
  let entries = [];
  let choices = {};
  const rows = h("div.rows");
  const kinds = dialogs.choices(KINDS.filter((kind) => kind !== "exemption" || letters.length).map((kind) => ({ code: kind, text: word(`officer.paper_${kind}`), plain: true })), () => { draw(); dialogs.toInput(entries[0].input); });

  const field = (name, kind, length, label, more = {}) => dialogs.entry(name, kind, length, kept, more.pattern, { label: word(label), ...more });
  const draw = () => {
    for (const each of entries) kept[each.name] = each.input.value;
    for (const [name, choice] of Object.entries(choices)) kept[name] = choice.chosen();
    const kind = kinds.chosen();
    const issuer = field("issuer", "free", 60, "dialog.paper_issuer");
    choices = {};
    if (kind === "exemption") {
      choices.class = classes(dialogs, letters, kept.class);
      entries = [issuer, field("reference", "free", 40, "dialog.letter_reference"), field("until", "date", 10, "dialog.letter_until", { pattern: DAY, optional: true })];
      rows.replaceChildren(choices.class.box, pair(entries[0], entries[1]), entries[2].row);
      return;
    }
    const date = field("date", "date", 10, `dialog.paper_date_${kind || "pcr"}`, { pattern: DAY, past: true });
    entries = [issuer, field("holder", "free", 60, "dialog.paper_holder", { optional: true }), date];
    const body = [pair(entries[0], entries[1])];
    if (kind === "vaccination") {
      entries.push(field("doses", "doses", 3, "dialog.paper_doses", { pattern: "[1-9]/[1-9]" }));
      const products = [...dialogs.lists().products, { code: "", text: word("dialog.paper_product_other") }];
      choices.product = dialogs.choices(products.map((each) => ({ ...each, plain: true })));
      if (kept.product) choices.product.choose(kept.product);
      body.push(pair(date, entries[3]), h("div.of-product", {}, h("small", {}, word("dialog.paper_product")), choices.product.list));
    } else if (kind === "recovery") body.push(date.row);
    else {
      entries.push(field("time", "time", 5, "dialog.paper_time", { pattern: TIME, optional: true }));
      choices.result = dialogs.choices(["negative", "positive"].map((code) => ({ code, text: word(`officer.paper_${code}`), plain: true })));
      if (kept.result) choices.result.choose(kept.result);
      body.push(pair(date, entries[3]), h("div.of-result", {}, choices.result.list));
    }
    rows.replaceChildren(...body);
  };

  const what = () => (kinds.chosen() === "exemption" ? "exemption" : "paper");
  const typed = () => {
    const said = Object.fromEntries(entries.map((each) => [each.name, each.plain()]));
    for (const [name, choice] of Object.entries(choices)) said[name] = choice.chosen();
    if (what() === "exemption") return said;
    const { date, time, ...rest } = said;
    return { kind: kinds.chosen(), ...rest, at: time ? `${date}T${time}${BANGKOK}` : date };
  };
  const lacking = () => {
    if (!kinds.chosen()) return word("dialog.choose");
    const wanted = ["class", "result"].some((name) => choices[name] && !choices[name].chosen());
    return dialogs.lacking(entries) || (wanted ? word("dialog.incomplete") : "");
  };
  const message = (extra) => ({ type: "attest", what: what(), values: { ...typed(), ...extra } });

  kinds.choose(values.class ? "exemption" : KINDS.includes(values.kind) ? values.kind : "pcr");
  draw();
  dialogs.show({
    title: word("dialog.paper"), text: word("dialog.paper_text"), kind: "is-paper",
    body: h("div.typed.of-paper", {}, kinds.list, letters.length ? null : h("p.mute", {}, word("dialog.no_letter")), rows, opinion.box),
    entries: () => entries, aside: photograph.box, listen: (answer) => { photograph.take(answer); opinion.take(answer); },
    live: (blob) => photograph.show(blob), closed: () => photograph.close(),
    changed: () => opinion.ask(lacking() ? null : message()),
    told: refused && word("dialog.refused", { field: word(FIELDS[refused] ? `field.${FIELDS[refused]}` : `field.${refused}`) }),
    done: word("dialog.paper_done"), ready: lacking,
    extra: values.issuer ? { text: word("dialog.paper_back"), act: () => dialogs.send(values.class ? { type: "attest", what: "exemption", values: {} } : { type: "attest", what: "paper", values: { kind: values.kind, withdrawn: "yes" } }) } : null,
    act: () => {
      const said = typed();
      dialogs.send({ ...message(), picture: photograph.digest });
      dialogs.again = (name) => paper(dialogs, said, name);
    },
  });
}

/** The classes of the order that a letter may lead to, a page at a time, and the proof that the chosen one demands. */
export function classes(dialogs, options, chosen = "") {
  const { word } = dialogs;
  const told = h("p.proof");
  const tell = (code) => {
    const proof = options.find((each) => each.code === code)?.proof;
    told.textContent = !code ? "" : proof ? word("dialog.class_proof", { proof }) : word("dialog.class_proof_none");
  };
  let first = 0;
  const list = dialogs.choices(options.map(({ code, text }) => ({ code, text, plain: true })), tell);
  const buttons = [...list.list.children];
  const more = h("button.d-btn.choice", { type: "button", id: "choices-more", onclick: () => { first = first + PER_PAGE < buttons.length ? first + PER_PAGE : 0; page(); } });
  const page = () => {
    buttons.forEach((button, n) => { button.hidden = n < first || n >= first + PER_PAGE; });
    more.textContent = word("dialog.more", { count: buttons.length - Math.min(buttons.length, first + PER_PAGE) || first });
  };
  if (buttons.length > PER_PAGE) { list.list.append(more); page(); }
  if (chosen) { list.choose(chosen); tell(chosen); }
  return { box: h("div.of-class", {}, list.list, told), chosen: list.chosen };
}

function pair(...entries) {
  return h("div.pair", {}, entries.map((each) => each.row));
}

/** Day and time in Bangkok of a moment with its zone, or the day alone. */
function split(at = "") {
  if (!at.includes("T")) return { date: at, time: "" };
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Bangkok", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(new Date(at));
  const of = (type) => parts.find((part) => part.type === type).value;
  return { date: `${of("year")}-${of("month")}-${of("day")}`, time: `${of("hour")}:${of("minute")}` };
}

