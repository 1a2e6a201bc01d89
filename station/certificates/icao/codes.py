"""Codes of ICAO's health proofs in those of the EU DCC, for which entry rules are written.

Vaccines: WHO's ICD-11 codes for COVID-19 vaccines as mapped to the EU's by WHO (DDCC implementation guide, concept map
"EUDCC to ICD-11"); brand, maker and class by the EU (eHealth Network value sets, vaccine encoding instructions).
Tests: words of ICAO TR VDS-NC, section on proof of testing, as LOINC and SNOMED CT codes of the EU's value sets.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

COVID_19 = "840539006"
"""SNOMED CT."""
DETECTED, NOT_DETECTED = "260373001", "260415000"
"""SNOMED CT."""
NUCLEIC_ACID, RAPID_ANTIGEN = "LP6464-4", "LP217198-3"
"""LOINC."""

_MRNA, _VECTOR = "1119349007", "29061000087103"
_INACTIVATED, _PROTEIN, _ANY = "1157024006", "1162643001", "28531000087107"
"""SNOMED CT, value set vaccine-prophylaxis."""


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A vaccine in the EU's codes."""

    product: str
    manufacturer: str
    kind: str


_SERUM, _GAMALEYA = "ORG-100001981", "Gamaleya-Research-Institute"
COMIRNATY = Vaccine("EU/1/20/1528", "ORG-100030215", _MRNA)
SPIKEVAX = Vaccine("EU/1/20/1507", "ORG-100031184", _MRNA)
VAXZEVRIA = Vaccine("EU/1/21/1529", "ORG-100001699", _VECTOR)
JCOVDEN = Vaccine("EU/1/20/1525", "ORG-100001417", _VECTOR)
NUVAXOVID = Vaccine("EU/1/21/1618", "ORG-100032020", _PROTEIN)
CORONAVAC = Vaccine("CoronaVac", "Sinovac-Biotech", _INACTIVATED)
BBIBP = Vaccine("BBIBP-CorV", "ORG-100020693", _INACTIVATED)
WIBP = Vaccine("WIBP-CorV", "Sinopharm-WIBP", _INACTIVATED)
COVAXIN = Vaccine("Covaxin", "Bharat-Biotech", _INACTIVATED)
COVISHIELD = Vaccine("Covishield", _SERUM, _VECTOR)
COVOVAX = Vaccine("Covovax", _SERUM, _PROTEIN)
SPUTNIK_V = Vaccine("Sputnik-V", _GAMALEYA, _VECTOR)
SPUTNIK_LIGHT = Vaccine("Sputnik-Light", _GAMALEYA, _VECTOR)
CONVIDECIA = Vaccine("Convidecia", "ORG-100013793", _VECTOR)
EPIVACCORONA = Vaccine("EpiVacCorona", "Vector-Institute", _PROTEIN)
COVIVAC = Vaccine("CoviVac", "Chumakov-Federal-Scientific-Center", _INACTIVATED)
HAYAT_VAX = Vaccine("Hayat-Vax", "ORG-100023050", _INACTIVATED)
MEDIGEN = Vaccine("MVC-COV1901", "ORG-100033914", _PROTEIN)

_BY_CODE: Mapping[str, Vaccine] = {
    "XM8NQ0": COMIRNATY, "XM3DT5": SPIKEVAX, "XM4YL8": VAXZEVRIA, "XM6QV1": JCOVDEN, "XM7HT3": CORONAVAC,
    "XM8866": BBIBP, "XM1AU2": WIBP, "XM1G90": COVAXIN, "XM97T2": COVISHIELD, "XM5ZJ4": SPUTNIK_V,
    "XM5QM6": SPUTNIK_LIGHT, "XM1AG7": CONVIDECIA, "XM6SZ8": EPIVACCORONA, "XM85P5": COVIVAC, "XM9FQ7": HAYAT_VAX,
    "XM4EC8": MEDIGEN,
}  # fmt: skip
"""ICD-11 codes that name one brand. XM9T65 names two (Nuvaxovid and Covovax), so the brand's name decides."""
_BY_NAME: tuple[tuple[str, Vaccine], ...] = (
    # The narrower name stands before the wider one: Covishield is AstraZeneca's vaccine by another maker.
    ("covishield", COVISHIELD), ("covovax", COVOVAX), ("comirnaty", COMIRNATY), ("tozinameran", COMIRNATY),
    ("bnt162b2", COMIRNATY), ("pfizer", COMIRNATY), ("spikevax", SPIKEVAX), ("elasomeran", SPIKEVAX),
    ("mrna1273", SPIKEVAX), ("moderna", SPIKEVAX), ("vaxzevria", VAXZEVRIA), ("azd1222", VAXZEVRIA),
    ("astrazeneca", VAXZEVRIA), ("jcovden", JCOVDEN), ("janssen", JCOVDEN), ("ad26cov2s", JCOVDEN),
    ("nuvaxovid", NUVAXOVID), ("nvxcov2373", NUVAXOVID), ("coronavac", CORONAVAC), ("wibp", WIBP), ("bbibp", BBIBP),
    ("covilo", BBIBP), ("covaxin", COVAXIN), ("bbv152", COVAXIN), ("sputniklight", SPUTNIK_LIGHT),
    ("sputnikv", SPUTNIK_V), ("gamcovidvac", SPUTNIK_V), ("convidecia", CONVIDECIA), ("hayatvax", HAYAT_VAX),
    ("covivac", COVIVAC), ("mvccov1901", MEDIGEN), ("medigen", MEDIGEN),
)  # fmt: skip
_KINDS: Mapping[str, str] = {
    "XM0GQ8": _MRNA, "XM9QW8": _VECTOR, "XM1NL1": _INACTIVATED, "XM5JC5": _PROTEIN, "XM3CT4": _PROTEIN, "XM68M6": _ANY,
}  # fmt: skip
"""ICD-11 codes that name only a class."""


def vaccine(code: str, brand: str) -> Vaccine:
    """What was given, by its ICD-11 code and its brand's name.

    What is not known stays in the issuer's own words: the brand as product, the code as class, no maker.
    """
    known = _BY_CODE.get(code.strip().upper()) or next(
        (each for name, each in _BY_NAME if name in re.sub(r"[\W_]", "", brand.casefold())), None
    )
    if known is not None:
        return known
    return Vaccine(brand.strip(), "", _KINDS.get(code.strip().upper(), code.strip()))


def disease(code: str, given: Vaccine) -> str:
    """COVID-19 (ICD-11 RA01 and what is below it) as SNOMED CT; any other code as it is.

    The format need not name it: then a vaccine that is known tells, because all of these are against COVID-19.
    """
    tidy = code.strip()
    if re.fullmatch(r"RA01(?:\.\d)?", tidy.upper()) or (not tidy and given.manufacturer):
        return COVID_19
    return tidy


def test_type(words: str) -> str:
    """`molecular(PCR)`, `molecular(other)` and `antigen` in LOINC; anything else, as `antibody`, as it is."""
    plain = words.casefold()
    if any(word in plain for word in ("molecular", "pcr", "naat", "nucleic")):
        return NUCLEIC_ACID
    return RAPID_ANTIGEN if "antigen" in plain else words.strip()


def test_result(words: str) -> str:
    """`positive` and `negative` in SNOMED CT; empty for anything else, so that no rule takes it for either."""
    return {"positive": DETECTED, "negative": NOT_DETECTED}.get(words.strip().casefold(), "")
