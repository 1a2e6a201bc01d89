"""Closed lists that the officer page chooses from, in its language: reasons, vaccines, places."""

from typing import Any

from config.messages.catalogue import Catalogue
from config.places import PROVINCES, countries
from station.kiosk.officer_certificate import PRODUCTS
from station.kiosk.officer_rules import reason_choices
from station.lane import papers


def closed_lists(catalogue: Catalogue) -> dict[str, Any]:
    """What a page needs before anything is at the lane."""
    return {
        "reasons": reason_choices(catalogue),
        "products": [{"code": code, "text": name} for code, name in PRODUCTS.items()],
        "places": _places(catalogue.language),
        "papers": {what.value: dict(patterns) for what, patterns in papers.PATTERNS.items()},
    }


def _places(language: str) -> list[dict[str, str]]:
    """Provinces, then countries by name; `find` holds every name under which one is looked for."""
    rows = [
        {"code": code, "kind": "province", "text": names[language == "th"], "find": " ".join(names).casefold()}
        for code, names in PROVINCES.items()
    ]
    english = countries("en")
    rows += [
        {"code": code, "kind": "country", "text": name, "find": f"{name} {english.get(code, '')} {code}".casefold()}
        for code, name in sorted(countries(language).items(), key=lambda item: item[1])
        if code != "TH"
    ]
    return rows
