"""Invents texts that are shaped like the codes travellers show. They say nothing: no signature, no person."""

from random import Random

BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""The alphabet of RFC 9285."""


def hcert(rng: Random, length: int | None = None) -> str:
    """The shape of an EU certificate: `HC1:` and base45; 300 to 640 characters unless `length` is given."""
    count = length or rng.randrange(300, 640)
    return "HC1:" + "".join(rng.choice(BASE45) for _ in range(count))


def smart_health_card(rng: Random, length: int = 1000) -> str:
    """The shape of a SMART Health Card: `shc:/` and `length` pairs of digits, each 00 to 77."""
    return "shc:/" + "".join(f"{rng.randrange(78):02d}" for _ in range(length))


def vds_nc(rng: Random) -> str:
    """The shape of an ICAO visible digital seal: JSON with letters outside of ASCII, which must arrive unharmed."""
    letters = "".join(
        rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") for _ in range(500)
    )
    name = "ÅNGSTEDT WEIẞ ñ สมใจ"
    return (
        f'{{"data":{{"hdr":{{"t":"icao.vacc","v":1,"is":"UTO"}},"msg":{{"pid":{{"n":"{name}"}}}}}},"sig":"{letters}"}}'
    )


def everyday(rng: Random) -> str:
    """A code that is no certificate at all: an address, a contact, a ticket, a network, bare digits."""
    number = rng.randrange(10_000, 99_999)
    return rng.choice(
        (
            f"https://ferry.example/t/{number}?seat=14C",
            f"BEGIN:VCARD\nVERSION:3.0\nFN:Utopia Harbour {number}\nEND:VCARD",
            f"WIFI:T:WPA;S=pier-{number};P:not a secret;;",
            f"00020101021229370016A0000006770101110113{number}",
            f" leading and trailing space {number} ",
            f"{number}",
        )
    )
