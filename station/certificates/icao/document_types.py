"""Kinds of constrained seals and their fields.

Seals of documents (VDS): Doc 9303-13, profiles of visa and emergency travel document; BSI TR-03137-1 and TR-03171 for
the German ones. Datastructure for barcode (IDB): message types of ICAO TR Datastructure for Barcode, national ones of
Germany. Compiled from the definitions of the vdstools project (Apache-2.0).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from station.certificates.icao.catalogue import Coding, Field

_ZONE = Coding.MRZ
_DOCUMENT_NUMBER, _AGS = Field("DOCUMENT_NUMBER"), Field("AGS")


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of document that carries a seal."""

    name: str
    fields: Mapping[int, Field]


_VISA: Mapping[int, Field] = {
    1: Field("MRZ_MRVA", Coding.VISA_A),
    2: Field("MRZ_MRVB", Coding.VISA_B),
    3: Field("NUMBER_OF_ENTRIES", Coding.BYTE),
    4: Field("DURATION_OF_STAY", Coding.BYTES),
    5: Field("PASSPORT_NUMBER"),
    6: Field("VISA_TYPE", Coding.BYTES),
    7: Field("ADDITIONAL_FEATURES", Coding.BYTES),
}
_PROFILE = Field("DOC_PROFILE_NUMBER", Coding.BYTES)
_REGISTRATION: Mapping[int, Field] = {
    4: Field("SURNAME", Coding.UTF8),
    5: Field("ACADEMIC_DEGREE", Coding.UTF8),
    6: Field("FIRST_NAME", Coding.UTF8),
    7: Field("COMMON_FIRST_NAME", Coding.UTF8),
    8: Field("DATE_OF_BIRTH", Coding.UTF8),
    9: Field("STREET", Coding.UTF8),
    10: Field("HOUSE_NUMBER", Coding.UTF8),
    11: Field("POSTAL_CODE", Coding.UTF8),
    12: Field("CITY", Coding.UTF8),
    13: Field("MOVING_DATE", Coding.UTF8),
    14: Field("HOUSING_STATUS", Coding.BYTE),
    15: Field("DATE_OF_NOTIFICATION", Coding.UTF8),
}

DOCUMENTS: Mapping[int, Document] = {
    0xFD02: Document("ARRIVAL_ATTESTATION", {2: Field("MRZ", _ZONE), 3: Field("AZR")}),
    0xF908: Document("ADDRESS_STICKER_ID", {1: _DOCUMENT_NUMBER, 2: _AGS, 3: Field("ADDRESS")}),
    0xF90C: Document("ADDRESS_STICKER_RP", {1: _DOCUMENT_NUMBER, 2: _AGS, 3: Field("ADDRESS")}),
    0xF80A: Document("ADDRESS_STICKER_PASSPORT", {1: _DOCUMENT_NUMBER, 2: _AGS, 3: Field("POSTAL_CODE")}),
    0x5E03: Document("EMERGENCY_TRAVEL_DOCUMENT", {2: Field("MRZ", _ZONE)}),
    0x5D01: Document("VISA", _VISA),
    0xFB06: Document("RESIDENCE_PERMIT", {2: Field("MRZ", _ZONE), 3: Field("PASSPORT_NUMBER")}),
    0xFC04: Document(
        "SOCIAL_INSURANCE_CARD",
        {
            1: Field("SOCIAL_INSURANCE_NUMBER"),
            2: Field("SURNAME", Coding.UTF8),
            3: Field("FIRST_NAME", Coding.UTF8),
            4: Field("BIRTH_NAME", Coding.UTF8),
        },
    ),
    0xFA06: Document("SUPPLEMENTARY_SHEET", {4: Field("MRZ", _ZONE), 5: Field("SHEET_NUMBER")}),
    0x01C8: Document("ADMINISTRATIVE_DOCUMENT", {0: _PROFILE, 1: Field("VALIDITY_DATES", Coding.BYTES)}),
    0x01C9: Document(
        "ADMINISTRATIVE_DOCUMENT",
        {
            0: _PROFILE,
            1: Field("VALID_FROM", Coding.DATE_TEXT),
            2: Field("VALID_TO", Coding.DATE_TEXT),
            3: Field("PROFILE_URI", Coding.UTF8),
            4: Field("CERTIFICATE_URI", Coding.UTF8),
            5: Field("STATUS_URI", Coding.UTF8),
            6: Field("STATUS_LIST_INDEX", Coding.BYTES),
        },
    ),
}
"""By document reference. Administrative documents say by their profile what else they hold."""
PROFILES: Mapping[str, Document] = {
    "9a4223406d374ef99e2cf95e31a23846": Document("MELDEBESCHEINIGUNG", _REGISTRATION),
}
"""By the profile's number."""

_DETAILS: Mapping[int, Field] = {
    51: Field("DATE_OF_VACCINATION", Coding.MASKED_DATE),
    52: Field("DOSE_NUMBER"),
    53: Field("TOTAL_DOSES"),
    54: Field("COUNTRY_OF_VACCINATION"),
    55: Field("ADMINISTERING_CENTRE"),
    56: Field("VACCINE_BATCH_NUMBER"),
    57: Field("DUE_DATE_NEXT_DOSE", Coding.MASKED_DATE),
}
_EVENT: Mapping[int, Field] = {
    31: Field("VACCINE_OR_PROPHYLAXIS"),
    32: Field("VACCINE_BRAND"),
    33: Field("VACCINE_MANUFACTURER"),
    34: Field("VACCINE_MAH"),
    35: Field("DISEASE_OR_AGENT"),
    36: Field("VACCINATION_DETAILS", Coding.PARTS, _DETAILS),
}
_FROM, _UNTIL = (
    Field("CERTIFICATE_VALID_FROM", Coding.MASKED_DATE),
    Field("CERTIFICATE_VALID_UNTIL", Coding.MASKED_DATE),
)
_BORN, _HOLDER = Field("DATE_OF_BIRTH", Coding.MASKED_DATE), Field("NAME_OF_HOLDER")
_SEX, _EXTRA = Field("SEX", Coding.UTF8), Field("OPTIONAL_FIELD")
_TESTING: Mapping[int, Field] = {
    1: Field("UTCI"),
    2: Field("NAME"),
    3: _BORN,
    4: Field("DOCUMENT_TYPE"),
    5: _DOCUMENT_NUMBER,
    6: Field("TESTING_FACILITY_NAME"),
    7: Field("COUNTRY_OF_TEST"),
    8: Field("TESTING_FACILITY_CONTACT_NUMBER"),
    9: Field("TESTING_FACILITY_EMAIL", Coding.UTF8),
    10: Field("TESTING_FACILITY_ADDRESS", Coding.UTF8),
    11: Field("SPECIMEN_COLLECTION_DATE_TIME", Coding.DATE_TIME),
    12: Field("REPORT_ISSUANCE_DATE_TIME", Coding.DATE_TIME),
    13: Field("TEST_CONDUCTED", Coding.BYTE),
    14: Field("TEST_RESULT", Coding.BYTE),
    15: Field("METHOD_USED", Coding.BYTE),
    16: _EXTRA,
}
_VACCINATION: Mapping[int, Field] = {
    1: Field("UVCI"),
    2: _FROM,
    3: _UNTIL,
    4: _HOLDER,
    5: _BORN,
    6: _SEX,
    7: Field("UNIQUE_IDENTIFIER"),
    8: Field("ADDITIONAL_IDENTIFIER"),
    9: Field("VACCINATION_EVENT", Coding.PARTS, _EVENT),
    10: _EXTRA,
}
_RECOVERY: Mapping[int, Field] = {
    1: Field("URCI"),
    2: _FROM,
    3: _UNTIL,
    4: _HOLDER,
    5: _BORN,
    6: Field("DOCUMENT_TYPE"),
    7: _DOCUMENT_NUMBER,
    8: Field("COUNTRY_OF_TEST"),
    9: Field("DATE_OF_FIRST_POSITIVE_TEST", Coding.MASKED_DATE),
    10: _EXTRA,
}
_AUTHORIZATION: Mapping[int, Field] = {
    1: Field("DTA_NUMBER"),
    2: _HOLDER,
    3: Field("PASSPORT_NUMBER"),
    4: _BORN,
    5: Field("NATIONALITY"),
    6: _SEX,
    7: Field("PLACE_OF_ISSUE"),
    8: Field("VALID_FROM", Coding.MASKED_DATE),
    9: Field("VALID_UNTIL", Coding.MASKED_DATE),
    10: Field("DURATION_OF_STAY"),
    11: Field("NUMBER_OF_ENTRIES", Coding.BYTE),
    12: Field("TYPE_CLASS_CATEGORY"),
    13: Field("ADDITIONAL_INFORMATION"),
}
MESSAGES: Mapping[int, Field] = {
    1: Field("VISA", Coding.PARTS, _VISA),
    2: Field("EMERGENCY_TRAVEL_DOCUMENT", Coding.PARTS, {2: Field("MRZ", _ZONE)}),
    3: Field("PROOF_OF_TESTING", Coding.PARTS, _TESTING),
    4: Field("PROOF_OF_VACCINATION", Coding.PARTS, _VACCINATION),
    5: Field("PROOF_OF_RECOVERY", Coding.PARTS, _RECOVERY),
    6: Field("DIGITAL_TRAVEL_AUTHORIZATION", Coding.PARTS, _AUTHORIZATION),
    7: Field("MRZ_TD1", _ZONE),
    8: Field("MRZ_TD3", _ZONE),
    9: Field("CAN"),
    10: Field("EF_CARD_ACCESS", Coding.BYTES),
    0x80: Field("FACE_IMAGE", Coding.BYTES),
    0x81: Field("MRZ_TD2", _ZONE),
    0x82: Field("DOCUMENT_REFERENCE"),
    0x83: Field("AZR"),
    0x84: Field("EXPIRY_DATE", Coding.MASKED_DATE),
    0x85: _DOCUMENT_NUMBER,
    0x86: Field("NATIONAL_DOCUMENT_IDENTIFIER", Coding.BYTE),
}
"""Of the datastructure for barcode, by tag; from 0x80 on each country's own, here Germany's."""
GERMAN_DOCUMENTS: tuple[str, ...] = (
    "SUBSTITUTE_IDENTITY_DOCUMENT",
    "SUBSTITUTE_PASSPORT_DOCUMENT",
    "EMERGENCY_TRAVEL_DOCUMENT",
    "TEMPORARY_IDENTITY_CARD",
    "TEMPORARY_OFFICIAL_PASSPORT",
    "TEMPORARY_PASSPORT",
    "TEMPORARY_DIPLOMATIC_PASSPORT",
    "TEMPORARY_TRAVEL_DOCUMENT_REFUGEES",
    "TEMPORARY_TRAVEL_DOCUMENT_STATELESS_PERSONS",
    "TEMPORARY_TRAVEL_DOCUMENT_FOREIGNERS",
    "PERMISSION_TO_RETAIN_PENDING_THE_ASYLUM_DECISION",
    "TEMPORARY_SUSPENSION_OF_DEPORTATION",
    "ARRIVAL_ATTESTATION",
    "PROVISIONAL_RESIDENCE_DOCUMENT",
    "TEMPORARY_IDENTITY_DOCUMENT",
    "CERTIFYING_PERMANENT_RESIDENCE",
    "FRONTIER_WORKER_PERMIT",
    "SUPPLEMENTARY_SHEET_FOR_RESIDENCE_PERMIT_CARD",
)
"""By NATIONAL_DOCUMENT_IDENTIFIER, from 1 on."""
NATIONAL = 0x80
"""Tags from here on are a country's own."""
