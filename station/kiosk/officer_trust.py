"""How old is what the station believes: signers by format, and the order in force. Quiet while it is fresh."""

from datetime import datetime, timedelta
from typing import Any

from config.messages.catalogue import Catalogue
from config.messages.moments import clock, day
from config.rules.ruleset import RuleSet
from station.kiosk.context import KioskContext
from station.kiosk.ports import TrustAge

_ENDING = timedelta(days=1)
"""An order that ends within this time is said to end."""
_AHEAD = timedelta(hours=1)
"""Trust data made so much later than our clock says: one of the two clocks is wrong."""


def believed_words(context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    """One short word for the state bar, and a row for every format and for the order in force."""
    rows = [_order(context.believed.order, context.now, catalogue)]
    rows += [_trust(each, context, catalogue) for each in context.believed.trust]
    stale = [row for row in rows if row["tone"] in ("unsure", "refuse")]
    return {
        "stale": bool(stale),
        "tone": "unsure" if stale else "idle",
        "short": stale[0]["warn"] if stale else _newest_word(context, catalogue),
        "title": catalogue.text("officer.believed_title"),
        "rows": rows,
    }


def duty_lines(context: KioskContext, catalogue: Catalogue) -> list[dict[str, str]]:
    """The same for whoever comes on duty: the order in force, and one line on trust data while all of it is fresh."""
    told = believed_words(context, catalogue)
    wrong = [row for row in told["rows"][1:] if row["warn"]]
    lines = [
        {"mark": r["mark"], "tone": r["tone"], "text": f"{r['name']} · {r['text']}"} for r in (told["rows"][0], *wrong)
    ]
    oldest = _oldest(context)
    if not wrong and oldest is not None:
        text = catalogue.text("officer.trust_line", age=ago(context.now - oldest, catalogue))
        lines.append({"mark": "ok", "tone": "admit", "text": text})
    elif not wrong:
        lines.append({"mark": "warn", "tone": "unsure", "text": catalogue.text("officer.trust_short_none")})
    return lines


def ago(passed: timedelta, catalogue: Catalogue) -> str:
    """`40 min`, `5 h`, `3 d`: how long, in one unit; what is not yet past counts as nothing."""
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 120:
        return catalogue.text("officer.minutes", count=minutes)
    if minutes < 72 * 60:
        return catalogue.text("officer.hours", count=minutes // 60)
    return catalogue.text("officer.days", count=minutes // (24 * 60))


def _newest_word(context: KioskContext, catalogue: Catalogue) -> str:
    """How old the oldest trust data is, or that there is none."""
    oldest = _oldest(context)
    if oldest is None:
        return catalogue.text("officer.trust_short_none")
    return catalogue.text("officer.trust_short", age=ago(context.now - oldest, catalogue))


def _oldest(context: KioskContext) -> datetime | None:
    """The date of the oldest trust data of any format."""
    dates = [each.made_at for each in context.believed.trust if each.signers and each.made_at is not None]
    return min(dates, default=None)


def _trust(age: TrustAge, context: KioskContext, catalogue: Catalogue) -> dict[str, str]:
    name = catalogue.text(f"officer.trust_{age.scheme.value}")
    if not age.signers:
        return _row("idle", "wait", name, catalogue.text("officer.trust_none"))
    count = catalogue.text("officer.trust_signers", count=age.signers)
    if age.made_at is None:
        warn = catalogue.text("officer.trust_undated_short")
        return _row("unsure", "unsure", name, f"{count} · {catalogue.text('officer.trust_undated')}", warn)
    passed = context.now - age.made_at
    made = f"{day(age.made_at, catalogue.language)} {clock(age.made_at)}"
    if passed < -_AHEAD:
        warn = catalogue.text("officer.trust_ahead_short")
        return _row("unsure", "unsure", name, f"{count} · {catalogue.text('officer.trust_ahead', date=made)}", warn)
    text = f"{count} · {catalogue.text('officer.trust_age', age=ago(passed, catalogue), date=made)}"
    if passed > context.believed.stale_after:
        warn = catalogue.text("officer.trust_stale_short", age=ago(passed, catalogue))
        return _row("unsure", "warn", name, f"{text} · {catalogue.text('officer.trust_stale')}", warn)
    return _row("admit", "ok", name, text)


def _order(order: RuleSet | None, now: datetime, catalogue: Catalogue) -> dict[str, str]:
    if order is None:
        warn = catalogue.text("officer.order_none_short")
        return _row("refuse", "fail", catalogue.text("officer.order"), catalogue.text("officer.order_none"), warn)
    since = f"{day(order.valid_from.astimezone(order.zone), catalogue.language)}"
    name = order.order
    text = catalogue.text("officer.order_since", name=order.id, number=order.number, date=since)
    if order.valid_to is None:
        return _row("admit", "ok", name, text)
    until = f"{day(order.valid_to, catalogue.language)} {clock(order.valid_to)}"
    text = f"{text} · {catalogue.text('officer.order_until', date=until)}"
    if order.valid_to - now < _ENDING:
        warn = catalogue.text("officer.order_ends_short", time=clock(order.valid_to))
        return _row("unsure", "warn", name, text, warn)
    return _row("admit", "ok", name, text)


def _row(tone: str, mark: str, name: str, text: str, warn: str = "") -> dict[str, str]:
    return {"tone": tone, "mark": mark, "name": name, "text": text, "warn": warn}
