"""Entries on the way back to matrices: what is an entry of what, and which matrices are symmetric."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from matgrad.calculus.components import Indices, factors_of_power
from matgrad.calculus.terms import Entry, Index, Term
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.explanation.entries import Indexed
from matgrad.explanation.graph import is_function
from matgrad.explanation.lines import alike
from matgrad.explanation.reasons import symmetric
from matgrad.explanation.sides import expression_label
from matgrad.ops.arithmetic import Product, Sum, multiply, split_number

BY_ENTRY = Phrase("differentiate by {entry}")
PRODUCT_RULE = Phrase("product rule", "Matrix Cookbook", "eq. 37")
POWER_RULE = Phrase("power rule")


@dataclass(frozen=True, slots=True)
class Known:
    """The derivative of an intermediate variable by entries: ∂U_ij/∂X_kl."""

    symbol: Symbol
    terms: tuple[Term, ...]
    row: Index
    column: Index


def is_kept(node: Expr) -> bool:
    """Whether a function keeps entries of its own, (X⁻¹)_ij, as those of its operands do not give them."""
    return is_function(node) and not factors_of_power(node)


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


def turned_over(side: Indexed, row: Index, column: Index) -> list[Phrase]:
    """That matrices are symmetric whose entries stand the other way round in the product that terms are.

    Parameters
    ----------
    side : Indexed
        Terms that are entries of products of matrices.
    row, column : Index
        The entry: a product leads from one to the other, from rows to columns.
    """
    found: dict[Expr, None] = {}
    for term in side.terms:
        for start, forwards in ((row, True), (column, False)):
            left = [entry for entry in term.entries if entry[1] and entry[2]]
            at = start
            while at and (entry := next((each for each in left if at in each[1:]), None)):
                left.remove(entry)
                expr, first, last = entry
                if at != (first if forwards else last) and expr.T is expr:
                    found[expr] = None
                at = last if at == first else first
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


def renamed(term: Term, known: Known, row: Index, column: Index, indices: Indices) -> Term:
    """A term of ∂U_ij/∂X_kl at other indices, with summation indices of its own."""
    places = {known.row: row, known.column: column, "": ""}
    sums = []
    for index, dim in term.sums:
        places[index] = indices.new(dim)
        sums.append((places[index], dim))
    at = {**places}
    entries: tuple[Entry, ...] = tuple((e, at.get(r, r), at.get(c, c)) for e, r, c in term.entries)
    deltas = tuple((at.get(a, a), at.get(b, b)) for a, b in term.deltas)
    return Term(term.coefficient, entries, tuple(sums), deltas)


def rules_of_entries(entries: Sequence[Term], changing: Iterable[Expr]) -> list[Phrase]:
    """The rules by which products and squares of entries that change are differentiated."""
    moving = set(changing)
    found: dict[Phrase, None] = {}
    for term in entries:
        factors = Counter(entry for entry in term.entries if moving.intersection(postorder(entry[0])))
        if len(factors) > 1:
            found[PRODUCT_RULE] = None
        if any(count > 1 for count in factors.values()):
            found[POWER_RULE] = None
    return list(found)
