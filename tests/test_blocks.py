"""A new kind of block cannot vanish on a channel: the type checker keeps Python's, this the page's script."""

from typing import get_args

from handlers.reply import Block
from tests.conftest import ROOT


def test_the_page_draws_every_kind_of_block() -> None:
    script = (ROOT / "bot/channels/web/static/log.js").read_text(encoding="utf-8")
    kinds = {block.__dataclass_fields__["kind"].default for block in get_args(Block)}
    assert kinds == {"paragraph", "quotation", "heading", "bullets"}
    drawn = {kind for kind in kinds if f'block.kind === "{kind}"' in script}
    assert drawn == kinds - {"paragraph"}, "the rest is drawn as a paragraph"
