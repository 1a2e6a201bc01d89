"""The officer's card of a document that was typed, and how dates on documents are said."""

from datetime import date
from typing import Any

from config.messages.catalogue import Catalogue
from config.messages.moments import BANGKOK, born_day, clock
from station.documents.dates import PartialDate, written
from station.documents.thai_id import formatted
from station.evidence import OfficerAttested
from station.kiosk.context import KioskContext
from station.lane.typed import THAI_ID

_FIELDS = ("surname", "given_names", "document_number", "nationality", "birth_date", "expiry_date")


def typed_card(said: OfficerAttested, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    """What an officer typed, Thai beside romanised names; touching it opens the form again."""
    return {
        "there": True,
        "tone": "brand",
        "mark": "now",
        "chip": catalogue.text("officer.attested"),
        "sub": catalogue.text("officer.attested_by", officer=said.officer, time=clock(said.at)),
        "confidence": None,
        "fields": [_field(said, name, context, catalogue) for name in _FIELDS],
        "typed": dict(said.values),
    }


def typed_name(said: OfficerAttested) -> str:
    """SURNAME, GIVEN NAMES; empty when no surname was typed."""
    values = said.values
    if not values.get("surname"):
        return ""
    return ", ".join(part for part in (values["surname"], values.get("given_names", "")) if part)


def typed_facts(said: OfficerAttested, context: KioskContext, catalogue: Catalogue) -> str:
    """The Thai name, nationality, age, and what was typed from."""
    values = said.values
    thai = " ".join(part for part in (values.get("given_names_th", ""), values.get("surname_th", "")) if part)
    years = age(written(values.get("birth_date", "")) or PartialDate(), context.now.astimezone(BANGKOK).date())
    kind = catalogue.text("officer.kind_thai_id") if values.get("kind") == THAI_ID else ""
    facts = (thai, values.get("nationality", ""), str(years) if years is not None else "", kind)
    return " · ".join(fact for fact in facts if fact)


def age(born: PartialDate, today: date) -> int | None:
    """Whole years; None when the birth date is not fully known."""
    if born.date is None:
        return None
    return today.year - born.date.year - ((today.month, today.day) < (born.date.month, born.date.day))


def date_words(value: PartialDate, catalogue: Catalogue) -> str:
    """A date as printed on a document."""
    return born_day(value.date, catalogue.language) if value.date else value.text


def _field(said: OfficerAttested, name: str, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    values = said.values
    thai = values.get(f"{name}_th", "")
    return {
        "name": name,
        "label": catalogue.text("field.thai_id" if _is_thai_number(name, said) else f"field.{name}"),
        "value": _shown(name, said, context, catalogue) or catalogue.text("common.unknown"),
        "thai": thai,
        "raw": values.get(name, ""),
        "check": "",
        "tone": "brand",
        "mark": "now",
        "original": "",
        "confirm": "",
    }


def _is_thai_number(name: str, said: OfficerAttested) -> bool:
    return name == "document_number" and said.values.get("kind") == THAI_ID


def _shown(name: str, said: OfficerAttested, context: KioskContext, catalogue: Catalogue) -> str:
    value = said.values.get(name, "")
    if _is_thai_number(name, said):
        return formatted(value)
    if name == "expiry_date" and said.values.get("for_life"):
        return catalogue.text("officer.for_life")
    if not name.endswith("_date"):
        return value
    moment = written(value) or PartialDate()
    text = date_words(moment, catalogue)
    years = age(moment, context.now.astimezone(BANGKOK).date()) if name == "birth_date" else None
    return f"{text} · {years}" if years is not None else text
