"""Codes of vaccines and tests in FHIR, in the words of the EU DCC, for which entry rules are written.

Sources: CVX and the LOINC list, SMART Health Cards terminology 2023.1 (immunization-covid, lab-qualitative-test-covid,
lab-qualitative-result); CVX, SNOMED CT, ICD-11 to product, WHO DDCC concept maps of 2023-02; product to manufacturer
and vaccine, EU DCC value set vaccines-covid-19-encoding-instructions of 2023-05-05.
"""

from collections.abc import Mapping
from dataclasses import dataclass

COVID = "840539006"
"""SNOMED CT: the disease."""
CVX = "http://hl7.org/fhir/sid/cvx"
SNOMED = "http://snomed.info/sct"
ICD11 = "http://id.who.int/icd11/mms"
LOINC = "http://loinc.org"
NUCLEIC_ACID, ANTIGEN = "LP6464-4", "LP217198-3"
DETECTED, NOT_DETECTED = "260373001", "260415000"


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A vaccine against COVID-19; empty where the code names no product of the EU's list."""

    product: str = ""
    manufacturer: str = ""
    vaccine: str = ""


_ANY, _MRNA, _VECTOR = "28531000087107", "1119349007", "29061000087103"
_INACTIVATED, _PROTEIN = "1157024006", "1162643001"

_PRODUCTS: Mapping[str, tuple[str, str]] = {
    "EU/1/20/1528": ("ORG-100030215", _MRNA),
    "EU/1/20/1507": ("ORG-100031184", _MRNA),
    "EU/1/21/1529": ("ORG-100001699", _VECTOR),
    "EU/1/20/1525": ("ORG-100001417", _VECTOR),
    "EU/1/21/1618": ("ORG-100032020", _PROTEIN),
    "EU/1/21/1624": ("ORG-100036422", _ANY),
    "EU/1/21/1580": ("ORG-100000788", _ANY),
    "Sputnik-V": ("Gamaleya-Research-Institute", _VECTOR),
    "Sputnik-Light": ("Gamaleya-Research-Institute", _VECTOR),
    "Convidecia": ("ORG-100013793", _VECTOR),
    "EpiVacCorona": ("Vector-Institute", _PROTEIN),
    "EpiVacCorona-N": ("Vector-Institute", _PROTEIN),
    "BBIBP-CorV": ("ORG-100020693", _INACTIVATED),
    "WIBP-CorV": ("Sinopharm-WIBP", _INACTIVATED),
    "CoronaVac": ("Sinovac-Biotech", _INACTIVATED),
    "Covaxin": ("Bharat-Biotech", _INACTIVATED),
    "Covishield": ("ORG-100001981", _VECTOR),
    "Covovax": ("ORG-100001981", _PROTEIN),
    "Hayat-Vax": ("ORG-100023050", _INACTIVATED),
    "MVC-COV1901": ("ORG-100033914", _PROTEIN),
    "Covifenz": ("ORG-100008549", _ANY),
    "Abdala": ("CIGB", _ANY),
    "Soberana-02": ("Finlay-Institute", _ANY),
    "Soberana-Plus": ("Finlay-Institute", _ANY),
}

_CODES: Mapping[str, Mapping[str, str]] = {
    CVX: {
        "EU/1/20/1528": "208 217 218 219 300 301 302 308 309 310 520",
        "EU/1/20/1507": "207 221 227 228 229 230 311 312 519",
        "EU/1/21/1529": "210",
        "EU/1/20/1525": "212",
        "EU/1/21/1618": "211 313",
        "EU/1/21/1624": "518",
        "EU/1/21/1580": "521",
        "Covaxin": "502",
        "Sputnik-Light": "504",
        "Sputnik-V": "505",
        "Convidecia": "506",
        "EpiVacCorona": "509",
        "BBIBP-CorV": "510",
        "CoronaVac": "511",
        "Covifenz": "512",
        "MVC-COV1901": "515",
        "": "213 225 226 500 501 503 507 508 513 514 516 517",
    },
    SNOMED: {
        "EU/1/20/1528": "28581000087106 33361000087101 33881000087102 34611000087105 1031000172108 1411000220106",
        "EU/1/20/1507": "28571000087109 35651000087105 37311000087109 37651000087101 10871000172106 1421000220104",
        "EU/1/21/1529": "28761000087108 10891000172107 1401000220108",
        "EU/1/20/1525": "28951000087107 10901000172106",
        "EU/1/21/1618": "29171000087106",
        "Covishield": "28961000087105",
        "Covifenz": "30151000087105",
        "BBIBP-CorV": "31301000087101",
        "CoronaVac": "31311000087104",
        "Sputnik-V": "31341000087103",
        "Convidecia": "31431000087100",
        "WIBP-CorV": "33201000087108",
        "Covaxin": "33211000087105",
        "Abdala": "33391000087109",
        "EpiVacCorona": "33421000087101",
        "Sputnik-Light": "33461000087106",
        "Soberana-02": "34591000087100",
        "Covovax": "34921000087108",
        "": f"{_ANY} {_MRNA} {_VECTOR} {_INACTIVATED} {_PROTEIN} 1119305005",
    },
    ICD11: {
        "EU/1/20/1528": "XM8NQ0",
        "EU/1/20/1507": "XM3DT5",
        "EU/1/21/1529": "XM4YL8",
        "EU/1/20/1525": "XM6QV1",
        "EU/1/21/1618": "XM9T65",
        "Sputnik-V": "XM5ZJ4",
        "Sputnik-Light": "XM5QM6",
        "Convidecia": "XM1AG7",
        "EpiVacCorona": "XM6SZ8",
        "EpiVacCorona-N": "XM3SK8",
        "BBIBP-CorV": "XM8866",
        "WIBP-CorV": "XM1AU2",
        "CoronaVac": "XM7HT3",
        "Covaxin": "XM1G90",
        "Covishield": "XM97T2",
        "Hayat-Vax": "XM9FQ7",
        "MVC-COV1901": "XM4EC8",
        "Soberana-02": "XM3PG0",
        "Soberana-Plus": "XM0RV9",
        "": "XM68M6 XM0GQ8 XM1NL1 XM5JC5 XM3CT4 XM9QW8 XM1J92 XM52P3 XM9TQ1 XM85P5 XM2YG8 XM9P21",
    },
}
"""Per vocabulary: the codes of each product; under the empty one those that name no product of the EU's list."""

_KINDS_OF_VACCINE = frozenset({_ANY, _MRNA, _VECTOR, _INACTIVATED, _PROTEIN, "1119305005"})
_NAMES = {
    "http://id.who.int/icd/release/11/mms": ICD11,
    "http://www.snomed.org": SNOMED,
    "https://nvc-cnv.canada.ca/v1/NamingSystem/ca-nvc": SNOMED,
}
"""Other names of the same vocabularies; Canada's trade names are SNOMED CT codes."""

_VACCINES: Mapping[tuple[str, str], Vaccine] = {
    (system, code): (
        Vaccine(product, *_PRODUCTS[product])
        if product
        else Vaccine(vaccine=code if system == SNOMED and code in _KINDS_OF_VACCINE else "")
    )
    for system, rows in _CODES.items()
    for product, codes in rows.items()
    for code in codes.split()
}

_TESTS: Mapping[str, str] = {
    code: kind
    for kind, codes in (
        (
            NUCLEIC_ACID,
            "LP6464-4 94306-8 94307-6 94308-4 94309-2 94310-0 94314-2 94315-9 94316-7 94500-6 94502-2 94531-1 94532-9 "
            "94533-7 94534-5 94559-2 94565-9 94639-2 94640-0 94641-8 94647-5 94660-8 94756-4 94757-2 94758-0 94759-8 "
            "94760-6 94765-5 94766-3 94767-1 94822-4 94845-5 95406-5 95409-9 95423-0 95424-8 95425-5 95608-6 95609-4 "
            "95823-1 95824-9 95826-4 96091-4 96120-1 96121-9 96122-7 96123-5 96448-6 96763-8 96765-3 96797-6 96829-7 "
            "96957-6 96958-4 96986-5 97098-8 98131-6 98132-4 98493-0 98494-8",
        ),
        (ANTIGEN, "LP217198-3 94558-4 95209-3 96119-3 97097-0"),
    )
    for code in codes.split()
}
"""LOINC; tests for antibodies are left out on purpose, because they say nothing about an infection now."""

_RESULTS: Mapping[tuple[str, str], str] = {
    (SNOMED, "260373001"): DETECTED,
    (SNOMED, "10828004"): DETECTED,
    (SNOMED, "11214006"): DETECTED,
    (SNOMED, "840533007"): DETECTED,
    (LOINC, "LA6576-8"): DETECTED,
    (LOINC, "LA11882-0"): DETECTED,
    (SNOMED, "260415000"): NOT_DETECTED,
    (SNOMED, "260385009"): NOT_DETECTED,
    (SNOMED, "131194007"): NOT_DETECTED,
    (LOINC, "LA6577-6"): NOT_DETECTED,
    (LOINC, "LA11883-8"): NOT_DETECTED,
}
"""Positive, reactive or the virus itself; negative or non-reactive. What is neither keeps its own code."""


def vaccine(system: str, code: str) -> Vaccine | None:
    """The vaccine against COVID-19 behind a code; None when the code is none that is known."""
    return _VACCINES.get((_NAMES.get(system, system), code))


def test_type(system: str, code: str) -> str:
    """The EU's kind of test behind a LOINC code; empty when it is none that is known."""
    return _TESTS.get(code, "") if system == LOINC else ""


def test_result(system: str, code: str) -> str:
    """DETECTED or NOT_DETECTED behind a code; empty when it says neither."""
    return _RESULTS.get((_NAMES.get(system, system), code), "")
