"""Roles, invitations and PINs, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.channels.web.demo import only_asks
from bot.storage import SqlStore, people_repository, people_tables, pin_repository, school_repository
from bot.storage.school_repository import PeopleError
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
            school_repository.add_school(connection, name) for name in ("De Vlieger", "De Ark")
        ]
    )
    yield made
    await made.close()


async def invited(store: SqlStore, channel: str | None = None) -> str:
    return await store.call(
        lambda connection: people_repository.invite(connection, "directie", ["de vlieger"], channel, NOON)
    )


async def second(store: SqlStore, role: Role = "directie", *schools: str, note: str = "") -> str:
    return await store.call(
        lambda connection: people_repository.invite(connection, role, schools, None, NOON, note)
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
        return (await unit.people.unlock(pin, NOON + after)).outcome


async def choose(store: SqlStore, pin: str = "2580", person: str = "test:anna") -> None:
    await store.call(lambda connection: pin_repository.set_pin(connection, person, person, pin, NOON))


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
    rows = await store.call(lambda connection: connection.execute(select(people_tables.invitations)).all())
    assert len(rows) == 1
    assert code not in str(rows)


async def test_a_revoked_role_is_gone_with_the_next_turn(store: SqlStore) -> None:
    await redeem(store, await invited(store))
    await choose(store)
    assert await is_open(store, SECOND)
    assert await store.call(lambda connection: people_repository.revoke(connection, "test:anna"))
    assert await role(store) == ("medewerker", ())
    assert not await is_open(store, SECOND)
    assert not await store.call(lambda connection: people_repository.revoke(connection, "test:anna"))


async def test_five_wrong_pins_lock_for_an_hour(store: SqlStore) -> None:
    await choose(store)
    assert [await unlock(store, "1111") for _ in range(5)] == ["wrong"] * 4 + ["locked"]
    assert await unlock(store, "2580") == "locked"
    assert await unlock(store, "2580", chat="test:elsewhere") == "locked"
    assert not await is_open(store, timedelta(minutes=16))
    assert await unlock(store, "2580", timedelta(hours=1, seconds=1)) == "open"


async def test_a_chat_closes_after_a_quarter_of_an_hour_and_after_eight_in_any_case(store: SqlStore) -> None:
    await choose(store)
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
        await choose(store, "25802580", person)
    rows = await store.call(lambda connection: connection.execute(select(pin_repository.pins)).all())
    assert len({row.hash for row in rows}) == 2
    assert all(b"25802580" not in row.hash + row.salt for row in rows)


async def test_a_second_invitation_adds_schools_and_keeps_the_pin(store: SqlStore) -> None:
    await redeem(store, await invited(store))
    await choose(store)
    bound = await redeem(store, await second(store, "directie", "De Ark"))
    assert bound == Bound("directie", ("De Vlieger", "De Ark"), before="directie", added=("De Ark",))
    assert await role(store) == ("directie", ("de-vlieger", "de-ark"))
    assert await unlock(store, "2580") == "open"


async def test_an_invitation_to_another_role_replaces_the_role_and_says_which_it_was(store: SqlStore) -> None:
    await redeem(store, await invited(store))
    assert await redeem(store, await second(store, "bestuur")) == Bound("bestuur", (), before="directie")
    assert await role(store) == ("bestuur", ())


async def test_a_used_code_is_known_to_whoever_used_it_as_long_as_the_role_stands(store: SqlStore) -> None:
    code = await invited(store)
    await redeem(store, code)
    for _ in range(6):  # no wrong tries
        assert await redeem(store, code) == Bound("directie", ("De Vlieger",), again=True)
    await store.call(lambda connection: people_repository.revoke(connection, "test:anna"))
    assert await redeem(store, code) is None


async def test_a_forgotten_pin_goes_by_an_invitation_for_that_person_alone(store: SqlStore) -> None:
    await redeem(store, await invited(store))
    await choose(store)
    for _ in range(5):
        await unlock(store, "1111")
    code = await store.call(lambda c: people_repository.invite_again(c, "test:anna", NOON))
    assert await redeem(store, code, "test:bram") is None
    assert await redeem(store, code) == Bound("directie", ("De Vlieger",), before="directie")
    async with store.unit(turn()) as unit:
        assert unit
        assert await unit.people.may_choose_pin(NOON)
        assert not await unit.people.is_locked(NOON)
    with pytest.raises(PeopleError, match="has no role"):
        await store.call(lambda c: people_repository.invite_again(c, "test:bram", NOON))


async def test_who_chose_no_pin_in_time_chooses_none(store: SqlStore) -> None:
    await redeem(store, await invited(store))
    async with store.unit(turn()) as unit:
        assert unit
        assert await unit.people.may_choose_pin(NOON + INVITATION_LASTS)
        assert not await unit.people.may_choose_pin(NOON + INVITATION_LASTS + 2 * SECOND)


async def test_a_new_pin_counts_once_it_was_typed_twice_and_in_time(store: SqlStore) -> None:
    await choose(store)
    for confirmed, after, counts in (
        ("7391", SECOND, True),
        ("7392", SECOND, False),
        ("7391", OPEN_FOR, False),
    ):
        async with store.unit(turn()) as unit:
            assert unit
            await unit.people.propose_pin("7391", NOON)
            assert (await unit.people.unlock("7391", NOON)).outcome == "wrong"
            assert await unit.people.confirm_pin(confirmed, NOON + after + (not counts) * SECOND) == counts
        assert await unlock(store, "7391" if counts else "2580") == "open"
        await choose(store)


async def test_a_new_pin_does_not_clear_the_count_of_wrong_ones(store: SqlStore) -> None:
    await choose(store)
    assert [await unlock(store, "1111") for _ in range(4)] == ["wrong"] * 4
    await choose(store, "7391")
    assert await unlock(store, "1111") == "locked"


async def test_the_right_pin_tells_of_the_wrong_ones_before_it(store: SqlStore) -> None:
    await choose(store)
    await unlock(store, "1111")
    await unlock(store, "1112", 2 * SECOND)
    async with store.unit(turn()) as unit:
        assert unit
        first = await unit.people.unlock("2580", NOON + timedelta(days=20))
        assert (first.earlier, first.earlier_at) == (2, NOON + 2 * SECOND)
        assert (await unit.people.unlock("2580", NOON + timedelta(days=20))).earlier == 0


async def test_open_invitations_are_listed_and_withdrawn(store: SqlStore) -> None:
    code = await second(store, "directie", "De Ark", note="directie De Ark, 12 sept")
    used = await invited(store)
    await redeem(store, used)
    (found,) = await store.call(lambda c: people_repository.open_invitations(c, NOON))
    assert (found.role, found.schools, found.note) == ("directie", ("de-ark",), "directie De Ark, 12 sept")
    assert found.id not in code
    assert await store.call(lambda c: people_repository.withdraw(c, found.id, NOON))
    assert await redeem(store, code, "test:bram") is None
    assert not await store.call(lambda c: people_repository.withdraw(c, found.id, NOON))
    assert not await store.call(lambda c: people_repository.withdraw(c, "", NOON))


async def test_the_note_of_an_invitation_tells_who_the_person_is(store: SqlStore) -> None:
    await redeem(store, await second(store, "directie", "De Ark", note="directie De Ark, 12 sept"))
    assert [one.note for one in await store.call(people_repository.everybody)] == ["directie De Ark, 12 sept"]
    assert await store.call(lambda c: people_repository.annotate(c, "test:anna", "weg per 1 mei"))
    assert [one.note for one in await store.call(people_repository.everybody)] == ["weg per 1 mei"]
    assert not await store.call(lambda c: people_repository.annotate(c, "test:bram", "x"))


async def test_a_school_is_renamed_and_its_people_stay(store: SqlStore) -> None:
    await redeem(store, await invited(store))
    await store.call(lambda c: school_repository.rename_school(c, "de vlieger", "De Vlieger 2"))
    bound = await redeem(store, await second(store, "directie", "De Ark"))
    assert bound
    assert bound.schools == ("De Vlieger 2", "De Ark")
    for old, new, told in (
        ("De Zon", "x", "no school"),
        ("De Ark", "DE VLIEGER 2", "already"),
        ("De Ark", " ", "name"),
    ):
        with pytest.raises(PeopleError, match=told):
            await store.call(lambda c, a=old, b=new: school_repository.rename_school(c, a, b))  # type: ignore[misc]
    await store.call(lambda c: school_repository.rename_school(c, "De Ark", "DE ARK"))


async def test_nobody_is_invited_to_a_closed_school(store: SqlStore) -> None:
    await store.call(lambda c: school_repository.close_school(c, "De Ark", NOON))
    assert await store.call(school_repository.open_schools) == [("de-vlieger", "De Vlieger")]
    assert len(await store.call(school_repository.all_schools)) == 2
    with pytest.raises(PeopleError, match="closed"):
        await second(store, "directie", "De Ark")
    await store.call(lambda c: school_repository.reopen_school(c, "De Ark"))
    assert await second(store, "directie", "De Ark")


async def test_notices_go_to_those_whose_role_counts(store: SqlStore) -> None:
    for person in ("web:x:bestuur", "telegram:1"):
        await redeem(store, await second(store, "bestuur"), person)
    store.roles = only_asks
    async with store.unit(turn()) as unit:
        assert unit
        assert await unit.people.of_board() == ["telegram:1"]


async def test_no_code_looks_like_a_word() -> None:
    codes = [people_repository._new_code() for _ in range(300)]
    assert all(len(code) == 24 and code[0].isalnum() and code[-1].isalnum() for code in codes)
    assert all(sum(letter.isdigit() for letter in code) >= 2 for code in codes)


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
        await store.call(lambda connection: school_repository.add_school(connection, " de  ark"))


async def test_schools_keep_their_ids(store: SqlStore) -> None:
    await store.call(lambda connection: school_repository.add_school(connection, "De Ark!"))
    assert await store.call(school_repository.all_schools) == [
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
