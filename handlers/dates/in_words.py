"""Days and times in words, through Babel. It is slow to import and no question needs it, so that is put off
until it is used.
"""

from __future__ import annotations

from datetime import date, time

from knowledge.language.words import Language


def day_in_words(day: date, pattern: str, language: Language) -> str:
    """By a pattern of Babel's: "d MMMM y" gives "17 november 2026"."""
    from babel.dates import format_date

    return format_date(day, pattern, language)


def time_in_words(at: time, language: Language) -> str:
    """ "14:30"."""
    from babel.dates import format_time

    return format_time(at, "HH:mm", locale=language)


def period_in_words(period: str, language: Language) -> str:
    """The name of a part of the day: "morning1" is "ochtend"."""
    from babel import Locale

    return str(Locale(language).day_periods["format"]["abbreviated"][period])
