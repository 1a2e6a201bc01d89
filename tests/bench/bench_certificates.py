"""How long verifying a certificate and judging by the rule set take, after the code and the document were read."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from config.rules.ruleset import load_all
from drivers.readings import SkinTemperature, TemperatureState
from models.regions import ReadState
from station.certificates.issuing.hcert import (
    Flaw,
    Recovery,
    Subject,
    Swab,
    Vaccination,
    issue,
    make_issuer,
    make_signer,
)
from station.certificates.trust.bundle import bundle
from station.certificates.verify import verify
from station.documents.mrz import parse
from station.evidence import CertificateRead, DocumentRead, Evidence, TemperatureTaken
from station.judgement.judge import judge

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ROUNDS = 400
VERIFY_BUDGET_MS = 2.0


def _times(work: Callable[[int], Any]) -> list[float]:
    for number in range(20):
        work(number)
    times = []
    for number in range(ROUNDS):
        started = time.thread_time()
        work(number)
        times.append((time.thread_time() - started) * 1000)
    return sorted(times)


def run() -> dict[str, Any]:
    """Median and p95 of CPU milliseconds, over mixed certificates and a trust bundle of 500 signers."""
    issuer = make_issuer(b"bench", NOW)
    others = [make_signer(b"bench %d" % n, f"Signer {n}", NOW, country="XX").trusted() for n in range(500)]
    trust = bundle([issuer.trusted.trusted(), issuer.tests_only.trusted(), *others], NOW)
    subject = Subject("Eriksson", "Anna Maria", date(1974, 8, 12))
    proofs = (
        Vaccination(date(2026, 9, 1)),
        Swab(NOW - timedelta(hours=20)),
        Recovery(date(2026, 8, 1), date(2026, 8, 12), date(2027, 1, 1)),
    )
    texts = [
        issue(issuer, subject, proof, NOW, str(number), flaw)
        for number, (proof, flaw) in enumerate(
            [*((proof, Flaw.NONE) for proof in proofs), (proofs[0], Flaw.FORGED), (proofs[0], Flaw.UNKNOWN_SIGNER)]
        )
    ]
    verifying = _times(lambda n: verify(texts[n % len(texts)], trust, NOW))
    lines = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F3204151ZE184226B<<<<<18")
    parsing = _times(lambda n: parse(lines, NOW.date()))
    reading = SkinTemperature(TemperatureState.READY, NOW, "bench", 36.2, 0.1, 28.0, 6, 0.98)
    evidence = Evidence(
        DocumentRead("d", NOW, "bench", parse(lines, NOW.date()), ReadState.CLEAN, 0.99, 3),
        (CertificateRead("c", NOW, "bench", verify(texts[0], trust, NOW), True),),
        (TemperatureTaken("t", NOW, reading, 1),),
    )
    rules = load_all()[0]
    judging = _times(lambda n: judge(evidence, rules, NOW))
    return {
        "name": "certificates",
        "signers": len(trust),
        "verify_ms_median": round(statistics.median(verifying), 3),
        "verify_ms_p95": round(verifying[int(len(verifying) * 0.95)], 3),
        "verify_budget_ms": VERIFY_BUDGET_MS,
        "parse_ms_median": round(statistics.median(parsing), 3),
        "judge_ms_median": round(statistics.median(judging), 3),
        "judge_ms_p95": round(judging[int(len(judging) * 0.95)], 3),
        "ok": statistics.median(verifying) <= VERIFY_BUDGET_MS,
    }


if __name__ == "__main__":
    import json

    print(json.dumps(run()))
