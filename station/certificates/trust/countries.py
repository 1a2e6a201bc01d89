"""For whom a country's signer may sign: itself, and territories that use their state's signers (ISO 3166-1)."""

from station.certificates.icao.countries import two_letters

_SAME = {"EL": "GR", "UK": "GB"}
"""What the European Union writes for Greece and the United Kingdom."""
_STATES = {
    territory: state
    for state, territories in {
        "AU": "CC CX NF",
        "CN": "HK MO",
        "DK": "FO GL",
        "FI": "AX",
        "FR": "BL GF GP MF MQ NC PF PM RE TF WF YT",
        "GB": "AI BM FK GG GI IM IO JE KY MS PN SH TC VG",
        "NL": "AW BQ CW SX",
        "NO": "SJ",
        "NZ": "CK NU TK",
        "US": "AS GU MP PR UM VI",
    }.items()
    for territory in territories.split()
}


def may_speak_for(signer: str, issuer: str) -> bool:
    """Whether a signer of one country may sign what names the other as its issuer; an unknown country binds nobody.

    Args:
        signer: two or three letters, as the trust bundle says; may be empty.
        issuer: as the certificate says; may be empty, or no country at all.
    """
    ours, named = _plain(signer), _plain(issuer)
    if not ours or len(named) != 2 or not named.isalpha():
        return True
    return same_state(ours, named)


def same_state(signer: str, issuer: str) -> bool:
    """Whether both are named and are one country, or the issuer is a territory that uses the signer's country's."""
    ours, named = _plain(signer), _plain(issuer)
    return bool(ours) and (ours == named or _STATES.get(named) == ours)


def _plain(code: str) -> str:
    two = two_letters(code)
    return _SAME.get(two, two)
