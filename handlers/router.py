"""The one router: a turn goes in, whatever channel it came by; the handler that fits it answers.

Adding something: write an async handler (turn, context) → Response in a module of its own and enter it in
COMMANDS or ACTIONS here. In a group only what IN_GROUPS names is done; everything else is sent on to the
private chat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from handlers.casework import casework, progress
from handlers.context import Context, Given, Handler, Response, said
from handlers.questions import about, ask, browse, guided_checks, media
from handlers.reply import Button, Message, Paragraph, Reply
from handlers.report import report, start
from handlers.roles import pin
from handlers.session import DOUBLE_PRESS, Press, Session
from handlers.texts import Texts
from handlers.turn import Edited, Pressed, Said, Sent, Turn
from knowledge.files.problems import nearest
from knowledge.language.words import Language, split
from knowledge.matching.matcher import Matcher

COMMANDS: Mapping[str, Handler] = {
    "start": pin.start,
    "pin": pin.change,
    "melden": start.start,
    "report": start.start,
    "hervat": start.resume,
    "resume": start.resume,
    "pauze": report.pause,
    "pause": report.pause,
    "annuleer": report.cancel,
    "cancel": report.cancel,
    "vraag": report.ask_between,
    "ask": report.ask_between,
    "zaken": casework.cases,
    "cases": casework.cases,
    "zaak": casework.by_number,
    "case": casework.by_number,
    "help": about.usage,
    "protocol": browse.sections,
    "taal": about.language,
    "language": about.language,
    "waarom": about.why,
    "why": about.why,
    "privacy": about.privacy,
    "vergeet": about.forget,
    "forget": about.forget,
    "stop": report.stop,
}
"""Command, without its slash → what answers it."""

ACTIONS: Mapping[str, Handler] = {
    "rule": ask.rule_pressed,
    "none": ask.none_pressed,
    "asked": ask.asked_pressed,
    "helpful": ask.helpful,
    "unhelpful": ask.unhelpful,
    "protocol": browse.sections,
    "page": browse.sections,
    "section": browse.section,
    "read": browse.read,
    "pdf": browse.pdf,
    "check": guided_checks.begin,
    "check_step": guided_checks.answered,
    "check_back": guided_checks.back,
    "check_stop": guided_checks.stop,
    "language": about.language,
    "forget": about.forget_pressed,
    "report": report.pressed,
    "cases": casework.cases,
    "case": casework.view,
    "case_more": casework.more,
    "case_read": casework.read,
    "case_log": casework.log,
    "case_export": casework.exports,
    "export": casework.export,
    "step": casework.step,
    "step_done": progress.done,
    "step_on": progress.done_on,
    "step_save": progress.save_done,
    "step_not": progress.not_applicable,
    "step_open": progress.reopen_step,
    "note": progress.note,
    "decide": progress.decide,
    "agree": progress.agree,
    "snooze": progress.snooze,
    "case_close": progress.close,
    "case_reopen": progress.reopen,
    "hand_over": progress.hand_over,
    "hand_to": progress.hand_to,
    "involve": progress.involve,
    "involved": progress.involved,
    "pin_new": pin.new,
}
"""A button's verb → what answers it. The part after the colon is the context's argument."""

EXPECTED: Mapping[str, Handler] = {
    "pin_choose": pin.chosen,
    "pin_repeat": pin.repeated,
    "pin_enter": pin.entered,
    "step_on": progress.done_on,
    "step_save": progress.save_done,
    "step_why": progress.save_not_applicable,
    "note_save": progress.save_note,
    "decide_why": progress.save_decision,
    "agree_on": progress.save_agreed,
    "reopen_why": progress.save_reopened,
}
"""What the session expects the next text for → what takes that text."""

IN_GROUPS = frozenset(
    (
        *("start", "help", "taal", "language", "waarom", "why", "privacy", "stop"),
        *("rule", "none", "asked", "protocol", "page", "section", "read", "pdf"),
        *(
            "melden",
            "report",
            "hervat",
            "resume",
            "zaken",
            "zaak",
            "cases",
            "case",
            "pin",
        ),  # these refuse themselves, with the reason
    )
)
"""The commands and verbs that a group may use; pin.start itself sends an invitation's code on to the private
chat.
"""


class Conversation:
    """Answers turns. Holds no state of its own: the session goes in and comes out."""

    def __init__(self, matcher: Matcher, texts: Mapping[Language, Texts], takes_away: bool = True) -> None:
        """`takes_away`: whether answers of a report are taken out of the chat where the channel can."""
        self.matcher = matcher
        self.texts = texts
        self.takes_away = takes_away

    async def respond(self, turn: Turn, session: Session, given: Given) -> Response:
        """The reply to a turn, and the session after it."""
        context = Context(
            session,
            self.texts[session.speaks(turn.person.language)],
            self.texts,
            self.matcher,
            given,
            takes_away=self.takes_away,
        )
        response = await self._route(turn, context)
        if response.then:
            response = await self._go_on(turn, replace(context, session=response.session), response)
        if response.forgotten:
            return response
        response = await report.repeated(turn, context, response)
        response = self._spoken(turn, self._repeating(turn, context, response))
        reply = response.reply
        offered = reply.buttons if reply.messages else session.offered
        return replace(response, session=replace(response.session, spoken=reply.language, offered=offered))

    async def _route(self, turn: Turn, context: Context) -> Response:
        act = turn.act
        if isinstance(act, Pressed):
            return await self._pressed(turn, act, context)
        if isinstance(act, Said):
            return await self._said(turn, act.text, context)
        if isinstance(act, Sent):
            return await report.sent(turn, context) or await media.sent(turn, act, context)
        if isinstance(act, Edited):
            return await report.edited(turn, context) or await ask.edited(
                turn, replace(context, argument=act.text.strip())
            )
        return await about.welcome(turn, context)

    async def _go_on(self, turn: Turn, context: Context, first: Response) -> Response:
        turn = replace(
            turn, act=Pressed("", action=first.then)
        )  # the text of this turn was for the first handler: the PIN
        then = await self._action(turn, first.then, context)
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
        context = replace(
            context, session=replace(context.session, pressed=Press(act.button, turn.at), expects="")
        )
        return await self._action(turn, act.action, context)

    async def _action(self, turn: Turn, action: str, context: Context) -> Response:
        verb, _, argument = action.partition(":")
        if verb not in ACTIONS or not self._stands(verb, argument):
            return Response(said(context.texts, "old_button"), context.session)
        if not turn.chat.private and verb not in IN_GROUPS:
            return self._elsewhere(turn, context)
        if verb == "report":  # a report is begun or goes on: no check stands beside it
            context = replace(context, session=replace(context.session, run=None, run_at=None))
        return await ACTIONS[verb](turn, replace(context, argument=argument))

    def _stands(self, verb: str, argument: str) -> bool:
        """Whether what the button names is still in the pack: it may have been sent before the pack was
        changed.
        """
        pack = self.matcher.pack
        if verb in ("rule", "read"):
            return any(rule.id == argument for rule in pack.protocol)
        if verb == "section":
            return any(section.id == argument for section in pack.protocol.sections)
        return verb != "check" or any(flow.id == argument for flow in pack.checks)

    def _elsewhere(self, turn: Turn, context: Context) -> Response:
        link = turn.chat.private_link
        buttons = (Button(context.texts("report_private_link"), "", link),) if link else ()
        reply = Reply(
            context.texts.language, (Message((Paragraph(context.texts("only_private")),), buttons),)
        )
        return Response(reply, context.session)

    async def _said(self, turn: Turn, text: str, context: Context) -> Response:
        text = text.strip()
        if isinstance(turn.act, Said) and turn.act.forwarded and not context.session.case:
            return await ask.forwarded(turn, replace(context, argument=text))
        if text.startswith("/"):
            return await self._command(turn, text, context)
        if context.session.expects:
            verb, _, argument = context.session.expects.partition("#")[0].partition(":")
            return await EXPECTED[verb](turn, replace(context, argument=argument))
        if taken := await report.written(turn, context):
            return taken
        offered = [button for button in context.session.offered if not button.url]
        if text.isdigit() and offered:
            number = int(text) if len(text) < 4 else 0
            if 1 <= number <= len(offered):
                return await self._action(turn, offered[number - 1].action, context)
            reply = said(context.texts, "unknown_number", last=str(len(offered)))
            message = replace(reply.messages[0], buttons=tuple(offered))
            return Response(replace(reply, messages=(message,)), context.session)
        action = next(_named(text, offered), None) or guided_checks.typed(text, turn, context)
        if action:
            return await self._action(turn, action, context)
        return await ask.ask(turn, replace(context, argument=text))

    async def _command(self, turn: Turn, text: str, context: Context) -> Response:
        word, _, argument = text[1:].partition(" ")
        name = word.partition("@")[0].lower()
        context = replace(context, session=replace(context.session, expects=""))
        handler = COMMANDS.get(name)
        if handler is None:
            near = nearest(name, COMMANDS)
            reply = (
                said(context.texts, "unknown_command_near", near=near)
                if near
                else said(context.texts, "unknown_command")
            )
            return Response(reply, context.session)
        if not turn.chat.private and name not in IN_GROUPS:
            return self._elsewhere(turn, context)
        return await handler(turn, replace(context, argument=argument.strip()))


def _named(text: str, offered: list[Button]) -> Iterator[str]:
    """The actions of the buttons whose words were typed, the last offered first."""
    words = split(text)
    return (button.action for button in reversed(offered) if words and split(button.label) == words)
