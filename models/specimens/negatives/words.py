"""What stands on papers that are no travel documents: words, names, places, numbers. All of it invented."""

from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ENGLISH = _words(
    """the a of to and in that with for on as by from at all every this which may must shall will not before after
    during between passenger ferry harbour vessel arrival departure luggage officer counter health certificate
    vaccination fever quarantine temperature travel island bridge morning evening water captain signal weather storm
    notice public order section paragraph regulation article conditions carriage company service ticket window
    number date return people children family medicine hospital doctor nurse physician laboratory sample result
    negative positive measure protection surface distance hands clean wash wear mask entrance exit queue wait please
    report desk"""
)
_THAI = _words(
    """การเดินทาง ผู้โดยสาร ท่าเรือ สุขภาพ ใบรับรอง วัคซีน อุณหภูมิ เจ้าหน้าที่ ตรวจ เอกสาร กรุณา แสดง ก่อน หลัง เข้า
    ออก ประเทศ เกาะ สะพาน ทะเล เรือ เวลา วันที่ หมายเลข ที่นั่ง ประตู ช่อง บริการ ประชาชน ประกาศ เรื่อง มาตรการ
    ป้องกัน โรค ติดต่อ โรงพยาบาล แพทย์ พยาบาล ผล การตรวจ และ หรือ ของ ที่ ใน จาก ถึง ต้อง ไม่ ได้ ให้ มี เป็น"""
)
_PLACES = _words("LINDHAVN ORSOVIK CALMERA SANTELMO KHAONAWA MALISAI PORTELLI NORDSUND VALMORA TERGELAND BAYREVA")
_NAMES = _words("LINDQVARN ORUNSEN DESMARIN BELLACQUARI KHLUENAN MALISAILOM SIKONG ZVEZDOGRAD SURYABINT KARTALAU")
_GIVEN = _words("MAJA LUC INES TOMAS SOMJAI ELIN NUNO RIM YURIY ANNA")


def sentence(rng: Random, *, thai: bool = False) -> str:
    """Four to sixteen words and a full stop; Thai puts its spaces between phrases only."""
    count = rng.randrange(4, 17)
    if thai:
        return "".join(rng.choice(_THAI) + (" " if rng.random() < 0.25 else "") for _ in range(count)).strip()
    chosen = " ".join(rng.choice(_ENGLISH) for _ in range(count))
    return chosen.capitalize() + rng.choice(".....,;?")


def text(rng: Random, characters: int, *, thai: bool = False) -> str:
    """Sentences, at least so many characters of them."""
    whole = ""
    while len(whole) < characters:
        whole += sentence(rng, thai=thai) + " "
    return whole


def place(rng: Random) -> str:
    """A town."""
    return rng.choice(_PLACES)


def name(rng: Random) -> tuple[str, str]:
    """Surname and given name in capitals."""
    return rng.choice(_NAMES), rng.choice(_GIVEN)


def digits(rng: Random, count: int) -> str:
    """So many digits."""
    return "".join(rng.choice("0123456789") for _ in range(count))


def letters(rng: Random, count: int) -> str:
    """So many capitals."""
    return "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(count))


def clock(rng: Random) -> str:
    """A time of the day."""
    return f"{rng.randrange(24):02d}:{rng.randrange(0, 60, 5):02d}"


def day(rng: Random) -> str:
    """A date, as countries write it."""
    d, m, y = rng.randrange(1, 29), rng.randrange(1, 13), rng.randrange(2015, 2027)
    return rng.choice((f"{d:02d}.{m:02d}.{y}", f"{y}-{m:02d}-{d:02d}", f"{d:02d}/{m:02d}/{y % 100:02d}"))
