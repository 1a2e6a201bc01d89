// Figures and times as this board writes them: 24 hours, Asia/Bangkok, Buddhist years in Thai.

const ZONE = "Asia/Bangkok";

/** Formatters of one language, "th" or "en". */
export function figures(language, say) {
  const locale = language === "th" ? "th-TH-u-ca-buddhist-nu-latn" : "en-GB";
  const number = new Intl.NumberFormat(language === "th" ? "th-TH-u-nu-latn" : "en-GB");
  const day = new Intl.DateTimeFormat(locale, { timeZone: ZONE, day: "numeric", month: "short", year: "numeric" });
  const shortDay = new Intl.DateTimeFormat(locale, { timeZone: ZONE, day: "numeric", month: "short" });
  const clock = (seconds) =>
    new Intl.DateTimeFormat("en-GB", {
      timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hourCycle: "h23",
    });
  const full = clock(true);
  const short = clock(false);
  const dayOf = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE });
  // "20 พ.ย. 2569": the era that some browsers add says nothing here.
  const plain = (format, date) => format.formatToParts(date).filter((part) => part.type !== "era").map((part) => part.value).join("").replace(/\s+/g, " ").trim();
  return {
    count: (value) => number.format(value),
    date: (date) => plain(day, date),
    time: (date) => full.format(date),
    minute: (date) => short.format(date),
    /** 09:41 of today, else the day before it: 19 Nov 09:41. */
    moment: (date, now) => (dayOf.format(date) === dayOf.format(now) ? short.format(date) : `${plain(shortDay, date)} ${short.format(date)}`),
    hour: (date) => Number(short.format(date).slice(0, 2)),
    /** How long, in the largest unit that still says something. */
    length: (milliseconds) => {
      const seconds = Math.max(0, Math.round(milliseconds / 1000));
      if (seconds < 60) return say("board.age.seconds", { n: seconds });
      if (seconds < 3600) return say("board.age.minutes", { n: Math.floor(seconds / 60) });
      if (seconds < 86400) return say("board.age.hours", { h: Math.floor(seconds / 3600), m: Math.floor((seconds % 3600) / 60) });
      return say("board.age.days", { n: Math.floor(seconds / 86400) });
    },
  };
}
