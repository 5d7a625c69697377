"""The one router: a turn goes in, whatever channel it came by; the handler that fits it answers.

Adding something: write an async handler (turn, context) → Response in a module of its own and enter it in COMMANDS or ACTIONS here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from handlers import about, ask
from handlers.given import Context, Given, Handler, Response, said
from handlers.incident import casework, pin, progress, report, starting
from handlers.reply import Reply
from handlers.session import DOUBLE_PRESS, Press, Session
from handlers.texts import Texts
from handlers.turn import Edited, Pressed, Said, Sent, Turn
from knowledge.matcher import Matcher
from knowledge.words import Language

COMMANDS: Mapping[str, Handler] = {
    "start": pin.start,
    "pin": pin.change,
    "melden": starting.start,
    "report": starting.start,
    "hervat": starting.resume,
    "resume": starting.resume,
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
    "help": about.welcome,
    "taal": about.language,
    "language": about.language,
    "waarom": about.why,
    "why": about.why,
    "stop": report.stop,
}
"""Command, without its slash → what answers it."""

ACTIONS: Mapping[str, Handler] = {
    "rule": ask.rule_pressed,
    "none": ask.none_pressed,
    "pin_new": pin.new,
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


class Conversation:
    """Answers turns. Holds no state of its own: the session goes in and comes out."""

    def __init__(self, matcher: Matcher, texts: Mapping[Language, Texts], takes_away: bool = True) -> None:
        """`takes_away`: whether answers of a report are taken out of the chat where the channel can."""
        self.matcher = matcher
        self.texts = texts
        self.takes_away = takes_away

    async def respond(self, turn: Turn, session: Session, given: Given) -> Response:
        """The reply to a turn, and the session after it."""
        language = session.language or turn.person.language or session.spoken
        context = Context(session, self.texts[language], self.texts, self.matcher, given, takes_away=self.takes_away)
        response = await self._route(turn, context)
        if response.then:
            response = await self._go_on(turn, replace(context, session=response.session), response)
        response = await report.repeated(turn, context, response)
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
            return await report.sent(turn, context) or await self._said(turn, act.caption, context)
        if isinstance(act, Edited):
            if told := await report.edited(turn, context):
                return told
            return await self._said(turn, act.text, context)
        return await about.welcome(turn, context)

    async def _go_on(self, turn: Turn, context: Context, first: Response) -> Response:
        turn = replace(turn, act=Pressed("", action=first.then))  # the text of this turn was for the first handler: the PIN
        then = await self._action(turn, first.then, context)
        reply = replace(then.reply, messages=first.reply.messages + then.reply.messages, deletes=first.reply.deletes + then.reply.deletes)
        return replace(then, reply=reply)

    async def _pressed(self, turn: Turn, act: Pressed, context: Context) -> Response:
        last = context.session.pressed
        if last and last.button == act.button and turn.at - last.at <= DOUBLE_PRESS:
            return Response(Reply(context.texts.language, toast=context.texts("pressed_twice")), context.session)
        if act.action is None:
            return Response(said(context.texts, "old_button"), context.session)
        context = replace(context, session=replace(context.session, pressed=Press(act.button, turn.at), expects=""))
        return await self._action(turn, act.action, context)

    async def _action(self, turn: Turn, action: str, context: Context) -> Response:
        verb, _, argument = action.partition(":")
        return await ACTIONS[verb](turn, replace(context, argument=argument))

    async def _said(self, turn: Turn, text: str, context: Context) -> Response:
        text = text.strip()
        if text.startswith("/"):
            command, _, argument = text[1:].partition(" ")
            context = replace(context, session=replace(context.session, expects=""))
            handler = COMMANDS.get(command.lower())
            if handler is None:
                return Response(said(context.texts, "unknown_command"), context.session)
            return await handler(turn, replace(context, argument=argument.strip()))
        if context.session.expects and isinstance(turn.act, Said):
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
        return await ask.ask(turn, replace(context, argument=text))
