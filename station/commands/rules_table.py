"""The typical travellers of 2021 judged under each order of that year, as a table that a health officer can read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from config.messages.catalogue import Catalogue
from config.rules.reasons import REASONS, ReasonCode
from config.rules.ruleset import Check, RuleSet
from station.commands.typical_travellers import TRAVELLERS, Traveller
from station.evidence import Judgement, VerdictKind
from station.judgement.judge import judge

BEGIN, END = "<!-- made by `station rules table`: from here", "<!-- made by `station rules table`: to here -->"
_PRACTICE = (Check.DOCUMENT_READABLE, Check.CERTIFICATE_VALID, Check.HOLDER_MATCHES)
"""Asked at every gate whatever the order says."""


@dataclass(frozen=True, slots=True)
class Row:
    """One traveller under every order."""

    traveller: Traveller
    judgements: tuple[Judgement, ...]


def judged(sets: Sequence[RuleSet], travellers: Sequence[Traveller] = TRAVELLERS) -> tuple[Row, ...]:
    """Every traveller under every set, at ten in the morning of its second day."""
    rows = []
    for each in travellers:
        moments = [(rules, _moment(rules)) for rules in sets]
        rows.append(Row(each, tuple(judge(each.evidence(rules, at), rules, at) for rules, at in moments)))
    return tuple(rows)


def as_json(sets: Sequence[RuleSet]) -> Iterator[dict[str, Any]]:
    """One object per traveller and order."""
    for row in judged(sets):
        for rules, found in zip(sets, row.judgements, strict=True):
            yield {
                "traveller": row.traveller.words,
                "rule_set": rules.id,
                "order": rules.order,
                "class": found.traveller_class,
                "verdict": found.verdict.value,
                "reasons": list(found.reasons),
            }


def as_markdown(sets: Sequence[RuleSet]) -> str:
    """The table, the reasons in it, and what each order asks."""
    rows = judged(sets)
    return "\n".join([*_table(sets, rows), "", *_legend(rows), "", *_orders(sets)])


def written(path: Path, made: str) -> str:
    """A document with its made part replaced.

    Raises:
        ValueError: it has no such part.
    """
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    head, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path.name} has no part between {BEGIN} … and {END}; add the two lines")
    return f"{before}{begin}{head.splitlines()[0]}\n\n{made}\n{end}{after}"


def _moment(rules: RuleSet) -> datetime:
    return rules.valid_from + timedelta(days=1, hours=10)


def _table(sets: Sequence[RuleSet], rows: Sequence[Row]) -> Iterator[str]:
    days = [f"{rules.valid_from.astimezone(rules.zone):%-d %b}" for rules in sets]
    yield f"| traveller | {' | '.join(days)} |"
    yield f"|---|{'---|' * len(days)}"
    for row in rows:
        yield f"| {row.traveller.words} | {' | '.join(_cell(found) for found in row.judgements)} |"


def _cell(found: Judgement) -> str:
    if found.verdict is VerdictKind.ADMIT:
        exempt = any(outcome.code == ReasonCode.EXEMPT for outcome in found.outcomes)
        return "**admit** (exempt)" if exempt else "**admit**"
    return f"refer {', '.join(found.reasons)}"


def _legend(rows: Sequence[Row]) -> Iterator[str]:
    codes = {code for row in rows for found in row.judgements for code in found.reasons}
    yield "| reason | means |"
    yield "|---|---|"
    for code in sorted(codes):
        yield f"| {code} | {REASONS[ReasonCode(code)].meaning} |"


def _orders(sets: Sequence[RuleSet]) -> Iterator[str]:
    """What each order asks, class by class; a note that several sets carry stands under the first."""
    words = Catalogue.load("en")
    told: set[str] = set()
    for rules in sets:
        yield from _order(rules, words)
        for note in rules.notes:
            if note not in told:
                yield f"> {note}"
                yield ">"
        told.update(rules.notes)
        yield ""


def _order(rules: RuleSet, words: Catalogue) -> Iterator[str]:
    asks = {rule.id: rule.title_en or words.text(f"rule_name.{rule.id}") for rule in rules.rules}
    practice = {rule.id for rule in rules.rules if rule.check in _PRACTICE}
    first, last = rules.valid_from.astimezone(rules.zone), rules.valid_to
    until = f" to {last.astimezone(rules.zone) - timedelta(days=1):%-d %B %Y}" if last else ""
    yield f"### {first:%-d %B}{until}: {rules.order}"
    yield ""
    for each in rules.classes:
        asked = [asks[name] for name in each.rules if name not in practice]
        said = "exempt from proofs of health" if each.exempt else ". And: ".join(asked)
        where = f" ({each.order})" if each.order != rules.order else ""
        proof = f" An officer attests it on seeing: {each.proof_en}." if each.selectable else ""
        yield f"- **{each.title_en}**{where}: {said}.{proof}"
    yield ""
