"""What kind of code a text is, so that a code of something else is named and not judged."""

import re

from station.certificates.result import CertificateFormat as Kind

_PATTERNS: tuple[tuple[re.Pattern[str], Kind], ...] = tuple(
    (re.compile(pattern, flags), kind)
    for pattern, flags, kind in (
        # SMART Health Cards Framework 1.4, "Encoding QRs": digits, perhaps of several codes; also the bare JWS.
        (r"\s*shc:/", re.I, Kind.SHC),
        (r"\s*eyJ[\w-]+\.[\w-]+\.[\w-]*\s*\Z", 0, Kind.SHC),
        # NL CoronaCheck domestic proof.
        (r"NL\d:", 0, Kind.NL_DOMESTIC),
        # ICAO VDS-NC (Doc 9303 VDS-NC technical report): JSON with a header of type icao.test / icao.vacc.
        (r'\s*\{.*"t"\s*:\s*"icao\.', re.S, Kind.VDS_NC),
        # DIVOC: a zip file with certificate.json; some readers hand its bytes over as Latin-1 text.
        (r"PK\x03\x04", 0, Kind.DIVOC),
        (r'\s*\{.*"https://www\.w3\.org/2018/credentials', re.S, Kind.DIVOC),
        # SMART Health Cards Framework 1.4, "via File Download", and the FHIR Parameters of "$health-cards-issue".
        (r'\s*\{.*"verifiableCredential"', re.S, Kind.SHC),
        # A SMART Health Link: an address of cards, which would have to be fetched.
        (r"\s*shlink:/", re.I, Kind.URL),
        # ICAO Doc 9303-13 visible digital seal: magic 0xDC then version; IDB: RDB1.
        (r"\xdc[\x02\x03]", 0, Kind.VDS),
        (r"(?:RDB|NDB)\d", 0, Kind.IDB),
        (r"VDS:", 0, Kind.VDS),
        # IATA Resolution 792: M, number of legs, name of 20.
        (r"M[1-4][A-Z/ .'-]{20}[E ][A-Z0-9 ]{7}[A-Z]{6}", re.I, Kind.BOARDING_PASS),
        # EMVCo merchant-presented code (PromptPay): payload format indicator, then point of initiation or account.
        (r"0002010[12]\d", 0, Kind.PAYMENT),
        (r"(?:BEGIN:VCARD|MECARD:|BIZCARD:)", re.I, Kind.CONTACT),
        (r"WIFI:", re.I, Kind.WIFI),
        (r"(?:[a-z][a-z0-9+.-]*://|www\.|mailto:|tel:|sms:|geo:)\S+", re.I, Kind.URL),
        (r"\s*[\[{].*[\]}]\s*\Z", re.S, Kind.JSON),
    )
)

SPOKEN: dict[Kind, str] = {
    Kind.HCERT: "an EU Digital COVID Certificate",
    Kind.DDCC: "a WHO health certificate (DDCC)",
    Kind.HCERT_OTHER: "a health certificate in the HCERT container with other content",
    Kind.SHC: "a SMART Health Card",
    Kind.VDS_NC: "an ICAO health proof (VDS-NC)",
    Kind.VDS: "an ICAO visible digital seal",
    Kind.IDB: "an ICAO datastructure for barcode",
    Kind.DIVOC: "a DIVOC certificate",
    Kind.NL_DOMESTIC: "a Dutch domestic proof",
    Kind.BOARDING_PASS: "a boarding pass",
    Kind.URL: "a web address",
    Kind.PAYMENT: "a payment code",
    Kind.CONTACT: "a contact card",
    Kind.WIFI: "a wireless network's password",
    Kind.JSON: "structured data of an unknown kind",
    Kind.TEXT: "plain text",
}
"""English words for a sentence; screens take theirs from the catalogues."""


def recognise(text: str) -> Kind:
    """The kind of a code's text. HCERT means that it starts as one: it may still be damaged."""
    if text.lstrip()[:4].upper() == "HC1:":
        return Kind.HCERT
    for pattern, kind in _PATTERNS:
        if pattern.match(text):
            return kind
    return Kind.TEXT
