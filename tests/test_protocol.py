"""Every rule is the document's text, character for character, and nothing of the document is left out."""

from dataclasses import replace

import pytest

from knowledge.pack.loading import Pack
from knowledge.pack.protocol import Protocol, Rule, differences

CONTRACT = [
    *[
        "colofon-1",
        "inleiding-1",
        "inleiding-2",
        "inleiding-3",
        "inleiding-4",
        "inleiding-5",
        "uitgangspunten-1",
        "uitgangspunten-2",
    ],
    *[
        "curriculum-1",
        "curriculum-2",
        "curriculum-3",
        "communicatie-1",
        "communicatie-2",
        "communicatie-3",
        "communicatie-4",
    ],
    *["profilering-1", "profilering-2", "profilering-3", "profilering-4"],
    *[
        "bepalingen-1",
        "bepalingen-2",
        "bepalingen-3",
        "bepalingen-4",
        "bepalingen-5",
        "bepalingen-6",
        "bepalingen-7",
    ],
]


def test_the_rule_ids_are_the_contract(allure: Pack) -> None:
    assert [rule.id for rule in allure.protocol] == CONTRACT


def test_the_protocol_is_the_document(allure: Pack) -> None:
    assert differences(allure.protocol, allure.source) == []


def test_the_lines_of_the_document_are_all_there_and_in_order(allure: Pack) -> None:
    """The same proof without `differences`: what the pack prints is the document less its blank lines."""
    printed = "\n".join(line.text for line in allure.protocol.document_lines())
    assert printed == "\n".join(line for line in allure.source.split("\n") if line)


@pytest.mark.parametrize("rule_id", CONTRACT)
def test_one_changed_character_in_any_rule_is_seen(allure: Pack, rule_id: str) -> None:
    rule = allure.protocol.rule(rule_id)
    middle = next(i for i in range(len(rule.text) // 2, len(rule.text)) if rule.text[i].isalpha())
    changed = replace(rule, text=f"{rule.text[:middle]}#{rule.text[middle + 1 :]}")
    found_all = differences(with_rule(allure.protocol, changed), allure.source)
    assert [found.ours.rule.id for found in found_all if found.ours and found.ours.rule] == [rule_id]


def test_a_rule_that_is_left_out_is_seen(allure: Pack) -> None:
    sections = tuple(
        replace(s, rules=s.rules[:-1]) if s.id == "bepalingen" else s for s in allure.protocol.sections
    )
    found = differences(Protocol(allure.protocol.title, sections), allure.source)
    assert len(found) == 1
    assert "Verslag van incidenten" in found[0].message


def test_places_are_named_as_people_look_them_up(allure: Pack) -> None:
    assert allure.protocol.rule("profilering-4").place() == "Richtlijnen › Profilering, punt 4"
    assert allure.protocol.rule("bepalingen-4").place() == "Bepalingen, alinea 4"
    assert allure.protocol.rule("bepalingen-4").place("en") == "Bepalingen, paragraph 4"
    assert allure.protocol.rule("colofon-1").place() == "Colofon"


def with_rule(protocol: Protocol, changed: Rule) -> Protocol:
    return Protocol(
        protocol.title,
        tuple(
            replace(s, rules=tuple(changed if rule.id == changed.id else rule for rule in s.rules))
            for s in protocol.sections
        ),
    )
