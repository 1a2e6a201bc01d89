"""The invented travellers of the demonstration: who they are, what they carry, and what is special about them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from random import Random

from models.specimens.people import Culture, Person, invent, zone_lines
from station.certificates.issuing.hcert import DrillIssuer, Flaw, Proof, Recovery, Subject, Swab, Vaccination, issue
from station.evidence import VerdictKind


class Special(StrEnum):
    """What is special about a traveller; the values are keys of the catalogues under `presenter.about.`."""

    UNREMARKABLE = "unremarkable"
    FEVERISH = "feverish"
    WARM_ONCE = "warm_once"
    """High at first, as after a climb in the sun; not any more after a rest."""
    EXPIRED_CERTIFICATE = "expired_certificate"
    HOLDER_MISMATCH = "holder_mismatch"
    FORGED_SIGNATURE = "forged_signature"
    UNKNOWN_SIGNER = "unknown_signer"
    TORN_PASSPORT = "torn_passport"
    EXPIRED_PASSPORT = "expired_passport"


_FLAWS = {
    Special.EXPIRED_CERTIFICATE: Flaw.EXPIRED,
    Special.FORGED_SIGNATURE: Flaw.FORGED,
    Special.UNKNOWN_SIGNER: Flaw.UNKNOWN_SIGNER,
}
_ADMITTED = (Special.UNREMARKABLE, Special.WARM_ONCE)

ORDER_OF_APPEARANCE = (
    Special.UNREMARKABLE,
    Special.FEVERISH,
    Special.UNREMARKABLE,
    Special.EXPIRED_CERTIFICATE,
    Special.UNREMARKABLE,
    Special.HOLDER_MISMATCH,
    Special.WARM_ONCE,
    Special.FORGED_SIGNATURE,
    Special.UNREMARKABLE,
    Special.UNKNOWN_SIGNER,
    Special.UNREMARKABLE,
    Special.TORN_PASSPORT,
    Special.UNREMARKABLE,
    Special.EXPIRED_PASSPORT,
)


@dataclass(frozen=True, slots=True)
class Traveller:
    """One invented traveller with all that they present."""

    key: str
    person: Person = field(repr=False)
    special: Special
    zone: tuple[str, ...] = field(repr=False)
    """Lines of the machine-readable zone of their passport."""
    certificate: str = field(repr=False)
    """Text of their code."""
    on_phone: bool
    celsius: tuple[float, float] = field(repr=False)
    """Warmest skin at the first measurement, and at every later one."""

    @property
    def expects(self) -> VerdictKind:
        """What a right station proposes."""
        return VerdictKind.ADMIT if self.special in _ADMITTED else VerdictKind.REFER


def cast(number: int, seed: int, issuer: DrillIssuer, now: datetime) -> tuple[Traveller, ...]:
    """So many travellers, the special ones spread among the unremarkable.

    Args:
        number: how many.
        seed: the same seed, issuer and moment give the same people.
        issuer: signs their certificates.
        now: aware; every date is drawn around it.
    """
    rng = Random(seed)
    met: set[str] = set()
    order = [ORDER_OF_APPEARANCE[i % len(ORDER_OF_APPEARANCE)] for i in range(number)]
    return tuple(_traveller(i + 1, special, rng, met, issuer, now) for i, special in enumerate(order))


def _traveller(
    number: int, special: Special, rng: Random, met: set[str], issuer: DrillIssuer, now: datetime
) -> Traveller:
    today = now.astimezone(UTC).date()
    person = _adult(rng, today, met)
    if special is Special.EXPIRED_PASSPORT:
        person = replace(person, expiry_date=today - timedelta(days=rng.randrange(20, 400)))
    holder = _adult(rng, today, met) if special is Special.HOLDER_MISMATCH else person
    subject = Subject(holder.surname, holder.given_names, holder.birth_date)
    text = issue(issuer, subject, _proof(rng, now), now, f"{number:04d}", _FLAWS.get(special, Flaw.NONE))
    return Traveller(
        key=f"t{number:03d}",
        person=person,
        special=special,
        zone=zone_lines(person),
        certificate=text,
        on_phone=rng.random() < 0.5,
        celsius=_celsius(special, rng),
    )


def _adult(rng: Random, today: date, met: set[str]) -> Person:
    """Somebody of age with two names, of a family not met before while there are any left.

    Children and people with one name are for later chapters of the demonstration.
    """
    tries = 0
    while True:
        tries += 1
        person = invent(rng, today)
        if person.age_on(today) < 18 or person.culture in (Culture.LONG, Culture.SINGLE):
            continue
        if person.surname not in met or tries > 60:
            met.add(person.surname)
            return person


def _proof(rng: Random, now: datetime) -> Proof:
    today = now.date()
    match rng.choice(("vaccination", "vaccination", "test", "recovery")):
        case "vaccination":
            return Vaccination(on=today - timedelta(days=rng.randrange(30, 170)))
        case "test":
            return Swab(sampled_at=now - timedelta(hours=rng.randrange(6, 60)))
        case _:
            positive = today - timedelta(days=rng.randrange(20, 150))
            return Recovery(positive, positive + timedelta(days=11), positive + timedelta(days=180))


def _celsius(special: Special, rng: Random) -> tuple[float, float]:
    usual = rng.uniform(35.4, 36.7)
    if special is Special.FEVERISH:
        return rng.uniform(38.2, 39.2), rng.uniform(38.2, 39.0)
    if special is Special.WARM_ONCE:
        return rng.uniform(37.9, 38.2), rng.uniform(36.4, 36.9)
    return usual, usual
