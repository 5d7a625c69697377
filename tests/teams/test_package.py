"""The app package, held against the limits of Microsoft's manifest schema 1.22."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile

import pytest

from bot.channels.teams import package
from handlers import texts
from handlers.conversation.commands import BY_NAME

CLIENT = "11111111-2222-3333-4444-555555555555"
FIELDS = {
    "$schema", "manifestVersion", "version", "id", "developer", "name", "description", "icons", "accentColor",
    "localizationInfo", "bots", "permissions", "validDomains",
}  # fmt: skip
"""Of the schema's properties the ones that we use; it allows no others than it names."""
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(
        io.BytesIO(package.make(CLIENT, "https://protocol.school.example/", "Stichting Allure", texts.load()))
    )


def test_the_manifest_keeps_the_schemas_limits(archive: zipfile.ZipFile) -> None:
    manifest = json.loads(archive.read("manifest.json"))
    assert set(manifest) == FIELDS
    assert manifest["$schema"].endswith(f"/v{manifest['manifestVersion']}/MicrosoftTeams.schema.json")
    assert GUID.fullmatch(manifest["id"])
    assert GUID.fullmatch(manifest["bots"][0]["botId"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    assert re.fullmatch(r"#[0-9A-F]{6}", manifest["accentColor"])
    assert len(manifest["name"]["short"]) <= 30
    assert len(manifest["name"]["full"]) <= 100
    assert len(manifest["description"]["short"]) <= 80
    assert len(manifest["description"]["full"]) <= 4000
    assert len(manifest["developer"]["name"]) <= 32
    assert all(
        manifest["developer"][name].startswith("https://")
        for name in ("websiteUrl", "privacyUrl", "termsOfUseUrl")
    )
    (bot,) = manifest["bots"]
    assert bot["botId"] == CLIENT
    assert set(bot["scopes"]) == {"personal", "team", "groupChat"}
    assert bot["supportsFiles"] is True
    for commands in bot["commandLists"]:
        assert len(commands["commands"]) <= 10
        assert all(
            len(command["title"]) <= 32 and len(command["description"]) <= 128
            for command in commands["commands"]
        )
    assert manifest["validDomains"] == ["protocol.school.example"]


def test_every_word_is_translated(archive: zipfile.ZipFile) -> None:
    manifest, english = json.loads(archive.read("manifest.json")), json.loads(archive.read("en.json"))
    assert manifest["localizationInfo"]["additionalLanguages"] == [{"languageTag": "en", "file": "en.json"}]
    for number, commands in enumerate(manifest["bots"][0]["commandLists"]):
        for place, command in enumerate(commands["commands"]):
            where = f"bots[0].commandLists[{number}].commands[{place}]"
            assert BY_NAME[english[f"{where}.title"][1:]] is BY_NAME[command["title"][1:]]
            assert english[f"{where}.description"] not in ("", command["description"])
    assert english["name.short"] != manifest["name"]["short"]
    assert len(english["name.short"]) <= 30
    assert len(english["description.short"]) <= 80


@pytest.mark.parametrize(("name", "size"), [("color.png", 192), ("outline.png", 32)])
def test_the_icons_have_the_sizes_that_teams_wants(archive: zipfile.ZipFile, name: str, size: int) -> None:
    png = archive.read(name)
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24]) == (size, size)


def test_the_same_settings_make_the_same_bytes() -> None:
    first, second = (package.make(CLIENT, "https://a.example", "Allure", texts.load()) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("client", "url", "told"),
    [("x", "https://a.example", "TEAMS_CLIENT_ID"), (CLIENT, "http://a.example", "PUBLIC_URL")],
)
def test_settings_that_make_no_package_are_named(client: str, url: str, told: str) -> None:
    with pytest.raises(package.PackageError, match=told):
        package.make(client, url, "Allure", texts.load())
