"""`bot learn`: the place to teach. What people asked in vain, and what each lesson would change."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot.clock import utc_now
from bot.commands import common

if TYPE_CHECKING:
    from rich.console import Console

    from knowledge.language.words import Language
    from knowledge.matching.matcher import Matcher
    from knowledge.teaching.groups import Group
    from knowledge.teaching.lesson import Lesson
    from knowledge.teaching.trial import Trial

app = typer.Typer(help="Teach the assistant what people asked in vain.", invoke_without_command=True)
SHOWN = 20
"""Changed questions that are shown of a trial."""
NEAREST = 5
"""Rules and topics that are proposed for a question."""

By = Annotated[str, typer.Option("--by", help="Who teaches, for the history.", show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", help="Write it without asking.")]
Despite = Annotated[str, typer.Option("--despite", help="Why it is written although a question fares worse.")]
Spoken = Annotated[str, typer.Option("--language", help="nl or en; by default what the text's words say.")]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    program.add_typer(app, name="learn")


@app.callback()
def learn(context: typer.Context) -> None:
    """Without a further word: go through the questions one by one and teach."""
    if context.invoked_subcommand is None:
        _go_through()


@app.command("questions")
def questions(as_json: JsonOption = False) -> None:
    """The questions that found no answer or one that did not help, grouped by likeness, most asked first."""
    matcher = common.load_matcher(common.load_settings())
    groups = _groups()
    if as_json:
        common.print_json(
            [
                {
                    "times": group.times,
                    "questions": [one.text for one in group.questions],
                    "language": group.questions[0].language,
                    "nearest": [label for label, _ in _nearest(matcher, group.questions[0].text)],
                }
                for group in groups
            ]
        )
        return
    console = common.output()
    for group in groups:
        _show(console, matcher, group)
    console.print(f"{len(groups)} groups of questions; [bold]bot learn[/bold] goes through them.")


@app.command("teach")
def teach(
    text: Annotated[str, typer.Argument(help="How somebody asks, in general words.")],
    label: Annotated[
        str, typer.Option("--as", help="A rule (profilering-4), near/…, far/…, incident or smalltalk.")
    ],
    language: Spoken = "",
    yes: Yes = False,
    despite: Despite = "",
    by: By = "",
) -> None:
    """Teach that a text asks for a rule or topic; shows what would change, then writes it."""
    from knowledge.teaching.lesson import Belongs

    matcher = common.load_matcher(common.load_settings())
    _known(matcher, label)
    _try_and_write(matcher, [Belongs(text, _language(matcher, text, language), label)], yes, despite, by)


@app.command("silent")
def silent(
    text: Annotated[str, typer.Argument(help="How somebody asks, in general words.")],
    topic: Annotated[str, typer.Option("--topic", help="A new id, as: fietsen-op-het-plein.")],
    title: Annotated[str, typer.Option("--title", help="The topic in two or three words.")],
    says: Annotated[str, typer.Option("--says", help="What is not in the protocol, as a sentence.")],
    ask: Annotated[str, typer.Option("--ask", help="Whom to ask: a contact of pack.yaml.")],
    nearest: Annotated[str, typer.Option("--nearest", help="The rule nearest in subject, if any.")] = "",
    language: Spoken = "",
    yes: Yes = False,
    despite: Despite = "",
    by: By = "",
) -> None:
    """Teach a new topic on which the protocol is silent."""
    from knowledge.teaching.lesson import Silent

    matcher = common.load_matcher(common.load_settings())
    lesson = Silent(text, _language(matcher, text, language), topic, title, says, ask, nearest)
    _try_and_write(matcher, [lesson], yes, despite, by)


@app.command("drop")
def drop(text: Annotated[str, typer.Argument(help="The question as it is listed.")]) -> None:
    """Take a text that is no question off the list."""
    if not _drop([text]):
        common.fail("No such question is on the list; `bot learn questions` shows them.")
    print("Taken off the list.")


@app.command("history")
def show_history(as_json: JsonOption = False) -> None:
    """The changes that can be taken back, the newest first."""
    from dataclasses import asdict

    from knowledge.teaching import history

    entries = history.entries(common.load_settings().protocol)
    if as_json:
        common.print_json([asdict(entry) for entry in entries])
        return
    console = common.output()
    if not entries:
        console.print("Nothing was taught here yet.")
    for entry in entries:
        console.print(f"{entry.at} UTC, {entry.by}", style="bold", markup=False)
        for line in entry.what:
            console.print(f"  {line}", markup=False)
        if entry.reason:
            console.print(f"  although a question fares worse: {entry.reason}", markup=False)


@app.command("undo")
def undo() -> None:
    """Take the newest lesson back; a running assistant follows by itself."""
    from knowledge.teaching import history

    try:
        entry = history.take_back(common.load_settings().protocol)
    except history.EditedSinceError as error:
        common.fail(
            f"{error} was edited after the lesson. Take the lesson's lines out by hand, or put the file back "
            f"from the copy in {history.FOLDER}."
        )
    except OSError as error:
        common.fail(_unwritable(error))
    if entry is None:
        common.fail("There is nothing to take back.")
    for line in entry.what:
        common.output().print(f"Taken back: {line}", markup=False)


def _go_through() -> None:
    """The groups one by one: what they ask for is chosen by a number, or they are skipped or dropped."""
    from knowledge.teaching.lesson import Belongs

    matcher = common.load_matcher(common.load_settings())
    console = common.output()
    groups = _groups()
    if not groups:
        console.print("No question went unanswered. There is nothing to teach.")
        return
    lessons: list[Lesson] = []
    for number, group in enumerate(groups, 1):
        console.rule(f"{number} of {len(groups)}")
        near = _show(console, matcher, group)
        console.print(
            "  [bold]n[/bold] no question: off the list   [bold]s[/bold] skip   [bold]q[/bold] ready"
        )
        answer = typer.prompt("What does it ask for? A number, an id, n, s or q", default="s").strip()
        if answer == "q":
            break
        texts = [one.text for one in group.questions]
        if answer == "n":
            _drop(texts)
            continue
        if answer == "s":
            continue
        label = near[int(answer) - 1] if answer.isdigit() and 0 < int(answer) <= len(near) else answer
        if label not in _labels(matcher):
            console.print(f"There is no rule or topic {answer}; skipped.", markup=False)
            continue
        first = group.questions[0]
        text = typer.prompt("In general words (nothing of a person)", default=first.text)
        lessons.append(Belongs(text, first.language, label))
    if lessons:
        _try_and_write(matcher, lessons, yes=False, despite="", by="")


def _try_and_write(matcher: Matcher, lessons: Sequence[Lesson], yes: bool, despite: str, by: str) -> None:
    """Show what the lessons would change; write them where nothing fares worse, or somebody says why."""
    from bot.storage import question_log
    from knowledge.teaching import trial

    settings = common.load_settings()
    console = common.output()
    helpful = common.transact(question_log.helpful)
    from bot.runtime.load_matcher import watched

    try:
        tried = watched(
            "Trying it out",
            common.errors(),
            lambda progress: trial.try_out(matcher, lessons, settings.data_dir, helpful, progress),
        )
    except trial.RefusedError as error:
        common.fail(str(error))
    except OSError as error:
        common.fail(_unwritable(error))
    _show_trial(console, tried)
    if tried.worse and not despite:
        if yes or not console.is_terminal:
            common.fail("Not written: a question fares worse. Say why it is right all the same: --despite.")
        despite = typer.prompt(
            "A question fares worse. Why is it right all the same? (empty: do not write)", default=""
        )
        if not despite:
            raise typer.Exit(common.WRONG)
    if not yes and not typer.confirm("Write it?", default=True):
        raise typer.Exit(common.WRONG)
    try:
        trial.adopt(settings.protocol, tried, utc_now(), by or getpass.getuser(), despite)
    except OSError as error:
        common.fail(_unwritable(error))
    _drop([one.text for one in lessons])
    console.print("Written. A running assistant takes it up by itself; `bot learn undo` takes it back.")


def _drop(texts: Sequence[str]) -> int:
    from bot.storage import question_log

    return common.transact(lambda connection: question_log.drop(connection, texts))


def _show_trial(console: Console, tried: Trial) -> None:
    for text, answer in tried.answers:
        console.print(f"“{text}” would get: {answer}", markup=False)
    if not tried.changes:
        console.print("No other question that is known gets another answer.")
        return
    worse = len(tried.worse)
    console.print(f"{len(tried.changes)} known questions get another answer, {worse} a worse one:")
    for change in tried.changes[:SHOWN]:
        console.print(f"  {change.line}", markup=False)
    if len(tried.changes) > SHOWN:
        console.print(f"  and {len(tried.changes) - SHOWN} more")


def _show(console: Console, matcher: Matcher, group: Group) -> list[str]:
    """A group and what comes nearest; the labels by their numbers."""
    first = group.questions[0]
    console.print(f"{group.times}× {first.text}", style="bold", markup=False)
    for other in group.questions[1:4]:
        console.print(f"   {other.times}× {other.text}", markup=False)
    near = _nearest(matcher, first.text)
    for number, (label, title) in enumerate(near, 1):
        console.print(f"  {number} {label}: {title}", markup=False)
    return [label for label, _ in near]


def _nearest(matcher: Matcher, text: str) -> list[tuple[str, str]]:
    """Rules and topics that come nearest: (label, title)."""
    from knowledge.teaching.nearest import nearest

    return nearest(matcher, text, NEAREST)


def _groups() -> list[Group]:
    from bot.storage import question_log
    from knowledge.teaching.groups import grouped

    return grouped(common.transact(question_log.to_teach))


def _labels(matcher: Matcher) -> list[str]:
    from knowledge.pack.loading import OTHER_LABELS

    pack = matcher.pack
    return [*(rule.id for rule in pack.protocol), *(topic.label for topic in pack.topics), *OTHER_LABELS]


def _known(matcher: Matcher, label: str) -> None:
    from knowledge.files.problems import did_you_mean

    known = _labels(matcher)
    if label not in known:
        common.fail(f'There is no rule or topic "{label}"{did_you_mean(label, known)}')


def _language(matcher: Matcher, text: str, wanted: str) -> Language:
    from knowledge.language.words import LANGUAGES, split

    if wanted and wanted not in LANGUAGES:
        common.fail(f'The language "{wanted}" is unknown; use {" or ".join(LANGUAGES)}.')
    spoken = matcher.language(split(text))
    return next((language for language in LANGUAGES if language == wanted), spoken)


def _unwritable(error: OSError) -> str:
    return f"{error.filename or 'The pack'} cannot be written: {error.strerror}. Nothing was changed."
