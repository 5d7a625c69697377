"""A process that tells a report answer by answer and sends it in, over and over, and says after each commit
what is kept.

Its parent kills it.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from dataclasses import replace

from bot.storage import SqlStore
from bot.storage.database import connect
from bot.storage.encryption import Cipher
from handlers.cases.case import Actor, continued, start, submit
from handlers.flow_interpreter import Written
from tests.storage.talk import NOON, reply, turn

ANSWERS = 5
WHO = Actor("test:anna", "directie")


async def work(url: str, key: str) -> None:
    store = SqlStore(connect(url), Cipher({"k": bytes.fromhex(key)}, "k"))
    while True:
        draft, began = start(WHO, "de-ark", "incident", 1, NOON)
        await _keep(store, draft, began)
        for number in range(ANSWERS):
            run = draft.run
            draft = continued(
                draft,
                replace(
                    run,
                    answers={**run.answers, f"q{number}": Written(f"a{number}")},
                    revision=run.revision + 1,
                ),
                NOON,
            )
            await _keep(store, draft)
            print(draft.id, number + 1, flush=True)
        async with store.unit(turn(delivery=f"test:{secrets.token_hex(8)}")) as unit:
            assert unit
            head = await unit.cases.head(draft.id)
            assert head
            case = await unit.cases.load(head)
            sent, event = submit(case, await unit.cases.next_number(2026), case.revision, WHO, NOON)
            await unit.cases.save(sent, event)
            unit.save(unit.session, reply("ingediend"))
        print(draft.id, "sent", flush=True)


async def _keep(store: SqlStore, draft: object, *events: object) -> None:
    async with store.unit(turn(delivery=f"test:{secrets.token_hex(8)}")) as unit:
        assert unit
        await unit.cases.save(draft, *events)  # type: ignore[arg-type]
        unit.save(unit.session, reply("bewaard"))


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2]))
