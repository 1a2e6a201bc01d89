"""Country signing authorities and barcode signers of ICAO (Doc 9303-12; Doc 9303-13; VDS-NC technical report).

- certificates in PEM or DER: an authority (CA), or a barcode signer by its key usage
- an ICAO master list: CMS signed data over `CscaMasterList ::= SEQUENCE { version, SET OF Certificate }` (Doc 9303-12,
  9), whose own signature must hold; who made it is for the person who imports it to know
"""

from asn1crypto import cms, core
from asn1crypto import x509 as loose

from station.certificates.icao import x509
from station.certificates.trust.bundle import from_icao_certificate
from station.certificates.trust.cms_signature import open_signed
from station.certificates.trust.importers.imported import UNREADABLE, Collector, Imported

MASTER_LIST = "2.23.136.1.1.2"
"""id-icao-cscaMasterList."""
_ICAO_USES = "2.23.136.1.1."


class _Certificates(core.SetOf):  # type: ignore[misc]
    _child_spec = loose.Certificate


class _MasterList(core.Sequence):  # type: ignore[misc]
    _fields = [("version", core.Integer), ("certificates", _Certificates)]  # noqa: RUF012


def is_icao(der: bytes) -> bool:
    """Whether a certificate is a country authority's or a barcode signer's.

    Authorities of health certificates are authorities too, but none of them is ever put among the signers.
    """
    try:
        read = x509.read(der)
        if any(use.startswith(_ICAO_USES) for use in read.uses):
            return True
        usage = loose.Certificate.load(der).key_usage_value
        return read.authority is True and not read.uses and usage is not None and "key_cert_sign" in usage.native
    except (ValueError, TypeError, KeyError):
        return False


def says_its_use(der: bytes) -> bool:
    """Whether a certificate names any extended key usage, or cannot be read as one of ICAO's at all."""
    try:
        return bool(x509.read(der).uses)
    except ValueError:
        return True


def is_cms(data: bytes) -> bool:
    """Whether DER is CMS signed data."""
    try:
        return bool(cms.ContentInfo.load(data)["content_type"].native == "signed_data")
    except (ValueError, TypeError, KeyError):
        return False


def read_master_list(data: bytes) -> Imported:
    """The authorities of a master list.

    Raises:
        ValueError: it is none, or its signature does not hold.
    """
    signed = open_signed(data)
    if signed.content_type != MASTER_LIST:
        raise ValueError("the signed data are no ICAO master list")
    found = Collector()
    try:
        rows = [row.dump() for row in _MasterList.load(signed.content)["certificates"]]
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError("the master list is damaged") from error
    for row in rows:
        try:
            found.signers.append(from_icao_certificate(row))
        except ValueError:
            found.leave_out(UNREADABLE)
    return found.result(signed.signed_at)
