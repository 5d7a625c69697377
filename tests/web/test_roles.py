"""Roles can be tried on one's own machine, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from bot.channels.web.demo import FILE, only_asks
from bot.clock import utc_now
from bot.settings import Settings
from bot.storage import encryption, open_store, people_repository
from bot.storage.database import connect
from bot.storage.demonstration import SCHOOL
from bot.storage.open_store import open_database
from handlers import texts
from handlers.conversation.router import Conversation
from handlers.turn import Role
from knowledge.matching.matcher import Matcher
from tests.conversations.people import seat
from tests.incident.desk import Office
from tests.test_run import free_port
from tests.web.site import Site, offers, running, words

BAR = f'<section class="roles" aria-label="{texts.load()["nl"]("web_demonstration")}">'
TURN = {"kind": "said", "delivery": "d", "text": "hallo daar"}


@contextmanager
def in_production(matcher: Matcher, folder: Path) -> Iterator[Site]:
    if not (folder / "board.key").exists():
        encryption.create(folder / "board.key")
    port = free_port()
    made = Site(
        matcher, folder, bot_profile="production", web_page=True, public_url=f"http://127.0.0.1:{port}"
    )
    made.port = port
    with running(made) as started:
        yield started


@pytest.fixture
def production(mini: Matcher, tmp_path: Path) -> Iterator[Site]:
    with in_production(mini, tmp_path) as started:
        yield started


def role(site: Site, person: str) -> tuple[Role, tuple[str, ...]]:
    """As it stands in the database of those who try roles, or in that of all others."""
    tried = person.endswith((":directie", ":bestuur"))
    database = connect(f"sqlite:///{site.folder / (FILE if tried else 'bot.db')}")
    try:
        return database.transact(lambda connection: people_repository.role_of(connection, person))
    finally:
        database.close()


def test_the_page_offers_the_roles_and_says_that_it_is_a_demonstration(site: Site) -> None:
    page = httpx.get(f"{site.address}?als=bestuur").text
    assert BAR in page
    assert '<a href="?als=bestuur" aria-current="page">als bestuur</a>' in page
    assert '<a href="?als=directie">als directeur</a>' in page


@pytest.mark.parametrize(("tried", "schools"), [("directie", (SCHOOL.lower(),)), ("bestuur", ())])
def test_each_role_is_a_person_with_that_role_and_a_chat_of_its_own(
    site: Site, tried: str, schools: tuple[str, ...]
) -> None:
    anna = site.visitor()
    anna.ask("hallo daar")
    assert role(site, anna.id) == ("medewerker", ())
    anna.role, anna.seen = tried, 0
    assert anna.history() == []
    anna.ask("mag ik deze foto plaatsen")
    assert anna.id.endswith(f":{tried}")
    assert role(site, anna.id) == (tried, schools)
    assert len(anna.history()) == 2


async def test_who_tries_the_board_reads_no_real_case_and_takes_no_real_notice(site: Site) -> None:
    store = open_store(Settings.model_validate({"data_dir": site.folder}))
    office = Office(store, Conversation(site.matcher, texts.load()))
    case = await office.reported("telegram:42")
    await store.call(lambda c: seat(c, "telegram:43", "telegram:43", "bestuur", utc_now()))
    for tried in ("bestuur", "directie"):
        anna = site.visitor(tried)
        assert words(anna.ask("/zaken")) == "Er zijn geen zaken die jij mag zien."
        assert "Die zaak is er niet" in words(anna.ask(f"/zaak {case.number}"))
    everybody = await store.call(people_repository.everybody)
    assert [one.person for one in everybody] == ["telegram:43"]
    await store.close()


def test_moving_to_production_removes_the_demonstration_and_says_so(mini: Matcher, tmp_path: Path) -> None:
    with running(Site(mini, tmp_path)) as site:
        site.visitor("bestuur").ask("hallo daar")
        assert not [line for line in site.lines if "demonstration" in line]
    assert (tmp_path / FILE).exists()
    with in_production(mini, tmp_path) as site:
        assert f"demonstration: {tmp_path / FILE} was removed" in site.lines
    assert list(tmp_path.glob(f"{FILE}*")) == []


def test_what_a_demonstration_left_among_real_cases_is_removed(mini: Matcher, tmp_path: Path) -> None:
    tried = f"web:{'0' * 40}:bestuur"
    with closing(open_database(Settings.model_validate({"data_dir": tmp_path}))) as database:
        for person in (tried, "telegram:43"):
            database.transact(lambda c, one=person: seat(c, one, one, "bestuur", utc_now()))  # type: ignore[misc]
    with running(Site(mini, tmp_path)) as site:
        assert "demonstration: 1 tried roles and 0 of their cases were removed" in site.lines
        with closing(connect(f"sqlite:///{tmp_path / 'bot.db'}")) as database:
            assert [one.person for one in database.transact(people_repository.everybody)] == ["telegram:43"]


@pytest.mark.parametrize("tried", ["beheerder", "medewerker", "koning"])
def test_no_other_role_can_be_tried(site: Site, tried: str) -> None:
    anna = site.visitor()
    assert anna.http.post("turns", json={**TURN, "as": tried}).status_code == 401
    assert anna.http.get("stream", params={"as": tried}).status_code == 401


def test_in_production_there_are_no_roles_to_try(production: Site) -> None:
    assert BAR not in httpx.get(f"{production.address}?als=directie").text
    assert httpx.get(f"{production.address}?als=directie").status_code == 200
    anna = production.visitor()
    for tried in ("directie", "bestuur"):
        assert anna.http.post("turns", json={**TURN, "as": tried}).status_code == 401
        assert anna.http.get("stream", params={"as": tried}).status_code == 401
    assert words(anna.ask("mag ik deze foto plaatsen")).startswith("Vraag eerst toestemming.")


def test_in_production_a_role_that_was_bound_to_somebody_on_the_page_counts_for_nothing(
    production: Site,
) -> None:
    anna = production.visitor()
    anna.ask("hallo daar")
    database = connect(f"sqlite:///{production.folder / 'bot.db'}")
    for person in (anna.id, "telegram:42"):
        code = database.transact(
            lambda connection: people_repository.invite(connection, "bestuur", [], None, utc_now())
        )
        database.transact(
            lambda connection, code=code, person=person: people_repository.redeem(  # type: ignore[misc]
                connection, code, person, utc_now()
            )
        )
    assert role(production, anna.id)[0] == "bestuur"
    assert database.transact(lambda connection: only_asks(connection, anna.id)) == ("medewerker", ())
    assert database.transact(lambda connection: only_asks(connection, "telegram:42"))[0] == "bestuur"
    database.close()


def test_in_production_an_invitation_typed_on_the_page_stays_good_for_elsewhere(production: Site) -> None:
    with closing(connect(f"sqlite:///{production.folder / 'bot.db'}")) as database:
        code = database.transact(
            lambda connection: people_repository.invite(connection, "bestuur", [], None, utc_now())
        )
        anna = production.visitor()
        assert "Je code is nog niet gebruikt" in words(anna.ask(f"/start {code}"))
        assert database.transact(
            lambda connection: people_repository.redeem(connection, code, "telegram:43", utc_now())
        )


def test_in_production_the_page_answers_questions_and_does_nothing_else(
    matcher: Matcher, tmp_path: Path
) -> None:
    """Not even for who is a director elsewhere under the same name."""
    with in_production(matcher, tmp_path) as site:
        anna = site.visitor()
        assert "Vraag eerst toestemming" in words(anna.ask("mag ik een klassenfoto op facebook zetten"))
        with closing(connect(f"sqlite:///{tmp_path / 'bot.db'}")) as database:
            database.transact(lambda connection: seat(connection, anna.id, anna.id, "directie", utc_now()))
        for asked, heard in (
            ("/melden", "Een incident melden doet de directie."),
            ("ik wil een incident melden", "directeur"),
            ("/zaken", "Dat kan ik hier niet voor je doen."),
            ("/zaak 2026-0001", "Dat kan ik hier niet voor je doen."),
        ):
            answer = anna.ask(asked)
            assert (heard in words(answer), offers(answer)) == (True, []), (asked, words(answer))
