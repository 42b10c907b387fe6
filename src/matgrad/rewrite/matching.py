"""Matching a pattern against an expression.

A pattern is an expression whose variables stand for anything of a fitting shape with the declared
facts, and whose dimensions stand for any dimension. Sums, ⊙ and the scalar factors of a product are
matched in any order and may leave a rest; the chain of a product may leave a rest at both ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from matgrad.core.dims import Dim
from matgrad.core.expr import Data, Expr, Symbol
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, split_number
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.leaves import number

Bindings = dict[str, "Expr | Dim"]
"""What the names of a pattern stand for; dimensions under the key ``"#n"``."""


def match(pattern: Expr, expr: Expr) -> Iterator[tuple[Bindings, Callable[[Expr], Expr]]]:
    """Find the ways in which a pattern fits an expression or a part of it.

    Yields
    ------
    bindings : dict
        What the names stand for.
    embed : callable
        Puts the replacement in the place of what was matched.
    """
    if isinstance(pattern, Sum) and isinstance(expr, Sum):
        yield from _match_sum(pattern, expr)
    elif isinstance(pattern, Product) and isinstance(expr, Product):
        yield from _match_product(pattern, expr)
    elif isinstance(pattern, Hadamard) and isinstance(expr, Hadamard):
        for bindings, rest in _choose(pattern.args, expr.args, {}):
            yield bindings, lambda new, rest=rest: hadamard(new, *rest)  # type: ignore[misc]
    else:
        for bindings in _match(pattern, expr, {}):
            yield bindings, lambda new: new


def _match_sum(pattern: Sum, expr: Sum) -> Iterator[tuple[Bindings, Callable[[Expr], Expr]]]:
    """Match some terms of a sum, up to a common number."""
    wanted = [split_number(term) for term in pattern.args]
    for factor in dict.fromkeys(split_number(term)[0] / wanted[0][0] for term in expr.args):
        targets = [(c * factor, rest) for c, rest in wanted]
        for bindings, left in _choose_terms(targets, list(expr.args), {}):
            yield bindings, lambda new, left=left, factor=factor: add(multiply(number(factor), new), *left)  # type: ignore[misc]


def _choose_terms(
    targets: Sequence[tuple[Fraction, Expr]], terms: list[Expr], bindings: Bindings
) -> Iterator[tuple[Bindings, list[Expr]]]:
    if not targets:
        yield bindings, terms
        return
    (coefficient, pattern), rest = targets[0], targets[1:]
    for place, term in enumerate(terms):
        front, core = split_number(term)
        if front == coefficient:
            for found in _match(pattern, core, bindings):
                yield from _choose_terms(rest, terms[:place] + terms[place + 1 :], found)


def _match_product(pattern: Product, expr: Product) -> Iterator[tuple[Bindings, Callable[[Expr], Expr]]]:
    length = len(pattern.chain)
    if length > len(expr.chain) or len(pattern.scalars) > len(expr.scalars):
        return
    places = range(len(expr.chain) - length + 1) if length else range(1)
    for place in places:
        before = expr.chain[:place] if length else ()
        after = expr.chain[place + length :]
        for bindings in _match_all(pattern.chain, expr.chain[place : place + length], {}):
            for found, rest in _choose(pattern.scalars, expr.scalars, bindings):

                def embed(
                    new: Expr,
                    before: tuple[Expr, ...] = before,
                    after: tuple[Expr, ...] = after,
                    rest: tuple[Expr, ...] = rest,
                ) -> Expr:
                    factor = number(expr.coefficient / pattern.coefficient)
                    return multiply(factor, *rest, *before, new, *after)

                yield found, embed


def _choose(
    patterns: Sequence[Expr], exprs: Sequence[Expr], bindings: Bindings
) -> Iterator[tuple[Bindings, tuple[Expr, ...]]]:
    """Match every pattern with another expression, in any order; what is left is the rest."""
    if not patterns:
        yield bindings, tuple(exprs)
        return
    for place, expr in enumerate(exprs):
        for found in _match(patterns[0], expr, bindings):
            yield from _choose(patterns[1:], (*exprs[:place], *exprs[place + 1 :]), found)


def _match_all(patterns: Sequence[Expr], exprs: Sequence[Expr], bindings: Bindings) -> Iterator[Bindings]:
    if len(patterns) != len(exprs):
        return
    if not patterns:
        yield bindings
        return
    for found in _match(patterns[0], exprs[0], bindings):
        yield from _match_all(patterns[1:], exprs[1:], found)


def _match(pattern: Expr, expr: Expr, bindings: Bindings) -> Iterator[Bindings]:
    """Match the whole of an expression."""
    if isinstance(pattern, Symbol):
        yield from _bind(pattern, expr, bindings)
        return
    if isinstance(pattern, Product) and len(pattern.args) == 1 and isinstance(pattern.args[0], Symbol):
        # A number times a variable fits everything: the variable is the rest.
        yield from _bind(pattern.args[0], scale(1 / pattern.coefficient, expr), bindings)
        return
    if type(pattern) is not type(expr):
        return
    if isinstance(pattern, (Sum, Hadamard)):
        if len(pattern.args) == len(expr.args):
            if isinstance(pattern, Sum):
                targets = [split_number(term) for term in pattern.args]
                for found, _ in _choose_terms(targets, list(expr.args), bindings):
                    yield found
            else:
                for found, _ in _choose(pattern.args, expr.args, bindings):
                    yield found
        return
    if isinstance(pattern, Product) and isinstance(expr, Product):
        if pattern.coefficient != expr.coefficient or len(pattern.scalars) != len(expr.scalars):
            return
        for found in _match_all(pattern.chain, expr.chain, bindings):
            for complete, _ in _choose(pattern.scalars, expr.scalars, found):
                yield complete
        return
    known = _match_data(pattern.data, expr.data, bindings)
    if known is not None:
        yield from _match_all(pattern.args, expr.args, known)


def _bind(pattern: Symbol, expr: Expr, bindings: Bindings) -> Iterator[Bindings]:
    bound = bindings.get(pattern.label)
    if bound is not None:
        if bound is expr:
            yield bindings
        return
    known: Bindings | None = bindings
    for wanted, actual in zip(pattern.shape, expr.shape, strict=True):
        known = None if known is None else _match_dim(wanted, actual, known)
    if known is not None and expr.has(pattern.facts):
        yield {**known, pattern.label: expr}


def _match_dim(pattern: Dim, dim: Dim, bindings: Bindings) -> Bindings | None:
    if pattern.is_integer:
        return bindings if pattern is dim else None
    name = "#" + str(pattern)
    bound = bindings.get(name)
    if bound is not None:
        return bindings if bound is dim else None
    return None if dim.is_integer and int(dim) == 1 else {**bindings, name: dim}


def _match_data(pattern: Data, data: Data, bindings: Bindings) -> Bindings | None:
    if len(pattern) != len(data):
        return None
    known: Bindings | None = bindings
    for wanted, actual in zip(pattern, data, strict=True):
        if known is None:
            return None
        if isinstance(wanted, Dim) and isinstance(actual, Dim):
            known = _match_dim(wanted, actual, known)
        elif wanted != actual:
            return None
    return known
