"""Every state of the lane as a snapshot, with invented people. The tests and the guide's pictures show these."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from config.loader import load
from config.messages.said import say
from config.rules.reading import load_all
from config.rules.reasons import ReasonCode, message_key
from config.rules.ruleset import in_force
from config.settings import Settings
from drivers.readings import DeviceHealth, DeviceKind, DeviceState, SkinTemperature, TemperatureState
from models.regions import Guidance, Note, Quad, ReadState
from models.specimens.people import Person, zone_lines
from station.certificates.result import CertificateFormat, CertificateResult, Entry, EntryKind, Holder, Step, Verdict
from station.certificates.shc.numeric import encode_parts
from station.certificates.trust.bundle import Scheme, bundle
from station.certificates.verify import verify
from station.documents.dates import PartialDate
from station.documents.mrz import parse
from station.evidence import (
    Attestation,
    CertificateRead,
    ComparedField,
    DocumentRead,
    Evidence,
    EvidenceKind,
    FieldCorrection,
    HolderMatch,
    Judgement,
    OfficerAttested,
    RuleOutcome,
    TemperatureTaken,
    Truth,
    VerdictKind,
)
from station.kiosk.ports import Believed, TrustAge, UplinkState, UplinkWords
from station.lane.deeds import Deed, DeedReport, DeedState
from station.lane.snapshot import LaneSnapshot, Need, NeedState, Notice, Phase, Saved, Sight

NOW = datetime(2026, 11, 20, 2, 41, 7, tzinfo=UTC)
MAJA = Person(
    surname="Lindqvarn",
    given_names="Maja Elin",
    native_name="",
    sex="F",
    birth_date=date(1991, 4, 17),
    nationality="UTO",
    document_number="UT4821907",
    expiry_date=date(2031, 9, 2),
)
PIN = "2569"
OFFICER = "Somjai R."


BELIEVED = Believed(
    trust=(
        TrustAge(Scheme.HCERT, 1713, NOW - timedelta(hours=19)),
        TrustAge(Scheme.SHC, 212, NOW - timedelta(days=2)),
        TrustAge(Scheme.ICAO, 9, NOW - timedelta(days=4)),
        TrustAge(Scheme.DIVOC, 0, None),
    ),
    order=in_force(load_all(), "demo", "inbound", NOW),
)
STALE = replace(
    BELIEVED,
    trust=(replace(BELIEVED.trust[0], made_at=NOW - timedelta(days=20)), *BELIEVED.trust[1:3],
           TrustAge(Scheme.DIVOC, 2, None)),
)  # fmt: skip


def settings(**overrides: dict[str, object]) -> Settings:
    """The demonstration's profile at an invented checkpoint."""
    place = {"code": "tha-chatchai", "name_th": "ท่าฉัตรไชย", "name_en": "Tha Chatchai"}
    return load("demo", {"checkpoint": place, "station": {"lane": "2"}, **overrides})


def document_read(person: Person = MAJA, **changes: object) -> DocumentRead:
    document = parse(zone_lines(person), NOW.date())
    read = DocumentRead("d1", NOW, "camera-1", document, ReadState.CLEAN, 0.97, 5)
    return replace(read, **changes)  # type: ignore[arg-type]


def certificate_read(
    *, surname: str = "LINDKVARN", verdict: Verdict = Verdict.VALID, bound: bool = True
) -> CertificateRead:
    holder = Holder(surname, "Maja E.", surname, "MAJA<E", "1991-04-17", PartialDate(1991, 4, 17))
    entry = Entry(
        EntryKind.VACCINATION,
        "840539006",
        "UTO",
        "Utopia Ministry of Health",
        date="2026-03-02",
        product="EU/1/20/1528",
        dose=2,
        doses=2,
    )
    good = verdict is Verdict.VALID
    result = CertificateResult(
        CertificateFormat.HCERT,
        verdict,
        Step.DONE if good else Step.SIGNATURE,
        ReasonCode.CERTIFICATE_VALID if good else ReasonCode.CERTIFICATE_SIGNATURE,
        "The certificate is genuine." if good else "The signature does not hold.",
        holder=holder,
        entries=(entry,),
        issuer="UTO",
        signer="Utopia Ministry of Health",
        test_signer=True,
    )
    return CertificateRead("c1", NOW, "camera-1", result, bound)


def card_read() -> CertificateRead:
    """A SMART Health Card with a test, of a signer that nobody here knows."""
    read = certificate_read(surname="LINDQVARN")
    entry = Entry(EntryKind.TEST, "840539006", "", "Laboratory of Utopia", date="2026-11-19T08:00:00+07:00",
                  test_type="LP6464-4", test_result="260415000")  # fmt: skip
    result = replace(
        read.result, format=CertificateFormat.SHC, verdict=Verdict.UNDECIDED, step=Step.SIGNER,
        reason=ReasonCode.CERTIFICATE_SIGNER_UNKNOWN, entries=(entry,), signer="",
        issuer="https://cards.example.test/issuer", test_signer=False,
    )  # fmt: skip
    return replace(read, id="c2", result=result)


def part_read() -> CertificateRead:
    """The second of three codes of a card."""
    parts = encode_parts("eyJhbGciOiJFUzI1NiJ9." + "bm90aGluZw" * 40 + ".c2ln", 3)
    return CertificateRead("c3", NOW, "camera-1", verify(parts[1], bundle(()), NOW))


PCR_PAPER = {
    "kind": "pcr", "issuer": "Laboratory of Utopia", "at": "2026-11-19T08:30:00+07:00", "result": "negative",
    "holder": "MAJA ELIN LINDQVARN",
}  # fmt: skip
LETTER = {"class": "crew", "issuer": "Harbour Office of Utopia", "reference": "HO 12/2569", "until": "2026-12-31"}
PHOTOGRAPH = b"\xff\xd8\xff" + bytes(64)
"""No picture: only its digest is shown."""


def skin(celsius: float | None, state: TemperatureState = TemperatureState.READY) -> SkinTemperature:
    return SkinTemperature(state, NOW, "thermal-1", celsius, 0.3 if celsius else None, 29.1, 6, 0.98, (7, 15))


def taken(celsius: float, attempt: int = 1) -> TemperatureTaken:
    return TemperatureTaken(f"t{attempt}", NOW, skin(celsius), attempt)


_PARAMS = {"celsius": "36.4", "limit": "37.5", "date": "2031-09-02", "checks": "birth date"}


def outcome(rule: str, truth: Truth, code: str, order: str, needs: EvidenceKind | None = None) -> RuleOutcome:
    return RuleOutcome(rule, truth, code, message_key(ReasonCode(code)), _PARAMS, f"118/69 {order}", needs)


def judgement(
    *outcomes: RuleOutcome,
    missing: tuple[EvidenceKind, ...] = (),
    second: bool = False,
    holder: HolderMatch | None = None,
) -> Judgement:
    fine = all(o.truth is Truth.PASS for o in outcomes)
    verdict = VerdictKind.ADMIT if fine and not missing and not second else VerdictKind.REFER
    digest = BELIEVED.order.digest if BELIEVED.order else ""
    return Judgement(
        verdict, outcomes, missing, second, holder, "demo-2026", 4, "118/69", NOW, traveller_class="traveller",
        rule_set_digest=digest,
    )  # fmt: skip


PASSED = (
    outcome("document-readable", Truth.PASS, "M-OK", "§2"),
    outcome("document-in-date", Truth.PASS, "M-DAT", "§2"),
    outcome("certificate-valid", Truth.PASS, "C-OK", "§3"),
    outcome("certificate-entry", Truth.PASS, "C-ENT", "§5"),
    outcome("skin-temperature", Truth.PASS, "T-OK", "§6"),
)
SAME = outcome("holder-matches", Truth.PASS, "M-HOL", "§4")
UNSURE = outcome("holder-matches", Truth.CANNOT_TELL, "M-NAU", "§4")
EXPIRED = outcome("document-in-date", Truth.FAIL, "M-EXP", "§2")

MATCH = HolderMatch(
    Truth.CANNOT_TELL,
    0.91,
    (
        ComparedField("surname", "LINDQVARN", "LINDKVARN", Truth.CANNOT_TELL, (4,)),
        ComparedField("given_names", "MAJA ELIN", "MAJA E", Truth.PASS),
        ComparedField("birth_date", "1991-04-17", "1991-04-17", Truth.PASS),
    ),
)
AGREES = HolderMatch(
    Truth.PASS,
    1.0,
    (
        ComparedField("surname", "LINDQVARN", "LINDQVARN", Truth.PASS),
        ComparedField("given_names", "MAJA ELIN", "MAJA ELIN", Truth.PASS),
        ComparedField("birth_date", "1991-04-17", "1991-04-17", Truth.PASS),
    ),
)

THAI_CARD = {
    "kind": "thai_id",
    "document_number": "1101400234562",
    "nationality": "THA",
    "birth_date": "1990-04-17",
    "expiry_date": "2032-04-16",
    "surname": "RATTANAKUL",
    "given_names": "PHATTHARAPHON",
    "surname_th": "รัตนกุล",
    "given_names_th": "ภัทรพร",
}
THAI_MATCH = HolderMatch(
    Truth.CANNOT_TELL,
    0.94,
    (
        ComparedField("name_th", "ภัทรพร รัตนกุล", "ภัทรพล รัตนกุล", Truth.CANNOT_TELL, (5,)),
        ComparedField("surname", "RATTANAKUL", "RATTANAKUL", Truth.PASS),
        ComparedField("given_names", "PHATTHARAPHON", "PATTARAPON", Truth.CANNOT_TELL, (1, 4, 9)),
        ComparedField("birth_date", "1990-04-17", "1990-04-17", Truth.PASS),
    ),
)

_DEVICES = (
    DeviceHealth("camera-1", DeviceState.READY, "", 0.1, 900, kind=DeviceKind.CAMERA),
    DeviceHealth("thermal-1", DeviceState.READY, "", 0.1, 900, kind=DeviceKind.THERMAL),
)
_FURTHER = (
    DeviceHealth("passports", DeviceState.READY, "", 41.0, 212, 3, kind=DeviceKind.DOCUMENT_READER),
    DeviceHealth("codes", DeviceState.READY, "", 73.0, 190, 1, kind=DeviceKind.CODE_READER),
    DeviceHealth("relays", DeviceState.READY, "", 4.0, kind=DeviceKind.RELAYS),
    DeviceHealth("printer", DeviceState.READY, "", 2.0, kind=DeviceKind.PRINTER),
)
ALL_DEVICES = (*_DEVICES, *_FURTHER)
"""Of a lane with everything that can be set up."""
_NAMES = (
    "HALVAR, ODA",
    "ORUNSEN, TILDE",
    "BRAENDVIK, JON ASKEL",
    "VESTERQUIST, ANNELI",
    "MARLOW, PIA",
    "",
    "TOIVARI, ELO",
)
_KINDS = (
    VerdictKind.ADMIT,
    VerdictKind.REFER,
    VerdictKind.ADMIT,
    VerdictKind.ADMIT,
    VerdictKind.REFUSE,
    VerdictKind.REFER,
    VerdictKind.ADMIT,
)
_RECENT = tuple(
    Saved(f"s{n}", 4811 - n, NOW - timedelta(minutes=2 + 3 * n), kind, (), name, "UTO" if name else "")
    for n, (name, kind) in enumerate(zip(_NAMES, _KINDS, strict=True))
)
_DOCUMENT, _CERTIFICATE, _TEMPERATURE = EvidenceKind.DOCUMENT, EvidenceKind.CERTIFICATE, EvidenceKind.TEMPERATURE


def needs(*states: str) -> tuple[Need, ...]:
    kinds = (_DOCUMENT, _CERTIFICATE, _TEMPERATURE)
    return tuple(Need(kind, NeedState(state)) for kind, state in zip(kinds, states, strict=True))


def snapshot(phase: Phase, **parts: object) -> LaneSnapshot:
    open_now = phase in (Phase.GATHERING, Phase.PROPOSED, Phase.SAVED)
    base = LaneSnapshot(
        at=NOW,
        phase=phase,
        revision=1,
        opened_at=NOW - timedelta(seconds=14) if open_now else None,
        recent=_RECENT,
        devices=_DEVICES,
        measuring=skin(36.4),
    )
    return replace(base, **parts)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Exhibit:
    """One state, and what the camera and the scanner see in it."""

    snapshot: LaneSnapshot
    scene: str = "passport"
    face: float | None = 36.6
    uplink: UplinkWords = field(default_factory=lambda: UplinkWords(UplinkState.CONNECTED, 0, None, 4811, NOW))
    scanner: bool = True
    camera: bool = True
    believed: Believed = BELIEVED


_WAITING = UplinkWords(UplinkState.UNREACHABLE, 12, NOW - timedelta(minutes=27), 4799, NOW - timedelta(minutes=28))
_FULL = Evidence(document_read(), (certificate_read(),), (taken(36.4),))
_MISSING_CERT = (
    *(o for o in PASSED if not o.rule.startswith("certificate")),
    outcome("certificate-valid", Truth.CANNOT_TELL, "C-MIS", "§3", _CERTIFICATE),
)


def exhibits(passport: Quad, code: Quad) -> dict[str, Exhibit]:
    """Every state by name. The outlines are where the pictures of `Pictures` have the zone and the code."""
    size = {"width": 1280, "height": 720}
    document = Evidence(document_read())
    hot = Evidence(document_read(), (certificate_read(surname="LINDQVARN"),), (taken(38.1),))
    saved = Saved("s", 4812, NOW, VerdictKind.ADMIT, (), "LINDQVARN, MAJA ELIN", "UTO")
    torn = document_read(state=ReadState.FAILED, confidence=0.62)
    number = FieldCorrection("surname", "LINDOVARN", "LINDQVARN", OFFICER, NOW)
    gone = (
        replace(
            _DEVICES[0],
            state=DeviceState.FAILED,
            age_seconds=180.0,
            reason="camera-1 gives no picture; check its cable.",
        ),
        _DEVICES[1],
    )
    bad = parse((*zone_lines(MAJA)[:1], zone_lines(MAJA)[1].replace("UTO910417", "UTO910471")), NOW.date())
    return {
        "idle": Exhibit(snapshot(Phase.IDLE, measuring=skin(None, TemperatureState.NO_FACE)), "desk", None),
        "not_ready": Exhibit(
            snapshot(
                Phase.NOT_READY,
                measuring=skin(None, TemperatureState.WARMING),
                devices=(
                    replace(_DEVICES[0], state=DeviceState.OPENING),
                    replace(_DEVICES[1], state=DeviceState.WARMING),
                ),
            ),
            "desk",
            None,
            UplinkWords(UplinkState.OFF),
        ),
        "document": Exhibit(
            snapshot(
                Phase.GATHERING,
                needs=needs("now", "need", "done"),
                evidence=Evidence(temperatures=(taken(36.4),)),
                judgement=judgement(
                    outcome("document-readable", Truth.CANNOT_TELL, "M-MIS", "§2", _DOCUMENT),
                    *PASSED[4:],
                    missing=(_DOCUMENT, _CERTIFICATE),
                ),
                sight=Sight(document=passport, guidance=Guidance.CLOSER, **size),
            )
        ),
        "document_unreadable": Exhibit(
            snapshot(
                Phase.GATHERING,
                needs=needs("now", "need", "need"),
                notice=Notice.DOCUMENT_UNREADABLE,
                sight=Sight(guidance=Guidance.GLARE, **size),
            )
        ),
        "certificate": Exhibit(
            snapshot(
                Phase.GATHERING,
                needs=needs("done", "now", "need"),
                evidence=document,
                judgement=judgement(*_MISSING_CERT, missing=(_CERTIFICATE, _TEMPERATURE)),
                sight=Sight(code=code, **size),
            ),
            "phone",
        ),
        "other_code": Exhibit(
            snapshot(
                Phase.GATHERING,
                needs=needs("done", "now", "done"),
                evidence=document,
                notice=Notice.OTHER_CODE,
                notice_detail="boarding_pass",
                judgement=judgement(*_MISSING_CERT, missing=(_CERTIFICATE,)),
                tray=(certificate_read(bound=False),),
                sight=Sight(**size),
            ),
            "phone",
            uplink=_WAITING,
        ),
        "temperature": Exhibit(
            snapshot(
                Phase.GATHERING,
                needs=needs("done", "done", "now"),
                evidence=Evidence(document_read(), (certificate_read(surname="LINDQVARN"),)),
                judgement=judgement(
                    *PASSED[:4],
                    SAME,
                    outcome("skin-temperature", Truth.CANNOT_TELL, "T-MIS", "§6", _TEMPERATURE),
                    missing=(_TEMPERATURE,),
                    holder=AGREES,
                ),
            )
        ),
        "rest": Exhibit(
            snapshot(
                Phase.GATHERING,
                needs=needs("done", "done", "now"),
                evidence=hot,
                measuring=skin(38.0),
                judgement=judgement(
                    *PASSED[:4],
                    SAME,
                    outcome("skin-temperature", Truth.CANNOT_TELL, "T-2ND", "§6"),
                    second=True,
                    holder=AGREES,
                ),
            ),
            face=38.3,
        ),
        "confirm": Exhibit(
            snapshot(
                Phase.PROPOSED,
                needs=needs("done", "done", "done"),
                evidence=replace(_FULL, certificates=(certificate_read(surname="LINDQVARN"),)),
                judgement=judgement(*PASSED, SAME, holder=AGREES),
            )
        ),
        "refer": Exhibit(
            snapshot(
                Phase.PROPOSED,
                needs=needs("done", "done", "done"),
                evidence=_FULL,
                sight=Sight(document=passport, guidance=Guidance.HOLD_STILL, **size),
                judgement=judgement(*PASSED[:1], EXPIRED, *PASSED[2:], UNSURE, holder=MATCH),
            ),
            uplink=_WAITING,
        ),
        "fever": Exhibit(
            snapshot(
                Phase.PROPOSED,
                needs=needs("done", "done", "done"),
                evidence=replace(hot, temperatures=(taken(38.1), taken(38.0, 2))),
                judgement=judgement(
                    *PASSED[:4], SAME, outcome("skin-temperature", Truth.FAIL, "T-HOT", "§6"), holder=AGREES
                ),
            ),
            face=38.3,
        ),
        "torn": Exhibit(
            snapshot(
                Phase.PROPOSED,
                needs=needs("done", "done", "done"),
                evidence=replace(
                    _FULL,
                    document=replace(torn, document=bad, corrections=(number,)),
                    certificates=(certificate_read(verdict=Verdict.INVALID),),
                ),
                notice=Notice.FIELD_REFUSED,
                notice_detail="birth_date",
                judgement=judgement(
                    outcome("document-readable", Truth.FAIL, "M-CHK", "§2"),
                    PASSED[1],
                    outcome("certificate-valid", Truth.FAIL, "C-SIG", "§3"),
                    outcome("certificate-entry", Truth.CANNOT_TELL, "C-RUU", "§5"),
                    PASSED[4],
                    UNSURE,
                    holder=MATCH,
                ),
            )
        ),
        "attested": Exhibit(
            snapshot(
                Phase.PROPOSED,
                needs=(
                    Need(_DOCUMENT, NeedState.DONE, True),
                    Need(_CERTIFICATE, NeedState.DONE, True),
                    Need(_TEMPERATURE, NeedState.DONE, True),
                ),
                devices=gone,
                evidence=_attested(),
                judgement=judgement(*(replace(o, attested=True) for o in PASSED), replace(SAME, attested=True)),
            ),
            camera=False,
        ),
        "camera_gone": Exhibit(
            snapshot(
                Phase.GATHERING,
                needs=needs("now", "need", "done"),
                devices=gone,
                evidence=Evidence(temperatures=(taken(36.4),)),
                judgement=judgement(
                    outcome("document-readable", Truth.CANNOT_TELL, "M-MIS", "§2", _DOCUMENT),
                    *PASSED[4:],
                    missing=(_DOCUMENT, _CERTIFICATE),
                ),
            ),
            uplink=_WAITING,
            camera=False,
        ),
        "journal_full": Exhibit(
            snapshot(
                Phase.PROPOSED,
                needs=needs("done", "done", "done"),
                evidence=_FULL,
                notice=Notice.JOURNAL_FULL,
                judgement=judgement(*PASSED, UNSURE, holder=MATCH),
            ),
            uplink=_WAITING,
        ),
        "admit": Exhibit(
            snapshot(
                Phase.SAVED,
                needs=needs("done", "done", "done"),
                evidence=replace(_FULL, certificates=(certificate_read(surname="LINDQVARN"),)),
                judgement=judgement(*PASSED, SAME, holder=AGREES),
                saved=saved,
                recent=(saved, *_RECENT),
            )
        ),
        "referred": Exhibit(
            snapshot(
                Phase.SAVED,
                needs=needs("done", "done", "done"),
                evidence=_FULL,
                judgement=judgement(*PASSED, UNSURE, holder=MATCH),
                saved=replace(saved, verdict=VerdictKind.REFER),
                recent=(replace(saved, verdict=VerdictKind.REFER), *_RECENT),
            )
        ),
        "again": Exhibit(snapshot(Phase.AGAIN, saved=_RECENT[0]), "passport"),
        **_doubts(passport, code),
        **_papers(),
        **_equipped(saved),
    }


def _doubts(passport: Quad, code: Quad) -> dict[str, Exhibit]:
    """What the reader is not certain of, and a card that an officer typed."""
    size = {"width": 1280, "height": 720}
    both = (Note.SCREEN, Note.SEVERAL_DOCUMENTS)
    doubted = document_read(unconfirmed=("surname", "given_names", "nationality", "sex"), confidence=0.71)
    confirmed = document_read(
        corrections=(FieldCorrection("surname", "LINDQVARN", "LINDQVARN", OFFICER, NOW),), notes=(Note.SCREEN,)
    )
    bound = certificate_read(surname="LINDQVARN")
    seen = OfficerAttested("a1", NOW, OFFICER, Attestation.DOCUMENT_SEEN)
    asking = snapshot(
        Phase.GATHERING,
        needs=needs("now", "need", "done"),
        evidence=Evidence(temperatures=(taken(36.4),)),
        judgement=judgement(
            outcome("document-readable", Truth.CANNOT_TELL, "M-MIS", "§2", _DOCUMENT),
            *PASSED[4:],
            missing=(_DOCUMENT, _CERTIFICATE),
        ),
        sight=Sight(document=passport, guidance=Guidance.WHOLE_PAGE, **size),
    )
    proposed = snapshot(Phase.PROPOSED, needs=needs("done", "done", "done"))
    return {
        "unconfirmed": Exhibit(
            replace(
                proposed,
                evidence=Evidence(doubted, (bound,), (taken(36.4),)),
                judgement=judgement(
                    outcome("document-readable", Truth.CANNOT_TELL, "M-CFM", "§2"), *PASSED[1:], SAME, holder=AGREES
                ),
            )
        ),
        "on_screen": Exhibit(
            replace(
                proposed,
                evidence=Evidence(replace(doubted, notes=both), (bound,), (taken(36.4),)),
                judgement=judgement(
                    outcome("document-readable", Truth.CANNOT_TELL, "M-SCR", "§2"), *PASSED[1:], SAME, holder=AGREES
                ),
            )
        ),
        "settled": Exhibit(
            replace(
                proposed,
                evidence=Evidence(confirmed, (bound,), (taken(36.4),), (seen,)),
                judgement=judgement(replace(PASSED[0], attested=True), *PASSED[1:], SAME, holder=AGREES),
            )
        ),
        "whole_page": Exhibit(asking),
        "one_document": Exhibit(
            replace(asking, sight=Sight(guidance=Guidance.ONE_DOCUMENT, **size)), uplink=_WAITING
        ),
        "thai_card": Exhibit(
            replace(
                proposed,
                needs=(Need(_DOCUMENT, NeedState.DONE, True), *needs("done", "done", "done")[1:]),
                evidence=Evidence(
                    None, (certificate_read(),), (taken(36.4),),
                    (OfficerAttested("a1", NOW, OFFICER, Attestation.DOCUMENT, THAI_CARD),),
                ),
                judgement=judgement(*(replace(o, attested=True) for o in PASSED), UNSURE, holder=THAI_MATCH),
            )
        ),
    }  # fmt: skip


def _papers() -> dict[str, Exhibit]:
    """Several proofs, papers and letters, a card of several codes, and trust data that has become old."""
    proposed = snapshot(Phase.PROPOSED, needs=needs("done", "done", "done"))
    paper = OfficerAttested("a1", NOW, OFFICER, Attestation.PAPER, PCR_PAPER, PHOTOGRAPH)
    letter = OfficerAttested("a2", NOW, OFFICER, Attestation.EXEMPTION, LETTER)
    vaccination, card = certificate_read(surname="LINDQVARN"), card_read()
    several = replace(
        proposed,
        evidence=Evidence(document_read(), (vaccination, card), (taken(36.4),), (paper,)),
        judgement=judgement(
            *PASSED[:3],
            replace(PASSED[3], proof="c1"),
            replace(outcome("tested", Truth.PASS, "C-ENT", "§5 (2)"), attested=True, proof="a1"),
            PASSED[4], SAME, holder=AGREES,
        ),
    )  # fmt: skip
    exempt = outcome("traveller-class", Truth.PASS, "R-EXM", "§7")
    wait = outcome("certificate-valid", Truth.CANNOT_TELL, "C-PRT", "§3", _CERTIFICATE)
    many = tuple(
        outcome(f"rule-{n}", Truth.PASS, "C-ENT", f"Order 3491/2564 clause {n}, practice of the checkpoint")
        for n in range(4)
    )
    return {
        "several": Exhibit(several),
        "letter": Exhibit(
            replace(
                proposed,
                evidence=Evidence(document_read(), (), (taken(36.4),), (letter,)),
                judgement=replace(
                    judgement(replace(exempt, attested=True, proof="a2"), *PASSED[:2], PASSED[4]),
                    traveller_class="crew",
                ),
            )
        ),
        "next_code": Exhibit(
            snapshot(
                Phase.GATHERING,
                needs=needs("done", "now", "done"),
                evidence=Evidence(document_read(), (part_read(),), (taken(36.4),)),
                judgement=judgement(*PASSED[:2], wait, PASSED[4], missing=(_CERTIFICATE,)),
            ),
            "phone",
        ),
        "many_rules": Exhibit(
            replace(
                several,
                judgement=judgement(
                    outcome("traveller-class", Truth.CANNOT_TELL, "R-CLS", ""), EXPIRED, UNSURE, *PASSED, *many,
                    holder=MATCH,
                ),
            ),
            believed=STALE,
        ),
        "stale": Exhibit(
            snapshot(Phase.IDLE, measuring=skin(None, TemperatureState.NO_FACE)), "desk", None, _WAITING, believed=STALE
        ),
        "no_order": Exhibit(
            replace(several, judgement=replace(several.judgement, rule_set_digest="")), believed=Believed()  # type: ignore[type-var]
        ),
    }  # fmt: skip


def _ill(device: str, state: DeviceState, reason: str) -> tuple[DeviceHealth, ...]:
    return tuple(replace(d, state=state, reason=reason) if d.device == device else d for d in ALL_DEVICES)


_WIRED = (Deed.GATE, Deed.SIREN, Deed.SLIP)


def _equipped(saved: Saved) -> dict[str, Exhibit]:
    """A lane with readers, gate and printer: each gone in its turn, and what was done after "saved"."""
    begun = snapshot(
        Phase.GATHERING,
        needs=needs("now", "need", "done"),
        evidence=Evidence(temperatures=(taken(36.4),)),
        judgement=judgement(
            outcome("document-readable", Truth.CANNOT_TELL, "M-MIS", "§2", _DOCUMENT),
            *PASSED[4:],
            missing=(_DOCUMENT, _CERTIFICATE),
        ),
        devices=ALL_DEVICES,
    )
    absent = DeviceState.ABSENT
    camera = _ill("camera-1", absent, say("{device} is not connected; plug it in.", device="camera"))
    reader = _ill("passports", absent, say("{device} is not connected; plug it in.", device="passports"))
    codes = _ill("codes", DeviceState.IDENTIFYING, "")
    both = tuple(replace(d, state=absent) if d.device in ("camera-1", "passports") else d for d in ALL_DEVICES)
    paper = _ill("printer", DeviceState.FAILED, say("{device} is out of paper; put in a new roll.", device="printer"))
    done = snapshot(
        Phase.SAVED,
        needs=needs("done", "done", "done"),
        evidence=replace(_FULL, certificates=(certificate_read(surname="LINDQVARN"),)),
        judgement=judgement(*PASSED, SAME, holder=AGREES),
        saved=saved,
        recent=(saved, *_RECENT),
        devices=ALL_DEVICES,
        offers=_WIRED,
    )

    def deed(what: Deed, state: DeedState, reason: str = "") -> DeedReport:
        return DeedReport(what, state, NOW, saved.screening, saved.sequence, reason)

    opened = deed(Deed.GATE, DeedState.CONFIRMED)
    stuck = say("{device} did not switch; operate it by hand.", device="relays")
    return {
        "equipped": Exhibit(replace(begun, devices=codes, offers=_WIRED)),
        "camera_gone_readers": Exhibit(replace(begun, devices=camera), camera=False),
        "reader_gone": Exhibit(replace(begun, devices=reader)),
        "reading_gone": Exhibit(replace(begun, devices=both), camera=False),
        "idle_reader": Exhibit(
            snapshot(Phase.IDLE, measuring=skin(None, TemperatureState.NO_FACE), devices=camera), "desk", None,
            camera=False,
        ),
        "gate_opened": Exhibit(replace(done, deeds=(opened, deed(Deed.SLIP, DeedState.COMMANDED)))),
        "gate_failed": Exhibit(
            replace(
                done,
                deeds=(
                    deed(Deed.GATE, DeedState.FAILED, stuck),
                    deed(Deed.SLIP, DeedState.UNDER_WAY),
                ),
            )
        ),
        "slip_failed": Exhibit(
            replace(done, devices=paper, deeds=(opened, deed(Deed.SLIP, DeedState.FAILED, paper[-1].reason)))
        ),
    }  # fmt: skip


def _attested() -> Evidence:
    values = {
        "surname": "LINDQVARN",
        "given_names": "MAJA",
        "document_number": "UT4821907",
        "nationality": "UTO",
        "birth_date": "1991-04-17",
        "expiry_date": "2031-09-02",
    }
    return Evidence(
        attested=(
            OfficerAttested("a1", NOW, OFFICER, Attestation.DOCUMENT, values),
            OfficerAttested(
                "a2",
                NOW,
                OFFICER,
                Attestation.CERTIFICATE,
                {"kind": "vaccination", "issuer": "Utopia", "date": "2026-03-02"},
            ),
            OfficerAttested("a3", NOW, OFFICER, Attestation.TEMPERATURE, {"celsius": "36.6", "thermometer": "No. 2"}),
        )
    )
