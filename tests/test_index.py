"""What is learnt is the same for the same pack, kept, and made anew when the pack changes."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.matching import index, model, weight_file
from knowledge.matching.features import Reading
from knowledge.matching.matcher import Matcher
from knowledge.matching.model import Dense
from knowledge.matching.numbering import Numbering
from knowledge.pack import loading
from tests.conftest import MINI


def test_the_same_pack_gives_the_same_bytes(tmp_path: Path) -> None:
    mini = loading.load(MINI)
    for name in ("a", "b"):
        index.save(index.build(mini), tmp_path / name / "index.npz")
    assert (tmp_path / "a" / "index.npz").read_bytes() == (tmp_path / "b" / "index.npz").read_bytes()


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


@pytest.mark.parametrize("rows", [0, 1, 50])
def test_the_table_in_the_file_is_the_table(
    tmp_path: Path, mini: Matcher, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """However many of its rows are kept in memory."""
    monkeypatch.setattr(weight_file, "KEPT", rows)
    file = tmp_path / "index.npz"
    index.save(mini.index, file)
    kept = index.load(file, mini.pack.fingerprint)
    assert kept is not None
    learnt, stored = mini.index.model.weights, kept.model.weights
    assert isinstance(learnt, Dense)
    assert isinstance(stored, Dense)
    numbers = np.arange(len(mini.index.model.features))[::-7]
    assert (stored.table[numbers] == learnt.table[numbers]).all()


def test_an_index_is_read_on_after_another_took_its_place(
    tmp_path: Path, mini: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weight_file, "KEPT", 0)
    file = tmp_path / "index.npz"
    index.save(mini.index, file)
    kept = index.load(file, mini.pack.fingerprint)
    assert kept is not None
    (tmp_path / "new").write_bytes(b"another")
    (tmp_path / "new").replace(file)
    assert Matcher(mini.pack, kept).ask("mag ik deze foto plaatsen") == mini.ask("mag ik deze foto plaatsen")
    assert kept.said() == mini.index.said()


def test_the_ways_of_asking_are_counted_by_label(mini: Matcher) -> None:
    counts = index.phrasing_counts(mini.index)
    assert counts == {label: len(index.phrasings_of(mini.index, label)) for label in mini.index.model.labels}
    assert min(counts.values()) > 0


def test_features_are_found_by_number() -> None:
    features = ["", "a", "foto", "foto plaatsen op de website", "PUPIL+subject:STAFF"]
    numbering = Numbering.of(features, 7)
    assert numbering.find(features).tolist() == [7, 8, 9, 10, 11]
    assert numbering.find(["b", "foto", "fotos plaatsen op de website"]).tolist() == [-1, 9, -1]
    assert Numbering.of([], 0).find(["a"]).tolist() == [-1]


def test_two_features_that_could_not_be_told_apart_are_refused() -> None:
    twin = r"aIbx(\@$8"  # found by trying: "foto" and 127 times the prime
    with pytest.raises(ValueError, match="share"):
        Numbering.of(["foto", twin], 0)


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


def test_indexes_of_older_packs_are_removed(tmp_path: Path, mini: Matcher) -> None:
    old = index.index_file(tmp_path, "0" * 64)
    new = index.index_file(tmp_path, mini.pack.fingerprint)
    index.save(mini.index, old)
    index.save(mini.index, new)
    assert list(tmp_path.iterdir()) == [new]


def test_progress_is_told_from_start_to_end() -> None:
    heard: list[float] = []
    index.build(loading.load(MINI), heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_a_counted_model_finds_the_label_too() -> None:
    """Beyond `DENSE_CELLS` the model is counted, not fitted."""

    def reading(*words: str) -> Reading:
        return Reading(words, {}, {"words": dict.fromkeys(words, 1), "concepts": dict.fromkeys(words, 1)})

    readings = [
        reading("foto", "klas"),
        reading("foto", "plein"),
        reading("boos", "ouder"),
        reading("boos", "klas"),
    ]
    labels = ["a", "a", "b", "b"]
    limit = model.DENSE_CELLS
    try:
        model.DENSE_CELLS = 0
        counted = model.fit(model.examples(lambda: readings, labels))
    finally:
        model.DENSE_CELLS = limit
    for r, label in zip(readings, labels, strict=True):
        assert counted.labels[int(np.argmax(counted.probabilities(r)))] == label
    speaking = counted.speaking_for(["boos", "unheard"], "b")
    assert speaking.keys() == {"boos"}
    assert speaking["boos"] > 0
    assert counted.speaking_for(["boos"], "a") == {"boos": 0.0}
