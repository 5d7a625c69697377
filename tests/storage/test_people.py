"""Roles, invitations and PINs, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.storage import SqlStore, people_repository
from bot.storage.people_repository import PeopleError
from handlers.people import INVITATION_LASTS, OPEN_AT_MOST, OPEN_FOR, Bound, is_weak
from handlers.turn import Role
from tests.database import make_store
from tests.storage.talk import NOON, turn

SECOND = timedelta(seconds=1)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    made = make_store(database_url)
    await made.call(
        lambda connection: [
            people_repository.add_school(connection, name) for name in ("De Vlieger", "De Ark")
        ]
    )
    yield made
    await made.close()


async def invited(store: SqlStore, channel: str | None = None) -> str:
    return await store.call(
        lambda connection: people_repository.invite(connection, "directie", ["de vlieger"], channel, NOON)
    )


async def redeem(
    store: SqlStore, code: str, person: str = "test:anna", after: timedelta = SECOND
) -> Bound | None:
    async with store.unit(turn(person)) as unit:
        assert unit
        bound = await unit.people.redeem(code, NOON + after)
        assert bound != "elsewhere"
        return bound


async def unlock(store: SqlStore, pin: str, after: timedelta = SECOND, chat: str = "test:anna") -> str:
    async with store.unit(turn(chat, "test:anna")) as unit:
        assert unit
        return await unit.people.unlock(pin, NOON + after)


async def is_open(store: SqlStore, after: timedelta, chat: str = "test:anna") -> bool:
    async with store.unit(turn(chat, "test:anna")) as unit:
        assert unit
        return await unit.people.is_open(NOON + after)


async def role(store: SqlStore, person: str = "test:anna") -> tuple[str, tuple[str, ...]]:
    async with store.unit(turn(person)) as unit:
        assert unit
        return unit.turn.person.role, unit.turn.person.schools


async def test_an_invitation_binds_one_person_once(store: SqlStore) -> None:
    code = await invited(store)
    assert await role(store) == ("medewerker", ())
    assert await redeem(store, code) == Bound("directie", ("De Vlieger",))
    assert await role(store) == ("directie", ("de-vlieger",))
    assert await redeem(store, code, "test:bram") is None
    assert await role(store, "test:bram") == ("medewerker", ())
    assert await role(store, "other:anna") == ("medewerker", ())


async def test_fifty_redemptions_at_once_are_one(store: SqlStore) -> None:
    code = await invited(store)
    bound = await asyncio.gather(*(redeem(store, code, f"test:{number}") for number in range(50)))
    assert sum(one is not None for one in bound) == 1
    assert len(await store.call(people_repository.everybody)) == 1


async def test_an_invitation_ends_after_three_days_and_holds_on_its_channel_only(store: SqlStore) -> None:
    code = await invited(store, "telegram")
    assert await redeem(store, code, "test:anna") is None
    assert await redeem(store, code, "telegram:1", INVITATION_LASTS) is None
    assert await redeem(store, code, "telegram:1", INVITATION_LASTS - SECOND)


async def test_after_five_wrong_codes_the_right_one_is_refused_for_an_hour(store: SqlStore) -> None:
    code = await invited(store)
    for number in range(5):
        assert await redeem(store, f"{number}" * 24) is None
    assert await redeem(store, code) is None
    assert await redeem(store, code, after=timedelta(minutes=59)) is None
    assert await redeem(store, code, after=timedelta(hours=1, seconds=1))


async def test_a_code_is_kept_nowhere(store: SqlStore) -> None:
    code = await invited(store)
    await redeem(store, code)
    rows = await store.call(
        lambda connection: connection.execute(select(people_repository.invitations)).all()
    )
    assert len(rows) == 1
    assert code not in str(rows)


async def test_a_revoked_role_is_gone_with_the_next_turn(store: SqlStore) -> None:
    await redeem(store, await invited(store))
    async with store.unit(turn()) as unit:
        assert unit
        await unit.people.set_pin("2580", NOON)
    assert await is_open(store, SECOND)
    assert await store.call(lambda connection: people_repository.revoke(connection, "test:anna"))
    assert await role(store) == ("medewerker", ())
    assert not await is_open(store, SECOND)
    assert not await store.call(lambda connection: people_repository.revoke(connection, "test:anna"))


async def test_five_wrong_pins_lock_for_an_hour(store: SqlStore) -> None:
    async with store.unit(turn()) as unit:
        assert unit
        await unit.people.set_pin("2580", NOON)
        await unit.people.lock()
    assert [await unlock(store, "1111") for _ in range(5)] == ["wrong"] * 4 + ["locked"]
    assert await unlock(store, "2580") == "locked"
    assert await unlock(store, "2580", chat="test:elsewhere") == "locked"
    assert not await is_open(store, SECOND)
    assert await unlock(store, "2580", timedelta(hours=1, seconds=1)) == "open"


async def test_a_chat_closes_after_a_quarter_of_an_hour_and_after_eight_in_any_case(store: SqlStore) -> None:
    async with store.unit(turn()) as unit:
        assert unit
        await unit.people.set_pin("2580", NOON)
    after = timedelta()
    assert await is_open(store, after)
    assert not await is_open(store, after, "test:elsewhere")
    while after <= OPEN_AT_MOST - OPEN_FOR:
        after += OPEN_FOR
        assert await is_open(store, after)
    assert not await is_open(store, OPEN_AT_MOST + SECOND)
    assert await unlock(store, "2580", timedelta(hours=9)) == "open"
    assert not await is_open(store, timedelta(hours=9) + OPEN_FOR + SECOND)


async def test_a_pin_is_kept_as_a_slow_hash_with_its_own_salt(store: SqlStore) -> None:
    for person in ("test:anna", "test:bram"):
        async with store.unit(turn(person)) as unit:
            assert unit
            await unit.people.set_pin("25802580", NOON)
    rows = await store.call(lambda connection: connection.execute(select(people_repository.pins)).all())
    assert len({row.hash for row in rows}) == 2
    assert all(b"25802580" not in row.hash + row.salt for row in rows)


async def test_what_cannot_be_invited_is_said(store: SqlStore) -> None:
    refused: tuple[tuple[Role, list[str], str], ...] = (
        ("directie", [], "--school"),
        ("bestuur", ["De Ark"], "leave --school out"),
        ("directie", ["De Zon"], "bot schools --add"),
    )
    for chosen, schools, told in refused:
        with pytest.raises(PeopleError, match=told):
            await store.call(
                lambda connection, c=chosen, s=schools: people_repository.invite(connection, c, s, None, NOON)  # type: ignore[misc]
            )
    with pytest.raises(PeopleError, match="already"):
        await store.call(lambda connection: people_repository.add_school(connection, " de  ark"))


async def test_schools_keep_their_ids(store: SqlStore) -> None:
    await store.call(lambda connection: people_repository.add_school(connection, "De Ark!"))
    assert await store.call(people_repository.all_schools) == [
        ("de-ark", "De Ark"),
        ("de-ark-2", "De Ark!"),
        ("de-vlieger", "De Vlieger"),
    ]


async def test_events_cannot_be_changed_or_deleted(store: SqlStore) -> None:
    values = "1, 'b', 'c', 'read', 'p', 'directie', 0, ''"
    await store.call(
        lambda connection: connection.execute(text(f"INSERT INTO case_events VALUES ({values})"))  # noqa: S608
    )
    for change in ("UPDATE case_events SET about = 'x'", "DELETE FROM case_events"):
        with pytest.raises(Exception, match="append-only"):
            await store.call(lambda connection, change=change: connection.execute(text(change)))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("pin", "weak"), [("0000", True), ("1234", True), ("98765", True), ("2580", False), ("1233", False)]
)
def test_a_pin_that_everybody_tries_is_weak(pin: str, weak: bool) -> None:
    assert is_weak(pin) == weak
