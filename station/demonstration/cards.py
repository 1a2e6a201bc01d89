"""The cards of the presenter page: each traveller with the face of their passport."""

from io import BytesIO

from models.specimens.visual_zone import portrait_of
from station.demonstration.cast import Traveller
from station.demonstration.ports import CastMember
from station.evidence import VerdictKind

_PORTRAIT = (176, 226)


def cast_members(cast: tuple[Traveller, ...]) -> tuple[CastMember, ...]:
    """The cards of the cast, with portraits drawn as in their passports."""
    return tuple(_member(traveller) for traveller in cast)


def _member(traveller: Traveller) -> CastMember:
    person = traveller.person
    png = BytesIO()
    portrait_of(person, *_PORTRAIT).save(png, "PNG")
    return CastMember(
        key=traveller.key,
        name=", ".join(part for part in (person.surname, person.given_names) if part),
        portrait_png=png.getvalue(),
        about_key=f"presenter.about.{traveller.special}",
        expects="ADMIT" if traveller.expects is VerdictKind.ADMIT else "REFER",
    )
