"""How an answer is wrong: the least far-fetched explanation that makes its value come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from matgrad.checking import (
    exchanged_names,
    forgotten,
    letter_mistakes,
    numbers_beside,
    order_mistakes,
    other_questions,
    step_mistakes,
    text_mistakes,
    two_mistakes,
    value_mistakes,
)
from matgrad.checking.case import Case, Finding
from matgrad.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Search:
    """One way to look for explanations.

    Attributes
    ----------
    least : float
        No explanation that it finds is less far-fetched than this.
    find : callable
        Finds explanations.
    is_of_text : bool
        Whether it works on what was written, even where that has no value.
    of_letters : bool
        Whether it works on the letters of an entry, even where that has no value.
    of_derivatives : bool
        Whether it makes sense for derivatives only, and not for any expression with a given value.
    """

    least: float
    find: Callable[[Case], Iterable[Finding]]
    is_of_text: bool = False
    of_letters: bool = False
    of_derivatives: bool = False


SEARCHES = (
    Search(0.5, value_mistakes.zero),
    Search(1.0, value_mistakes.constant_factor),
    Search(1.0, numbers_beside.identity, is_of_text=True),
    Search(1.1, value_mistakes.structure_ignored, of_derivatives=True),
    Search(1.1, value_mistakes.whole_answer),
    Search(1.1, other_questions.function_itself, of_derivatives=True),
    Search(1.15, forgotten.commutation_matrix, of_derivatives=True),
    Search(1.2, forgotten.the_ones, of_derivatives=True),
    Search(1.25, forgotten.product_rule, of_derivatives=True),
    Search(1.2, value_mistakes.rows_stacked, of_derivatives=True),
    Search(1.2, other_questions.other_variable, of_derivatives=True),
    Search(1.3, value_mistakes.terms),
    Search(1.3, value_mistakes.scalar_factor),
    Search(1.35, value_mistakes.term_with_scalar),
    Search(1.3, step_mistakes.slips, of_derivatives=True),
    Search(1.36, letter_mistakes.interchanged, of_letters=True),
    Search(1.24, text_mistakes.repairs, is_of_text=True),
    Search(1.35, other_questions.stopped_early, of_derivatives=True),
    Search(1.5, value_mistakes.throughout),
    Search(1.7, exchanged_names.exchanged, is_of_text=True),
    Search(1.55, order_mistakes.order),
    Search(1.6, value_mistakes.facts),
    Search(1.6, other_questions.other_function, of_derivatives=True),
    Search(2.1, two_mistakes.after_an_edit, is_of_text=True),
    Search(2.1, two_mistakes.two_edits, is_of_text=True),
    Search(2.3, two_mistakes.after_a_letter),
    Search(2.4, two_mistakes.after_a_fact),
)
"""Every way, the least far-fetched explanations first."""


def diagnose(case: Case) -> Finding | None:
    """The least far-fetched explanation of a wrong answer, or ``None``.

    A later search is left out once an explanation is found that it cannot beat.
    """
    best: Finding | None = None
    for search in SEARCHES:
        if case.bound <= search.least:
            continue
        if (case.answer.expr is None and not (search.is_of_text or search.of_letters)) or (
            search.is_of_text and not text_mistakes.is_searched(case)
        ):
            continue
        if search.of_derivatives and not case.is_of_derivative:
            continue
        for finding in search.find(case):
            if finding.cost < case.bound:
                best, case.bound = finding, finding.cost
    return best
