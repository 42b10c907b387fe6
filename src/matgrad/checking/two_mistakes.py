"""Two mistakes at once: one is mended, or a missing fact granted, and what is left is looked at.

A first mistake is taken from few kinds, and the second one is found by value, or is a second change of what
was written; so the search is short, and ends at a number of tries.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from matgrad.checking import value_mistakes
from matgrad.checking.case import Case, Finding, Target
from matgrad.checking.text_mistakes import LARGEST, Edit, edited, edits, found_by
from matgrad.checking.trial import Trial
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact, closure
from matgrad.ops.inverse import inv
from matgrad.ops.transpose import transpose

TRIES = 150
"""So many pairs of changes of what was written are tried."""

SECOND = 0.8
"""How much more far-fetched two mistakes are than the first of them."""

_Search = Callable[[Case], Iterator[Finding]]

_BY_VALUE: tuple[_Search, ...] = (
    value_mistakes.constant_factor,
    value_mistakes.terms,
    value_mistakes.scalar_factor,
    value_mistakes.term_with_scalar,
)
"""What a second mistake may be once the first one is mended."""

_SUBTLE = frozenset(("term_for_another",))
"""What is no second mistake: beside another one it would be guessed."""

_FIRST = (
    "factor_transpose", "both_turned", "term_sign", "swapped", "inverse_missing", "inverse_extra", "symbol",
    "matrix_function", "power_missing", "power_extra", "hadamard_for_product", "product_for_hadamard",
    "missing_factor",
)  # fmt: skip
"""The changes beside which a second mistake is looked for, the most usual ones first."""

_TWICE = frozenset(("factor_transpose", "term_sign", "inverse_missing", "inverse_extra"))
"""The changes of which two may be made."""


def after_an_edit(case: Case) -> Iterator[Finding]:
    """One piece is written wrongly, and something else is wrong as well."""
    answer = case.answer
    assert answer.tree is not None
    changes = sorted((e for e in edits(case) if e.mistake in _FIRST), key=lambda e: _FIRST.index(e.mistake))
    if not changes or len(changes) > 10 * LARGEST:
        return
    remeaning = case.reader.variations(answer)
    targets = case.aims
    for edit in changes:
        if edit.cost + SECOND >= case.bound:
            continue
        try:
            expr = remeaning(*edited(answer, edit))
        except (MatgradError, ArithmeticError):
            continue
        fitting = [target for target in targets if target.view.shape == expr.shape]
        # Beside a factor that is put in anywhere, only a number in front is no guess.
        searches = _BY_VALUE[:1] if edit.mistake == "missing_factor" else _BY_VALUE
        also = _also(case, expr, fitting[:1], searches)
        if also is not None:
            yield _both(found_by(case, edit), also)


def two_edits(case: Case) -> Iterator[Finding]:
    """Two pieces are written wrongly."""
    answer = case.answer
    assert answer.tree is not None
    changes = [e for e in edits(case) if e.mistake in _TWICE and not e.of_pair]
    remeaning = case.reader.variations(answer)
    targets = case.aims
    for one, other in islice(_pairs(changes), TRIES):
        try:
            expr = remeaning(*edited(answer, one, other))
        except (MatgradError, ArithmeticError):
            continue
        for target in targets[:2]:
            if expr.shape == target.view.shape and case.trial.same(expr, target.expr):
                yield _both(found_by(case, one), found_by(case, other))
                return


def _pairs(changes: Sequence[Edit]) -> Iterator[tuple[Edit, Edit]]:
    """Two changes of pieces of which neither holds the other."""
    for i, one in enumerate(changes):
        for other in changes[i + 1 :]:
            apart = one.span[1] <= other.span[0] or other.span[1] <= one.span[0]
            if apart and not (_holds(one, other) or _holds(other, one)):
                yield one, other


def _holds(one: Edit, other: Edit) -> bool:
    """Whether the piece that one change replaces holds that of another."""
    return one.old.span[0] <= other.old.span[0] and other.old.span[1] <= one.old.span[1]


def after_a_letter(case: Case) -> Iterator[Finding]:
    """A matrix stands for its transpose, or its inverse, throughout, and something else is wrong as well."""
    for symbol in value_mistakes.matrices_in(case):
        if not symbol.is_square or transpose(symbol) is symbol:
            continue
        for mistake, other in (("transpose_throughout", transpose(symbol)), ("throughout", inv(symbol))):
            try:
                changed = case.expr.substitute({symbol: other})
            except MatgradError:
                continue
            also = _also(case, changed, case.targets[:1])
            if also is not None:
                yield _both(Finding(mistake, 1.5, {"old": symbol, "new": other}), also)


def after_a_fact(case: Case) -> Iterator[Finding]:
    """A matrix was taken for a symmetric one, and something else is wrong as well."""
    for symbol in value_mistakes.matrices_in(case):
        if not symbol.is_square or symbol.has(Fact.SYMMETRIC) or symbol is case.variable:
            continue
        known = Symbol.stand_in(
            symbol.label, symbol.rows, symbol.columns, closure(symbol.facts | Fact.SYMMETRIC)
        )
        granted = {symbol: known}
        for target in case.targets[:1]:
            right, given = target.expr.substitute(granted), case.expr.substitute(granted)
            function = case.function.substitute(granted)
            trial = Trial([function, right], [given], [case.change])
            view = dataclasses.replace(target.view, build=partial(Expr.substitute, right, {}))
            changed = _changed(case, given, [Target(view)], trial)
            also = _best(changed)
            if also is not None:
                fact = value_mistakes.fact_finding(case, {symbol: Fact.SYMMETRIC}, 1.6)
                yield _both(fact, also)


def _also(
    case: Case, expr: Expr, targets: Sequence[Target], searches: Sequence[_Search] = _BY_VALUE
) -> Finding | None:
    """What is still wrong with a changed answer."""
    if not targets or expr is case.answer.expr:
        return None
    return _best(_changed(case, expr, targets, case.trial), searches)


def _changed(case: Case, expr: Expr, targets: Sequence[Target], trial: Trial) -> Case:
    """The same question with another answer."""
    answer = dataclasses.replace(case.answer, expr=expr, others=())
    return Case(case.question, case.views, answer, case.reader, trial, targets, case.wanted)


def _best(case: Case, searches: Sequence[_Search] = _BY_VALUE) -> Finding | None:
    """The least far-fetched single mistake that shows in the value of an answer."""
    found = [f for search in searches for f in search(case) if f.also is None and f.mistake not in _SUBTLE]
    return min(found, key=lambda f: f.cost, default=None)


def _both(one: Finding, other: Finding) -> Finding:
    cost = max(one.cost, other.cost) + SECOND
    return dataclasses.replace(one, cost=cost, also=other, target=other.target or one.target)
