"""Holder and entries of any format in the JSON of an EU DCC (schema 1.3), for which entry rules are written."""

from typing import Any

from station.certificates.result import Entry, EntryKind, Holder

VERSION = "1.3.0"


def as_dcc(holder: Holder, entries: tuple[Entry, ...]) -> dict[str, Any]:
    """What an EU DCC would say; a value that is not known is left out, so that a rule over it cannot tell."""
    found: dict[str, Any] = {
        "ver": VERSION,
        "nam": _known(
            fn=holder.surname,
            gn=holder.given_names,
            fnt=holder.surname_transliterated,
            gnt=holder.given_names_transliterated,
        ),
        "dob": holder.birth_date_text,
    }
    for kind in EntryKind:
        rows = [_row(entry) for entry in entries if entry.kind is kind]
        if rows:
            found[kind.value] = rows
    return found


def _row(entry: Entry) -> dict[str, Any]:
    common = _known(tg=entry.disease, co=entry.country, **{"is": entry.issuer}, ci=entry.identifier)
    if entry.kind is EntryKind.VACCINATION:
        return common | _known(
            vp=entry.vaccine, mp=entry.product, ma=entry.manufacturer, dn=entry.dose, sd=entry.doses, dt=entry.date
        )
    if entry.kind is EntryKind.TEST:
        return common | _known(
            tt=entry.test_type, ma=entry.product, sc=entry.date, tr=entry.test_result, tc=entry.centre
        )
    return common | _known(fr=entry.date, df=entry.valid_from, du=entry.valid_until)


def _known(**values: str | int | None) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None)}
