"""A pack reports everything wrong with it at once, as `path:line: problem`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge import check
from knowledge.files.problems import PackError
from knowledge.pack import loading


def problems_of(folder: Path) -> list[str]:
    """What `bot check` would print about the pack, with paths shortened to the loading."""
    try:
        _, found = check.examine(folder)
    except PackError as error:
        found = error.problems
    return [str(problem).replace(f"{folder}/", "") for problem in found]


def edit(folder: Path, file: str, old: str, new: str) -> int:
    """Replace a text in a file of the pack; returns the line it stood on."""
    path = folder / file
    content = path.read_text(encoding="utf-8")
    assert content.count(old) == 1, f"{old!r} stands {content.count(old)} times in {file}"
    path.write_text(content.replace(old, new), encoding="utf-8")
    return content[: content.index(old)].count("\n") + 1


def test_the_small_pack_is_in_order(mini_folder: Path) -> None:
    assert problems_of(mini_folder) == []


def test_whom_a_reporter_is_sent_to_has_to_be_in_the_pack(mini_folder: Path) -> None:
    edit(mini_folder, "pack.yaml", "  bestuur:", "  raad:")
    assert problems_of(mini_folder) == [
        'pack.yaml:2: there is no contact "bestuur"; who wants to report an incident is sent there'
    ]


def test_many_faults_are_found_at_once_each_at_its_line(mini_folder: Path) -> None:
    expected = [
        (
            edit(mini_folder, "phrasings/regels.nl.yaml", "regels-2:", "regel-2:"),
            'unknown rule or topic "regel-2"; did you mean "regels-2"?',
        ),
        (
            edit(
                mini_folder,
                "phrasings/rest.nl.yaml",
                "wanneer is het vakantie",
                "mag de mobiel mee naar school",
            ),
            "stands under far/overig and under",
        ),
        (
            edit(
                mini_folder,
                "protocol.yaml",
                "Reageer niet online op klachten.",
                "Reageer nooit online op klachten.",
            ),
            "differs from",
        ),
        (
            edit(mini_folder, "protocol.yaml", "see_also: [gevolgen-1]", "see_also: [gevolg-1]"),
            'unknown rule "gevolg-1"; did you mean "gevolgen-1"?',
        ),
        (
            edit(mini_folder, "protocol.yaml", "{nl: Aanspreken, en: Being spoken to}", "{nl: Aanspreken}"),
            '"title" has no en text; the nl one is shown',
        ),
        (
            edit(
                mini_folder,
                "protocol.yaml",
                "concerns: [medewerker, leerling]",
                "concerns: [medewerker, leerlng]",
            ),
            'did you mean "leerling"?',
        ),
        (
            edit(mini_folder, "topics.yaml", "nearest: regels-1", "nearest: regels-9"),
            'unknown rule "regels-9"',
        ),
        (
            edit(mini_folder, "topics.yaml", "ask: ict", "ask: icter"),
            'unknown contact "icter"; did you mean "ict"?',
        ),
        (
            edit(mini_folder, "lexicon.yaml", "[foto*, picture*, selfie]", "[foto*, picture*, foto*]"),
            'form "foto*" stands twice in PHOTO',
        ),
        (edit(mini_folder, "phrasings/rest.en.yaml", "    - hello there", "    - 2019"), "should be text"),
        (
            edit(mini_folder, "lexicon.yaml", "mobiel*, phone*", "mobiel*, phone*, gsmetje"),
            'form "gsmetje" of PHONE occurs in no phrasing',
        ),
    ]
    found = problems_of(mini_folder)
    for line, message in expected:
        assert any(f":{line}: " in problem and message in problem for problem in found), (
            line,
            message,
            found,
        )
    assert '"regels-2" has no nl phrasings' in "\n".join(found)


def test_a_phrasing_that_another_rule_wins_is_found(mini_folder: Path) -> None:
    def lines(*texts: str) -> str:
        return "".join(f"    - {text}\n" for text in texts)

    photos = [
        "foto van het kamp op insta",
        "de foto's van sint delen",
        "klassenfoto op facebook zetten",
        "mag de foto van de musical op insta",
    ]
    more = ["een foto met de klas online", "foto's van de sportdag plaatsen", "onze groepsfoto op insta"]
    thanks = [
        "bedankt hoor",
        "oke top",
        "fijne dag nog",
        "tot morgen weer",
        "wie ben jij",
        "goedemorgen samen",
        "prettig weekend",
        "super dank",
    ]
    edit(mini_folder, "phrasings/regels.nl.yaml", "    - mag ik deze foto plaatsen\n", lines(*photos, *more))
    misplaced = "mag de klassenfoto van sint op insta"
    line = edit(
        mini_folder, "phrasings/rest.nl.yaml", "    - dank je wel\n", lines(*thanks, misplaced)
    ) + len(thanks)
    (problem,) = problems_of(mini_folder)
    assert problem.startswith(
        f'phrasings/rest.nl.yaml:{line}: "{misplaced}" stands under smalltalk, but its words speak'
    )
    assert "times more for regels-1" in problem


def test_a_form_that_serves_nothing_is_found(mini_folder: Path) -> None:
    line = edit(mini_folder, "lexicon.yaml", "mobiel*, phone*", "mobiel*, phone*, gsmetje")
    assert problems_of(mini_folder) == [
        f'lexicon.yaml:{line}: form "gsmetje" of PHONE occurs in no phrasing: remove it, or add a phrasing '
        f"that uses it"
    ]


def test_the_same_phrasing_twice_under_one_rule_is_found(mini_folder: Path) -> None:
    line = edit(
        mini_folder,
        "phrasings/regels.en.yaml",
        "reply to a bad review",
        "Should I reply to an angry parent??",
    )
    assert problems_of(mini_folder) == [
        f'phrasings/regels.en.yaml:{line}: "Should I reply to an angry parent??" stands twice (first in '
        f"phrasings/regels.en.yaml:{line - 1})"
    ]


def test_a_line_of_the_document_that_is_left_out_is_found(mini_folder: Path) -> None:
    with (mini_folder / "source.txt").open("a", encoding="utf-8") as source:
        source.write("\nDit staat er ook.\n")
    assert problems_of(mini_folder) == [
        'source.txt:12: the document\'s line is missing from protocol.yaml: "Dit staat er ook."'
    ]


@pytest.mark.parametrize(
    ("file", "spoil", "message"),
    [
        ("lexicon.yaml", lambda text: text + "BAD: [a, b\n", "lexicon.yaml:"),
        (
            "topics.yaml",
            lambda text: "near: yes\nfar: 3\n",
            'topics.yaml:1: "near" should be a list, but is a single value',
        ),
        ("protocol.yaml", lambda text: "- a\n- b\n", "protocol.yaml:1:"),
        ("pack.yaml", lambda text: "", "pack.yaml:1: the file is empty"),
        (
            "pack.yaml",
            lambda text: text.replace("name:", "nmae:"),
            'pack.yaml:1: unknown name "nmae"; did you mean "name"?',
        ),
        ("lexicon.yaml", lambda text: text + "YES: [ja]\nNO: []\n", "concept NO has no forms"),
        ("lexicon.yaml", lambda text: text + "SMILE: ['***']\n", "can match nothing"),
        ("phrasings/regels.nl.yaml", lambda text: text.replace("  juf:\n", "", 1), "should hold"),
    ],
)
def test_broken_yaml_and_wrong_types_are_said_the_same_way(
    mini_folder: Path, file: str, spoil: Callable[[str], str], message: str
) -> None:
    path = mini_folder / file
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert any(message in problem for problem in problems_of(mini_folder)), problems_of(mini_folder)


@pytest.mark.parametrize("file", ["pack.yaml", "protocol.yaml", "source.txt", "topics.yaml", "lexicon.yaml"])
def test_a_missing_file_is_named(mini_folder: Path, file: str) -> None:
    (mini_folder / file).unlink()
    assert any(problem.startswith(f"{file}: the file is missing") for problem in problems_of(mini_folder))


def test_a_file_that_is_not_utf8_is_named_with_the_line(mini_folder: Path) -> None:
    (mini_folder / "topics.yaml").write_bytes(b"near: []\nfar: [\xe9]\n")
    assert "topics.yaml:2: this is not UTF-8 text; save the file as UTF-8" in problems_of(mini_folder)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "none") == [
        f"{tmp_path}/none: there is no such pack folder; set PROTOCOL to the folder of a pack"
    ]


def test_a_phrasings_file_in_an_unknown_language_is_said(mini_folder: Path) -> None:
    (mini_folder / "phrasings" / "regels.de.yaml").write_text(
        "regels-1:\n  a: [darf ich]\n", encoding="utf-8"
    )
    assert any(
        "regels.de.yaml: the name should end in .nl.yaml or .en.yaml" in problem
        for problem in problems_of(mini_folder)
    )


def test_the_fingerprint_changes_with_any_byte(mini_folder: Path) -> None:
    before = loading.fingerprint(mini_folder)
    assert before == loading.fingerprint(mini_folder)
    edit(mini_folder, "phrasings/rest.nl.yaml", "hallo daar", "hallo daar!")
    assert loading.fingerprint(mini_folder) != before


@pytest.mark.parametrize(
    "content",
    ["[" * 200_000, "near: " + "{" * 5_000, "- " * 200_000, "".join(" " * n + "a:\n" for n in range(900))],
)
def test_a_file_that_is_nested_without_end_is_one_sentence(mini_folder: Path, content: str) -> None:
    (mini_folder / "topics.yaml").write_text(content, encoding="utf-8")
    (problem,) = [line for line in problems_of(mini_folder) if "topics.yaml" in line]
    assert "nested more than" in problem
