"""What is learnt is the same for the same pack, kept, and made anew when the pack changes."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.matching import fitting, index
from knowledge.matching.collected import collect
from knowledge.matching.examples import make_examples
from knowledge.matching.features import BLOCKS, Reader, Reading
from knowledge.matching.matcher import Matcher
from knowledge.pack import loading
from tests.conftest import MINI, ROOT

LEARN = """
from pathlib import Path
from knowledge.matching import index
from knowledge.pack import loading
"""


def test_the_same_pack_gives_the_same_bytes(tmp_path: Path) -> None:
    """In processes that hash differently and have a different number of threads."""
    for name in ("1", "2"):
        environment = {"PYTHONHASHSEED": name, "OPENBLAS_NUM_THREADS": name, "PYTHONPATH": str(ROOT)}
        learn = f"{LEARN}\nindex.save(index.build(loading.load(Path({str(MINI)!r}))), Path('index.npz'))"
        folder = tmp_path / name
        folder.mkdir()
        subprocess.run([sys.executable, "-c", learn], env=environment, cwd=folder, check=True)
    assert (tmp_path / "1" / "index.npz").read_bytes() == (tmp_path / "2" / "index.npz").read_bytes()


def test_a_kept_index_answers_like_a_fresh_one(tmp_path: Path, mini: Matcher) -> None:
    file = index.index_file(tmp_path, mini.pack.fingerprint)
    index.save(mini.index, file)
    kept = index.load(file, mini.pack.fingerprint)
    assert kept is not None
    again = Matcher(mini.pack, kept)
    for question in ["mag ik deze foto plaatsen", "reply to a nasty review?", "hallo", "vakantie", ""]:
        assert again.ask(question) == mini.ask(question)


def test_a_kept_index_is_kept_again_as_it_was(tmp_path: Path, mini: Matcher) -> None:
    first, second = tmp_path / "a" / "index.npz", tmp_path / "b" / "index.npz"
    index.save(mini.index, first)
    kept = index.load(first, mini.pack.fingerprint)
    assert kept is not None
    index.save(kept, second)
    assert first.read_bytes() == second.read_bytes()


def test_the_ways_of_asking_are_counted_by_label(mini: Matcher) -> None:
    counts = index.phrasing_counts(mini.index)
    assert counts == {label: len(index.phrasings_of(mini.index, label)) for label in mini.index.model.labels}
    assert min(counts.values()) > 0


def test_an_index_of_another_pack_is_not_used(tmp_path: Path, mini: Matcher) -> None:
    file = tmp_path / "index.npz"
    index.save(mini.index, file)
    assert index.load(file, "another fingerprint") is None


def test_a_broken_file_is_not_used(tmp_path: Path, mini: Matcher) -> None:
    file = tmp_path / "index.npz"
    assert index.load(file, mini.pack.fingerprint) is None
    index.save(mini.index, file)
    whole = file.read_bytes()
    for broken in (b"", b"nonsense", whole[: len(whole) // 2]):
        file.write_bytes(broken)
        assert index.load(file, mini.pack.fingerprint) is None


def test_a_file_of_which_a_bit_changed_is_not_used(tmp_path: Path, mini: Matcher) -> None:
    file = tmp_path / "index.npz"
    index.save(mini.index, file)
    whole = file.read_bytes()
    used = []
    for position in [0, 40, *range(100, len(whole), len(whole) // 100), len(whole) - 1]:
        changed = bytearray(whole)
        changed[position] ^= 1 << position % 8
        file.write_bytes(changed)
        if index.load(file, mini.pack.fingerprint) is not None:
            used.append(position)
    assert used == []


def test_the_ten_newest_indexes_stay(tmp_path: Path, mini: Matcher) -> None:
    """Going back to how a pack was takes no learning."""
    made = [index.index_file(tmp_path, f"{number:016d}") for number in range(12)]
    for number, file in enumerate(made):
        index.save(mini.index, file)
        os.utime(file, (number, number))
    assert sorted(tmp_path.iterdir()) == made[2:]


def test_what_is_learnt_with_cached_readings_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After phrasings were added, removed and moved, only the new ones are read."""
    mini = loading.load(MINI)
    texts = index.split_phrasings(mini)
    cache = index.reading_file(tmp_path)
    index.build(replace(mini, phrasings=mini.phrasings[5:]), cache=cache)
    changed = replace(mini, phrasings=(*mini.phrasings[20:], *mini.phrasings[:10]))
    read: list[Sequence[str]] = []
    read_words = Reader.read_words

    def noted(reader: Reader, words: Sequence[str]) -> Reading:
        read.append(words)
        return read_words(reader, words)

    monkeypatch.setattr(Reader, "read_words", noted)
    index.save(index.build(changed, cache=cache), tmp_path / "a")
    assert read == texts[:5]
    index.save(index.build(changed), tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("damage", ["cut", "bit", "lexicon"])
def test_a_cache_that_does_not_fit_is_not_used(tmp_path: Path, mini: Matcher, damage: str) -> None:
    cache = index.reading_file(tmp_path)
    index.build(mini.pack, cache=cache)
    whole = bytearray(cache.read_bytes())
    whole[len(whole) // 2] ^= damage == "bit"
    cache.write_bytes(whole[: len(whole) // 2] if damage == "cut" else whole)
    concepts: Mapping[str, tuple[str, ...]]
    concepts = {**mini.pack.concepts, "NEW": ("foto",)} if damage == "lexicon" else mini.pack.concepts
    pack = replace(mini.pack, concepts=concepts)
    index.save(index.build(pack, cache=cache), tmp_path / "a")
    index.save(index.build(pack), tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_progress_is_told_from_start_to_end() -> None:
    heard: list[float] = []
    index.build(loading.load(MINI), heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_a_counted_model_finds_the_label_too() -> None:
    """Beyond `DENSE_CELLS` the model is counted, not fitted."""

    def reading(*words: str) -> Reading:
        return Reading(words, {}, {block: dict.fromkeys(words, 1) for block in BLOCKS})

    readings = [
        reading("foto", "klas"),
        reading("foto", "plein"),
        reading("boos", "ouder"),
        reading("boos", "klas"),
    ]
    labels = ["a", "a", "b", "b"]
    limit = fitting.DENSE_CELLS
    try:
        fitting.DENSE_CELLS = 0
        counted = fitting.fit(make_examples(collect(readings), labels))
    finally:
        fitting.DENSE_CELLS = limit
    for r, label in zip(readings, labels, strict=True):
        assert counted.labels[int(np.argmax(counted.probabilities(r)))] == label
    speaking = counted.concept_weights(["boos", "unheard"], "b")
    assert speaking.keys() == {"boos"}
    assert speaking["boos"] > 0
    assert counted.concept_weights(["boos"], "a") == {"boos": 0.0}
