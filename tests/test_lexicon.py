"""Concepts in words."""

import pytest

from knowledge.language.lexicon import Lexicon

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
