"""The program `bot`."""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from bot import settings as settings_module
from bot.commands import export, keys, people, unanswered
from bot.settings import Settings, SettingsError
from knowledge.files.problems import PackError

if TYPE_CHECKING:
    from knowledge.evaluation import Score
    from knowledge.language.words import Language
    from knowledge.matching.matcher import Matcher

app = typer.Typer(
    name="bot",
    help="The assistant that answers questions from a school board's social media protocol.",
    epilog="Settings come from the environment or a file .env; see .env.example.",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

WRONG = 1
"""Exit code where something in the pack, the settings or the input is wrong."""
INTERRUPTED = 130


def main() -> None:
    """Run the program; what goes wrong is one clear message and an exit code, never a traceback."""
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        run()


@app.command()
def run() -> None:
    """Start every configured channel; with nothing configured: the web page on this machine."""
    # until the start is over: what is made meanwhile stays, and searching it for garbage again and again
    # takes a tenth of the time
    gc.disable()
    from bot.runtime import serve as running
    from bot.storage.open_store import StorageError

    settings = _settings()
    matcher = _matcher(settings)
    try:
        running.run(settings, matcher, _output())
    except (SettingsError, StorageError) as error:
        _errors().print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(WRONG) from None


@app.command()
def chat() -> None:
    """Talk with the assistant in the chat."""
    import asyncio

    from bot.channels.terminal import chat
    from bot.service import Service
    from bot.storage.in_memory import InMemory
    from handlers import texts
    from handlers.router import Conversation

    matcher = _matcher(_settings())
    asyncio.run(chat.chat(Service(Conversation(matcher, texts.load()), InMemory()), _output()))


@app.command()
def ask(
    question: Annotated[
        str | None, typer.Argument(help="The question, between quotes.", show_default=False)
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON line instead of words for people.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Also say why.")] = False,
    batch: Annotated[
        bool,
        typer.Option(
            "--batch", help="Read questions from standard input, one a line; print one JSON line each."
        ),
    ] = False,
) -> None:
    """Answer one question, or many with --batch."""
    if batch:
        if question is not None:
            _usage("--batch reads its questions from standard input; leave the question out")
        _ask_batch()
        return
    if question is None:
        _usage('which question? For instance: bot ask "mag ik deze foto plaatsen?"')
    from bot.channels.terminal import chat
    from handlers import texts
    from handlers.questions.about import explain as explained
    from handlers.questions.answers import say

    matcher = _matcher(_settings())
    outcome = matcher.ask(question)
    if as_json:
        described = outcome.as_json()
        if explain:
            described["like"] = [
                {"phrasing": text, "label": label, "likeness": round(score)}
                for text, label, score in matcher.like(outcome)
            ]
        _print_json(described)
        return
    spoken = texts.load()[outcome.language]
    console = _output()
    chat.draw(say(outcome, matcher.pack, spoken), console)
    if explain:
        chat.draw(explained(outcome, matcher, spoken, ours=True), console)


def _ask_batch() -> None:
    matcher = _matcher(_settings())
    for line in sys.stdin.buffer:
        question = line.decode("utf-8", "replace").rstrip("\r\n")
        _print_json(matcher.ask(question).as_json())


@app.command()
def check() -> None:
    """Check the settings, the pack, the database and the keys; report everything wrong at once."""
    from bot.runtime.load_matcher import watched
    from handlers import texts
    from handlers.cases.required_steps import needed
    from knowledge import check as checks
    from knowledge.pack import step_texts

    settings = _settings()
    try:
        texts.load()
        found, problems = watched(
            "Checking the pack", _errors(), lambda progress: checks.examine(settings.protocol, progress)
        )
    except PackError as error:
        for fault in _setting_faults(settings):
            print(fault)
        _fail(error)
    if (settings.protocol / step_texts.FILE).exists():
        problems += step_texts.examine(settings.protocol, needed(rule.id for rule in found.protocol))[1]
    wrong = [*_setting_faults(settings), *map(str, problems)]
    for problem in wrong:
        print(problem)
    if wrong:
        _errors().print(f"{len(wrong)} problem{'s' if len(wrong) > 1 else ''} found.")
        raise typer.Exit(WRONG)
    counts = (
        f"{sum(1 for _ in found.protocol)} rules, {len(found.topics)} topics, {len(found.phrasings)} "
        f"phrasings, {len(found.concepts)} concepts"
    )
    print(f"{settings.protocol} is in order: {counts}.")


@app.command()
def flow(
    name: Annotated[
        str, typer.Argument(help="The guided talk: the name of its file under flows/, such as foto.")
    ],
    language: Annotated[str, typer.Option("--language", help="nl or en.")] = "nl",
    question: Annotated[str, typer.Option("--question", help="A question of the talk, by its id.")] = "",
    say: Annotated[str, typer.Option("--say", help="An answer to it: tells how that is understood.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As one line of JSON.")] = False,
    batch: Annotated[
        bool,
        typer.Option("--batch", help='Lines {"question", "say"} from stdin, one JSON line out for each.'),
    ] = False,
) -> None:
    """Draw a guided talk as a Mermaid flowchart, or tell how an answer to a question of it is understood."""
    from bot.commands import flow_answers
    from knowledge.files.problems import did_you_mean
    from knowledge.pack import flow_chart, loading

    try:
        pack = loading.load(_settings().protocol, learnable=False)
        found = pack.flow(name)
    except PackError as error:
        _fail(error)
    except KeyError:
        known = list(dict.fromkeys(one.id for one in pack.flows))
        _usage(
            f'there is no guided talk "{name}"{did_you_mean(name, known)}; '
            f"known are: {', '.join(known) or 'none'}"
        )
    spoken: Language = "en" if language == "en" else "nl"
    try:
        if batch:
            for line in flow_answers.understood_batch(found, sys.stdin, spoken):
                print(line, flush=True)
        elif question and as_json:
            _print_json(flow_answers.understood_line(found, question, say, spoken))
        elif question:
            print(flow_answers.understood_in_words(found, question, say, spoken))
        else:
            print(flow_chart.mermaid(found, spoken), end="")
    except flow_answers.NoSuchQuestionError as error:
        _usage(str(error))


@app.command("teams-package")
def teams_package(
    out: Annotated[Path, typer.Option("--out", help="The zip to write.")] = Path("teams-package.zip"),
) -> None:
    """Write the app package that is uploaded to Microsoft Teams."""
    from bot.channels.teams import package
    from handlers import texts
    from knowledge.pack import loading

    settings = _settings()
    try:
        board = loading.load(settings.protocol, learnable=False).name
        content = package.make(settings.teams_client_id or "", settings.public_url or "", board, texts.load())
        out.write_bytes(content)
    except PackError as error:
        _fail(error)
    except (package.PackageError, OSError) as error:
        _errors().print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(WRONG) from None
    print(f"{out} is ready. docs/teams.md tells where to upload it.")


def _setting_faults(settings: Settings) -> list[str]:
    """What is wrong with the settings of channels, database and keys; what is well formed is tried."""
    import asyncio

    from bot.runtime.serve import faults
    from bot.storage import check

    found = faults(settings)
    if settings.telegram_token and not found:
        from bot.channels.telegram.settings import refusal

        if refused := asyncio.run(refusal(settings)):
            found.append(refused)
    return found + check.problems(settings)


@app.command("eval")
def evaluate(
    file: Annotated[
        Path, typer.Argument(help="A labelled question set: JSON lines with q, labels and lang.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")] = False,
) -> None:
    """Score a labelled question set, per rule and confusion."""
    from bot.commands import evaluation_report
    from knowledge import evaluation

    matcher = _matcher(_settings())
    try:
        questions = evaluation.read_questions(file, [rule.id for rule in matcher.pack.protocol])
    except PackError as error:
        _fail(error)
    scores: dict[str, Score] = {}
    for language in ("nl", "en"):
        spoken = [labelled for labelled in questions if labelled.language == language]
        if spoken:
            scores[language] = evaluation.evaluate(spoken, matcher.ask)
    if as_json:
        _print_json(evaluation_report.as_json(scores))
    else:
        evaluation_report.draw(scores, _output())


people.enter(app)
app.command()(export.export)
unanswered.enter(app)
keys.enter(app)


def _settings() -> Settings:
    try:
        return settings_module.load()
    except SettingsError as error:
        _errors().print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(WRONG) from None


def _matcher(settings: Settings) -> Matcher:
    from bot.runtime.load_matcher import make_matcher

    try:
        return make_matcher(settings, _errors())
    except PackError as error:
        _fail(error)


def _fail(error: PackError) -> NoReturn:
    console = _errors()
    for problem in error.problems:
        console.print(str(problem), markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(WRONG) from None


def _usage(message: str) -> NoReturn:
    raise typer.BadParameter(message)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def _output() -> Console:
    return Console(highlight=False)


def _errors() -> Console:
    return Console(stderr=True, highlight=False)
