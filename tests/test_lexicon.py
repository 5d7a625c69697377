"""Concepts in words."""

import pytest

from knowledge.language.lexicon import Lexicon
from knowledge.language.words import split
from knowledge.matching.misleading import misleading_forms
from knowledge.pack.loading import Phrasing

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
