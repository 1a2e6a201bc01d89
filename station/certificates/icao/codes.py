"""Codes of ICAO's health proofs in those of the EU DCC, for which entry rules are written.

Vaccines: ICD-11 codes and brand names (ICAO TR VDS-NC, proof of vaccination; WHO's list of COVID-19 vaccines).
Tests: words of the proof of testing, as LOINC and SNOMED CT codes of the EU's value sets.
"""

import re
from collections.abc import Mapping

from station.certificates import vaccines
from station.certificates.shc import vocabulary
from station.certificates.shc.vocabulary import ANTIGEN, DETECTED, ICD11, NOT_DETECTED, NUCLEIC_ACID
from station.certificates.vaccines import COVID_19, Vaccine

_BRANDS: tuple[tuple[str, str], ...] = (
    # The narrower name stands before the wider one: Covishield is AstraZeneca's vaccine by another maker.
    *((name, name) for name in ("covishield", "covovax", "comirnaty", "spikevax", "vaxzevria", "jcovden")),
    *((name, name) for name in ("nuvaxovid", "coronavac", "covaxin", "sputniklight", "sputnikv", "convidecia")),
    ("pfizer", "comirnaty"),
    ("bnt162b2", "comirnaty"),
    ("tozinameran", "comirnaty"),
    ("moderna", "spikevax"),
    ("mrna1273", "spikevax"),
    ("elasomeran", "spikevax"),
    ("azd1222", "vaxzevria"),
    # The EU's instructions name Vaxzevria for all of AstraZeneca's but Covishield, R-COVI and Fiocruz's.
    ("astrazeneca", "vaxzevria"),
    ("janssen", "jcovden"),
    ("ad26cov2s", "jcovden"),
    ("nvxcov2373", "nuvaxovid"),
    ("bbibp", "bbibpcorv"),
    ("covilo", "bbibpcorv"),
    ("bbv152", "covaxin"),
    ("gamcovidvac", "sputnikv"),
)
"""What a brand's name contains, without marks and spaces, and the name by which the vaccine is known."""
_SEVERAL = frozenset({"XM9T65"})
"""ICD-11 codes of more than one brand (Nuvaxovid and Covovax): the name decides."""
_KINDS: Mapping[str, str] = {
    "XM0GQ8": "1119349007",
    "XM9QW8": "29061000087103",
    "XM1NL1": "1157024006",
    "XM5JC5": "1162643001",
    "XM3CT4": "1162643001",
    "XM68M6": "28531000087107",
}
"""ICD-11 codes that name only a class: mRNA, vector, inactivated, protein (twice), any; as SNOMED CT."""


def vaccine(code: str, brand: str) -> Vaccine:
    """What was given, by its ICD-11 code and its brand's name.

    What is not known stays in the issuer's own words: the brand as product, the code as class, no maker.
    """
    tidy = code.strip().upper()
    known = vocabulary.vaccine(ICD11, tidy)
    if known is not None and known.product and tidy not in _SEVERAL:
        return Vaccine(known.product, known.manufacturer, known.vaccine)
    plain = re.sub(r"[\W_]", "", brand.casefold())
    named = next((vaccines.by_name(name) for part, name in _BRANDS if part in plain), None)
    return named or Vaccine(brand.strip(), "", _KINDS.get(tidy, code.strip()))


def disease(code: str, given: Vaccine) -> str:
    """COVID-19 (ICD-11 RA01 and what is below it) as SNOMED CT; any other code as it is.

    The format need not name it: then a vaccine that is known tells, because all of these are against COVID-19.
    """
    tidy = code.strip()
    if re.fullmatch(r"RA01(?:\.\d)?", tidy.upper()) or (not tidy and given.manufacturer):
        return COVID_19
    return vaccines.disease_code(tidy)


def test_type(words: str) -> str:
    """`molecular(PCR)`, `molecular(other)` and `antigen` in LOINC; anything else, as `antibody`, as it is."""
    plain = words.casefold()
    if any(word in plain for word in ("molecular", "pcr", "naat", "nucleic")):
        return NUCLEIC_ACID
    return ANTIGEN if "antigen" in plain else words.strip()


def test_result(words: str) -> str:
    """`positive` and `negative` in SNOMED CT; empty for anything else, so that no rule takes it for either."""
    return {"positive": DETECTED, "negative": NOT_DETECTED}.get(words.strip().casefold(), "")
