"""Code for the page: a function that computes the value and the derivative, in one language after another."""

from __future__ import annotations

from matgrad.cli.formats import CODE
from matgrad.cli.present import code_of
from matgrad.core.errors import ArgumentError
from matgrad.core.words import alternatives, phrase
from matgrad.page.derivatives import result_of
from matgrad.page.question import Question, Record


def code(question: Question) -> Record:
    """A function to be pasted."""
    if question.backend not in CODE:
        raise ArgumentError(
            phrase("no text is written for {backend}", backend=repr(question.backend)), fix=alternatives(CODE)
        )
    return {"backend": question.backend, "code": code_of(result_of(question), question.backend)}
