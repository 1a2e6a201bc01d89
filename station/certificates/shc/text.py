"""What a SMART Health Card arrives as: digits of one or several codes, a bare JWS, or a file's text.

Files are JSON: `{"verifiableCredential": [JWS, ...]}` (Framework 1.4, "via File Download"), or the FHIR `Parameters`
that an issuer's interface answers with ("$health-cards-issue Operation").
"""

from typing import Any

from config.rules.reasons import ReasonCode
from station.certificates import strict_json
from station.certificates.errors import StepFailed
from station.certificates.hcert.container import MAX_TEXT
from station.certificates.result import Step
from station.certificates.shc.numeric import PREFIX, join, read_parts

LONGEST_SINGLE = 1195
"""Characters of a JWS that fit one code of version 22 ("Chunking Larger SHCs")."""
_KEY = "verifiableCredential"


def find_jws(text: str) -> tuple[str, tuple[str, ...]]:
    """The JWS in a text, and what is odd about how it is written.

    Raises:
        StepFailed: too long, no digits of a card, an incomplete card (undecided), or a file without a card.
    """
    trimmed = text.strip()
    if len(trimmed) > MAX_TEXT:
        raise StepFailed(
            Step.NUMERIC,
            ReasonCode.CERTIFICATE_NUMERIC,
            f"The text is longer than any card can be ({MAX_TEXT} characters at most); scan the code itself.",
        )
    if trimmed[: len(PREFIX)].lower() == PREFIX:
        return _of_codes(trimmed)
    if trimmed.startswith("{"):
        return _of_file(trimmed)
    return trimmed, ()


def _of_codes(text: str) -> tuple[str, tuple[str, ...]]:
    parts = read_parts(text)
    jws = join(parts)
    if parts[0].total > 1:
        return jws, ("it comes in several codes, which issuers should no longer do",)
    found = ["its only code is numbered"] if parts[0].numbered else []
    found += ["it is longer than a single code should be"] if len(jws) > LONGEST_SINGLE else []
    return jws, tuple(found)


def _of_file(text: str) -> tuple[str, tuple[str, ...]]:
    try:
        content = strict_json.loads(text)
    except ValueError as error:
        raise _no_card(str(error)) from error
    cards = _cards(content) if isinstance(content, dict) else []
    if not cards:
        raise _no_card("it names no card")
    more = (f"the file holds {len(cards)} cards, of which the first was read",) if len(cards) > 1 else ()
    return cards[0], more


def _cards(content: dict[str, Any]) -> list[str]:
    listed = content.get(_KEY)
    if not isinstance(listed, list):
        parameters = content.get("parameter")
        listed = [
            parameter.get("valueString")
            for parameter in (parameters if isinstance(parameters, list) else ())
            if isinstance(parameter, dict) and parameter.get("name") == _KEY
        ]
    return [card for card in listed if isinstance(card, str)]


def _no_card(what: str) -> StepFailed:
    return StepFailed(
        Step.JSON, ReasonCode.CERTIFICATE_JSON, f"The file holds no SMART Health Card ({what}); choose another one."
    )
