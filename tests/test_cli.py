"""The program as people and scripts call it, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.matching import index
from knowledge.matching.matcher import Matcher
from tests.conftest import MINI


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, mini: Matcher) -> Path:
    folder = tmp_path_factory.mktemp("data")
    index.save(mini.index, index.index_file(folder, mini.pack.fingerprint))
    return folder


def bot(
    *arguments: str, data: Path, stdin: str | bytes = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=given,
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, "PROTOCOL": str(MINI), "DATA_DIR": str(data), "PYTHONUTF8": "1", **environment},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_ask_shows_the_answer_as_a_person_sees_it(data: Path) -> None:
    done = bot("ask", "mag ik deze foto plaatsen", data=data)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Vraag eerst toestemming." in done.stdout
    assert "> Vraag ouders toestemming voor een foto op sociale media;" in done.stdout
    assert "Regels, punt 1 · regels-1" in done.stdout


def test_ask_json_is_one_line_with_the_contract(data: Path) -> None:
    done = bot("ask", "--json", "mag ik deze foto plaatsen", data=data)
    (line,) = done.stdout.splitlines()
    answer = json.loads(line)
    assert (answer["question"], answer["language"], answer["status"], answer["rule"]) == (
        "mag ik deze foto plaatsen",
        "nl",
        "answer",
        "regels-1",
    )


def test_ask_explain_says_why(data: Path) -> None:
    done = bot("ask", "--explain", "mag ik deze foto plaatsen", data=data)
    assert "PHOTO: foto" in done.stdout
    assert '"mag ik deze foto plaatsen" (regels-1, 100%)' in done.stdout
    explained = json.loads(bot("ask", "--explain", "--json", "mag ik deze foto plaatsen", data=data).stdout)
    assert explained["like"][0]["label"] == "regels-1"


def test_batch_answers_line_by_line_whatever_comes(data: Path) -> None:
    done = bot(
        "ask",
        "--batch",
        data=data,
        stdin=b"mag ik deze foto plaatsen\n\n\xff\xfe\nhallo daar\r\nlaatste zonder einde",
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [a["question"] for a in answers] == [
        "mag ik deze foto plaatsen",
        "",
        "\ufffd\ufffd",
        "hallo daar",
        "laatste zonder einde",
    ]
    assert [a["status"] for a in answers[:2]] == ["answer", "decline"]


@pytest.mark.parametrize(
    "arguments", [("ask",), ("ask", "--batch", "vraag"), ("nonsense",), ("ask", "--nonsense", "x")]
)
def test_wrong_use_is_explained_with_exit_code_2(data: Path, arguments: tuple[str, ...]) -> None:
    done = bot(*arguments, data=data)
    assert done.returncode == 2
    assert "Usage: " in done.stderr
    assert "Traceback" not in done.stderr


def test_help_names_every_command(data: Path) -> None:
    shown = bot("--help", data=data).stdout
    for command in ("run", "chat", "ask", "check", "eval"):
        assert command in shown


def test_check_on_a_good_pack(data: Path) -> None:
    done = bot("check", data=data)
    assert (done.returncode, done.stderr) == (0, "Checking the pack ...\n")
    in_order, advice = done.stdout.splitlines()
    assert in_order == f"{MINI} is in order: 3 rules, 2 topics, 25 phrasings, 5 concepts."
    assert advice.startswith("advice: ")
    assert "112 (emergency)" in advice


def test_check_prints_every_problem_and_exits_1(data: Path, mini_folder: Path) -> None:
    (mini_folder / "pack.yaml").write_text("name: x\ncontacts: {directeur: {en: a}}\n")
    done = bot("check", data=data, PROTOCOL=str(mini_folder))
    assert done.returncode == 1
    assert f'{mini_folder}/pack.yaml:2: "nl" is missing' in done.stdout
    assert "problems found" in done.stderr


def test_advice_is_no_error_unless_it_is_asked_to_be(data: Path, mini_folder: Path) -> None:
    lexicon = mini_folder / "lexicon.yaml"
    forms = ", ".join(f"nergens{letter}" for letter in "abcde")
    lexicon.write_text(f"{lexicon.read_text(encoding='utf-8')}NOWHERE: [{forms}]\n", encoding="utf-8")
    done = bot("check", data=data, PROTOCOL=str(mini_folder))
    assert done.returncode == 0
    assert done.stdout.count("occurs in no phrasing") == 3
    assert f"{lexicon}: 2 more" in done.stdout
    strict = bot("check", "--strict", data=data, PROTOCOL=str(mini_folder))
    assert strict.returncode == 1
    assert strict.stdout.count("occurs in no phrasing") == 5
    assert "5 problems found" in strict.stderr


def test_check_looks_at_the_steps_after_an_incident_where_a_pack_has_them(
    data: Path, mini_folder: Path
) -> None:
    (mini_folder / "steps.yaml").write_text("actors: {}\nmeasures: {}\nsteps: {}\n")
    done = bot("check", data=data, PROTOCOL=str(mini_folder))
    assert done.returncode == 1
    assert f'{mini_folder}/steps.yaml:3: "steps" holds no step' in done.stdout


def test_every_command_says_what_is_wrong_with_the_pack(data: Path, tmp_path: Path) -> None:
    for command in (("ask", "x"), ("chat",), ("run",), ("eval", "x.jsonl")):
        done = bot(*command, data=data, PROTOCOL=str(tmp_path / "none"))
        assert done.returncode == 1
        assert "there is no such pack folder" in done.stderr
        assert "Traceback" not in done.stderr


def test_eval_prints_the_figures(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    rows = [
        ("mag ik deze foto plaatsen", "regels-1", "nl"),
        ("hallo daar", "smalltalk", "nl"),
        ("reply to a bad review", "regels-2", "en"),
    ]
    file.write_text(
        "".join(json.dumps({"q": q, "labels": [label], "lang": lang}) + "\n" for q, label, lang in rows)
    )
    shown = bot("eval", str(file), data=data).stdout
    assert "direct (answered with the right rule)" in shown
    assert "1.000 of 1" in shown
    figures = json.loads(bot("eval", "--json", str(file), data=data).stdout)
    assert figures["nl"]["figures"]["direct"] == figures["en"]["figures"]["direct"] == 1.0
    assert figures["nl"]["questions"] == {"rule": 1, "near": 0, "far": 0, "incident": 0, "smalltalk": 1}


def test_eval_of_a_bad_file_says_where(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text("x\n")
    done = bot("eval", str(file), data=data)
    assert done.returncode == 1
    assert f"{file}:1: expected an object" in done.stderr


def test_chat_is_a_conversation(data: Path) -> None:
    done = bot("chat", data=data, stdin="mag ik deze foto plaatsen\n1\n\n/stop\n")
    assert done.returncode == 0
    assert "Stichting Proef" in done.stdout
    assert "Regels, punt 1" in done.stdout
    assert "Gevolgen" in done.stdout
    assert "Tot ziens." in done.stdout


def test_chat_ends_at_the_end_of_input(data: Path) -> None:
    done = bot("chat", data=data, stdin="hallo daar\n")
    assert done.returncode == 0
    assert "Tot ziens." in done.stdout


def test_what_a_person_types_is_never_markup(data: Path) -> None:
    done = bot("chat", data=data, stdin="[bold red]mag ik deze foto plaatsen[/nonsense]\n")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_written_is_said_and_does_not_stop_the_answer(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = bot("ask", "mag ik deze foto plaatsen", data=blocked)
    assert done.returncode == 0
    assert "cannot be written" in done.stderr
    assert "regels-1" in done.stdout


def test_learning_is_announced_once(tmp_path: Path) -> None:
    first = bot("ask", "hallo", data=tmp_path)
    second = bot("ask", "hallo", data=tmp_path)
    assert "Learning 25 phrasings" in first.stderr
    assert second.stderr == ""
    assert first.stdout == second.stdout


def test_two_processes_learn_the_same_bytes(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        bot("ask", "hallo", data=tmp_path / seed, PYTHONHASHSEED=seed)
    (first,), (second,) = (list((tmp_path / seed).glob("index-*")) for seed in ("1", "2"))
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_danger_is_answered_before_anything_is_looked_up(data: Path) -> None:
    done = bot("ask", "een leerling zegt dat ze dood wil", data=data)
    assert done.returncode == 0
    assert "113" in done.stdout
    answer = json.loads(bot("ask", "--json", "I want to die", data=data).stdout)
    assert (answer["status"], answer["situation"], answer["language"]) == ("safety", "self", "en")
    lines = bot(
        "ask", "--batch", data=data, stdin="mag ik deze foto plaatsen\nik wil dood\n"
    ).stdout.splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["answer", "safety"]
