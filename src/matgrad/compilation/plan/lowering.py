"""From expressions to a program: every node once, structure used where it pays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from matgrad.compilation.ir.primitive import PRIMITIVES, Value
from matgrad.compilation.ir.primitives import (
    LOG_SOFTMAX,
    LOGSUMEXP,
    MEMBER,
    NUMBER,
    PLACED_AT,
    REQUIRE_NONZERO,
    SOFTMAX,
    SYLVESTER,
    UNIT_AT,
)
from matgrad.compilation.ir.recorder import Recorder
from matgrad.compilation.ir.selection import Selection
from matgrad.compilation.ir.sizes import OpenSizes, Size, with_numbers
from matgrad.compilation.plan.chain_order import Chains
from matgrad.compilation.plan.cheaper_side import by_cheaper_side
from matgrad.compilation.plan.each_member import NotStackedError
from matgrad.compilation.plan.index_runs import runs_left
from matgrad.compilation.plan.looping import Looping, middle
from matgrad.compilation.plan.stacking import Stacking
from matgrad.core.dims import Dim, indices_in
from matgrad.core.errors import DomainError, EvaluationError, ShapeError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import ALONG_DIAGONALS, PATTERN, Fact
from matgrad.core.words import phrase
from matgrad.ops.arithmetic import Product, multiply
from matgrad.ops.indices.guard import Guard
from matgrad.ops.indices.indexed_products import IndexedProduct
from matgrad.ops.indices.members import Member as AtPlace, Placed
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.kronecker import block_trace_of
from matgrad.ops.leaves import Dimension, Unit, number

_CARRIED = (
    Fact.SYMMETRIC
    | PATTERN
    | ALONG_DIAGONALS
    | Fact.ORTHOGONAL
    | Fact.PERMUTATION
    | Fact.POSITIVE_DEFINITE
    | Fact.POSITIVE_SEMIDEFINITE
    | Fact.POSITIVE
    | Fact.NONNEGATIVE
    | Fact.INVERTIBLE
)
"""Facts of an expression that its value keeps."""


MOST_WRITTEN_OUT = 2000
"""So many terms of sums are written out at most."""


class Lowering:
    """Lowers expressions that may share nodes into one program.

    Parameters
    ----------
    recorder : Recorder
        Makes the values; several lowerings of the same expressions may share it.
    chains : Chains
        Decides the order of products.
    """

    def __init__(self, recorder: Recorder, chains: Chains) -> None:
        self.recorder = recorder
        self.chains = chains
        self.seen: list[tuple[Value, ...]] = []
        self.values: dict[Expr, Value] = {}
        self.inputs: dict[str, Value] = {}
        self._sizes = recorder.sizes
        self._outside: Lowering | None = None
        self._indices: frozenset[str] = frozenset()
        self._count = [0]
        self._all_at_once: Mapping[str, tuple[Any, Any]] = {}

    def lower(self, roots: Sequence[Expr]) -> list[Value]:
        """The values of expressions."""
        before, self.recorder.sizes = self.recorder.sizes, self._sizes
        try:
            return self._lowered(roots)
        finally:
            self.recorder.sizes = before

    def _is_outside(self, node: Expr) -> bool:
        """Whether a node does not depend on the indices that are set here."""
        return self._outside is not None and self._indices.isdisjoint(node.indices)

    def _lowered(self, roots: Sequence[Expr]) -> list[Value]:
        fresh = postorder(
            roots, lambda n: n not in self.values, lambda n: not (n.scoped or self._is_outside(n))
        )
        for node in fresh:
            if self._outside is not None and self._is_outside(node):
                self.values[node] = self._outside.lower([node])[0]
                continue
            try:
                value = self._value(node)
                if node.is_scalar and value.shape != (1, 1):
                    raise DomainError(phrase("no value on arrays without entries"))
            except DomainError as error:
                raise DomainError(
                    phrase("{problem}, at {node}", problem=error.problem, node=node.describe()),
                    fix=error.remedy,
                ) from None
            known = _CARRIED if value.shape[0] == value.shape[1] else Fact.POSITIVE | Fact.NONNEGATIVE
            self.values[node] = self.recorder.knowing(value, node.facts & known)
        return [self.values[root] for root in roots]

    def _value(self, node: Expr) -> Value:
        xp = self.recorder
        if isinstance(node, Symbol):
            shape = (xp.size(node.rows), xp.size(node.columns))
            value = xp.input(node.label, shape, node.facts & _CARRIED)
            self.inputs[node.label] = value
            return value
        if self._all_at_once and self._has_open_index(node):
            return self._of_open_index(node)
        if node.scoped and xp.loops:
            looped = self._looped(node)
            if looped is not None:
                return looped
        if node.scoped:
            whole = self._whole(node) if isinstance(node, (IndexedSum, IndexedProduct)) else None
            if whole is not None:
                return whole
            if not self._all_at_once.keys().isdisjoint(node.indices):
                raise NotStackedError(node.name)
            return xp.required(node.scoped_value(xp, lambda at: self._inside(node, at)))
        narrow = (
            self._with_narrow_sum(node) if isinstance(node, Product) and (xp.structured or xp.loops) else None
        )
        if narrow is not None:
            return self._lowered([narrow])[0]
        traced = self._block_trace(node) if xp.low_rank else None
        if traced is not None:
            return traced
        args = [self.values[arg] for arg in node.args]
        made: Value = node.planned(self, *args)
        return xp.required(made)

    def _block_trace(self, node: Expr) -> Value | None:
        """A block trace of an inverse in a basis of eigenvectors, without the inverse."""
        found = block_trace_of(node)
        if found is None:
            return None
        side, w, factor = found
        return self.recorder.block_trace(side, *self._lowered([w, factor]))

    def _inside(self, node: Expr, at: Mapping[str, int]) -> Value:
        """The value of the operand of a node with indices set: written out once for every value of them."""
        if not at:
            return self.lower(node.args)[0]
        self._count[0] += 1
        if self._count[0] > MOST_WRITTEN_OUT:
            raise EvaluationError(
                phrase("this sum has no matrix form, and too many terms to be written out one by one"),
                fix=phrase("mg.evaluate, which takes them one after the other"),
            )
        inner = Lowering(self.recorder, self.chains)
        inner.inputs, inner._count = self.inputs, self._count
        inner._sizes = with_numbers(self._sizes, at)
        inner._outside, inner._indices = self, frozenset(at)
        return inner.lower(node.args)[0]

    # ---- loops ---------------------------------------------------------------------------------------

    def _looped(self, node: Expr) -> Value | None:
        """What stands over an index as a loop; ``None`` where there is no term for an index not known."""
        xp, body = self.recorder, node.args[0]
        if isinstance(node, Guard):
            conditions, name, first, last = node.conditions, "", 1, 1
        else:
            assert isinstance(node, (IndexedSum, IndexedProduct))
            name, (first, last) = node.index_name, map(xp.size, node.range)
            conditions = node.conditions if isinstance(node, IndexedProduct) else ()
            if isinstance(node, IndexedSum) and isinstance(body, Guard):
                conditions, body = body.conditions, body.args[0]
        if not name:
            if not any(isinstance(xp.size(c[1]), Size) for c in conditions):
                return None  # They hold or not, whatever the sizes are.
            return Looping(xp).loop(self.lower([body])[0], name, first, last, conditions)
        inner = Lowering(xp, self.chains)
        inner.inputs, inner._count = self.inputs, self._count
        inner._sizes = OpenSizes({**self._sizes, name: middle(first, last)})
        inner._outside, inner._indices = self, frozenset({name})
        kept = len(xp.requirements)
        try:
            term = inner.lower([body])[0]
        except (DomainError, EvaluationError, ShapeError):
            del xp.requirements[kept:]
            return None
        is_product = isinstance(node, IndexedProduct)
        return Looping(xp).loop(term, name, first, last, conditions, is_product=is_product)

    # ---- sums at once --------------------------------------------------------------------------------

    def _whole(self, node: IndexedSum | IndexedProduct) -> Value | None:
        """A sum or product computed of stacks, all members at once; ``None`` where something in it is not."""
        xp = self.recorder
        if not xp.structured:
            return None
        first, last = (xp.size(end) for end in node.range)
        if last - first < 1:
            return None
        body = node.args[0]
        if isinstance(node, IndexedProduct):
            return self._product(node, first, last)
        if isinstance(body, Guard):
            return self._over_runs(node, body, first, last)
        return self._run(node, body, first, last)

    def _over_runs(self, node: IndexedSum, body: Guard, first: int, last: int) -> Value | None:
        """A sum over what conditions leave of a range: one of stacks for each run of consecutive values."""
        xp, name = self.recorder, node.index_name
        if not self._all_at_once.keys().isdisjoint(indices_in(body.data)) or isinstance(xp.sizes, OpenSizes):
            return None
        runs = runs_left(body.conditions, name, first, last, xp.size)
        if runs is None or (self._all_at_once and any(start == end for start, end in runs)):
            return None
        shape = (xp.size(node.rows), xp.size(node.columns))
        terms = []
        for start, end in runs:
            alone = start == end
            value = self._inside(node, {name: start}) if alone else self._run(node, body.args[0], start, end)
            if value is None:
                return None
            terms.append((Fraction(1), value))
        return xp.sum(terms, shape) if terms else xp.zeros(shape)

    def _product(self, node: IndexedProduct, first: int, last: int) -> Value | None:
        """A product of all factors at once, or of all but the one at an index that is open."""
        xp, name = self.recorder, node.index_name
        if not node.conditions:
            factors = self._factors(node, first, last)
            return None if factors is None else xp.column_prods(factors)
        if len(node.conditions) != 1 or node.conditions[0][0] != "≠":
            return None
        distance = node.conditions[0][1]
        index = Dim.unknown(name)
        left_out = distance + index if _is_subtracted(distance, name) else index - distance
        if name in left_out.names or not left_out.names & self._all_at_once.keys():
            return None
        if not self._all_at_once.keys().isdisjoint(node.args[0].indices):
            return None  # The factors depend on what is left out.
        other, start, count = self._open_places(left_out, None)
        if start + 1 != first or count != last - first + 1:
            return None
        factors = self._factors(node, first, last)
        if factors is None:
            return None
        return xp.make(MEMBER, (xp.prods_of_others(factors),), (1, 1), (other,))

    def _factors(self, node: IndexedProduct, first: int, last: int) -> Value | None:
        """The column of the factors of a product; ``None`` where something is not computed of stacks."""
        return self._of_all(node, node.args[0], first, last, lambda stacking, body: stacking.column(body))

    def _run(self, node: IndexedSum, operand: Expr, first: int, last: int) -> Value | None:
        """A sum over all of a range, of stacks."""
        return self._of_all(node, operand, first, last, lambda stacking, body: stacking.sum(body))

    def _of_all(
        self,
        node: IndexedSum | IndexedProduct,
        operand: Expr,
        first: int,
        last: int,
        made: Callable[[Stacking, Value], Value],
    ) -> Value | None:
        """What is made of the stack of an operand; ``None`` where something is not computed of stacks."""
        xp = self.recorder
        inner = Lowering(xp, self.chains)
        inner.inputs, inner._count, inner._sizes = self.inputs, self._count, self._sizes
        inner._outside, inner._indices = self, frozenset({node.index_name})
        inner._all_at_once = {**self._all_at_once, node.index_name: (first, last)}
        kept = len(xp.requirements)
        # Of members of a stack, all are factorised at once, as they are.
        thin, xp.low_rank = xp.low_rank, False
        try:
            if xp.structured:
                operand = by_cheaper_side(operand, xp.size)
            body = inner.lower([operand])[0]
            return made(Stacking(xp, node.index_name, last - first + 1), body)
        except NotStackedError:
            del xp.requirements[kept:]
            return None
        finally:
            xp.low_rank = thin

    def _with_narrow_sum(self, node: Product) -> Expr | None:
        """A product of a sum and a matrix of few columns, with the matrix inside the sum.

        Σ_k A_k B_k V is then Σ_k A_k (B_k V), and no product of matrices is formed for each k.
        """
        if not (self.recorder.structured or self.recorder.loops):
            return None
        chain, size = node.chain, self.recorder.size
        for place, factor in enumerate(chain):
            if not isinstance(factor, IndexedSum):
                continue
            body = factor.args[0]
            if not isinstance(body, Product) or len(body.chain) < 2:
                continue
            after = chain[place + 1] if place + 1 < len(chain) else None
            before = chain[place - 1] if place else None
            if after is not None and 2 * size(after.columns) <= size(after.rows):
                beside, inner, ends = after, multiply(body, after), (place, place + 2)
            elif before is not None and 2 * size(before.rows) <= size(before.columns):
                beside, inner, ends = before, multiply(before, body), (place - 1, place + 1)
            else:
                continue
            if factor.index_name in beside.indices:
                continue
            # Not as sums are made, which takes what does not depend on the index out again.
            whole = IndexedSum.intern((inner,), factor.data)
            front = multiply(number(node.coefficient), *node.scalars)
            return multiply(front, *chain[: ends[0]], whole, *chain[ends[1] :])
        return None

    def _has_open_index(self, node: Expr) -> bool:
        """Whether the data of a node hold an index of which all values are taken at once."""
        return not self._all_at_once.keys().isdisjoint(indices_in((node.data, node.shape)))

    def _of_open_index(self, node: Expr) -> Value:
        """A leaf that depends on such an index."""
        xp = self.recorder
        if isinstance(node, IndexedProduct) and self._all_at_once.keys().isdisjoint(indices_in(node.range)):
            product = self._whole(node)
            if product is not None:
                return product
        if isinstance(node, IndexedSum) and self._all_at_once.keys().isdisjoint(indices_in(node.range)):
            raise NotStackedError(node.name)
        if isinstance(node, Unit):
            name, start, _ = self._open_places(node.data[0], node.data[1])
            return xp.make(UNIT_AT, (), (xp.size(node.data[1]), 1), (name, start), Fact.NONNEGATIVE)
        if isinstance(node, Dimension):
            name, start, count = self._open_places(node.dim, None)
            ones = xp.ones(count, 1)
            places = xp.sum([(1, xp.cumsum(ones)), (start, ones)], (count, 1))
            return xp.make(MEMBER, (places,), (1, 1), (name,))
        if isinstance(node, (AtPlace, Placed)):
            name, start, count = self._open_places(node.data[0][-1], node.data[1][-1])
            start += self._block_before(node.data[0], node.data[1])
            stack = self.values[node.args[0]]
            if isinstance(node, Placed):
                return xp.make(PLACED_AT, (stack,), (xp.size(node.rows), stack.columns), (name, start))
            rows = xp.size(node.rows)
            members = xp.part(stack, start * rows, (start + count) * rows, 0, stack.columns)
            return xp.make(MEMBER, (members,), (rows, stack.columns), (name,))
        raise NotStackedError(node.name)

    def _block_before(self, places: Sequence[Dim], lasts: Sequence[Dim]) -> int:
        """How many members stand before those that differ in their last index only."""
        size, before = self.recorder.size, 0
        for place, last in zip(places[:-1], lasts[:-1], strict=True):
            if place.names & self._all_at_once.keys():
                raise NotStackedError("place")
            if not 1 <= size(place) <= size(last):
                raise EvaluationError(
                    phrase(
                        "the index {place} is out of range: it runs from 1 to {last}",
                        place=size(place),
                        last=size(last),
                    )
                )
            before = before * size(last) + size(place) - 1
        return before * size(lasts[-1])

    def _open_places(self, place: Dim, most: Dim | None) -> tuple[str, Any, Any]:
        """The index of a place i + s, how many places stand before its first value, and how many it takes."""
        found = place.names & self._all_at_once.keys()
        if len(found) != 1:
            raise NotStackedError("place")
        (name,) = found
        shift = place - Dim.unknown(name)
        if shift.names & self._all_at_once.keys():
            raise NotStackedError("place")
        first, last = self._all_at_once[name]
        start = first + self.recorder.size(shift) - 1
        count = last - first + 1
        if most is not None and (start < 0 or start + count > self.recorder.size(most)):
            wrong = start + 1 if start < 0 else start + count
            raise EvaluationError(
                phrase(
                    "the index {wrong} is out of range: it runs from 1 to {most}",
                    wrong=wrong,
                    most=self.recorder.size(most),
                )
            )
        return name, start, count

    # ---- what operations may ask ---------------------------------------------------------------------

    @property
    def arrays(self) -> Recorder:
        """The arithmetic that records what is computed."""
        return self.recorder

    def value(self, expr: Expr) -> Value:
        """The value of an expression that was lowered."""
        return self.values[expr]

    def sum(self, terms: Sequence[Value]) -> Value:
        """The sum of several values, common factors out where that is cheaper."""
        return self.chains.sum([(Fraction(1), value) for value in terms])

    def hadamard(self, factors: Sequence[Value]) -> Value:
        """The entrywise product of several values."""
        return self.recorder.hadamard(*factors)

    def product(self, coefficient: Fraction, scalars: Sequence[Value], chain: Sequence[Value]) -> Value:
        """A number times 1×1 values times a chain, multiplied in the cheapest order."""
        xp = self.recorder
        scalar = xp.hadamard(*scalars) if scalars else xp.number(1)
        if not chain:
            return xp.scale(coefficient, scalar)
        if len(chain) > 1:
            self.seen.append(tuple(xp.split(value)[1] for value in chain))
        whole = xp.scalar_times(scalar, self.chains.product(chain))
        return self.chains.scaled(coefficient, whole)

    def trace(self, coefficient: Fraction, chain: Sequence[Value]) -> Value:
        """A number times the trace of a product, of which only the diagonal is computed."""
        xp = self.recorder
        return xp.scale(coefficient, self.chains.trace(chain) if len(chain) > 1 else xp.trace(chain[0]))

    def inverse(self, a: Value) -> Value:
        """The inverse, which products replace by solves."""
        xp = self.recorder
        if a.kind == "scalar" and a.op is not NUMBER:
            # A matrix of order 1 is singular as others are; the reciprocal of a scalar is no inverse.
            reciprocal = xp.power(a, Fraction(-1))
            return xp.make(REQUIRE_NONZERO, (reciprocal, a), (1, 1), (), a.facts & Fact.POSITIVE)
        return xp.inverse(a)

    def sylvester(self, a: Value, b: Value, c: Value) -> Value | None:
        """The X with a X + X b = c; nothing where it is no equation of matrices."""
        if any(value.kind != "matrix" for value in (a, b, c)):
            return None
        if self.recorder.is_in_basis(a, b):
            return self.recorder.sylvester_by_spectra(a, b, c, self.chains.product)
        if self.recorder.structured and self.recorder.branches and not self._all_at_once:
            return self.recorder.sylvester(a, b, c)
        return self.recorder.make(SYLVESTER, (a, b, c), c.shape)

    def frechet_expm(self, a: Value, direction: Value) -> Value | None:
        """The Fréchet derivative of the matrix exponential; nothing where a backend has no steps of it."""
        xp = self.recorder
        if not (xp.structured and xp.branches) or a.kind != "matrix" or self._all_at_once:
            return None
        return xp.frechet_expm(a, direction)

    def primitive(self, name: str, operands: Sequence[Value], rows: int, columns: int, *params: Any) -> Value:
        """What every backend writes as one step, by the name of the primitive."""
        return self.recorder.make(PRIMITIVES[name], operands, (rows, columns), params)

    def selection(self, kind: str, *dims: Dim) -> Value:
        """A commutation, duplication or elimination matrix."""
        return self.recorder.selection(Selection(kind, tuple(self.recorder.size(dim) for dim in dims)))

    def unit(self, index: Dim, n: Dim) -> Value:
        """The column of length n with 1 at a place counted from 1."""
        place, length = self.recorder.size(index), self.recorder.size(n)
        if not 1 <= place <= length:
            raise EvaluationError(
                phrase(
                    "the index {place} is out of range: it runs from 1 to {length}",
                    place=place,
                    length=length,
                )
            )
        return self.recorder.unit(place - 1, length)

    def normalised(self, name: str, x: Value, *, by_row: bool) -> Value:
        """softmax, log_softmax or logsumexp down each column or along each row."""
        value = self.recorder.normalised(_NORMALISED[name], x, 1 if by_row else 0)
        return self.recorder.transpose(value) if name == "logsumexp" and not by_row else value


_NORMALISED = {primitive.name: primitive for primitive in (SOFTMAX, LOG_SOFTMAX, LOGSUMEXP)}


def _is_subtracted(distance: Dim, name: str) -> bool:
    """Whether an index is taken away in a distance."""
    return name not in (distance + Dim.unknown(name)).names
