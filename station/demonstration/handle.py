"""The world as the presenter page sees it: cards with the face of each passport, and the state in plain words."""

from io import BytesIO

from models.specimens.passport import portrait_of
from station.demonstration.cast import Traveller
from station.demonstration.ports import CastMember
from station.demonstration.world import World
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


class WorldAtTheLane:
    """A `WorldHandle` over the demonstration's world."""

    def __init__(self, world: World) -> None:
        self.present, self.automatic, self.picture, self.state = (
            world.present, world.automatic, world.picture, world.state
        )  # fmt: skip
