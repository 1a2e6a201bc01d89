"""The proofs of health that rules weigh: entries of verified certificates, and papers that an officer attested. Pure.

A paper becomes what an EU DCC would say of it, its rows marked `"attested": true`, so that the order's rules about age,
doses and kind apply to it just the same. It counts for nothing beside a certificate that is not genuine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.rules.ruleset import Proof, ProofSource
from station.certificates.moment import Interval
from station.certificates.projection import as_dcc
from station.certificates.result import CertificateFormat, CertificateResult, Entry, EntryKind, Holder, Verdict
from station.evidence import Attestation, Evidence, OfficerAttested, PaperKind

COVID_19 = "840539006"
"""SNOMED CT, as in the EU DCC value set disease-agent-targeted."""
_NUCLEIC_ACID, _ANTIGEN = "LP6464-4", "LP217198-3"
"""LOINC, as in the EU DCC value set test-type."""
_NOT_DETECTED, DETECTED = "260415000", "260373001"
"""SNOMED CT, as in the EU DCC value set test-result."""
_ROWS = tuple(kind.value for kind in EntryKind)


@dataclass(frozen=True, slots=True)
class Known:
    """One proof, and whose word it is."""

    id: str
    """Of the certificate or the attestation."""
    kind: str
    """vaccination, test or recovery."""
    date: str
    early: Proof
    """With the earliest moment that its date may mean."""
    late: Proof
    """With the latest one; the same when the date is exact or counts in days."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """All proofs that may be weighed."""

    known: tuple[Known, ...]
    unclear: bool
    """A genuine certificate holds no entry, or more than its format allows: a person has to look."""

    @property
    def early(self) -> tuple[Proof, ...]:
        """All, dates at their earliest."""
        return tuple(each.early for each in self.known)

    @property
    def late(self) -> tuple[Proof, ...]:
        """All, dates at their latest."""
        return tuple(each.late for each in self.known)


def proofs_of(evidence: Evidence, zone: ZoneInfo, now: Interval) -> Proofs:
    """What may be weighed of one traveller's evidence; `zone` is where a paper's day is reckoned."""
    vouched = evidence.attestation(Attestation.CERTIFICATE) is not None
    spoiled = any(each.result.verdict is Verdict.INVALID for each in evidence.certificates)
    known: list[Known] = []
    unclear = False
    for read in evidence.certificates:
        result = read.result
        by_word = result.verdict is Verdict.UNDECIDED and vouched and not spoiled
        if result.verdict is not Verdict.VALID and not by_word:
            continue
        found = _of_certificate(read.id, result, ProofSource.PAPER if by_word else ProofSource.CERTIFICATE)
        unclear = unclear or not found
        known += found
    if not spoiled:
        known += [_of_paper(paper, zone, now) for paper in evidence.papers if _said(paper)]
    return Proofs(tuple(known), unclear)


def _of_certificate(name: str, result: CertificateResult, source: ProofSource) -> list[Known]:
    """A proof per entry. An EU DCC holds exactly one; the other formats may hold a whole series."""
    if not result.entries or (result.format is CertificateFormat.HCERT and len(result.entries) != 1):
        return []
    frame = {key: value for key, value in result.payload.items() if key not in _ROWS}
    found = []
    for kind in EntryKind:
        entries = [entry for entry in result.entries if entry.kind is kind]
        rows = result.payload.get(kind.value) or ()
        for entry, row in zip(entries, rows, strict=False):
            said = dict(row) | {"attested": True} if source is ProofSource.PAPER else row
            proof = Proof(frame | {kind.value: [said]}, source)
            found.append(Known(name, kind.name.lower(), entry.date, proof, proof))
    return found


def _said(paper: OfficerAttested) -> bool:
    """Whether the values are a paper's, as the lane lets them through; others, out of an odd record, say nothing."""
    try:
        datetime.fromisoformat(paper.values.get("at", ""))
    except ValueError:
        return False
    return paper.values.get("kind") in set(PaperKind)


def _of_paper(paper: OfficerAttested, zone: ZoneInfo, now: Interval) -> Known:
    entry = paper_entry(paper.values, zone)
    early = late = entry
    if entry.kind is EntryKind.TEST and "T" not in entry.date:
        # A day without an hour: the sample may have been taken at any moment of it, until now.
        began = datetime.combine(datetime.fromisoformat(entry.date), time(), zone)
        ended = max(began, min(began + timedelta(days=1), now.latest))
        early, late = (replace(entry, date=moment.isoformat()) for moment in (began, ended))
    kind = entry.kind.name.lower()
    return Known(paper.id, kind, entry.date, _attested(early, paper), _attested(late, paper))


def _attested(entry: Entry, paper: OfficerAttested) -> Proof:
    holder = Holder(paper.values.get("holder", ""), "", "", "", "", None)
    payload: dict[str, Any] = as_dcc(holder, (entry,))
    rows = [row | {"attested": True} for row in payload[entry.kind.value]]
    return Proof(payload | {entry.kind.value: rows}, ProofSource.PAPER)


def paper_entry(values: Mapping[str, str], zone: ZoneInfo) -> Entry:
    """What a paper says, as an entry; values are those of `OfficerAttested`, as the lane lets them through."""
    kind, at = PaperKind(values["kind"]), values.get("at", "")
    exact = datetime.fromisoformat(at).isoformat() if "T" in at else at  # CertLogic wants seconds
    common = Entry(
        EntryKind.TEST, COVID_19, values.get("country", ""), values.get("issuer", ""), date=exact,
        product=values.get("product", ""),
    )  # fmt: skip
    if kind in (PaperKind.PCR, PaperKind.ANTIGEN):
        return replace(
            common,
            test_type=_NUCLEIC_ACID if kind is PaperKind.PCR else _ANTIGEN,
            test_result={"negative": _NOT_DETECTED, "positive": DETECTED}.get(values.get("result", ""), ""),
        )
    day = datetime.fromisoformat(at).astimezone(zone).date().isoformat() if "T" in at else at
    if kind is PaperKind.RECOVERY:
        return replace(common, kind=EntryKind.RECOVERY, date=day)
    given, _, of = values.get("doses", "").partition("/")
    doses = (int(given), int(of)) if given.isdecimal() and of.isdecimal() else (None, None)
    return replace(common, kind=EntryKind.VACCINATION, date=day, dose=doses[0], doses=doses[1])
