"""Concepts in words."""

import pytest

from knowledge.language.lexicon import Lexicon
from knowledge.language.words import split
from knowledge.matching.index import split_phrasings
from knowledge.matching.matcher import Matcher
from knowledge.matching.misleading import misleading_forms
from knowledge.pack.loading import Pack, Phrasing

LEXICON = Lexicon(
    {
        "PHOTO": ["foto*", "*foto", "selfie"],
        "POST": ["zet .. online", "plaats*", "op insta"],
        "SPOKEN": ["spreek* .. aan"],
        "PERSON": ["*ouder"],
    }
)


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("mag de fotootjes", {"PHOTO": "fotootjes"}),
        ("onze klassenfoto", {"PHOTO": "klassenfoto"}),
        ("ik zet die selfie morgen online", {"PHOTO": "selfie", "POST": "zet online"}),
        ("zet een twee drie vier vijf online", {}),
        ("online zet", {}),
        ("op de insta", {}),
        ("spreekt haar moeder mij aan", {"SPOKEN": "spreekt aan"}),
        ("hulpouder", {"PERSON": "hulpouder"}),
        ("ouder", {}),
        ("", {}),
    ],
)
def test_find(text: str, concepts: dict[str, str]) -> None:
    assert LEXICON.find(text.split()) == concepts


def test_the_forms_that_matched_are_told() -> None:
    used = LEXICON.forms_used(["ik", "plaats", "een", "klassenfoto", "op", "insta"])
    assert used == {("POST", "plaats*"), ("PHOTO", "*foto"), ("POST", "op insta")}


def test_a_form_whose_phrasings_stand_elsewhere_misleads() -> None:
    lexicon = Lexicon({"INCIDENT": ["incident", "voorval", "zaak"], "PHOTO": ["foto", "kiekje"]})
    asked = {
        "bepalingen-6": ["een incident op {}", "een voorval op {}"],
        "near/zaken": ["mijn zaak op {}", "een zaak van {}"],
        "profilering-4": ["een foto van {}", "een kiekje op {}"],
    }
    phrasings = [
        Phrasing(text.format(f"dag{number}"), label, "nl", "voice", "file", 1)
        for label, texts in asked.items()
        for text in texts
        for number in range(25)
    ]
    found = list(misleading_forms(phrasings, [split(phrasing.text) for phrasing in phrasings], lexicon))
    assert [(one.concept, one.form, one.phrasings) for one in found] == [("INCIDENT", "zaak", 50)]


def test_every_form_that_all_boards_share_serves_the_shipped_pack_and_misleads_in_none(
    allure: Pack, matcher: Matcher
) -> None:
    texts = split_phrasings(allure)
    reader = matcher.index.reader
    used = {form for words in texts for form in reader.lexicon.forms_used(reader.repair(words))}
    assert {(concept, form) for concept, forms in allure.concepts.items() for form in forms} == used
    assert list(misleading_forms(allure.phrasings, texts, reader.lexicon)) == []
