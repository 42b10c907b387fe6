"""Entries on the way back to matrices: what is an entry of what, and which matrices are symmetric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matgrad.calculus.terms import Index, Term
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import Phrase
from matgrad.explanation.entries import Indexed
from matgrad.explanation.lines import alike
from matgrad.explanation.reasons import symmetric
from matgrad.explanation.sides import expression_label
from matgrad.ops.arithmetic import Product, Sum, multiply, split_number


@dataclass(frozen=True, slots=True)
class Known:
    """The derivative of an intermediate variable by entries: ∂U_ij/∂X_kl."""

    symbol: Symbol
    terms: tuple[Term, ...]
    row: Index
    column: Index


def entry_of(block: Expr, row: Index, column: Index) -> Term:
    """The entry of a matrix with numbers and scalars in front."""
    coefficient, rest = split_number(block)
    if isinstance(rest, Product) and rest.scalars and rest.chain:
        scalars = tuple((scalar, "", "") for scalar in rest.scalars)
        return Term(coefficient, (*scalars, (multiply(*rest.chain), row, column)))
    return Term(coefficient, ((rest, row, column),))


def symmetries(side: Indexed) -> list[Phrase]:
    """That the symmetric matrices in a line are symmetric, by which two of its terms are one."""
    found = dict.fromkeys(
        expr for term in side.terms for expr, row, column in term.entries if row and column and expr.T is expr
    )
    return [symmetric(expression_label(expr)) for expr in found]


def of_columns(term: Term) -> Term:
    """A term in which an entry of the row (x − y)ᵀ is one of the column x − y."""
    entries = (
        (expr.T, column, "") if isinstance(expr, Sum) and expr.is_row and not row else (expr, row, column)
        for expr, row, column in term.entries
    )
    return replace(term, entries=tuple(entries))


def turned_in(before: Indexed, after: Indexed) -> list[Expr] | None:
    """The symmetric matrices whose indices change their places, where nothing else is done."""
    found: dict[Expr, None] = {}

    def upright(side: Indexed) -> Indexed:
        terms = []
        for term in side.terms:
            entries = []
            for expr, row, column in term.entries:
                if row > column and column and expr.T is expr:
                    found[expr] = None
                    row, column = column, row
                entries.append((expr, row, column))
            terms.append(replace(term, entries=tuple(entries)))
        return replace(side, terms=tuple(terms), partials=(), denominator=None)

    return list(found) if alike(upright(before), upright(after)) and found else None


def depending(nodes: Sequence[Expr], symbols: set[Symbol]) -> set[Expr]:
    """The nodes, operands first, that symbols occur in."""
    found: set[Expr] = set()
    for node in nodes:
        if node in symbols or any(arg in found for arg in node.args):
            found.add(node)
    return found
