"""Vaccines by the names under which issuers write them, in the EU's codes for which entry rules are written.

EU DCC value set "vaccines-covid-19-encoding-instructions" (2023-05-05): product, manufacturer, SNOMED CT code. Only
names that mean one product are here, and a maker's only where it has one: "AstraZeneca" may be Covishield or Vaxzevria,
"Sinopharm" one of two.
"""

from collections.abc import Mapping
from dataclasses import dataclass

COVID_19 = "840539006"
"""SNOMED CT."""
_COVID_19_CODES = frozenset((COVID_19, "XN109", "RA01", "RA01.0", "U07.1"))
"""SNOMED CT; ICD-11 for the virus and for the disease; ICD-10."""

_VECTOR, _MRNA, _WHOLE, _SPIKE = "29061000087103", "1119349007", "1157024006", "1162643001"


@dataclass(frozen=True, slots=True)
class Vaccine:
    """Codes of a product, as in the EU DCC's `mp`, `ma` and `vp`."""

    product: str
    manufacturer: str
    kind: str


_BY_NAME: Mapping[tuple[str, ...], Vaccine] = {
    ("covishield",): Vaccine("Covishield", "ORG-100001981", _VECTOR),
    ("covaxin",): Vaccine("Covaxin", "Bharat-Biotech", _WHOLE),
    ("covovax",): Vaccine("Covovax", "ORG-100001981", _SPIKE),
    ("sputnikv",): Vaccine("Sputnik-V", "Gamaleya-Research-Institute", _VECTOR),
    ("sputniklight",): Vaccine("Sputnik-Light", "Gamaleya-Research-Institute", _VECTOR),
    ("comirnaty", "pfizer", "pfizerbiontech"): Vaccine("EU/1/20/1528", "ORG-100030215", _MRNA),
    ("spikevax", "moderna", "covid19vaccinemoderna"): Vaccine("EU/1/20/1507", "ORG-100031184", _MRNA),
    ("vaxzevria",): Vaccine("EU/1/21/1529", "ORG-100001699", _VECTOR),
    ("jcovden", "janssen", "covid19vaccinejanssen"): Vaccine("EU/1/20/1525", "ORG-100001417", _VECTOR),
    ("coronavac",): Vaccine("CoronaVac", "Sinovac-Biotech", _WHOLE),
    ("bbibpcorv",): Vaccine("BBIBP-CorV", "ORG-100020693", _WHOLE),
    ("nuvaxovid",): Vaccine("EU/1/21/1618", "ORG-100032020", _SPIKE),
    ("convidecia",): Vaccine("Convidecia", "ORG-100013793", _VECTOR),
}
_VACCINES = {name: vaccine for names, vaccine in _BY_NAME.items() for name in names}


def by_name(name: str) -> Vaccine | None:
    """The vaccine that a name means, whatever its letters' case, spaces and marks; None when it is not certain."""
    return _VACCINES.get("".join(letter for letter in name.casefold() if letter.isalnum()))


def disease_code(code: str) -> str:
    """A disease's code, COVID-19 in the spelling of the EU DCC whichever code system names it."""
    return COVID_19 if code.strip().upper() in _COVID_19_CODES else code
