"""How long verifying a certificate, loading a trust bundle and judging by the rule set take.

Certificates are fresh ones of the test issuer, good and flawed, of every format; no chain keeps anything between two
of them. The trust bundle holds 2,000 certificates beside the drill's own signers.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from config.rules.reading import load_all, load_history
from drivers.readings import SkinTemperature, TemperatureState
from models.regions import ReadState
from station.certificates.issuing import drill
from station.certificates.issuing.content import Proof, Recovery, Subject, Swab, Vaccination, kind_of
from station.certificates.issuing.flaws import Flaw
from station.certificates.issuing.signers import make_signer
from station.certificates.result import CertificateFormat
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle, from_icao_certificate, merge
from station.certificates.trust.files import load, write_bundle
from station.certificates.trust.folder import write_folder
from station.certificates.verify import verify
from station.documents.mrz import parse
from station.evidence import CertificateRead, DocumentRead, Evidence, TemperatureTaken
from station.judgement.judge import judge

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ROUNDS = 400
SIGNERS = 2000
VERIFY_BUDGET_MS = 2.0
SUBJECT = Subject("Eriksson", "Anna Maria", date(1974, 8, 12))
PROOFS: tuple[Proof, ...] = (
    Vaccination(date(2026, 9, 1)),
    Swab(NOW - timedelta(hours=20)),
    Recovery(date(2026, 8, 1), date(2026, 8, 12), date(2027, 1, 1)),
)


def _times(work: Callable[[int], Any], rounds: int = ROUNDS) -> list[float]:
    for number in range(min(rounds, 20)):
        work(number)
    times = []
    for number in range(rounds):
        started = time.thread_time()
        work(number)
        times.append((time.thread_time() - started) * 1000)
    return sorted(times)


def _said(times: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(times), 3), "p95": round(times[int(len(times) * 0.95)], 3)}


def run() -> dict[str, Any]:
    """CPU milliseconds: verifying by format, good and flawed ones apart; loading trust; judging; reading a zone."""
    authority = drill.make_authority(b"bench", NOW)
    trust, loading = _trust(authority)
    formats: dict[str, Any] = {}
    for form in drill.FORMATS:
        good = [_issue(authority, form, proof, Flaw.NONE) for proof in PROOFS if _carries(form, proof)]
        flawed = [_issue(authority, form, PROOFS[0], flaw) for flaw in drill.flaws_of(form, PROOFS[:1])[1:]]
        wrong = sum(verify(text, trust, NOW).verdict != "valid" for text in good)
        formats[form.value] = {
            "good": _said(_times(lambda n, texts=good: verify(texts[n % len(texts)], trust, NOW))),
            "flawed": _said(_times(lambda n, texts=flawed: verify(texts[n % len(texts)], trust, NOW))),
            "not_valid": wrong,
        }
    worst = max(row["good"]["median"] for row in formats.values())
    return {
        "name": "certificates",
        "signers": len(trust),
        **{name: _said(times) for name, times in loading.items()},
        "verify_ms": formats,
        "verify_ms_median": worst,
        "verify_budget_ms": VERIFY_BUDGET_MS,
        **_judging(trust, _issue(authority, CertificateFormat.HCERT, PROOFS[0], Flaw.NONE)),
        "ok": worst <= VERIFY_BUDGET_MS and not any(row["not_valid"] for row in formats.values()),
    }


def _carries(form: CertificateFormat, proof: Proof) -> bool:
    return kind_of(proof) in drill.CARRIES[form]


def _issue(authority: drill.Authority, form: CertificateFormat, proof: Proof, flaw: Flaw) -> str:
    return drill.issue(form, authority, SUBJECT, [proof], NOW, f"{form.value}-{flaw.value}"[:24], flaw).text


def _trust(authority: drill.Authority) -> tuple[TrustBundle, dict[str, list[float]]]:
    """2,000 signers of three schemes beside those of the drill; and how long they take to load.

    As a bundle that is in force (a folder), and as one file of certificates.
    """
    makers = [make_signer(b"bench %d" % n, f"Signer {n}", NOW, country="XX") for n in range(SIGNERS)]
    signers = [
        each.trusted()
        if number % 2
        else Signer(b"key %d" % number, each.key.public_key(), "XX", scheme=Scheme.SHC, issuer=f"https://{number}.test")
        if number % 4
        else from_icao_certificate(each.certificate, test=True)
        for number, each in enumerate(makers)
    ]
    with tempfile.TemporaryDirectory() as name:
        folder, file = Path(name) / "bundle", Path(name) / "trust.json"
        write_folder(folder, signers, version=1, created_at=NOW, dates={}, test=True)
        file.write_text(write_bundle([each.certificate for each in makers], NOW, test=True), encoding="utf-8")
        loading = {
            "trust_load_ms": _times(lambda _: load([folder], allow_test=True), 15),
            "trust_file_load_ms": _times(lambda _: load([file], allow_test=True), 15),
        }
        return merge([drill.trust(authority, NOW), load([folder], allow_test=True)]), loading


def _judging(trust: TrustBundle, text: str) -> dict[str, Any]:
    lines = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F3204151ZE184226B<<<<<18")
    reading = SkinTemperature(TemperatureState.READY, NOW, "bench", 36.2, 0.1, 28.0, 6, 0.98)
    evidence = Evidence(
        DocumentRead("d", NOW, "bench", parse(lines, NOW.date()), ReadState.CLEAN, 0.99, 3),
        (CertificateRead("c", NOW, "bench", verify(text, trust, NOW), True),),
        (TemperatureTaken("t", NOW, reading, 1),),
    )
    rules = (*load_all(), *load_history())
    return {
        "parse_ms": _said(_times(lambda n: parse(lines, NOW.date()))),
        "judge_ms": _said(_times(lambda n: judge(evidence, rules[n % len(rules)], NOW))),
        "rule_sets": len(rules),
    }


def table(found: dict[str, Any]) -> str:
    """Every figure beside its limit's unit, for a person."""
    lines = ["CPU milliseconds.", "", "| what | median | 95 % |", "|---|---|---|"]
    for form, row in found["verify_ms"].items():
        lines.append(f"| verify {form}, good | {row['good']['median']} | {row['good']['p95']} |")
        lines.append(f"| verify {form}, flawed | {row['flawed']['median']} | {row['flawed']['p95']} |")
    for label, figure in (
        (f"load a trust bundle of {SIGNERS} keys", "trust_load_ms"),
        (f"load a file of {SIGNERS} certificates", "trust_file_load_ms"),
        ("judge by a rule set", "judge_ms"),
        ("parse a machine-readable zone", "parse_ms"),
    ):
        lines.append(f"| {label} | {found[figure]['median']} | {found[figure]['p95']} |")
    return "\n".join(lines)


if __name__ == "__main__":
    import json

    print(json.dumps(run()))
