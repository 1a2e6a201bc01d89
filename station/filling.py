"""How each piece of required evidence came to be there: by a sensor, by an officer's word, or not at all."""

from enum import StrEnum

from drivers.readings import TemperatureState
from station.evidence import Attestation, Evidence, EvidenceKind

_ATTESTED_AS = {
    EvidenceKind.DOCUMENT: Attestation.DOCUMENT,
    EvidenceKind.CERTIFICATE: Attestation.CERTIFICATE,
    EvidenceKind.TEMPERATURE: Attestation.TEMPERATURE,
}


class FilledBy(StrEnum):
    """Who gave it."""

    SENSOR = "sensor"
    OFFICER = "officer"
    MISSING = "missing"


def sensed(evidence: Evidence, kind: EvidenceKind) -> bool:
    """Whether a sensor gave it."""
    match kind:
        case EvidenceKind.DOCUMENT:
            return evidence.document is not None
        case EvidenceKind.CERTIFICATE:
            return bool(evidence.whole_certificates)
        case EvidenceKind.TEMPERATURE:
            return bool(evidence.temperatures)


def attested(evidence: Evidence, kind: EvidenceKind) -> bool:
    """Whether an officer vouched for it, or for a paper in its place."""
    if kind is EvidenceKind.CERTIFICATE and evidence.papers:
        return True
    return evidence.attestation(_ATTESTED_AS[kind]) is not None


def filled_by(evidence: Evidence, kind: EvidenceKind) -> FilledBy:
    """Who gave it; a measurement that may not be used gives nothing."""
    useless = kind is EvidenceKind.TEMPERATURE and not any(
        taken.reading.state is TemperatureState.READY for taken in evidence.temperatures
    )
    if sensed(evidence, kind) and not useless:
        return FilledBy.SENSOR
    return FilledBy.OFFICER if attested(evidence, kind) else FilledBy.MISSING
