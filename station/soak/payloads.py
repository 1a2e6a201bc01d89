"""Invented screenings for the soak: of the form and size that the kiosk writes, and made again from their number."""

from datetime import datetime
from random import Random
from typing import Any

from sync.facts import rfc3339

_LETTERS = "ABCDEFGHIKLMNOPRSTUVWY"
_STATES = ("THA", "RUS", "CHN", "DEU", "GBR", "UTO")
_REASONS = ("C-EXP", "M-CHK", "H-NAM", "D-EXP")


def invent(seed: int, station: str, number: int) -> tuple[dict[str, Any], bool]:
    """What the `number`-th traveller of a station shows, without times, and whether it is an alert.

    The same arguments give the same screening; no two numbers give the same one.
    """
    rng = Random(f"{seed}/{station}/{number}")  # noqa: S311
    alert = rng.random() < 0.01
    reasons = ["T-HOT"] if alert else rng.choices(_REASONS, k=1) if rng.random() < 0.1 else []
    surname, given = _name(rng), _name(rng)
    state, document = rng.choice(_STATES), "".join(rng.choices("CFGHJKLMNPRTVWXYZ0123456789", k=9))
    celsius = round(rng.uniform(38.0, 39.4) if alert else rng.uniform(34.0, 36.9), 2)
    return {
        "screening": f"soak-{seed}-{station}-{number:08d}",
        "checkpoint": "demo",
        "lane": "1",
        "direction": "inbound",
        "verdict": "REFER" if reasons else "ADMIT",
        "decided_by": "rules",
        "reasons": reasons,
        "rule_set": {"id": "phuket-demo", "number": 12, "order": "6523/2564", "digest": rng.randbytes(16).hex()},
        "document": {
            "kind": "TD3", "issuing_state": state, "document_number": document, "surname": surname,
            "given_names": given, "nationality": state, "birth_date": f"19{rng.randrange(40, 99)}-08-17",
            "sex": rng.choice("MF"), "expiry_date": f"20{rng.randrange(28, 36)}-11-02", "state": "clean",
            "lines": [f"P<{state}{surname}<<{given}".ljust(44, "<"), f"{document}4{state}".ljust(44, "<")],
            "checks": {"document_number": "good", "birth_date": "good", "expiry_date": "good", "composite": "good"},
        },
        "certificate": {
            "format": "eu-dcc", "verdict": "valid", "step": "done", "issuer": "UT", "kid": rng.randbytes(8).hex(),
            "holder": {"surname": surname, "given_names": given},
            "entries": [{"doses": 2, "of": 2, "target": "840539006"}],
        },
        "temperature": {"max_celsius": celsius, "emissivity": 0.98, "frames": 6, "state": "steady", "attempt": 1},
        "filled": {"document": "camera", "certificate": "camera", "temperature": "scanner"},
    }, alert  # fmt: skip


def at(invented: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The same with the times of a passage that ends now."""
    moment = rfc3339(now)
    devices = {"document": "camera-1", "certificate": "camera-1", "temperature": "thermal-1"}
    evidence = [{"kind": kind, "device": device, "at": moment} for kind, device in devices.items()]
    return {**invented, "opened_at": moment, "decided_at": moment, "evidence": evidence}


def _name(rng: Random) -> str:
    return "".join(rng.choices(_LETTERS, k=rng.randint(4, 11)))
