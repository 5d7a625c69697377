"""The sender: in order, no faster than allowed, again where it may help, never twice without need."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.delivery.sender import TRIES, Sender
from bot.ports.outbox import GiveUpError, MayHaveArrivedError, Outgoing, TryLaterError
from handlers.actions import SayAgain
from handlers.reply import text_of
from tests.database import make_store
from tests.storage.fakes import FakeClock, FakeOutbox, FakeTransport
from tests.storage.talk import reply, say, turn, words


@dataclass
class Bench:
    clock: FakeClock
    outbox: FakeOutbox
    transport: FakeTransport
    sender: Sender

    async def finish(self) -> None:
        stopping = asyncio.create_task(self.sender.stop())
        await self.clock.advance(60)
        await stopping


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = FakeClock()
    made = Bench(clock, FakeOutbox(clock), FakeTransport(clock), None)  # type: ignore[arg-type]
    made.sender = Sender(made.outbox, made.transport, clock, chance=lambda: 0.5)
    running = asyncio.create_task(made.sender.run())
    yield made
    await made.finish()
    await running


async def test_what_is_put_in_goes_out_at_once_and_one_chat_in_order(bench: Bench) -> None:
    bench.transport.takes = 0.1
    numbers = [bench.outbox.put(chat) for _ in range(4) for chat in ("test:a", "test:b")]
    await bench.clock.advance(0.5)
    assert sorted(bench.transport.ids()) == numbers
    assert bench.transport.times() == pytest.approx([0, 0, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3])
    assert [number for number in bench.transport.ids() if number % 2] == [1, 3, 5, 7]
    assert bench.outbox.rows == {}


async def test_a_slow_chat_holds_up_no_other(bench: Bench) -> None:
    bench.transport.outcome = lambda outgoing: (
        TryLaterError("502") if outgoing.chat.id == "test:slow" else ("m",)
    )
    for _ in range(5):
        bench.outbox.put("test:slow")
    others = [bench.outbox.put(f"test:{n}") for n in range(100)]
    await bench.clock.advance(0.5)
    assert [number for number in bench.transport.ids() if number != 1] == others


async def test_later_waits_longer_each_time_and_the_chat_keeps_its_order(bench: Bench) -> None:
    failures = [TryLaterError("500")] * 4
    bench.transport.outcome = lambda outgoing: failures.pop() if failures else ("m",)
    bench.outbox.put("test:a")
    bench.outbox.put("test:a")
    await bench.clock.advance(40)
    assert bench.transport.ids() == [1, 1, 1, 1, 1, 2]
    waits = [
        after - before
        for before, after in zip(bench.transport.times(), bench.transport.times()[1:], strict=False)
    ]
    assert waits[:4] == pytest.approx([1, 2, 4, 8])


async def test_the_platform_s_own_waiting_time_is_kept(bench: Bench) -> None:
    failures = [TryLaterError("429", after=35)]
    bench.transport.outcome = lambda outgoing: failures.pop() if failures else ("m",)
    bench.outbox.put("test:a")
    await bench.clock.advance(34)
    assert bench.transport.ids() == [1]
    await bench.clock.advance(4)
    assert bench.transport.ids() == [1, 1]


async def test_a_platform_that_tells_several_chats_to_wait_is_left_alone(bench: Bench) -> None:
    bench.transport.outcome = lambda outgoing: TryLaterError("429", after=8) if bench.clock.at < 1 else ("m",)
    bench.outbox.put("test:a")
    bench.outbox.put("test:b")
    await bench.clock.advance(0.1)
    for n in range(10):
        bench.outbox.put(f"test:{n}")
    await bench.clock.advance(7.8)
    assert len(bench.transport.ids()) == 2
    await bench.clock.advance(3)
    assert sorted(bench.transport.ids()[2:]) == list(range(1, 13))


async def test_after_about_a_day_it_is_given_up_and_the_next_one_goes(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.transport.outcome = lambda outgoing: (
        TryLaterError("502 Bad Gateway") if outgoing.id == 1 else ("m",)
    )
    bench.outbox.put("test:a", words="kanarie")
    bench.outbox.put("test:a")
    await bench.clock.advance(12 * 3600)
    assert bench.outbox.dropped == []
    await bench.clock.advance(14 * 3600)
    assert bench.outbox.dropped == [1]
    assert bench.transport.ids() == [1] * TRIES + [2]
    assert "502 Bad Gateway" in caplog.text
    assert "kanarie" not in caplog.text


async def test_what_will_never_be_taken_is_dropped_with_a_log_line(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.transport.outcome = lambda outgoing: GiveUpError("403 blocked") if outgoing.id == 1 else ("m",)
    with caplog.at_level(logging.INFO):
        bench.outbox.put("test:a", words="kanarie")
        bench.outbox.put("test:a")
        await bench.clock.advance(0.1)
    assert (bench.transport.ids(), bench.outbox.dropped) == ([1, 2], [1])
    assert "403 blocked" in caplog.text
    assert "kanarie" not in caplog.text


async def test_what_may_have_arrived_is_asked_after_once_and_with_a_button(bench: Bench) -> None:
    bench.transport.outcome = lambda outgoing: MayHaveArrivedError("500")
    bench.outbox.put("test:a", words="kanarie")
    await bench.clock.advance(5)
    assert (bench.transport.ids(), bench.outbox.dropped, bench.outbox.rows) == ([1, 2], [1, 2], {})
    notice = bench.transport.sent[1][1].message
    assert notice
    assert [button.action for button in notice.buttons] == [SayAgain()]
    assert "niet heeft bereikt" in text_of(notice.blocks[0])


async def test_a_deletion_that_may_have_happened_is_asked_after_by_nobody(bench: Bench) -> None:
    bench.transport.outcome = lambda outgoing: MayHaveArrivedError("500")
    bench.outbox.put("test:a", deletes=("17",))
    await bench.clock.advance(5)
    assert (bench.transport.ids(), bench.outbox.rows) == ([1], {})


async def test_a_fault_in_a_channel_stops_nothing_else(bench: Bench) -> None:
    bench.transport.outcome = lambda outgoing: KeyError("bug") if outgoing.id == 1 else ("m",)
    bench.outbox.put("test:a")
    bench.outbox.put("test:b")
    await bench.clock.advance(0.1)
    assert sorted(bench.transport.ids()) == [1, 2]
    assert list(bench.outbox.rows) == [1]


async def test_a_database_that_fails_after_the_sending_makes_nothing_go_twice(bench: Bench) -> None:
    bench.outbox.failures = 100
    bench.outbox.put("test:a")
    await bench.clock.advance(240)
    assert bench.transport.ids() == [1]
    assert bench.outbox.rows == {}


async def test_an_outbox_that_cannot_be_read_is_looked_at_again_and_that_is_said_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(2):
        bench.outbox.unreadable = 5
        bench.outbox.put("test:a")
        await bench.clock.advance(60)
    assert bench.transport.ids() == [1, 2]
    said = [record.getMessage() for record in caplog.records]
    assert said == ["the outbox cannot be read; trying again: OSError", "the outbox can be read again"] * 2


async def test_stopping_finishes_what_is_under_way_and_leaves_the_rest(bench: Bench) -> None:
    bench.transport.takes = 5
    first, second = bench.outbox.put("test:a"), bench.outbox.put("test:a")
    await bench.clock.advance(1)
    await bench.finish()
    assert bench.transport.ids() == [first]
    assert list(bench.outbox.rows) == [second]


async def test_stopping_a_sender_that_never_ran_ends() -> None:
    clock = FakeClock()
    await Sender(FakeOutbox(clock), FakeTransport(clock)).stop()


async def test_what_another_process_took_over_is_not_sent(bench: Bench) -> None:
    bench.outbox.held = False
    bench.outbox.put("test:a")
    await bench.clock.advance(5)
    assert bench.transport.ids() == []


async def test_while_it_cannot_be_known_whose_it_is_sending_waits(bench: Bench) -> None:
    bench.outbox.held = None
    bench.outbox.put("test:a")
    await bench.clock.advance(5)
    assert bench.transport.ids() == []
    bench.outbox.held = True
    await bench.clock.advance(1)
    assert bench.transport.ids() == [1]


async def test_a_program_that_stops_does_not_wait_for_that(bench: Bench) -> None:
    bench.outbox.held = None
    bench.outbox.put("test:a")
    await bench.clock.advance(1)
    await bench.finish()
    assert bench.transport.ids() == []


async def test_a_reply_in_the_database_is_sent_without_waiting_for_a_look(database_url: str) -> None:
    """The whole way with a real store: the second message of a chat follows as soon as the first is out."""
    store = make_store(database_url)
    heard: list[str] = []
    done = asyncio.Event()

    class Channel:
        channel = "test"

        async def send(self, outgoing: Outgoing) -> tuple[str, ...]:
            heard.append(words(outgoing))
            if len(heard) == 3:
                done.set()
            return ("m",)

    sender = Sender(store, Channel())
    running = asyncio.create_task(sender.run())
    try:
        await say(store, turn(), reply("a", "b", "c"))
        await asyncio.wait_for(done.wait(), 10)
        await sender.stop()
        await running
        assert heard == ["a", "b", "c"]
    finally:
        await store.close()
