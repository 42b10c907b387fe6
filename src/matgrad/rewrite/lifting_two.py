"""What depends on two indices, lifted: s(i, j) = e_iᵀ M e_j as M; and its double sum, C M Dᵀ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from matgrad.core.dims import ONE, Dim
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, postorder
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, subtract
from matgrad.ops.diagonals import diag, diagonal
from matgrad.ops.hadamard import hadamard
from matgrad.ops.indices.binding import apart
from matgrad.ops.indices.guard import Guard
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.leaves import Number, eye, number, ones
from matgrad.ops.power import Log, Power, power
from matgrad.ops.robust_pairs import PairProducts, SquaredDistances, squared_distances, strictly
from matgrad.ops.trace import trace
from matgrad.ops.transpose import transpose
from matgrad.ops.triangles import tril
from matgrad.rewrite.lifting_one import Lifting, depends, entrywise


def double_sum(node: IndexedSum, computed: bool) -> Expr | None:
    """Σ_ij m(i, j) c(i) d(j)ᵀ = C M Dᵀ, over all entries of M, a triangle, or those off the diagonal.

    Parameters
    ----------
    node : IndexedSum
        The sum.
    computed : bool
        Whether the form is only computed: differences of members are then not multiplied out, which
        cancels where members are close to one another beside how far they are from zero.
    """
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
    double = _Double(i, j, rows, columns, apart=mask in ("≠", ">", "<"), computed=computed)
    total: Expr | None = None
    terms = body.args if isinstance(body, Sum) else (body,)
    for term in _collected(terms, {i, j}) if computed else terms:
        found = _double_term(double, term, mask)
        if found is None:
            return None
        total = found if total is None else add(total, found)
    return total


def _collected(terms: Sequence[Expr], both: set[str]) -> list[Expr]:
    """The terms with what multiplies the same vectors put together: one matrix of weights for each."""
    weights: dict[tuple[Expr, ...], list[Expr]] = {}
    left = list(terms)
    while left:
        term = left.pop()
        if term.is_scalar:
            weights.setdefault((), []).append(term)
            continue
        if not isinstance(term, Product):
            weights.setdefault((term,), []).append(number(1))
            continue
        front = multiply(number(term.coefficient), *term.scalars)
        parts = [f.args if isinstance(f, Sum) and both <= f.indices else (f,) for f in term.chain]
        if all(len(part) == 1 for part in parts):
            weights.setdefault(term.chain, []).append(front)
        else:
            left += [multiply(front, *factors) for factors in product(*parts)]
    return [multiply(_over_one(add(*parts), both), *chain) for chain, parts in weights.items()]


def _over_one(weight: Expr, both: set[str]) -> Expr:
    """1 − d/r as (r − d)/r, of which the difference is often needed by itself."""
    if not isinstance(weight, Sum):
        return weight
    found = {
        factor
        for term in weight.args
        for factor in (term.scalars if isinstance(term, Product) else (term,))
        if isinstance(factor, Power) and both <= factor.indices and _is_root_below(factor)
    }
    if len(found) != 1:
        return weight
    (below,) = found
    above = power(below.args[0], scale(-1, below.exponent))
    return multiply(below, add(*(multiply(above, term) for term in weight.args)))


def _is_root_below(factor: Power) -> bool:
    """Whether a power is a denominator whose inverse is no larger than what it is a power of."""
    return isinstance(factor.exponent, Number) and -1 <= factor.exponent.value < 0


Bound = tuple[Dim, Dim, Dim]


def _flat_nest(node: IndexedSum) -> tuple[Bound, Bound, Expr, tuple[tuple[object, ...], ...]] | None:
    """The two sums of a double one, its body and its conditions; Σ_i (Σ_j m(i, j)) c(i) is one."""
    outer, inner = node.data, node.args[0]
    if isinstance(inner, Product):
        sums = [arg for arg in inner.args if isinstance(arg, IndexedSum)]
        if len(sums) != 1:
            return None
        beside = (arg for arg in inner.args if arg is not sums[0])
        alone = apart(sums[0], node.index.indices.union(*(arg.indices for arg in beside)))
        body = alone.args[0]
        conditions: tuple[tuple[object, ...], ...] = ()
        if isinstance(body, Guard):
            conditions, body = body.conditions, body.args[0]
        factors = [body if arg is sums[0] else arg for arg in inner.args]
        return outer, alone.data, multiply(number(inner.coefficient), *factors), conditions
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
    elif mask in (">", "<") and double.computed:
        matrix = strictly(matrix, upper=mask == "<")
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
        has_i, has_j = depends(factors, double.i), depends(factors, double.j)
        if has_i and has_j:
            return None
        lifting = double.by_i if has_i else double.by_j
        whole = lifting.column(factors) if has_i or has_j else None
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
    if double.computed:
        return multiply(left, strictly(whole, upper=mask == "<"), right)
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


def _has_pole(node: Expr) -> bool:
    """Whether a function has no value, or no finite one, at 0."""
    if isinstance(node, Log):
        return True
    if not isinstance(node, Power) or not isinstance(node.exponent, Number):
        return isinstance(node, Power)
    return node.exponent.value < 0 or node.exponent.value.denominator != 1


class _Double:
    """Lifts scalars that depend on two indices: s(i, j) = e_iᵀ M e_j."""

    def __init__(self, i: str, j: str, rows: Dim, columns: Dim, *, apart: bool, computed: bool) -> None:
        self.i, self.j, self.rows, self.columns = i, j, rows, columns
        self.apart, self.computed = apart, computed
        self.by_i, self.by_j = Lifting(i, rows), Lifting(j, columns)

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
        if self.apart and operands[0] is not None and _has_pole(node):
            # On the diagonal, which the sum leaves out, a distance is 0, and has no logarithm and no inverse.
            identity = eye(self.rows)
            off = subtract(multiply(ones(self.rows), transpose(ones(self.rows))), identity)
            is_zero_there = isinstance(operands[0], SquaredDistances) and len(operands[0].args) == 1
            operands[0] = add(operands[0] if is_zero_there else hadamard(off, operands[0]), identity)
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

    def _of_differences(self, node: Product) -> Expr | None:
        """(c(i) + d(j))ᵀ A (e(i) + f(j)), computed from what is left of columns without their mean."""
        first, *inner, last = node.chain
        if len(node.chain) < 2 or first.rows is not ONE or last.columns is not ONE:
            return None
        if node.scalars and not {self.i, self.j}.isdisjoint(*(s.indices for s in node.scalars)):
            return None
        if any(not {self.i, self.j}.isdisjoint(f.indices) or f.columns is ONE for f in inner):
            return None
        left, right = self._parts(transpose(first)), self._parts(last)
        if left is None or right is None:
            return None
        found: Expr
        half = len(node.chain) // 2
        if all(f is transpose(g) for f, g in zip(node.chain[:half], reversed(node.chain), strict=False)) and (
            len(node.chain) == 2 * half
        ):
            # ‖B (c(i) + d(j))‖² is one of differences, also where B has been taken apart.
            found = squared_distances(*(multiply(*node.chain[half:-1], part) for part in right))
        else:
            found = PairProducts.of(*left, *(multiply(*inner, part) for part in right))
        return multiply(number(node.coefficient), *node.scalars, found)

    def _parts(self, column: Expr) -> tuple[Expr, Expr] | None:
        """The C and D of a column c(i) + d(j)."""
        of_i: list[Expr] = []
        of_j: list[Expr] = []
        for term in column.args if isinstance(column, Sum) else (column,):
            has_i, has_j = self.i in term.indices, self.j in term.indices
            if has_i and has_j:
                return None
            found = (self.by_j if has_j else self.by_i).of(term)
            if found is None:
                return None
            (of_j if has_j else of_i).append(found)
        return (add(*of_i), add(*of_j)) if of_i and of_j else None

    def _product(self, node: Product) -> Expr | None:
        both = {self.i, self.j}
        if any(isinstance(factor, Sum) and both <= factor.indices for factor in node.chain):
            accurate = self._of_differences(node) if self.computed else None
            return self._multiplied_out(node) if accurate is None else accurate
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
        return multiply(number(node.coefficient), *front, entrywise(found))
