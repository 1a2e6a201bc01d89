"""Holder and entries out of the FHIR R4 bundle of a card (SMART Health Cards Vaccination and Testing guide).

The reader is tolerant: what is odd is a warning. What its issuer does not vouch for as done (an immunization that is
not `completed`, a result that is not final), what is another person's, and a test that is not known to be about
COVID-19 make no entry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.result import Entry, EntryKind, Holder, Step
from station.certificates.shc import vocabulary
from station.documents.dates import written

_FINAL = ("final", "amended", "corrected")
"""FHIR R4 ObservationStatus of results that stand."""
_NAME_USES = ("official", "usual")


@dataclass(frozen=True, slots=True, repr=False)
class Content:
    """What a card says."""

    holder: Holder
    entries: tuple[Entry, ...]
    warnings: tuple[str, ...]


def read_bundle(bundle: Mapping[str, Any], *, covid: bool) -> Content:
    """Read a bundle without believing it.

    Args:
        bundle: JSON of a FHIR bundle.
        covid: the card says that it is about COVID-19; then an unknown vaccine or test is taken to be.

    Raises:
        StepFailed: it is no bundle.
    """
    if bundle.get("resourceType") != "Bundle":
        raise _empty("it holds no FHIR bundle")
    resources = list(_resources(bundle))
    patients = [(name, each) for name, each in resources if each.get("resourceType") == "Patient"]
    found = [] if bundle.get("type") == "collection" else ["the bundle is not a collection"]
    found += ["it names more than one person; the first was read"] if len(patients) > 1 else []
    names = [name for name, _ in patients]
    first = names[0] if names and names.count(names[0]) == 1 else ""
    entries: list[Entry] = []
    for _, resource in resources:
        kind = resource.get("resourceType")
        if kind == "Patient":
            continue
        if kind not in ("Immunization", "Observation"):
            found.append("it holds a resource that is neither a vaccination nor a test result")
            continue
        person = _map(resource.get("patient" if kind == "Immunization" else "subject")).get("reference")
        if len(patients) > 1 and (person != first or not first):
            found.append("an entry is another person's or nobody knows whose, and was left out")
            continue
        read = _immunization if kind == "Immunization" else _observation
        entry, oddities = read(resource, covid)
        found += oddities
        entries += [entry] if entry else []
    found += ["an element of the content is empty"] if _has_empty(bundle) else []
    holder, oddities = _holder(patients[0][1] if patients else {})
    return Content(holder, _count_doses(entries), tuple(dict.fromkeys([*oddities, *found])))


def _resources(bundle: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each resource with the name by which others refer to it."""
    for entry in _list(bundle.get("entry")):
        resource = _map(entry).get("resource")
        if isinstance(resource, dict):
            yield _text(_map(entry).get("fullUrl")), resource


def _holder(patient: Mapping[str, Any]) -> tuple[Holder, list[str]]:
    names = [name for name in _list(patient.get("name")) if isinstance(name, dict)]
    wanted = [name for use in _NAME_USES for name in names if name.get("use") == use]
    name = (wanted or names or [{}])[0]
    surname = _text(name.get("family"))
    given = " ".join(filter(None, map(_text, _list(name.get("given")))))
    if not surname and not given:
        surname = _text(name.get("text"))
    birth_text = _text(patient.get("birthDate"))
    birth = written(birth_text)
    found = [] if surname or given else ["the holder has no name"]
    found += ["the holder has several names"] if len(names) > 1 else []
    if birth is None:
        found.append("the birth date is no date")
    elif birth.date is None:
        found.append("the birth date is empty or incomplete")
    return Holder(surname, given, "", "", birth_text, birth), found


def _immunization(resource: Mapping[str, Any], covid: bool) -> tuple[Entry | None, list[str]]:
    if resource.get("status") != "completed":
        return None, ["a vaccination that is not completed was left out"]
    codings = list(_codings(resource.get("vaccineCode")))
    known = next((vaccine for vaccine in (vocabulary.vaccine(*each) for each in codings) if vaccine), None)
    date = _text(resource.get("occurrenceDateTime"))
    protocol = _map(next(iter(_list(resource.get("protocolApplied"))), None))
    diseases = {code for target in _list(protocol.get("targetDisease")) for _, code in _codings(target)}
    about_covid = known is not None or vocabulary.COVID in diseases or (covid and not diseases)
    found = [] if codings else ["a vaccination names no vaccine"]
    found += ["a vaccination's vaccine is not known here"] if codings and known is None else []
    found += _date_oddities(date)
    found += ["a vaccination has two dates"] if date and "occurrenceString" in resource else []
    found += ["a dose was weaker than it should be"] if resource.get("isSubpotent") is True else []
    entry = Entry(
        kind=EntryKind.VACCINATION,
        disease=vocabulary.COVID if about_covid else "",
        date=date,
        product=known.product if known else codings[0][1] if codings else "",
        manufacturer=known.manufacturer if known else "",
        vaccine=known.vaccine if known else "",
        dose=_whole(protocol, "doseNumber"),
        doses=_whole(protocol, "seriesDoses"),
        centre=_text(_map(_map(next(iter(_list(resource.get("performer"))), None)).get("actor")).get("display")),
    )
    return entry, found


def _observation(resource: Mapping[str, Any], covid: bool) -> tuple[Entry | None, list[str]]:
    if resource.get("status") not in _FINAL:
        return None, ["a test result that is not final was left out"]
    codings = list(_codings(resource.get("code")))
    known = next((kind for kind in (vocabulary.test_type(*each) for each in codings) if kind), "")
    if not known and not covid:
        return None, ["a test result of a kind that is not known here was left out"]
    results = list(_codings(resource.get("valueCodeableConcept")))
    said = next((result for result in (vocabulary.test_result(*each) for each in results) if result), "")
    date = _text(resource.get("effectiveDateTime")) or _text(_map(resource.get("effectivePeriod")).get("start"))
    found = [] if codings else ["a test result names no test"]
    found += ["a test is of a kind that is not known here"] if codings and not known else []
    found += [] if said else ["a test result is neither detected nor not detected"]
    found += _date_oddities(date)
    entry = Entry(
        kind=EntryKind.TEST,
        disease=vocabulary.COVID,
        date=date,
        test_type=known or (codings[0][1] if codings else ""),
        test_result=said or (results[0][1] if results else _text(resource.get("valueString"))),
        centre=_text(_map(next(iter(_list(resource.get("performer"))), None)).get("display")),
    )
    return entry, found


def _count_doses(entries: list[Entry]) -> tuple[Entry, ...]:
    """Number the doses against COVID-19 by their dates, where the issuer did not; how many are due stays unknown."""
    dates = sorted({entry.date for entry in entries if _counts(entry)})
    return tuple(
        replace(entry, dose=dates.index(entry.date) + 1) if entry.dose is None and _counts(entry) else entry
        for entry in entries
    )


def _counts(entry: Entry) -> bool:
    """Two records of one day are one dose."""
    date = written(entry.date)
    vaccination = entry.kind is EntryKind.VACCINATION and entry.disease == vocabulary.COVID
    return vaccination and date is not None and date.date is not None


def _date_oddities(date: str) -> list[str]:
    read = written(date)
    return ["an entry's date is no day of the calendar"] if read is None or read.date is None else []


def _codings(concept: Any) -> Iterator[tuple[str, str]]:
    """Vocabulary and code of each coding that has both."""
    for coding in _list(_map(concept).get("coding")):
        system, code = _text(_map(coding).get("system")), _text(_map(coding).get("code"))
        if code:
            yield system, code


def _whole(protocol: Mapping[str, Any], name: str) -> int | None:
    """A number of doses, as `…PositiveInt` or as `…String` (FHIR R4 Immunization.protocolApplied)."""
    number = protocol.get(f"{name}PositiveInt")
    if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 100:
        return number
    text = protocol.get(f"{name}String")
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 3 else None


def _has_empty(value: Any) -> bool:
    """Whether an element is null, an empty text, list or object, which FHIR forbids (R4, JSON representation)."""
    if value is None or value in ("", [], {}):
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_has_empty(item) for item in inner)


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _empty(what: str) -> StepFailed:
    return StepFailed(
        Step.PAYLOAD, ReasonCode.CERTIFICATE_PAYLOAD, f"The card is malformed: {what}; ask for another one."
    )
