"""The value of a formula in index notation, to compare it with a difference quotient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from matgrad.calculus.components import Components
from matgrad.calculus.terms import Index, Term
from matgrad.core.expr import Expr
from matgrad.verify.claims import Claim


def components_claim(shown: Components) -> tuple[list[Expr], Claim]:
    """The expressions in a component formula, and the change of F that it claims.

    Returns
    -------
    exprs : list of Expr
        The matrices whose entries the formula holds.
    claim : callable
        Sums ∂F_ij/∂X_kl dX_kl over k and l for every i and j.
    """
    exprs = list(dict.fromkeys(entry[0] for term in shown.terms for entry in term.entries))

    def claim(xp: Any, at: Sequence[Any], v: Any) -> Any:
        values = dict(zip(exprs, at, strict=True))
        rows, columns = (xp.size(d) for d in shown.function.shape)
        p, q = (xp.size(d) for d in shown.variable.shape)
        table = []
        for i, j in product(range(rows), range(columns)):
            total = xp.entry(0)
            for k, l in product(range(p), range(q)):  # noqa: E741
                place = {shown.row: i, shown.column: j, shown.x_row: k, shown.x_column: l, "": 0}
                total += sum((_value(term, values, place, xp) for term in shown.terms), xp.entry(0)) * v[k][l]
            table.append(total)
        return [[table[i * columns + j] for j in range(columns)] for i in range(rows)]

    return exprs, claim


def _value(term: Term, values: Mapping[Expr, Any], place: Mapping[Index, int], xp: Any) -> Any:
    """One term at definite indices, its sums carried out."""
    if any(place[a] != place[b] for a, b in term.deltas if a in place and b in place):
        return xp.entry(0)
    total = xp.entry(0)
    ranges = [range(xp.size(dim)) for _, dim in term.sums]
    for chosen in product(*ranges):
        at = {**place, **dict(zip((index for index, _ in term.sums), chosen, strict=True))}
        if any(at[a] != at[b] for a, b in term.deltas):
            continue
        number = xp.entry(term.coefficient)
        for expr, row, column in term.entries:
            number = number * values[expr][at[row]][at[column]]
        total += number
    return total
