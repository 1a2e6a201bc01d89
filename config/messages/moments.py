"""Days and times as people here read them: Asia/Bangkok, 24 hours, Buddhist years in Thai."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

BANGKOK = ZoneInfo("Asia/Bangkok")
_BUDDHIST_ERA = 543


def day(value: date, language: str) -> str:
    """`20 Nov 2026` or `20 พ.ย. 2569`; an aware time is first moved to Bangkok."""
    if isinstance(value, datetime):
        value = value.astimezone(BANGKOK)
    month = get_month_names("abbreviated", locale=language)[value.month]
    return f"{value.day} {month} {value.year + (_BUDDHIST_ERA if language == 'th' else 0)}"


def born_day(value: date, language: str) -> str:
    """A day as printed on a travel document: CE in every language, so that it can be compared with the page."""
    return f"{value.day} {get_month_names('abbreviated', locale=language)[value.month]} {value.year}"


def clock(value: datetime, *, seconds: bool = False) -> str:
    """`09:41`, or `09:41:07`, in Bangkok."""
    return value.astimezone(BANGKOK).strftime("%H:%M:%S" if seconds else "%H:%M")
