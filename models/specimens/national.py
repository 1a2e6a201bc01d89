"""Valid zones with the habits of states: what a reader must not refuse, each with what it says.

Public specimens and zones composed after them; numbers and names are nobody's. Sources: ICAO Doc 9303 parts 3 to 7,
the issuers' own specimens, and for the French card décret 55-1397.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.mrz_layout import FILLER
from models.regions import MrzFormat
from models.specimens.mrz_text import compose

Zone = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Habit:
    """One document of a kind that readers stumble over."""

    name: str
    zone: Zone
    says: tuple[tuple[str, str], ...]
    """Fields that are easily got wrong, as text; names as in station/documents."""


def habits() -> tuple[Habit, ...]:
    """All of them; the same every time."""
    return (*_printed(), *_long_numbers(), *_optional_data(), *_states(), *_names(), *_codes(), *_dates())


def _habit(name: str, zone: Zone, **says: str) -> Habit:
    return Habit(name, zone, tuple(says.items()))


def _made(format_: MrzFormat, **data: Any) -> Zone:
    """A zone of harmless data, of which some are set."""
    plain = {
        "document_code": {MrzFormat.TD3: "P", MrzFormat.MRV_A: "V", MrzFormat.MRV_B: "V"}.get(format_, "I"),
        "issuing_state": "UTO",
        "surname": "Eriksson",
        "given_names": "Anna Maria",
        "number": "L898902C3" if format_ is MrzFormat.TD3 else "D23145890",
        "nationality": "UTO",
        "birth": "740812",
        "sex": "F",
        "expiry": "320415",
    }
    return compose(format_, **{**plain, **data})


def _printed() -> Iterator[Habit]:
    """Letter by letter as on the issuer's specimen."""

    def two(upper: str, lower: str, length: int = 44) -> Zone:
        return upper.ljust(length, FILLER), lower

    def three(upper: str, middle: str, lower: str) -> Zone:
        return upper.ljust(30, FILLER), middle, lower.ljust(30, FILLER)

    yield _habit(
        "passport of Germany",
        two("P<D<<MUSTERMANN<<ERIKA", "C01X00T478D<<6408125F2702283<<<<<<<<<<<<<<<4"),
        issuing_state="D",
        nationality="D",
        document_number="C01X00T47",
        optional_data="",
    )
    yield _habit(
        "passport of Germany, BDR",
        two("P<BDRMUSTERMANN<<ERIKA", "CA000000<4D<<6408125F1802212<<<<<<<<<<<<<<<6"),
        issuing_state="BDR",
        nationality="D",
        document_number="CA000000",
    )
    yield _habit(
        "card of Germany without a sex",
        three("IDD<<T220001293", "6408125<2010315D<<<<<<<<<<<<<4", "MUSTERMANN<<ERIKA"),
        issuing_state="D",
        sex="",
    )
    yield _habit(
        "passport of Hungary, zero for an empty field",
        two("P<HUNHANDRA<<ROZALIA<IRMA", "BD00020282HUN7802225F2203012<<<<<<<<<<<<<<06"),
        optional_data="",
    )
    yield _habit(
        "passport of Afghanistan, the letter O in the number",
        two("POAFGSPECIMEN<<SPECIMEN", "O0120186<8AFG8001014M1710135<<<<<<<<<<<<<<<4"),
        document_number="O0120186",
        document_code="PO",
    )
    yield _habit(
        "passport of Taiwan, ten digits and no filler",
        two("P<TWNLIN<<MEI<HUA", "0000000000TWN7601015F1404018A234567893<<<<18"),
        document_number="000000000",
        optional_data="A234567893",
    )
    yield _habit(
        "passport of Finland, a filler inside the personal number",
        two("P<FINVIRTANEN<<MARIA<OLIVIA", "XP82716024FIN7112214F1108213211271<426U<<<04"),
        optional_data="211271 426U",
    )
    yield _habit(
        "passport of an alien in Latvia",
        two("PALVAMOHAMADA<<FARIDA", "LT00000004XXC8605102F1210314111111<11648<<86"),
        document_code="PA",
        nationality="XXC",
        optional_data="111111 11648",
    )
    yield _habit(
        "card of Switzerland, a filler inside the number",
        three("IDCHES0002068<8", "8102287F1301014CHE<<<<<<<<<<<4", "VADIS<<QUO"),
        document_number="S0002068",
    )
    yield _habit(
        "card of Slovenia, SI",
        three("I<SI<09999100180706966505468<<", "6606079F0807276SI<<<<<<<<<<<<0", "VZOREC<<TINA"),
        issuing_state="SI",
        nationality="SI",
        optional_data="0706966505468",
    )
    yield _habit(
        "border crossing card of the United States",
        three("IAUSA0000000033LIN1044750079<<", "5808175F1004027COD<<<<<<<<<<<7", "SPECIMEN<<TEST<VOID"),
        issuing_state="USA",
        nationality="COD",
        optional_data="LIN1044750079",
    )
    yield _habit(
        "card of Portugal, a long number whose digit counts the filler",
        three("I<PRT000024759<ZZ72", "8010100F2006017PRT<<<<<<<<<<<8", "CARLOS<MONTEIRO<<AMELIA<VANESS"),
        document_number="000024759ZZ7",
        optional_data="",
        given_names="AMELIA VANESS",
    )
    yield _habit(
        "card of Romania, digits for a nationality",
        two("IDROUSAVA<<SUPERMAN", "HD198025<51328505095M130509012049941", 36),
        document_number="HD198025",
        birth_date="1985-05-09",
        optional_data="1204994",
    )
    yield _habit(
        "visa of the United States, a full optional field",
        two("VIUSATRAVELER<<HAPPYPERSON", "555123ABC6GBR6502056F0412236IFLND00AMS803085"),
        nationality="GBR",
        optional_data="IFLND00AMS803085",
    )
    yield _habit(
        "visa of Poland, a digit at the end of the optional field",
        two("VCPOLKOWALSKA<KWIATKOWSKA<<BEATA", "PL00000008POL6002084F0505011<<<<<<<0", 36),
        document_code="VC",
        optional_data="0",
    )
    yield _habit(
        "card of France until 2021",
        two("IDFRABERTHIER", "9409923102854CORINNE<<<<<<<6512068F4", 36),
        document_number="940992310285",
        nationality="FRA",
        given_names="CORINNE",
    )


def _long_numbers() -> Iterator[Habit]:
    """Doc 9303-5, 4.2.2, note j: a filler for the check digit, the rest in the optional data."""
    td1, td2 = MrzFormat.TD1, MrzFormat.TD2
    for name, format_, number, optional in (
        ("card of Belgium, 12 digits", td1, "590000000012", ""),
        ("ten characters", td1, "D231458907", ""),
        ("further data behind a long number", td1, "D23145890734", "AB12"),
        ("as long as Doc 9303 allows", td1, "D231458907345678901234", ""),
        ("a number that fills the optional field", td1, "D2314589073456789012345", ""),
        ("a long number on two lines", td2, "D23145890734", ""),
        ("a number that fills the optional field of two lines", td2, "D23145890734567", ""),
    ):
        zone = _made(format_, number=number, optional=optional)
        yield _habit(f"long number: {name}", zone, document_number=number, optional_data=optional)


def _optional_data() -> Iterator[Habit]:
    """Whole fields without one filler, and what stands at the end of an empty one."""
    china = _made(MrzFormat.TD3, issuing_state="CHN", nationality="CHN", number="E12345678", optional="LAKBLLNNMMOJA9")
    yield _habit("passport of China, no filler in line 2", china, optional_data="LAKBLLNNMMOJA9", nationality="CHN")
    thai = _made(
        MrzFormat.TD3,
        issuing_state="THA",
        nationality="THA",
        number="AA0000000",
        optional="1101700230705",
        birth="800131",
    )
    yield _habit("passport of Thailand with the national number", thai, optional_data="1101700230705")
    full = _made(MrzFormat.TD1, number="123456789", optional="784198012345678")
    yield _habit("card with fifteen digits of a person", full, optional_data="784198012345678")
    both = _made(MrzFormat.TD1, optional="12345678Z", optional_2="X2")
    yield _habit("card with both optional fields", both, optional_data="12345678Z", optional_data_2="X2")
    for sign, name in ((FILLER, "a filler"), ("0", "a zero")):
        yield _habit(
            f"empty optional data closed with {name}", _made(MrzFormat.TD3, empty_check=sign), optional_data=""
        )
    visa = _made(MrzFormat.MRV_B, optional="2S30D<<M")
    yield _habit("text in the optional data of a visa", visa, optional_data="2S30D M")
    for number in ("K682T8YLO", "AO0812345", "OO1234560", "IL1I1L1I1"):
        yield _habit(
            f"look-alike letters in the number {number}", _made(MrzFormat.TD3, number=number), document_number=number
        )


def _states() -> Iterator[Habit]:
    """Issuers and holders that are no country's (Doc 9303-3, section 5)."""
    for issuer, holder, code in (
        ("UNO", "UNO", "PL"),
        ("UNA", "UNA", "PL"),
        ("UNK", "UNK", "P"),
        ("EUE", "EUE", "PL"),
        ("XOM", "XOM", "PD"),
        ("XPO", "XPO", "PL"),
        ("XCE", "XCE", "PL"),
        ("XBA", "XBA", "PL"),
        ("GBR", "GBN", "PP"),
        ("GBR", "GBD", "P"),
        ("RKS", "RKS", "P"),
        ("FRA", "XXA", "PS"),
        ("D", "XXB", "PR"),
        ("SWE", "XXX", "PT"),
    ):
        zone = _made(MrzFormat.TD3, document_code=code, issuing_state=issuer, nationality=holder, sex="")
        says = {"issuing_state": issuer, "nationality": holder, "document_code": code, "sex": ""}
        yield _habit(f"issued by {issuer} to {holder}", zone, **says)


def _names() -> Iterator[Habit]:
    """Names cut at the end (Doc 9303-4 to -7, 4.2.3), of one part, and Thai ones in Latin letters."""
    for surname, given, field in (
        ("Nilavadhanananda", "Chayapa Dejthamrong K", "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"),
        ("Nilavadhanananda", "Arnpol Petch Charonguang", "NILAVADHANANANDA<<ARNPOL<PETCH<CHARONGU"),
        ("Bennelong Wooloom Warrand Warnam", "Dingo Potoroo", "BENNELONG<WOOLOOM<WARRAND<WARNAM<<DINGO"),
        ("Papandropoulous", "Jonathon Warren Trevor", "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR"),
        ("United Kingdom Twenty Six", "Jodie Pippa", "UNITED<KINGDOM<TWENTY<SIX<<JODIE<PIPPA<"),
        ("Arkfreith", "", "ARKFREITH"),
        ("Wolfeschlegelsteinhausenbergerdorffwelche", "", "WOLFESCHLEGELSTEINHAUSENBERGERDORFFWELC"),
        ("Isarangkun Na Ayutthaya", "Phatcharaphon", "ISARANGKUN<NA<AYUTTHAYA<<PHATCHARAPHON"),
        ("Rattanakosinthawornnukun", "Phimlaphatthara", "RATTANAKOSINTHAWORNNUKUN<<PHIMLAPHATTHA"),
        ("Na Ranong", "Somying", "NA<RANONG<<SOMYING"),
        ("O", "E", "O<<E"),
    ):
        zone = _made(MrzFormat.TD3, issuing_state="THA", nationality="THA", surname=surname, given_names=given)
        primary, _, secondary = field.partition(FILLER * 2)
        spelt = {"surname": primary.replace(FILLER, " "), "given_names": secondary.strip(FILLER).replace(FILLER, " ")}
        yield _habit(f"name field {field}", zone, **spelt)
    card = _made(MrzFormat.TD1, surname="Vilarchao Fernandez", given_names="Jose Ramon")
    yield _habit("name cut on a card", card, surname="VILARCHAO FERNANDEZ", given_names="JOSE RAMO")


def _codes() -> Iterator[Habit]:
    """Document codes: Doc 9303-4, 4.4; Doc 9303-5, 4.2.2, note k; Doc 9303-7, 4.2.2."""
    for format_, codes in (
        (MrzFormat.TD3, "PP PE PD PO PR PT PS PL PM PU PA PC"),
        (MrzFormat.TD1, "I ID IP IO IR A AR C CR C1 RP"),
        (MrzFormat.TD2, "I ID A C"),
        (MrzFormat.MRV_A, "V VD VN"),
        (MrzFormat.MRV_B, "V VC"),
    ):
        for code in codes.split():
            yield _habit(f"document code {code} of {format_}", _made(format_, document_code=code), document_code=code)
    crew = _made(MrzFormat.TD1, document_code="AC", issuing_state="THA", nationality="THA", optional="TG")
    yield _habit("certificate of a crew member", crew, document_code="AC", optional_data="TG")


def _dates() -> Iterator[Habit]:
    """Doc 9303-3, 4.8; some states write zeros for what is not known; sex X for Doc 9303's filler."""
    for birth, text in (
        ("7408<<", "1974-08-XX"),
        ("74<<<<", "1974-XX-XX"),
        ("<<<<<<", ""),
        ("740800", "1974-08-XX"),
        ("740000", "1974-XX-XX"),
    ):
        for format_ in (MrzFormat.TD3, MrzFormat.TD1):
            yield _habit(f"born {birth} on {format_}", _made(format_, birth=birth), birth_date=text)
    yield _habit("sex X", _made(MrzFormat.TD3, sex="X"), sex="X")
    yield _habit("sex not said", _made(MrzFormat.TD2, sex=""), sex="")
