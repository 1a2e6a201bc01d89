"""The officer's card of proofs: certificates, papers and letters, each with what it is and whose word it rests on."""

from datetime import datetime
from typing import Any

from config.messages.catalogue import Catalogue
from config.messages.moments import BANGKOK, clock, day
from config.places import name_of
from config.rules.reasons import ReasonCode, message_key
from station.certificates.result import CertificateFormat, CertificateResult, Entry, EntryKind, Verdict
from station.documents.dates import written
from station.evidence import Attestation, CertificateRead, Evidence, OfficerAttested, PaperKind, Truth
from station.kiosk.card_parts import Parts, parts_of
from station.kiosk.context import KioskContext
from station.kiosk.officer_class import class_title
from station.kiosk.officer_evidence import MARKS, TONES

_VERDICTS = {Verdict.VALID: Truth.PASS, Verdict.INVALID: Truth.FAIL, Verdict.UNDECIDED: Truth.CANNOT_TELL}
PRODUCTS = {
    "EU/1/20/1528": "Comirnaty",
    "EU/1/20/1507": "Spikevax",
    "EU/1/21/1529": "Vaxzevria",
    "EU/1/20/1525": "Jcovden",
    "EU/1/21/1618": "Nuvaxovid",
    "CoronaVac": "CoronaVac",
    "BBIBP-CorV": "BBIBP-CorV",
    "Covishield": "Covishield",
    "Sputnik-V": "Sputnik V",
}
"""Trade names of the EU DCC value set vaccines-covid-19-names."""
_TESTS = {"LP6464-4": "officer.test_pcr", "LP217198-3": "officer.test_rapid"}
_RESULTS = {"260415000": "officer.not_detected", "260373001": "officer.detected"}
_SHOWN = 3
"""So many proofs fit on the card; all of them stand in its list."""


def certificate_card(evidence: Evidence, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    """Every proof in one line each, the one that counts first; `all` of them for the list behind the card."""
    rows = proof_rows(evidence, context, catalogue)
    if not rows:
        return {
            "there": False,
            "chip": catalogue.text("state.need"),
            "title": catalogue.text("officer.certificate_none"),
            "text": catalogue.text("officer.certificate_none_text"),
            "rows": [],
        }
    return {
        "there": True,
        "tone": rows[0]["tone"],
        "mark": rows[0]["mark"],
        "chip": rows[0]["chip"],
        "rows": rows,
        "shown": _SHOWN,
    }


def proof_rows(evidence: Evidence, context: KioskContext, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Certificates, then what an officer attested in their place."""
    first = evidence.certificate
    held = sorted(evidence.certificates, key=lambda each: each is not first)
    rows = [_certificate(each, catalogue) for each in held]
    rows += [_paper(each, catalogue) for each in evidence.papers]
    said = evidence.attestation(Attestation.CERTIFICATE)
    rows += [_seen(said, catalogue)] if said is not None else []
    letter = evidence.attestation(Attestation.EXEMPTION)
    rows += [_letter(letter, context, catalogue)] if letter is not None and letter.values else []
    return rows


def proof_names(evidence: Evidence, context: KioskContext, catalogue: Catalogue) -> dict[str, str]:
    """What to call the proof of an id that a rule outcome names."""
    return {row["id"]: row["name"] for row in proof_rows(evidence, context, catalogue)}


def format_name(kind: CertificateFormat, catalogue: Catalogue) -> str:
    """What officers call a format of certificate."""
    return catalogue.text(f"officer.format_{kind.value.replace('-', '_')}")


def missing_words(parts: Parts, catalogue: Catalogue) -> str:
    """Which code of a card of several is still to be shown."""
    missing = ", ".join(str(number) for number in parts.missing)
    return catalogue.text("officer.parts", shown=len(parts.shown), total=parts.total, missing=missing)


def _certificate(read: CertificateRead, catalogue: Catalogue) -> dict[str, Any]:
    result = read.result
    truth = _VERDICTS[result.verdict]
    kind = format_name(result.format, catalogue)
    entries = [entry_words(entry, catalogue) for entry in result.entries]
    parts = parts_of(result)
    test = catalogue.text("officer.test_signer") if result.test_signer else ""
    signer = result.signer or result.issuer
    if truth is Truth.PASS:
        line = " · ".join(part for part in (catalogue.text("officer.signed_by", signer=signer), test) if part)
    else:
        line = missing_words(parts, catalogue) if parts else _reason(result, catalogue)
    return {
        "id": read.id,
        "kind": "certificate",
        "tone": TONES[truth],
        "mark": MARKS[truth],
        "chip": catalogue.text("officer.parts_chip" if parts else f"officer.certificate_{result.verdict.value}"),
        "title": entries[0] if entries else kind,
        "text": f"{kind} · {line}" if entries else line,
        "brief": _brief(kind, result, parts, line, catalogue),
        "name": f"{kind} · {_short(result.entries[0], catalogue)}" if result.entries else kind,
        "facts": _facts(read, entries[1:], catalogue),
        "picture": "",
    }


def _brief(kind: str, result: CertificateResult, parts: Parts | None, line: str, catalogue: Catalogue) -> str:
    """The same in few words, where several proofs stand below each other."""
    if parts:
        return line
    said = catalogue.text(f"officer.certificate_{result.verdict.value}")
    return f"{kind} · {said}" if result.verdict is Verdict.VALID else f"{kind} · {said} · {result.reason.value}"


def _facts(read: CertificateRead, more: list[str], catalogue: Catalogue) -> list[str]:
    """What stands in the list behind the card: further entries, issuer, dates, oddities."""
    result = read.result
    facts = list(more)
    if result.issuer:
        facts.append(catalogue.text("officer.issued_by", issuer=result.issuer))
    for key, moment in (("issued", result.issued_at), ("expires", result.expires_at)):
        if moment is not None:
            facts.append(catalogue.text(f"officer.{key}_at", date=day(moment, catalogue.language)))
    facts.append(catalogue.text("officer.read_at", time=clock(read.at, seconds=True)))
    if result.warnings:
        facts.append(catalogue.text("officer.oddities", count=len(result.warnings)))
    return facts


def _paper(paper: OfficerAttested, catalogue: Catalogue) -> dict[str, Any]:
    values = paper.values
    kind = PaperKind(values["kind"])
    parts = [catalogue.text(f"officer.paper_{kind.value}")]
    if values.get("result"):
        parts.append(catalogue.text(f"officer.paper_{values['result']}"))
    parts += [values.get("doses", ""), PRODUCTS.get(values.get("product", ""), values.get("product", ""))]
    title = " · ".join(part for part in (*parts, moment_words(values.get("at", ""), catalogue)) if part)
    facts = [catalogue.text("officer.paper_holder", name=values["holder"])] if values.get("holder") else []
    facts += [name_of(values["country"], catalogue.language)] if values.get("country") else []
    return _attested(paper, catalogue) | {
        "kind": "paper",
        "title": title,
        "name": catalogue.text("officer.paper_named", kind=catalogue.text(f"officer.paper_{kind.value}")),
        "text": f"{values.get('issuer', '')} · {_by(paper, catalogue)}",
        "facts": [*facts, _picture_words(paper, catalogue)],
        "values": dict(values),
    }


def _letter(letter: OfficerAttested, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    values = letter.values
    title = class_title(context.believed.order, values.get("class", ""), catalogue)
    facts = [catalogue.text("officer.letter_reference", reference=values.get("reference", ""))]
    if values.get("until"):
        facts.append(catalogue.text("officer.letter_until", date=moment_words(values["until"], catalogue)))
    return _attested(letter, catalogue) | {
        "kind": "letter",
        "title": f"{catalogue.text('officer.paper_exemption')} · {title}",
        "name": catalogue.text("officer.paper_exemption"),
        "text": f"{values.get('issuer', '')} · {_by(letter, catalogue)}",
        "facts": [*facts, _picture_words(letter, catalogue)],
        "values": dict(values),
    }


def _seen(said: OfficerAttested, catalogue: Catalogue) -> dict[str, Any]:
    """A certificate of which an officer said no more than that it was seen."""
    parts = (said.values.get("kind", ""), said.values.get("issuer", ""), said.values.get("date", ""))
    title = " · ".join(_kind_word(part, catalogue) for part in parts if part)
    row = {"kind": "seen", "title": title, "name": catalogue.text("officer.attested"), "text": _by(said, catalogue)}
    return _attested(said, catalogue) | row | {"facts": []}


def _attested(said: OfficerAttested, catalogue: Catalogue) -> dict[str, Any]:
    chip = catalogue.text("officer.attested")
    brief = f"{chip} · {_picture_words(said, catalogue)}"
    return {
        "id": said.id, "tone": "brand", "mark": "now", "chip": chip, "brief": brief, "picture": said.picture_sha256,
    }  # fmt: skip


def _by(said: OfficerAttested, catalogue: Catalogue) -> str:
    return catalogue.text("officer.attested_by", officer=said.officer, time=clock(said.at))


def _picture_words(said: OfficerAttested, catalogue: Catalogue) -> str:
    return catalogue.text("officer.with_picture" if said.picture else "officer.without_picture")


def moment_words(text: str, catalogue: Catalogue) -> str:
    """A day, or a day with its time in Bangkok, as people here read it; the text itself when it is neither."""
    if "T" in text:
        try:
            moment = datetime.fromisoformat(text).astimezone(BANGKOK)
        except ValueError:
            return text
        return f"{day(moment, catalogue.language)} {clock(moment)}"
    found = written(text)
    return day(found.date, catalogue.language) if found is not None and found.date else text


def _kind_word(text: str, catalogue: Catalogue) -> str:
    key = f"officer.paper_{text}"
    return catalogue.text(key) if key in catalogue else text


def _reason(result: CertificateResult, catalogue: Catalogue) -> str:
    return f"{result.reason.value} · {catalogue.text(message_key(result.reason))}"


def _short(entry: Entry, catalogue: Catalogue) -> str:
    if entry.kind is EntryKind.TEST and entry.test_type in _TESTS:
        return catalogue.text(_TESTS[entry.test_type])
    return catalogue.text(f"officer.entry_{entry.kind.value}")


def entry_words(entry: Entry, catalogue: Catalogue) -> str:
    """One entry of a certificate in one line."""
    moment = written(entry.date)
    when = day(moment.date, catalogue.language) if moment is not None and moment.date else entry.date[:10]
    parts = [catalogue.text(f"officer.entry_{entry.kind.value}")]
    if entry.kind is EntryKind.VACCINATION:
        if entry.dose is not None and entry.doses is not None:
            parts.append(f"{entry.dose}/{entry.doses}")
        parts.append(PRODUCTS.get(entry.product, entry.product))
    if entry.kind is EntryKind.TEST:
        known = ((_TESTS, entry.test_type), (_RESULTS, entry.test_result))
        parts += [catalogue.text(table[key]) for table, key in known if key in table]
    return " · ".join(part for part in (*parts, when) if part)


def tray_words(tray: tuple[CertificateRead, ...], catalogue: Catalogue) -> list[dict[str, str]]:
    """Certificates that belong to no open traveller yet: holder and kind. Parts of a card are nobody's certificate."""
    words = []
    for read in tray:
        if read.result.reason is ReasonCode.CERTIFICATE_PART:
            continue
        holder = read.result.holder
        name = f"{holder.surname}, {holder.given_names}" if holder is not None else ""
        words.append({"name": name or catalogue.text("common.unknown"), "time": clock(read.at)})
    return words
