"""What a case demands now (its required steps): final answers and decisions, read by the pack's policy."""

from __future__ import annotations

from handlers.cases.case import Case
from handlers.flow_interpreter import Answers, Chosen, Unknown, live
from knowledge.pack.contract import WHO
from knowledge.pack.flow import Flow
from knowledge.pack.loading import Pack
from knowledge.pack.policy import UNKNOWN, Decided, Given, Policy, Step, required_steps


def demanded(case: Case, flow: Flow, policy: Policy) -> tuple[Step, ...]:
    """The steps that the case demands, in order. Raises `ValueError` where it does not say who did it."""
    answers = live(flow, case.answers)
    if not chosen(answers, WHO):
        raise ValueError("an incident without anybody who did it has no steps")
    return required_steps(policy, given(answers), decided(case))


def policy_of(case: Case, pack: Pack) -> Policy:
    """The policy that the case is judged by: that of when it was sent in, else that of now."""
    return case.judged.policy if case.judged else pack.policy


def given(answers: Answers) -> Given:
    """The choices among the answers. "Weet ik niet" is an answer of its own, never "nee"."""
    return {
        question: (UNKNOWN,) if isinstance(answer, Unknown) else answer.options
        for question, answer in answers.items()
        if isinstance(answer, Chosen | Unknown)
    }


def decided(case: Case) -> Decided:
    """Of every decision the last outcome."""
    return {decision.about: decision.outcome for decision in case.decisions}


def chosen(answers: Answers, question: str) -> tuple[str, ...]:
    """The options chosen at a question; none where it was not asked, or not known."""
    answer = answers.get(question)
    return answer.options if isinstance(answer, Chosen) else ()
