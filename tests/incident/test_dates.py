"""When something happened, as people type it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.dates.moment import When, describe, read
from handlers.dates.working_days import AMSTERDAM

NOW = datetime(2026, 11, 26, 14, 30)
"""A Thursday."""


def short(when: When) -> str:
    """ "17-11-2026 14:30 avond ?ambiguous", without what is missing."""
    parts = (
        when.day and f"{when.day:%d-%m-%Y}",
        when.time and f"{when.time:%H:%M}",
        when.part,
        when.doubt and f"?{when.doubt}",
    )
    return " ".join(part for part in parts if part)


SAID = {
    # days
    "vandaag": "26-11-2026",
    "Gisteren": "25-11-2026",
    "gister": "25-11-2026",
    "gisteren rond 14:00": "25-11-2026 14:00",
    "eergisteren": "24-11-2026",
    "eergisteravond": "24-11-2026 avond",
    "gisteravond om half 9": "25-11-2026 20:30 avond",
    "gistermiddag na schooltijd": "25-11-2026 middag",
    "gisternacht": "25-11-2026 nacht ?ambiguous",
    "vanochtend": "26-11-2026 ochtend",
    "vanmorgen om kwart over 8": "26-11-2026 08:15 ochtend",
    "vannacht": "26-11-2026 nacht",
    "vrijdag": "20-11-2026",
    "dinsdag": "24-11-2026",
    "donderdag": "19-11-2026 ?ambiguous",
    "afgelopen vrijdag in de pauze": "20-11-2026",
    "afgelopen donderdag": "19-11-2026",
    "vorige dinsdag": "24-11-2026 ?ambiguous",
    "vorige vrijdag": "20-11-2026",
    "vorige week dinsdag": "17-11-2026",
    "vorige week donderdagmiddag": "19-11-2026 middag",
    "dinsdagavond vorige week": "17-11-2026 avond",
    "deze week maandag": "23-11-2026",
    "afgelopen week dinsdag": "24-11-2026 ?ambiguous",
    "maandagochtend": "23-11-2026 ochtend",
    "maandag om half 9": "23-11-2026 08:30",
    "maandag in de ochtend": "23-11-2026 ochtend",
    "twee weken geleden op dinsdag": "10-11-2026",
    "dinsdag twee weken geleden": "10-11-2026",
    "twee weken geleden": "12-11-2026 ?ambiguous",
    "2 dagen geleden": "24-11-2026",
    "drie dagen terug": "23-11-2026",
    "een uur geleden": "26-11-2026 13:30",
    "een half uur geleden": "26-11-2026 14:00",
    "16 uur geleden": "25-11-2026 22:30",
    "dat was woensdag toen leerling A 3 berichten stuurde": "25-11-2026",
    # dates
    "3 november": "03-11-2026",
    "op 3 nov.": "03-11-2026",
    "3-11": "03-11-2026",
    "3/11/2026 half drie": "03-11-2026 14:30",
    "03-11-26 om 9 uur": "03-11-2026 09:00",
    "3.11.2026": "03-11-2026",
    "22-11-'26": "22-11-2026",
    "het gebeurde vrijdag 20 november om 10 over 12": "20-11-2026 12:10",
    "2026-11-03": "03-11-2026",
    "2026-11-03 14:05": "03-11-2026 14:05",
    "op 3 november 2026 om 10.15 uur": "03-11-2026 10:15",
    "3 nov. 's middags": "03-11-2026 middag",
    "3 november ‘s avonds 8 uur": "03-11-2026 20:00 avond",
    "maandag 16 november": "16-11-2026",
    "16 november, maandag": "16-11-2026",
    "di 17 nov": "17-11-2026",
    "dinsdag 16 november": "16-11-2026 ?contradiction",
    "de 3e": "03-11-2026",
    "de 28e": "28-10-2026 ?ambiguous",
    "5 mei": "05-05-2026",
    "20 december": "20-12-2025 ?ambiguous",
    "29 februari 2024": "29-02-2024",
    "3-11-1926": "03-11-1926 ?ambiguous",
    # English
    "yesterday at 3pm": "25-11-2026 15:00",
    "last night": "25-11-2026 nacht ?ambiguous",
    "last tuesday": "24-11-2026 ?ambiguous",
    "last week tuesday": "17-11-2026",
    "tuesday last week": "17-11-2026",
    "this morning": "26-11-2026 ochtend",
    "two weeks ago": "12-11-2026 ?ambiguous",
    "on November 3rd, 2026 at half past two": "03-11-2026 14:30",
    "3rd of november, a quarter to three": "03-11-2026 14:45",
    "the day before yesterday": "24-11-2026",
    # typing errors
    "gistren": "25-11-2026",
    "vorige week dinsdg": "17-11-2026",
    "3 novmber": "03-11-2026",
    # asked back
    "afgelopen nacht": "25-11-2026 nacht ?ambiguous",
    "zondagnacht om 2 uur": "22-11-2026 02:00 nacht ?ambiguous",
    "niet gisteren maar eergisteren": "25-11-2026 ?several",
    "de maandag voor de herfstvakantie": "?no_day",
    "kwart over 2": "14:15 ?no_day",
    "om 3 uur": "15:00 ?no_day",
    "vorige maand": "?no_day",
    "vorige week": "?no_day",
    "een paar dagen geleden": "?no_day",
    "begin november": "?no_day",
    "mei": "?no_day",
    "elke maandag": "?several",
    "maandag en dinsdag": "23-11-2026 ?several",
    "3-11 en 5-11": "03-11-2026 ?several",
    "morgen": "?future",
    "morgenochtend": "?future",
    "volgende week dinsdag": "?future",
    "vanavond": "26-11-2026 ?future",
    "vandaag om 16:00": "26-11-2026 ?future",
    "3 december 2026": "?future",
    "deze week vrijdag": "?future",
    "31 februari 2026": "?unreadable",
    "weet ik niet": "?unknown",
    "Dat weet ik niet meer.": "?unknown",
    "geen idee": "?unknown",
    "I don't know": "?unknown",
    # no date at all
    "hij stuurde een appje": "?unreadable",
    "3 leerlingen": "?unreadable",
    "dat was in groep 7": "?unreadable",
    "24/7": "?unreadable",
    "06-12345678": "?unreadable",
    "half werk": "?unreadable",
    "": "?unreadable",
}


@pytest.mark.parametrize(("said", "meant"), SAID.items())
def test_what_people_type_is_read_as_they_mean_it(said: str, meant: str) -> None:
    when = read(said, NOW)
    assert short(when) == meant
    assert when.text == said
    assert when.certain == ("?" not in meant)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("vijf voor half 4", time(15, 25)), ("10 over half drie", time(14, 40)), ("tien voor 3", time(14, 50)), ("half twaalf", time(11, 30)),  # noqa: E501
        ("14u30", time(14, 30)), ("14.30", time(14, 30)), ("8:05", time(8, 5)), ("08:05", time(8, 5)), ("02:15", time(2, 15)), ("2:15", time(14, 15)),  # noqa: E501
        ("kwart voor een", time(12, 45)), ("12 uur", time(12)), ("om 12 uur 's nachts", time(0)), ("3 uur 's nachts", time(3)),  # noqa: E501
        ("half 1", time(12, 30)),
        ("rond een uur of 8 's avonds", time(20)), ("12 am", time(0)), ("12:30 pm", time(12, 30)), ("noon", time(12)), ("20 uur", time(20)),  # noqa: E501
        ("24:00", time(0)), ("25:00", None), ("14:75", None), ("3 uur lang", None), ("om 3 redenen", None), ("13 pm", None),  # noqa: E501
    ],
)  # fmt: skip
def test_times_of_day_near_school_hours(said: str, meant: time | None) -> None:
    assert read(f"3 november {said}", NOW).time == meant


def test_on_new_years_day_a_date_without_a_year_is_last_years() -> None:
    assert short(read("20 december", datetime(2027, 1, 5))) == "20-12-2026"


def test_the_day_is_the_dutch_day() -> None:
    """At half past eleven at night in Greenwich it is tomorrow here."""
    assert read("gisteren", datetime(2026, 11, 25, 23, 30, tzinfo=UTC)).day == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("said", "dutch", "english"),
    [
        ("vorige week dinsdag", "dinsdag 17 november 2026", "Tuesday 17 November 2026"),
        ("3/11 half drie", "dinsdag 3 november 2026, 14:30", "Tuesday 3 November 2026, 14:30"),
        ("eergisteravond", "dinsdag 24 november 2026, ’s avonds", "Tuesday 24 November 2026, in the evening"),
        (
            "maandagochtend",
            "maandag 23 november 2026, ’s ochtends",
            "Monday 23 November 2026, in the morning",
        ),
        (
            "gistermiddag",
            "woensdag 25 november 2026, ’s middags",
            "Wednesday 25 November 2026, in the afternoon",
        ),
        ("vannacht", "donderdag 26 november 2026, ’s nachts", "Thursday 26 November 2026, at night"),
        ("een paar dagen geleden", "een paar dagen geleden", "een paar dagen geleden"),
    ],
)
def test_it_is_told_back_in_words(said: str, dutch: str, english: str) -> None:
    when = read(said, NOW)
    assert (describe(when, "nl"), describe(when, "en")) == (dutch, english)


WORDS = sorted({word for said in SAID for word in re.findall(r"\S+", said)})
typed = st.lists(st.sampled_from(WORDS) | st.integers(0, 99999).map(str), max_size=8).map(" ".join) | st.text(
    max_size=60
)


@given(typed, st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 30)))
@example("99 weken geleden", datetime(1, 1, 2))
@example("de 31e", datetime(1, 1, 2))
@example("999 dagen geleden", datetime(1, 1, 2))
@example("20 december", datetime(1, 1, 2))
def test_nothing_typed_breaks_it_and_no_day_lies_in_the_future(text: str, now: datetime) -> None:
    when = read(text, now)
    assert when.day is None or when.day <= now.date()
    if when.day == now.date() and when.time:
        assert when.time <= now.time()
    if when.certain:
        assert when.day is not None
    assert describe(when, "nl")[:1] or not text


@given(st.datetimes(datetime(2026, 1, 1), NOW))
def test_every_past_moment_written_out_is_read_back(then: datetime) -> None:
    when = read(f"{then:%d-%m-%Y %H:%M}", NOW)
    assert (when.day, when.time, when.certain) == (
        then.date(),
        then.time().replace(second=0, microsecond=0),
        True,
    )
    told = describe(When(then.date(), when.time, None, ""), "nl")
    again = read(told, NOW.replace(tzinfo=AMSTERDAM))
    assert (again.day, again.time, again.certain) == (when.day, when.time, True)
