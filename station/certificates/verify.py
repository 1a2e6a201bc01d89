"""The verification of whatever a 2D code says: names its kind and hands it to the chain of that format."""

from collections.abc import Callable, Mapping
from datetime import datetime

from config.rules.reasons import ReasonCode
from station.certificates import kinds
from station.certificates.divoc import chain as divoc
from station.certificates.hcert import chain as hcert
from station.certificates.hcert.container import MAX_TEXT, is_container
from station.certificates.icao import idb, vds, vds_nc
from station.certificates.moment import Interval
from station.certificates.result import CertificateFormat, CertificateResult, Products, Step, Verdict
from station.certificates.shc import chain as shc
from station.certificates.trust.bundle import TrustBundle

_CHAINS: Mapping[CertificateFormat, Callable[[str, TrustBundle, Interval], CertificateResult]] = {
    CertificateFormat.HCERT: hcert.verify,
    CertificateFormat.DIVOC: divoc.verify,
    CertificateFormat.SHC: shc.verify,
    CertificateFormat.VDS_NC: vds_nc.verify,
    CertificateFormat.VDS: vds.verify,
    CertificateFormat.IDB: idb.verify,
}
JUDGED = frozenset(_CHAINS)
"""The formats that are verified; any other code is named only."""


def verify(text: str, trust: TrustBundle, now: Interval | datetime) -> CertificateResult:
    """Decode and verify the text of a 2D code. Never raises for anything that the text may be.

    Args:
        text: the code's own text; bytes of a code as Latin-1.
        trust: the signers to believe.
        now: a moment or an interval, aware.

    Raises:
        ValueError: `now` has no zone.
    """
    moment = Interval.of(now)
    kind = kinds.recognise(text)
    if kind not in _CHAINS and is_container(text):
        kind = CertificateFormat.HCERT
    chain = _CHAINS.get(kind)
    if chain is not None:
        return chain(text, trust, moment)
    return CertificateResult(
        format=kind,
        verdict=Verdict.UNDECIDED,
        step=Step.KIND,
        reason=ReasonCode.CERTIFICATE_KIND,
        sentence=f"The code is {kinds.SPOKEN[kind]}, which this station does not judge.",
        products=Products(text=text[:MAX_TEXT]),
    )
