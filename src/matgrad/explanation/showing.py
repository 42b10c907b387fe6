"""What a line of a derivation shows, so that hints can keep it back: by its expressions, not by its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import singledispatch

from matgrad.core.expr import Expr, Symbol
from matgrad.explanation.entries import Indexed
from matgrad.explanation.lines import Formula, Line, Named, Written
from matgrad.explanation.sides import Added, Sized
from matgrad.ops.arithmetic import Product, Sum, content, scale
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Number
from matgrad.ops.power import split_exponent
from matgrad.ops.transpose import Transpose
from matgrad.printing.shapes import Parts, has_mixed_signs, leads_positive, needs_flip, parts_of, square_root


@singledispatch
def expressions(side: Written) -> Iterable[Expr]:
    """The expressions that are written in a side."""
    return ()


@expressions.register(Formula)
@expressions.register(Sized)
def _(side: Formula | Sized) -> Iterable[Expr]:
    return (side.expr,)


@expressions.register
def _(side: Named) -> Iterable[Expr]:
    return (side.expr, *(meaning for _, meaning in side.names))


@expressions.register
def _(side: Added) -> Iterable[Expr]:
    return side.terms


@expressions.register
def _(side: Indexed) -> Iterable[Expr]:
    return [expr for term in side.terms for expr, _, _ in term.entries]


def shows(line: Line, answer: Expr) -> bool:
    """Whether a line shows an answer; one of a letter or two, such as Aᵀ, only where it stands alone."""
    shown = expressions(line.right)
    return any(answer is expr if is_short(answer) else holds(expr, answer) for expr in shown)


def is_short(expr: Expr) -> bool:
    """Whether an expression is a letter or two, as they stand in every line: Aᵀ, X⁻¹, 2A, Ax."""
    factors = expr.args if isinstance(expr, Product) else (expr,)
    return (
        all(map(_is_letter, factors))
        and len(factors) + (isinstance(expr, Product) and expr.coefficient != 1) <= 2
    )


def _is_letter(factor: Expr) -> bool:
    while isinstance(factor, (Transpose, Inverse)):
        factor = factor.args[0]
    return isinstance(factor, (Symbol, Number))


def holds(expr: Expr, part: Expr) -> bool:
    """Whether a part stands in an expression: as a node, or as some of its terms or factors."""
    wanted = _taken_apart(part)[0]
    return any(node is part or _has_among(node, part, wanted) for node in _written_nodes(expr))


def _written_nodes(expr: Expr) -> Iterator[Expr]:
    """The nodes of an expression as they are written: sums the way round they stand, Y for ‖Y‖²."""
    stack, seen = [expr], set[Expr]()
    while stack:
        node = _upright(stack.pop())
        if node not in seen:
            seen.add(node)
            yield node
            root = square_root(node) if node.is_scalar else None
            stack += node.args if root is None else root


def _upright(node: Expr) -> Expr:
    """A node as it is written: rows of sums as (…)ᵀ."""
    return node.T if needs_flip(node) or (isinstance(node, Sum) and node.is_row) else node


def _taken_apart(node: Expr) -> list[Parts]:
    """A number, scalars and a chain, with the signs of differences in the number; by each scalar chain."""
    front, rest = content(node)
    number, scalars, chain = parts_of(rest)
    ways = [(scalars, chain)]
    if not chain:
        # A scalar among others that is a chain: exp(t) uᵀ dx.
        ways += [
            ((*scalars[:k], *scalars[k + 1 :]), scalar.chain)
            for k, scalar in enumerate(scalars)
            if isinstance(scalar, Product) and scalar.chain
        ]
    return [_signs_in_front(Parts(front * number, *way)) for way in ways]


def _signs_in_front(parts: Parts) -> Parts:
    turned = [f for f in (*parts.scalars, *parts.chain) if has_mixed_signs(f) and not leads_positive(f)]
    scalars, chain = (
        tuple(scale(-1, f) if f in turned else f for f in factors) for factors in (parts.scalars, parts.chain)
    )
    return Parts((-1) ** len(turned) * parts.number, scalars, chain)


def _has_among(node: Expr, part: Expr, wanted: Parts) -> bool:
    """Whether some of the terms of a sum, or of the factors of a product, are those of a part."""
    if isinstance(part, Hadamard) and isinstance(node, Hadamard):
        # Divisors stand behind all other factors.
        above = [factor for factor in node.args if not _divides(factor)]
        return not any(map(_divides, part.args)) and _stands_in(part.args, above)
    if isinstance(part, Sum) and isinstance(node, Sum) and set(part.args) <= set(node.args):
        return True
    return any(_agree(found, wanted) for found in _taken_apart(node))


def _agree(found: Parts, wanted: Parts) -> bool:
    """Whether the factors that are wanted are among those that are found."""
    if wanted.number not in (1, found.number) or not set(wanted.scalars) <= set(found.scalars):
        return False
    if len(wanted.chain) != 1:
        return _stands_in(wanted.chain, found.chain)
    # A row reads as its column with a sign behind it.
    return _lying_or_not(wanted.chain[0]) in map(_lying_or_not, found.chain)


def _lying_or_not(factor: Expr) -> Expr:
    if factor.is_row or isinstance(factor, Transpose):
        factor = factor.T
    return scale(-1, factor) if has_mixed_signs(factor) and not leads_positive(factor) else factor


def _divides(factor: Expr) -> bool:
    exponent = split_exponent(factor)[1]
    return isinstance(exponent, Number) and exponent.value < 0


def _stands_in(part: Sequence[Expr], whole: Sequence[Expr]) -> bool:
    """Whether some factors stand beside each other among others."""
    count = len(part)
    return any(tuple(whole[k : k + count]) == tuple(part) for k in range(len(whole) - count + 1))
