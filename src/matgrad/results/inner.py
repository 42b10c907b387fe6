"""The derivatives that stand within an expression, verified before anything is made of it."""

from __future__ import annotations

from collections.abc import Iterable

from matgrad.calculus.question import Question
from matgrad.results.answering import answer_to


def verify_inner(questions: Iterable[Question]) -> None:
    """Compare each derivative within a text with a difference quotient.

    Raises
    ------
    VerificationError
        When one disagrees.
    """
    for question in dict.fromkeys(questions):
        answer_to(question)
