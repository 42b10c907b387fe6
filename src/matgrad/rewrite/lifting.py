"""From index form to matrix form: Σ_i (y_i − wᵀx_i)² is ‖y − Xw‖².

What depends on an index i from 1 to n is *lifted* where it is written as something constant applied to e_i:
a scalar s(i) = e_iᵀs as the column s, a column c(i) = C e_i as the matrix C. An operation states how it is
lifted beside its class (:meth:`~matgrad.core.expr.Expr.lift`); what a chain of factors is, and what two
indices make together, is stated here. A sum of what is lifted is a product with ones, and Σ_i e_i e_iᵀ = I.

Where one term of a body has no such form the others are still lifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from matgrad.core.dims import ONE, ZERO, Dim
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, postorder
from matgrad.core.substitution import with_equal_operands
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, split_number, subtract
from matgrad.ops.blocks import part
from matgrad.ops.diagonals import diag, diagonal
from matgrad.ops.hadamard import hadamard
from matgrad.ops.indices.binding import with_indices
from matgrad.ops.indices.guard import Guard
from matgrad.ops.indices.sums import IndexedSum, indexed_sum
from matgrad.ops.leaves import Unit, eye, number, ones
from matgrad.ops.power import Log, Power
from matgrad.ops.trace import trace
from matgrad.ops.transpose import Transpose, transpose
from matgrad.ops.triangles import tril
from matgrad.rewrite.expanding import expanded


def lifted(root: Expr) -> Expr:
    """An expression with its sums over indices in matrix form, as far as they have one."""
    return lifted_all([root])[0]


def lifted_all(roots: Sequence[Expr]) -> list[Expr]:
    """The same of several expressions, which may share parts."""
    found = list(roots)
    for _ in range(_ROUNDS):
        nodes = postorder(found)
        if not any(isinstance(node, IndexedSum) for node in nodes):
            break
        done: dict[Expr, Expr] = {}
        for node in nodes:
            made = with_equal_operands(node, tuple(done[arg] for arg in node.args))
            done[node] = _either_way(node, made) if isinstance(node, IndexedSum) else made
        before, found = found, [done[root] for root in found]
        if found == before:
            break
    return found


_ROUNDS = 4
"""What leaves a sum may leave another one then."""


def _either_way(node: IndexedSum, made: Expr) -> Expr:
    """The matrix form of a sum, from the inside or, where that is none, from the outside.

    Of Σ_n log Σ_k p_k(x_n) the inner sum may have a form in which x_n is spread over k. The outer one has
    none then, but has one of columns over n: log Σ_k p_k(X).
    """
    form = _matrix_form(made) if isinstance(made, IndexedSum) else made
    if not _keeps(form, node):
        return form
    for other in (_by_pairs(node), _matrix_form(node) if made is not node else None, _other_order(node)):
        if other is not None and not _keeps(other, node):
            return other
    return form


def _by_pairs(node: IndexedSum) -> Expr | None:
    """The matrix form of Σ_i e_i Σ_j d(i, j), read as the double sum Σ_i Σ_j e_i d(i, j), term by term."""
    body = node.args[0]
    total: Expr | None = None
    for term in body.args if isinstance(body, Sum) else (body,):
        front, flat = split_number(_flattened(term, node))
        found = _double(flat) if isinstance(flat, IndexedSum) else None
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
    inner = chain[place]
    factors = (*term.scalars, *chain[:place], inner.args[0], *chain[place + 1 :])
    body = indexed_sum(multiply(number(term.coefficient), *factors), *inner.data)
    return indexed_sum(body, *node.data)


def _keeps(form: Expr, node: IndexedSum) -> bool:
    """Whether what became of a sum is still a sum over a range of the same length."""
    parts = form.args if isinstance(form, Sum) else (form,)
    parts = tuple(f for part in parts for f in (part.args if isinstance(part, Product) else (part,)))
    return any(isinstance(part, IndexedSum) and part.range[1] is node.range[1] for part in parts)


def _other_order(node: IndexedSum) -> Expr | None:
    """A double sum with the outer one in matrix form, inside the inner one: Σ_k (Σ_n …)."""
    inner = node.args[0]
    if not isinstance(inner, IndexedSum) or node.range[0] is not ONE:
        return None
    if any(node.index_name in end.names for end in inner.range):
        return None
    found = _of_term(inner.args[0], node.index, node.range[1])
    return None if found is None else indexed_sum(found, *inner.data)


def matrix_form(node: Expr) -> Expr | None:
    """The matrix form of one sum over an index; ``None`` where no part of it has one."""
    if not isinstance(node, IndexedSum):
        return None
    made = _matrix_form(node)
    return None if made is node else made


def _matrix_form(node: IndexedSum) -> Expr:
    """The matrix form of a sum; the sum where it has none."""
    pair = _double(node)
    if pair is not None:
        return pair
    index, first, last = node.data
    body = node.args[0]
    if first is not ONE:
        shift = first - ONE
        body = with_indices(body, {node.index_name: index + shift})
    count = last - first + ONE
    terms = body.args if isinstance(body, Sum) else (body,)
    flat = expanded(body)
    if isinstance(flat, Sum) and not isinstance(body, Sum) and _summed(body, node.index_name, count) is None:
        terms = flat.args
    found = [_of_term(term, index, count) for term in terms]
    if all(term is None for term in found):
        return node
    left = [term for term, form in zip(terms, found, strict=True) if form is None]
    kept = [indexed_sum(add(*left), index, ONE, count)] if left else []
    return add(*(form for form in found if form is not None), *kept)


def _of_term(term: Expr, index: Dim, count: Dim) -> Expr | None:
    """The sum of one term; ``None`` where it has no matrix form."""
    (name,) = index.names
    found = _summed(term, name, count)
    if found is None:
        front, alone = split_number(indexed_sum(term, index, ONE, count))
        whole = _double(alone) if isinstance(alone, IndexedSum) else None
        found = None if whole is None else scale(front, whole)
    return found


# ---- one index ---------------------------------------------------------------------------------


class _Lifting:
    """Lifts what depends on one index, operands first."""

    def __init__(self, name: str, count: Dim) -> None:
        self.name, self.count = name, count
        self.done: dict[Expr, Expr | None] = {}

    def of(self, root: Expr) -> Expr | None:
        """The column s of a scalar s(i), the matrix C of a column c(i); ``None`` where there is none."""
        for node in postorder(root, lambda n: n not in self.done, lambda n: self.name in n.indices):
            self.done[node] = self._of(node)
        return self.done[root]

    def _of(self, node: Expr) -> Expr | None:
        if self.name not in node.indices:
            if node.columns is not ONE:
                return None
            spread = ones(self.count)
            return multiply(node, spread) if node.is_scalar else multiply(node, transpose(spread))
        if isinstance(node, Unit):
            return self._unit(node)
        if isinstance(node, Product):
            return self._product(node)
        if isinstance(node, IndexedSum) and node.columns is ONE:
            if any(self.name in end.names for end in node.range):
                return None
            body = self.of(node.args[0])
            return None if body is None else indexed_sum(body, *node.data)
        if node.columns is not ONE or node.binds or isinstance(node, Guard):
            return None
        operands = []
        for arg in node.args:
            known = None if self.name not in arg.indices else self.done[arg]
            if known is None and self.name in arg.indices:
                return None
            operands.append(known)
        try:
            return node.lift(operands, self.count)
        except MatgradError:
            return None

    def _unit(self, node: Unit) -> Expr | None:
        """e_{i+s} is the column i of a part of the identity."""
        place, length = node.data
        (name,) = place.indices or ("",)
        shift = place.substitute({name: ZERO})
        if place - shift != Dim.unknown(name):
            return None
        if not shift.terms and length is self.count:
            return eye(length)
        return part(eye(length), (ZERO, length, shift, shift + self.count))

    def _product(self, node: Product) -> Expr | None:
        scalars = [self.of(s) for s in node.scalars if self.name in s.indices]
        if None in scalars:
            return None
        front = [number(node.coefficient), *(s for s in node.scalars if self.name not in s.indices)]
        weights = [s for s in scalars if s is not None]
        chain = node.chain
        if not any(self.name in factor.indices for factor in chain):
            if node.is_scalar:
                return multiply(*front, *chain, _entrywise(weights))
            if chain[-1].columns is not ONE:
                return None
            return multiply(*front, *chain, transpose(_entrywise(weights)))
        if node.is_scalar:
            value = self._scalar_chain(chain)
            return None if value is None else multiply(*front, _entrywise([*weights, value]))
        if chain[-1].columns is not ONE:
            return None
        column = self._column(chain)
        if column is None:
            return None
        if weights:
            column = multiply(column, diag(_entrywise(weights)))
        return multiply(*front, column)

    def _column(self, chain: Sequence[Expr]) -> Expr | None:
        """The matrix of a chain that ends in a column: M c(i) is (M C) e_i."""
        if any(self.name in factor.indices for factor in chain[:-1]):
            return None
        last = self.of(chain[-1])
        return None if last is None else multiply(*chain[:-1], last)

    def _scalar_chain(self, chain: Sequence[Expr]) -> Expr | None:
        """The column of a chain from a row to a column."""
        row = self.of(transpose(chain[0])) if self.name in chain[0].indices else None
        if self.name in chain[0].indices and row is None:
            return None
        if row is None:
            column = self._column(chain)
            return None if column is None else transpose(column)
        if not any(self.name in factor.indices for factor in chain[1:]):
            return multiply(transpose(row), *chain[1:])
        column = self._column(chain[1:])
        if column is None:
            return None
        if (
            isinstance(chain[0], Transpose)
            and isinstance(chain[0].args[0], Unit)
            and isinstance(chain[-1], Unit)
        ):
            return diagonal(multiply(transpose(row), column))
        if column is row:
            return multiply(_squares(transpose(row)), ones(row.rows))
        return multiply(hadamard(transpose(row), transpose(column)), ones(row.rows))


def _squares(x: Expr) -> Expr:
    return hadamard(x, x)


def _entrywise(columns: Sequence[Expr]) -> Expr:
    return columns[0] if len(columns) == 1 else hadamard(*columns)


def _summed(body: Expr, name: str, count: Dim) -> Expr | None:
    """The sum of a body over an index from 1 to a number; ``None`` where it has no matrix form."""
    if name not in body.indices:
        return None
    lifting = _Lifting(name, count)
    if body.is_row:
        turned = _summed(transpose(body), name, count)
        return None if turned is None else transpose(turned)
    if body.columns is ONE:
        if isinstance(body, Product) and not body.is_scalar:
            split = _weighted(lifting, body)
            if split is not None:
                return split
        value = lifting.of(body)
        if value is None:
            return None
        spread = ones(count)
        return multiply(transpose(spread), value) if body.is_scalar else multiply(value, spread)
    return _outer(lifting, body) if isinstance(body, Product) else None


def _weighted(lifting: _Lifting, body: Product) -> Expr | None:
    """Σ_i s(i) M c(i) = M C s."""
    inner = [s for s in body.scalars if lifting.name in s.indices]
    front = [number(body.coefficient), *(s for s in body.scalars if lifting.name not in s.indices)]
    weights = [lifting.of(s) for s in inner]
    if None in weights or not weights:
        return None
    if not any(lifting.name in factor.indices for factor in body.chain):
        total = multiply(transpose(ones(lifting.count)), _entrywise([w for w in weights if w is not None]))
        return multiply(*front, total, *body.chain)
    column = lifting._column(body.chain)
    if column is None:
        return None
    return multiply(*front, column, _entrywise([w for w in weights if w is not None]))


def _outer(lifting: _Lifting, body: Product) -> Expr | None:
    """Σ_i s(i) L c(i) d(i)ᵀ R = L C diag(s) Dᵀ R."""
    cut = next((k for k, factor in enumerate(body.chain) if factor.columns is ONE), None)
    inner = [lifting.of(s) for s in body.scalars if lifting.name in s.indices]
    front = [number(body.coefficient), *(s for s in body.scalars if lifting.name not in s.indices)]
    if None in inner:
        return None
    weights = [w for w in inner if w is not None]
    if not any(lifting.name in factor.indices for factor in body.chain):
        total = multiply(transpose(ones(lifting.count)), _entrywise(weights))
        return multiply(*front, total, *body.chain)
    if cut is None:
        return None
    left, right = body.chain[: cut + 1], body.chain[cut + 1 :]
    c = lifting._column(left) if _depends(left, lifting.name) else None
    turned = [transpose(factor) for factor in reversed(right)]
    d = lifting._column(turned) if _depends(right, lifting.name) else None
    if (_depends(left, lifting.name) and c is None) or (_depends(right, lifting.name) and d is None):
        return None
    middle = [diag(_entrywise(weights))] if weights else []
    if c is None:
        assert d is not None
        tail = multiply(*middle, ones(lifting.count)) if middle else ones(lifting.count)
        return multiply(*front, *left, transpose(multiply(d, tail)))
    if d is None:
        tail = multiply(*middle, ones(lifting.count)) if middle else ones(lifting.count)
        return multiply(*front, multiply(c, tail), *right)
    return multiply(*front, c, *middle, transpose(d))


def _depends(factors: Sequence[Expr], name: str) -> bool:
    return any(name in factor.indices for factor in factors)


# ---- two indices -------------------------------------------------------------------------------


def _double(node: IndexedSum) -> Expr | None:
    """Σ_ij m(i, j) c(i) d(j)ᵀ = C M Dᵀ, over all entries of M, a triangle, or those off the diagonal."""
    nest = _flat_nest(node)
    if nest is None:
        return None
    outer, inner, body, conditions = nest
    if any(bound[1] is not ONE or bound[2].indices for bound in (outer, inner)):
        return None
    (i,), (j,) = outer[0].names, inner[0].names
    rows, columns = outer[2], inner[2]
    if not conditions and not _needs_both(body, i, j):
        return None
    if conditions and (len(conditions) > 1 or rows is not columns):
        return None
    below = outer[0] - inner[0]
    mask = _mask(conditions[0], below) if conditions else ""
    if mask is None:
        return None
    double = _Double(i, j, rows, columns, apart=mask in ("≠", ">", "<"))
    total: Expr | None = None
    for term in body.args if isinstance(body, Sum) else (body,):
        found = _double_term(double, term, mask)
        if found is None:
            return None
        total = found if total is None else add(total, found)
    return total


Bound = tuple[Dim, Dim, Dim]


def _flat_nest(node: IndexedSum) -> tuple[Bound, Bound, Expr, tuple[tuple[object, ...], ...]] | None:
    """The two sums of a double one, its body and its conditions; Σ_i (Σ_j m(i, j)) c(i) is one."""
    outer, inner = node.data, node.args[0]
    if isinstance(inner, Product):
        sums = [arg for arg in inner.args if isinstance(arg, IndexedSum)]
        if len(sums) != 1:
            return None
        factors = [sums[0].args[0] if arg is sums[0] else arg for arg in inner.args]
        conditions: tuple[tuple[object, ...], ...] = ()
        body = sums[0].args[0]
        if isinstance(body, Guard):
            conditions = body.conditions
            factors = [body.args[0] if arg is sums[0] else arg for arg in inner.args]
        return outer, sums[0].data, multiply(number(inner.coefficient), *factors), conditions
    if not isinstance(inner, IndexedSum):
        return None
    body = inner.args[0]
    if isinstance(body, Guard):
        return outer, inner.data, body.args[0], body.conditions
    return outer, inner.data, body, ()


def _mask(condition: tuple[object, ...], below: Dim) -> str | None:
    """Which entries (i, j) a condition leaves: ``"≠"``, ``">"``, ``"≥"``, ``"<"``, ``"≤"``."""
    sign, distance = condition[0], condition[1]
    assert isinstance(distance, Dim)
    if sign == "≠" and distance in (below, -below):
        return "≠"
    known = _shift(distance, below) if sign == "≥" else None
    if known is None:
        return None
    return {(True, 0): "≥", (True, 1): ">", (False, 0): "≤", (False, 1): "<"}[known]


def _double_term(double: _Double, term: Expr, mask: str) -> Expr | None:
    """The double sum of one term."""
    both = {double.i, double.j}
    if isinstance(term, Product) and any(isinstance(f, Sum) and both <= f.indices for f in term.chain):
        if term.is_scalar:
            return _masked_sum(double, term, mask)
        return _multiplied_out(double, term, mask)
    scalars, chain = [term], tuple[Expr, ...]()
    front: list[Expr] = []
    if isinstance(term, Product) and not term.is_scalar:
        scalars, chain = [*term.scalars], term.chain
        front = [number(term.coefficient)]
    matrix = double.of(multiply(*scalars) if scalars else number(1))
    if matrix is None:
        return None
    if mask == "≠":
        matrix = subtract(matrix, diag(diagonal(matrix)))
    elif mask:
        lower = tril(matrix) if mask in "≥>" else transpose(tril(transpose(matrix)))
        matrix = subtract(lower, diag(diagonal(matrix))) if mask in "><" else lower
    if not chain:
        if mask not in ("", "≥", "≤"):
            whole = double.of(term)
            assert whole is not None
            return _scalar_sum(double, whole, mask)
        return multiply(transpose(ones(double.rows)), matrix, ones(double.columns))
    cut = next((k + 1 for k, factor in enumerate(chain) if factor.columns is ONE), None)
    if cut is None and chain[0].is_row:
        cut = 0
    if cut is None:
        return None
    sides = []
    for factors in (chain[:cut], tuple(transpose(f) for f in reversed(chain[cut:]))):
        has_i, has_j = _depends(factors, double.i), _depends(factors, double.j)
        if has_i and has_j:
            return None
        lifting = double.by_i if has_i else double.by_j
        whole = lifting._column(factors) if has_i or has_j else None
        if (has_i or has_j) and whole is None:
            return None
        sides.append((factors, "i" if has_i else "j" if has_j else "", whole))
    return _between(double, front, matrix, sides)


def _multiplied_out(double: _Double, term: Product, mask: str) -> Expr | None:
    """Σ_ij s(i, j) (c(i) − c(j)) d(j)ᵀ, term by term."""
    both = {double.i, double.j}
    parts = [f.args if isinstance(f, Sum) and both <= f.indices else (f,) for f in term.chain]
    front = [number(term.coefficient), *term.scalars]
    total: Expr | None = None
    for factors in product(*parts):
        found = _double_term(double, multiply(*front, *factors), mask)
        if found is None:
            return None
        total = found if total is None else add(total, found)
    return total


def _masked_sum(double: _Double, term: Expr, mask: str) -> Expr | None:
    """The double sum of a scalar."""
    whole = double.of(term)
    if whole is None:
        return None
    if mask in ("≠", ">", "<"):
        return _scalar_sum(double, whole, mask)
    lower = whole if not mask else tril(whole if mask == "≥" else transpose(whole))
    return multiply(transpose(ones(double.rows)), lower, ones(double.columns))


def _scalar_sum(double: _Double, whole: Expr, mask: str) -> Expr:
    """The sum of the entries of a matrix that a condition leaves, with the diagonal taken off at the end."""
    left, right = transpose(ones(double.rows)), ones(double.columns)
    if mask == "≠":
        return subtract(multiply(left, whole, right), trace(whole))
    lower = tril(whole if mask == ">" else transpose(whole))
    return subtract(multiply(left, lower, right), trace(whole))


def _between(
    double: _Double,
    front: list[Expr],
    matrix: Expr,
    sides: Sequence[tuple[Sequence[Expr], str, Expr | None]],
) -> Expr | None:
    """C M Dᵀ, where C, D are lifted by i or j, or do not depend on either."""
    (left, by_left, c), (right, by_right, d) = sides
    spread_i, spread_j = ones(double.rows), ones(double.columns)
    if c is not None and d is not None and by_left == by_right:
        weights = multiply(matrix, spread_j) if by_left == "i" else multiply(transpose(matrix), spread_i)
        return multiply(*front, c, diag(weights), transpose(d))
    if by_left == "j" or by_right == "i":
        matrix = transpose(matrix)
        spread_i, spread_j = spread_j, spread_i
        by_left, by_right = {"i": "j", "j": "i", "": ""}[by_left], {"i": "j", "j": "i", "": ""}[by_right]
        if by_left == "j" or by_right == "i":
            return None
    middle = [matrix]
    before = [c] if c is not None else [*left, transpose(spread_i)]
    tail = [transpose(d)] if d is not None else [spread_j, *(transpose(f) for f in reversed(right))]
    if c is None and not left:
        before = [transpose(spread_i)]
    return multiply(*front, *before, *middle, *tail)


def _shift(distance: Dim, below: Dim) -> tuple[bool, int] | None:
    """Whether i ≥ j or j ≥ i, and whether strictly."""
    for lower, way in ((True, below), (False, -below)):
        rest = way - distance
        if rest.is_integer and int(rest) in (0, 1):
            return lower, int(rest)
    return None


def _needs_both(body: Expr, i: str, j: str) -> bool:
    """Whether a function of both indices together stands in a body, so that one sum after the other fails."""
    return any(
        not isinstance(node, (Product, Sum)) and {i, j} <= node.indices and node.is_scalar
        for node in postorder(body)
    )


class _Double:
    """Lifts scalars that depend on two indices: s(i, j) = e_iᵀ M e_j."""

    def __init__(self, i: str, j: str, rows: Dim, columns: Dim, *, apart: bool) -> None:
        self.i, self.j, self.rows, self.columns, self.apart = i, j, rows, columns, apart
        self.by_i, self.by_j = _Lifting(i, rows), _Lifting(j, columns)

    def of(self, node: Expr) -> Expr | None:
        """The matrix M; ``None`` where there is none."""
        has_i, has_j = self.i in node.indices, self.j in node.indices
        if not node.is_scalar:
            return None
        if not has_i and not has_j:
            return multiply(node, ones(self.rows), transpose(ones(self.columns)))
        if not has_j:
            value = self.by_i.of(node)
            return None if value is None else multiply(value, transpose(ones(self.columns)))
        if not has_i:
            value = self.by_j.of(node)
            return None if value is None else multiply(ones(self.rows), transpose(value))
        if isinstance(node, Product):
            return self._product(node)
        if node.binds or isinstance(node, Guard):
            return None
        operands = []
        for arg in node.args:
            dependent = self.i in arg.indices or self.j in arg.indices
            made = self.of(arg) if dependent else None
            if dependent and made is None:
                return None
            operands.append(made)
        if isinstance(node, (Power, Log)) and self.apart and operands[0] is not None:
            # On the diagonal, which the sum leaves out, a distance is 0, and has no logarithm and no inverse.
            identity = eye(self.rows)
            off = subtract(multiply(ones(self.rows), transpose(ones(self.rows))), identity)
            operands[0] = add(hadamard(off, operands[0]), identity)
        try:
            return node.lift(operands, self.rows)
        except MatgradError:
            return None

    def _multiplied_out(self, node: Product) -> Expr | None:
        """‖x_i − x_j‖² as x_iᵀx_i + x_jᵀx_j − 2x_iᵀx_j."""
        both = {self.i, self.j}
        parts = [
            factor.args if isinstance(factor, Sum) and both <= factor.indices else (factor,)
            for factor in node.chain
        ]
        front = [number(node.coefficient), *node.scalars]
        total: Expr | None = None
        for factors in product(*parts):
            found = self.of(multiply(*front, *factors))
            if found is None:
                return None
            total = found if total is None else add(total, found)
        return total

    def _product(self, node: Product) -> Expr | None:
        both = {self.i, self.j}
        if any(isinstance(factor, Sum) and both <= factor.indices for factor in node.chain):
            return self._multiplied_out(node)
        scalars = [self.of(s) for s in node.scalars if self.i in s.indices or self.j in s.indices]
        if None in scalars:
            return None
        front = [s for s in node.scalars if self.i not in s.indices and self.j not in s.indices]
        found = [s for s in scalars if s is not None]
        chain = node.chain
        if chain:
            if self.i in chain[-1].indices or self.j in chain[0].indices:
                chain = tuple(transpose(factor) for factor in reversed(chain))
            inner = chain[1:-1]
            mixed = self.j in chain[0].indices or self.i in chain[-1].indices
            if mixed or any(self.i in f.indices or self.j in f.indices for f in inner):
                return None
            left = self.by_i.of(transpose(chain[0]))
            right = self.by_j.of(chain[-1])
            if left is None or right is None:
                return None
            found.append(multiply(transpose(left), *inner, right))
        return multiply(number(node.coefficient), *front, _entrywise(found))
