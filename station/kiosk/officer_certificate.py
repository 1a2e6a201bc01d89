"""The officer's card about the certificate, and the tray of certificates that belong to nobody yet."""

from typing import Any

from config.messages.catalogue import Catalogue
from config.messages.moments import clock, day
from config.rules.reasons import message_key
from station.certificates.result import CertificateResult, Entry, EntryKind, Verdict
from station.documents.dates import written
from station.evidence import Attestation, CertificateRead, Evidence, Truth
from station.kiosk.officer_evidence import MARKS, TONES

_VERDICTS = {Verdict.VALID: Truth.PASS, Verdict.INVALID: Truth.FAIL, Verdict.UNDECIDED: Truth.CANNOT_TELL}
_PRODUCTS = {
    "EU/1/20/1528": "Comirnaty",
    "EU/1/20/1507": "Spikevax",
    "EU/1/21/1529": "Vaxzevria",
    "EU/1/20/1525": "Jcovden",
    "EU/1/21/1618": "Nuvaxovid",
}
"""Trade names of the EU register of medicinal products, as in the EU DCC value set vaccines-covid-19."""
_TESTS = {"LP6464-4": "officer.test_pcr", "LP217198-3": "officer.test_rapid"}
_RESULTS = {"260415000": "officer.not_detected", "260373001": "officer.detected"}


def certificate_card(evidence: Evidence, catalogue: Catalogue) -> dict[str, Any]:
    """The certificate in one line: what it attests, who signed it, whether it holds."""
    read = evidence.certificate
    attested = evidence.attestation(Attestation.CERTIFICATE)
    if read is not None:
        result = read.result
        truth = _VERDICTS[result.verdict]
        test = catalogue.text("officer.test_signer") if result.test_signer else ""
        signer = " · ".join(part for part in (result.signer or result.issuer, test) if part)
        line = catalogue.text("officer.signed_by", signer=signer) if truth is Truth.PASS else ""
        return {
            "there": True,
            "tone": TONES[truth],
            "mark": MARKS[truth],
            "chip": catalogue.text(f"officer.certificate_{result.verdict.value}"),
            "title": _entry(result.entries[0], catalogue) if result.entries else catalogue.text("need.certificate"),
            "text": line or _reason(result, catalogue),
            "bound": read.bound,
        }
    if attested is not None:
        parts = (attested.values.get("kind", ""), attested.values.get("issuer", ""), attested.values.get("date", ""))
        return {
            "there": True,
            "tone": "brand",
            "mark": "now",
            "chip": catalogue.text("officer.attested"),
            "title": " · ".join(_kind_word(part, catalogue) for part in parts if part),
            "text": catalogue.text("officer.attested_by", officer=attested.officer, time=clock(attested.at)),
            "bound": True,
        }
    return {
        "there": False,
        "chip": catalogue.text("state.need"),
        "title": catalogue.text("officer.certificate_none"),
        "text": catalogue.text("officer.certificate_none_text"),
        "bound": False,
    }


def _kind_word(text: str, catalogue: Catalogue) -> str:
    key = f"officer.paper_{text}"
    return catalogue.text(key) if key in catalogue else text


def _reason(result: CertificateResult, catalogue: Catalogue) -> str:
    return f"{result.reason.value} · {catalogue.text(message_key(result.reason))}"


def _entry(entry: Entry, catalogue: Catalogue) -> str:
    moment = written(entry.date)
    when = day(moment.date, catalogue.language) if moment is not None and moment.date else entry.date[:10]
    parts = [catalogue.text(f"officer.entry_{entry.kind.value}")]
    if entry.kind is EntryKind.VACCINATION:
        if entry.dose is not None and entry.doses is not None:
            parts.append(f"{entry.dose}/{entry.doses}")
        parts.append(_PRODUCTS.get(entry.product, entry.product))
    if entry.kind is EntryKind.TEST:
        known = ((_TESTS, entry.test_type), (_RESULTS, entry.test_result))
        parts += [catalogue.text(table[key]) for table, key in known if key in table]
    return " · ".join(part for part in (*parts, when) if part)


def tray_words(tray: tuple[CertificateRead, ...], catalogue: Catalogue) -> list[dict[str, str]]:
    """Certificates that belong to no open traveller yet: holder and kind."""
    words = []
    for read in tray:
        holder = read.result.holder
        name = f"{holder.surname}, {holder.given_names}" if holder is not None else ""
        words.append({"name": name or catalogue.text("common.unknown"), "time": clock(read.at)})
    return words
