"""The one router: a turn goes in, whatever channel it came by; the handler that fits it answers.

Adding a command: a row in `commands.py`. Adding an action: a dataclass in `actions.py` and a case in `_act`.
In a group only `IN_GROUPS` and commands with `in_groups` are done; else the reply leads to the private chat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from handlers.actions import (
    Action,
    AddNote,
    AgreeDay,
    AnswerCheck,
    AskInvolved,
    BackFromHelp,
    BeginReport,
    CaseMenu,
    ChangePin,
    CheckBack,
    ChooseExport,
    ChooseLanguage,
    ChoosePin,
    CloseCase,
    ConfirmForget,
    Decide,
    EnterPin,
    ExpectedText,
    ExportRecord,
    FindRule,
    HandOver,
    HandTo,
    JudgeAnswer,
    ListCases,
    NoneOfThese,
    OpenCase,
    OpenStep,
    PinText,
    PostponeReport,
    ReadReport,
    ReadRule,
    ReopenCase,
    ReopenStep,
    RepeatPin,
    ReportStep,
    ResumeReport,
    SaveAgreedDay,
    SaveDecision,
    SaveNotApplicable,
    SaveNote,
    SaveReopened,
    SaveStepDone,
    SayAgain,
    SendProtocol,
    SetInvolved,
    ShowCaseLog,
    ShowRule,
    ShowSection,
    ShowSections,
    SnoozeCase,
    StartCheck,
    StartReport,
    StepDone,
    StepDoneOn,
    StepNotApplicable,
    StopCheck,
)  # fmt: skip
from handlers.cases.repository import UnreadableCaseError
from handlers.casework import casework, keeping, progress
from handlers.context import Context, Response, TurnStores, said, without_own_message
from handlers.conversation import danger, expectation, introduction, listen, typed_secrets
from handlers.conversation.commands import BY_NAME
from handlers.conversation.say_again import say_again
from handlers.questions import about, ask, browse, guided_checks, media
from handlers.reply import Button, Message, Paragraph, Reply
from handlers.report import report, tell
from handlers.roles import pin
from handlers.session import DOUBLE_PRESS, Press, Session
from handlers.texts import Texts
from handlers.turn import Edited, Opened, Pressed, Said, Sent, Turn
from knowledge.files.problems import nearest
from knowledge.language.words import UNSEEN, Language, split
from knowledge.matching.matcher import Matcher
from knowledge.pack.loading import Pack
from knowledge.safety.detector import Detector

IN_GROUPS = (
    ShowRule | NoneOfThese | FindRule | ShowSections | ShowSection | ReadRule | SendProtocol
    | report.ReportAction | ListCases | OpenCase | BackFromHelp | SayAgain
)  # fmt: skip
"""What a group may press; reports and cases refuse themselves there, with the reason."""


class Conversation:
    """Answers turns. Holds no state of its own: the session goes in and comes out."""

    def __init__(
        self,
        matcher: Matcher,
        texts: Mapping[Language, Texts],
        takes_away: bool = True,
        detector: Detector | None = None,
    ) -> None:
        """`takes_away`: whether answers of a report are taken out of the chat where the channel can."""
        self.matcher = matcher
        self.detector = detector or danger.make_detector()
        self.texts = texts
        self.takes_away = takes_away

    async def respond(self, turn: Turn, session: Session, stores: TurnStores) -> Response:
        """The reply to a turn, and the session after it."""
        session, lapsed = expectation.lapse(session, turn.at)
        context = Context(
            session,
            self.texts[session.speaks(turn.person.language)],
            self.texts,
            self.matcher,
            stores,
            lapsed=lapsed,
            takes_away=self.takes_away,
        )
        finding = danger.hear(turn, self.detector, session)
        if finding and finding.loudness == "stop":
            response = await danger.stop(turn, context, finding, self.detector)
            session = replace(
                response.session, spoken=response.reply.language, offered=response.reply.buttons
            )
            return replace(response, session=session)
        try:
            if finding is None:
                finding = await danger.hear_kept_image(turn, context, self.detector)
            if finding:
                context = danger.without_journal(context)
            response = await self._route(turn, context)
            if response.then:
                response = await self._go_on(
                    turn, replace(context, session=response.session), response, response.then
                )
        except UnreadableCaseError:
            return Response(said(context.texts, "case_unreadable"), replace(session, case=None, expects=None))
        if response.forgotten:
            return response
        response = await report.repeated(turn, context, response)
        response = self._spoken(turn, self._repeating(turn, context, response))
        if finding:
            response = danger.with_aside(turn, context, response, finding)
        reply = response.reply
        offered = reply.buttons if reply.messages else session.offered
        after = replace(response.session, spoken=reply.language, offered=offered)
        return replace(response, session=expectation.stamp(after, session, turn.at))

    def hears_danger(self, text: str) -> bool:
        """Whether a text is answered with help for somebody in danger, and nothing else."""
        heard = self.detector.detect(text)
        return heard is not None and heard.loudness == "stop"

    def help_text(self, turn: Turn) -> str:
        """The help for somebody in danger as plain text, for when nothing can be stored; "" if there is
        none.
        """
        return danger.help_text(turn, self.detector, self.texts, self.matcher.pack)

    async def _route(self, turn: Turn, context: Context) -> Response:
        if secret := await typed_secrets.hear(turn, context, self._command, self._expected):
            return secret
        act = turn.act
        if isinstance(act, Pressed):
            return await self._pressed(turn, act, context)
        if isinstance(act, Said):
            return await self._said(turn, act.text, context)
        if isinstance(act, Sent):
            return await report.sent(turn, context) or await media.sent(turn, act, context)
        if isinstance(act, Edited):
            return await report.edited(turn, context) or await ask.edited(turn, context)
        if isinstance(act, Opened):
            return await introduction.welcome(turn, context)
        assert_never(act)

    async def _go_on(self, turn: Turn, context: Context, first: Response, action: Action) -> Response:
        """Continue with what a response names: what was asked before the PIN, or the report."""
        context = replace(context, texts=self.texts[first.reply.language])
        # the text of this turn was for the first handler (the PIN, the question)
        then = await self._action(replace(turn, act=Pressed("", action=action)), action, context)
        reply = replace(
            then.reply,
            messages=first.reply.messages + then.reply.messages,
            deletes=first.reply.deletes + then.reply.deletes,
        )
        return replace(then, reply=reply)

    def _repeating(self, turn: Turn, context: Context, response: Response) -> Response:
        """With the open question of a guided check said again, where the reply was about something else."""
        session = response.session
        if (
            not response.reply.messages
            or isinstance(turn.act, Edited)
            or session.run is None
            or session.run != context.session.run
        ):
            return response
        texts = self.texts[session.language or context.session.speaks(turn.person.language)]
        message = guided_checks.open_step(turn, replace(context, session=session, texts=texts))
        if message is None:
            return response
        reply = replace(response.reply, language=texts.language, messages=(*response.reply.messages, message))
        return replace(response, reply=reply)

    def _spoken(self, turn: Turn, response: Response) -> Response:
        """A toast only shows where a button was pressed; to who typed it is said."""
        reply = response.reply
        if not reply.toast or reply.messages or isinstance(turn.act, Pressed):
            return response
        return replace(
            response, reply=replace(reply, messages=(Message((Paragraph(reply.toast),)),), toast="")
        )

    async def _pressed(self, turn: Turn, act: Pressed, context: Context) -> Response:
        last = context.session.pressed
        if last and last.button == act.button and turn.at - last.at <= DOUBLE_PRESS:
            return Response(
                Reply(context.texts.language, toast=context.texts("pressed_twice")), context.session
            )
        if act.action is None:
            return Response(said(context.texts, "old_button"), context.session)
        session = replace(context.session, pressed=Press(act.button, turn.at))
        if not isinstance(act.action, BackFromHelp):
            session = replace(session, expects=None, refused="")
        return await self._action(turn, act.action, replace(context, session=session))

    async def _action(self, turn: Turn, action: Action, context: Context) -> Response:
        if not _still_exists(action, self.matcher.pack):
            return Response(said(context.texts, "old_button"), context.session)
        if not turn.chat.private and not isinstance(action, IN_GROUPS):
            return self._elsewhere(turn, context)
        return await self._act(turn, action, context)

    async def _act(self, turn: Turn, action: Action, context: Context) -> Response:  # noqa: C901
        """One case an action, nothing else."""
        match action:
            case ShowRule():
                return await ask.show(turn, context, action)
            case NoneOfThese():
                return await ask.none_of_these(turn, context)
            case FindRule():
                return await ask.find_rule(turn, context)
            case JudgeAnswer():
                return await ask.judge(turn, context, action)
            case ShowSections():
                return await browse.sections(turn, context)
            case ShowSection():
                return await browse.section(turn, context, action)
            case ReadRule():
                return await browse.read(turn, context, action)
            case SendProtocol():
                return await browse.pdf(turn, context)
            case StartCheck():
                return await guided_checks.begin(turn, context, action)
            case AnswerCheck():
                return await guided_checks.answered(turn, context, action)
            case CheckBack():
                return await guided_checks.back(turn, context, action)
            case StopCheck():
                return await guided_checks.stop(turn, context, action)
            case SayAgain():
                return await say_again(turn, context)
            case BackFromHelp():
                return await danger.back(turn, context)
            case ChooseLanguage():
                return about.choose_language(context, action.language)
            case ConfirmForget():
                return await about.confirm_forget(turn, context, action)
            case StartReport() | BeginReport() | ResumeReport() | PostponeReport() | ReportStep():
                # no check stands beside a report
                session = replace(context.session, run=None, run_at=None)
                return await report.pressed(turn, replace(context, session=session), action)
            case ListCases():
                return await casework.cases(turn, context, action.page)
            case OpenCase():
                return await casework.view(turn, context, action)
            case CaseMenu():
                return await casework.more(turn, context, action)
            case ReadReport():
                return await casework.read(turn, context, action)
            case ShowCaseLog():
                return await casework.log(turn, context, action)
            case ChooseExport():
                return await casework.exports(turn, context, action)
            case ExportRecord():
                return await casework.export(turn, context, action)
            case OpenStep():
                return await casework.step(turn, context, action)
            case StepDone():
                return await progress.done(turn, context, action)
            case StepNotApplicable():
                return await progress.not_applicable(turn, context, action)
            case ReopenStep():
                return await progress.reopen_step(turn, context, action)
            case AddNote():
                return await progress.note(turn, context, action)
            case Decide():
                return await progress.decide(turn, context, action)
            case AgreeDay():
                return await progress.agree(turn, context, action)
            case SnoozeCase():
                return await keeping.snooze(turn, context, action)
            case CloseCase():
                return await keeping.close(turn, context, action)
            case ReopenCase():
                return await keeping.reopen(turn, context, action)
            case HandOver():
                return await keeping.hand_over(turn, context, action)
            case HandTo():
                return await keeping.hand_to(turn, context, action)
            case AskInvolved():
                return await keeping.involve(turn, context, action)
            case SetInvolved():
                return await keeping.involved(turn, context, action)
            case ChangePin():
                return await pin.new(turn, context)
            case (
                ChoosePin() | RepeatPin() | EnterPin() | StepDoneOn() | SaveStepDone() | SaveNotApplicable()
                | SaveNote() | SaveDecision() | SaveAgreedDay() | SaveReopened()
            ):  # fmt: skip
                return await self._expected(turn, action, context)
            case _:
                assert_never(action)

    async def _expected(  # noqa: C901
        self, turn: Turn, expected: ExpectedText, context: Context
    ) -> Response:
        """Hand a text to what the session waits for; some of these are also buttons ("no note")."""
        match expected:
            case ChoosePin():
                return await pin.chosen(turn, context, expected)
            case RepeatPin():
                return await pin.repeated(turn, context, expected)
            case EnterPin():
                return await pin.entered(turn, context, expected)
            case StepDoneOn():
                return await progress.done_on(turn, context, expected)
            case SaveStepDone():
                return await progress.save_done(turn, context, expected)
            case SaveNotApplicable():
                return await progress.save_not_applicable(turn, context, expected)
            case SaveNote():
                return await progress.save_note(turn, context, expected)
            case SaveDecision():
                return await progress.save_decision(turn, context, expected)
            case SaveAgreedDay():
                return await progress.save_agreed(turn, context, expected)
            case SaveReopened():
                return await keeping.save_reopened(turn, context, expected)
            case _:
                assert_never(expected)

    async def _late(self, turn: Turn, context: Context, lapsed: ExpectedText) -> Response | None:
        """A text that comes after the time for it ended, such as a note: it is not stored, and asked for
        again after the PIN. None if it is meant otherwise.
        """
        text = turn.act.text if isinstance(turn.act, Said) else ""
        if isinstance(lapsed, PinText) or context.matcher.ask(text).status == "answer":
            return None
        response = await self._expected(turn, lapsed, context)
        if not isinstance(response.session.expects, PinText):
            return response
        told = pin.joined(said(context.texts, "pin_lapsed"), response.reply)
        return without_own_message(turn, context, replace(response, reply=told), secret=True)

    def _elsewhere(self, turn: Turn, context: Context) -> Response:
        link = turn.chat.private_link
        buttons = (Button(context.texts("report_private_link"), None, link),) if link else ()
        reply = Reply(
            context.texts.language, (Message((Paragraph(context.texts("only_private")),), buttons),)
        )
        return Response(reply, context.session)

    async def _said(self, turn: Turn, text: str, context: Context) -> Response:
        text = text.strip().strip(UNSEEN).strip()
        heard = isinstance(context.stores, danger.Unrecorded)  # of such a text no topic is stored
        if isinstance(turn.act, Said) and turn.act.forwarded and not context.session.case and not heard:
            return await ask.forwarded(turn, context, text)
        if text.startswith("/"):
            return await self._command(turn, text, context)
        if context.session.expects:
            return await self._expected(turn, context.session.expects, context)
        if context.lapsed and (late := await self._late(turn, context, context.lapsed)):
            return late
        if taken := await report.written(turn, context):
            return taken
        offered = [(button, button.action) for button in context.session.offered if button.action]
        if text.isdigit() and offered:
            number = int(text) if len(text) < 4 else 0
            if 1 <= number <= len(offered):
                return await self._action(turn, offered[number - 1][1], context)
            reply = said(context.texts, "unknown_number", last=str(len(offered)))
            message = replace(reply.messages[0], buttons=tuple(button for button, _ in offered))
            return Response(replace(reply, messages=(message,)), context.session)
        action = next(_named(text, offered), None) or guided_checks.typed(text, turn, context)
        if action:
            return await self._action(turn, action, context)
        return await self._told(turn, text, context)

    async def _told(self, turn: Turn, text: str, context: Context) -> Response:
        """A text that no button takes."""
        if asked := guided_checks.ask_back(text, turn, context):
            return asked
        if not context.session.case and (story := await tell.begin_with_story(turn, context, text)):
            return story
        response = await listen.listen(turn, context, text)
        heard = isinstance(context.stores, danger.Unrecorded)
        return response if heard else ask.remembered(turn, response)

    async def _command(self, turn: Turn, text: str, context: Context) -> Response:
        word, _, argument = text[1:].partition(" ")
        name = word.partition("@")[0].lower()
        context = replace(context, session=replace(context.session, expects=None, refused=""))
        command = BY_NAME.get(name)
        if command is None:
            near = nearest(name, BY_NAME)
            reply = (
                said(context.texts, "unknown_command_near", near=near)
                if near
                else said(context.texts, "unknown_command")
            )
            return Response(reply, context.session)
        if not turn.chat.private and not command.in_groups:
            return self._elsewhere(turn, context)
        return await command.handle(turn, context, argument.strip())


def _named(text: str, offered: list[tuple[Button, Action]]) -> Iterator[Action]:
    """The actions of the buttons whose words were typed, the last offered first."""
    words = split(text)
    return (action for button, action in reversed(offered) if words and split(button.label) == words)


def _still_exists(action: Action, pack: Pack) -> bool:
    """Whether what a button names is still in the pack: it may have been sent before the pack changed."""
    match action:
        case ShowRule() | ReadRule():
            return any(rule.id == action.rule for rule in pack.protocol)
        case ShowSection():
            return any(section.id == action.section for section in pack.protocol.sections)
        case StartCheck():
            return any(flow.id == action.flow for flow in pack.checks)
        case _:
            return True
