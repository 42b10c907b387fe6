"""The total differential of a function by entries: dF_ij = Σ_kl ∂F_ij/∂X_kl dX_kl."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.terms import Term, collected, contracted, summed
from matgrad.core.dims import ONE
from matgrad.core.expr import Expr
from matgrad.explanation.assembly import gradient_entry
from matgrad.explanation.canonical import rewriting
from matgrad.explanation.definition_words import ALL_ENTRIES, TOTAL
from matgrad.explanation.differentiations import NamedDifferentiation
from matgrad.explanation.entries import Axis, Indexed
from matgrad.explanation.lines import THEREFORE, Formula, Line, alike
from matgrad.explanation.sides import entry_label
from matgrad.ops.arithmetic import add
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose


def total_differential(
    stage: NamedDifferentiation, terms: Sequence[Term], rows: Sequence[Axis], columns: Sequence[Axis]
) -> list[Line]:
    """The sum over the entries of dX, and the matrix of these sums.

    Parameters
    ----------
    stage : NamedDifferentiation
        The differentiation, whose answer is dF.
    terms : sequence of Term
        ∂F_ij/∂X_kl.
    rows, columns : sequence of Axis
        The indices i, j and k, l.
    """
    answer, change = stage.answer, stage.change
    assert isinstance(answer, Expr)
    totals = []
    letters = iter(index for index, _ in columns)
    row, column = ("" if length is ONE else next(letters) for length in change.shape)
    for term in terms:
        whole = replace(term, entries=(*term.entries, (change, row, column)))
        for index, dim in columns:
            whole = summed(whole, index, dim)
        totals.append(contracted(whole))
    exact = pushforward(stage.function, stage.variable, change)
    side = Indexed(tuple(collected(totals)), tuple(rows))
    left = entry_label(stage.left, "".join(index for index, _ in rows))
    lines = [Line(side, left, (TOTAL,), THEREFORE, ((Formula(vec(exact)), side),))]
    found = [block for block in (gradient_entry(term, rows) for term in side.terms) if block is not None]
    claim = (Formula(exact), Formula(answer))
    if len(found) == len(side.terms) and found:
        matrix = add(*found)
        if matrix.shape != answer.shape:
            matrix = transpose(matrix)
        shown = Formula(matrix)
        if not alike(shown, Formula(answer)):
            lines.append(Line(shown, stage.left, (ALL_ENTRIES,), THEREFORE, ((Formula(exact), shown),)))
            lines.append(Line(Formula(answer), None, rewriting(matrix, answer), claims=(claim,)))
            return lines
    lines.append(Line(Formula(answer), stage.left, (ALL_ENTRIES,), THEREFORE, (claim,)))
    return lines
