"""From index form to matrix form: Σ_i (y_i − wᵀx_i)² is ‖y − Xw‖².

What depends on an index i from 1 to n is *lifted* where it is written as something constant applied to e_i:
a scalar s(i) = e_iᵀs as the column s, a column c(i) = C e_i as the matrix C. An operation states how it is
lifted beside its class (:meth:`~matgrad.core.expr.Expr.lift`); what a chain of factors is stands in
:mod:`~matgrad.rewrite.lifting_one`, what two indices make together in :mod:`~matgrad.rewrite.lifting_two`.
A sum of what is lifted is a product with ones, and Σ_i e_i e_iᵀ = I.

Where one term of a body has no such form the others are still lifted.
"""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr, postorder
from matgrad.core.substitution import with_equal_operands
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, split_number
from matgrad.ops.indices.binding import apart, with_indices
from matgrad.ops.indices.sums import IndexedSum, indexed_sum
from matgrad.ops.leaves import number
from matgrad.rewrite.expanding import expanded
from matgrad.rewrite.lifting_one import summed
from matgrad.rewrite.lifting_pairs import sum_of_pairs
from matgrad.rewrite.lifting_two import double_sum


def lifted(root: Expr) -> Expr:
    """An expression with its sums over indices in matrix form, as far as they have one."""
    return lifted_all([root])[0]


def lifted_all(roots: Sequence[Expr], *, computed: bool = False) -> list[Expr]:
    """The same of several expressions, which may share parts.

    What is lifted only to be ``computed`` may hold operations that stay accurate and have no derivative.
    """
    found = list(roots)
    for _ in range(_ROUNDS):
        nodes = postorder(found)
        if not any(isinstance(node, IndexedSum) for node in nodes):
            break
        done: dict[Expr, Expr] = {}
        for node in nodes:
            made = with_equal_operands(node, tuple(done[arg] for arg in node.args))
            done[node] = _either_way(node, made, computed) if isinstance(node, IndexedSum) else made
        before, found = found, [done[root] for root in found]
        if found == before:
            break
    return found


_ROUNDS = 4
"""What leaves a sum may leave another one then."""


def _either_way(node: IndexedSum, made: Expr, computed: bool) -> Expr:
    """The matrix form of a sum, from the inside or, where that is none, from the outside.

    Of Σ_n log Σ_k p_k(x_n) the inner sum may have a form in which x_n is spread over k. The outer one has
    none then, but has one of columns over n: log Σ_k p_k(X).
    """
    form = _matrix_form(made, computed) if isinstance(made, IndexedSum) else made
    if not _keeps(form, node):
        return form
    for other in (
        _by_pairs(node, computed),
        _matrix_form(node, computed) if made is not node else None,
        _other_order(node, computed),
    ):
        if other is not None and not _keeps(other, node):
            return other
    return form


def _by_pairs(node: IndexedSum, computed: bool) -> Expr | None:
    """The matrix form of Σ_i e_i Σ_j d(i, j), read as the double sum Σ_i Σ_j e_i d(i, j), term by term."""
    body = node.args[0]
    total: Expr | None = None
    for term in body.args if isinstance(body, Sum) else (body,):
        front, flat = split_number(_flattened(term, node))
        found = double_sum(flat, computed) if isinstance(flat, IndexedSum) else None
        if found is None:
            return None
        found = scale(front, found)
        total = found if total is None else add(total, found)
    return total


def _flattened(term: Expr, node: IndexedSum) -> Expr:
    """The sum of a term in which an inner sum takes the factors beside it along."""
    chain = term.chain if isinstance(term, Product) else ()
    place = next((k for k, factor in enumerate(chain) if isinstance(factor, IndexedSum)), None)
    if not isinstance(term, Product) or place is None:
        return indexed_sum(term, *node.data)
    beside = (*term.scalars, *chain[:place], *chain[place + 1 :])
    inner = apart(chain[place], node.index.indices.union(*(factor.indices for factor in beside)))
    factors = (*term.scalars, *chain[:place], inner.args[0], *chain[place + 1 :])
    body = indexed_sum(multiply(number(term.coefficient), *factors), *inner.data)
    return indexed_sum(body, *node.data)


def _keeps(form: Expr, node: IndexedSum) -> bool:
    """Whether what became of a sum is still a sum over a range of the same length."""
    parts = form.args if isinstance(form, Sum) else (form,)
    parts = tuple(f for part in parts for f in (part.args if isinstance(part, Product) else (part,)))
    return any(isinstance(part, IndexedSum) and part.range[1] is node.range[1] for part in parts)


def _other_order(node: IndexedSum, computed: bool) -> Expr | None:
    """A double sum with the outer one in matrix form, inside the inner one: Σ_k (Σ_n …)."""
    inner = node.args[0]
    if not isinstance(inner, IndexedSum) or node.range[0] is not ONE:
        return None
    if any(node.index_name in end.names for end in inner.range):
        return None
    found = _of_term(inner.args[0], node.index, node.range[1], computed)
    return None if found is None else indexed_sum(found, *inner.data)


def matrix_form(node: Expr) -> Expr | None:
    """The matrix form of one sum over an index; ``None`` where no part of it has one."""
    if not isinstance(node, IndexedSum):
        return None
    made = _matrix_form(node, computed=False)
    return None if made is node else made


def _matrix_form(node: IndexedSum, computed: bool) -> Expr:
    """The matrix form of a sum; the sum where it has none."""
    pair = double_sum(node, computed)
    if pair is not None:
        return pair
    index, first, last = node.data
    body = node.args[0]
    if first is not ONE:
        shift = first - ONE
        body = with_indices(body, {node.index_name: index + shift})
    count = last - first + ONE
    terms = body.args if isinstance(body, Sum) else (body,)
    # Of differences, which are not multiplied out where they are only computed.
    pairs = sum_of_pairs(body, node.index_name, count) if computed else None
    if pairs is not None:
        return pairs
    flat = expanded(body)
    if isinstance(flat, Sum) and not isinstance(body, Sum) and summed(body, node.index_name, count) is None:
        terms = flat.args
    found = [_of_term(term, index, count, computed) for term in terms]
    if all(term is None for term in found):
        return node
    left = [term for term, form in zip(terms, found, strict=True) if form is None]
    kept = [indexed_sum(add(*left), index, ONE, count)] if left else []
    return add(*(form for form in found if form is not None), *kept)


def _of_term(term: Expr, index: Dim, count: Dim, computed: bool) -> Expr | None:
    """The sum of one term; ``None`` where it has no matrix form."""
    (name,) = index.names
    found = summed(term, name, count)
    if found is None:
        front, alone = split_number(indexed_sum(term, index, ONE, count))
        whole = double_sum(alone, computed) if isinstance(alone, IndexedSum) else None
        found = None if whole is None else scale(front, whole)
    if found is None and computed:
        found = sum_of_pairs(term, name, count)
    return found
