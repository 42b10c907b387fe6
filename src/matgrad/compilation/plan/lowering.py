"""From expressions to a program: every node once, structure used where it pays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from matgrad.compilation.ir.primitive import PRIMITIVES, Value
from matgrad.compilation.ir.primitives import NUMBER, REQUIRE_NONZERO, SYLVESTER
from matgrad.compilation.ir.recorder import Recorder
from matgrad.compilation.ir.selection import Selection
from matgrad.compilation.plan.chain_order import Chains
from matgrad.core.errors import DomainError, EvaluationError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.ops.arithmetic import Product, Sum
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.inverse import Inverse
from matgrad.ops.kronecker import Commutation
from matgrad.ops.leaves import Unit
from matgrad.ops.softmax import Normalised
from matgrad.ops.sylvester import Sylvester
from matgrad.ops.trace import Trace
from matgrad.ops.undefined import Undefined
from matgrad.ops.vec_matrices import Duplication, Elimination

_CARRIED = (
    Fact.SYMMETRIC
    | Fact.DIAGONAL
    | Fact.LOWER_TRIANGULAR
    | Fact.UPPER_TRIANGULAR
    | Fact.ORTHOGONAL
    | Fact.POSITIVE_DEFINITE
    | Fact.POSITIVE_SEMIDEFINITE
    | Fact.POSITIVE
    | Fact.NONNEGATIVE
    | Fact.INVERTIBLE
)
"""Facts of an expression that its value keeps."""


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

    def lower(self, roots: Sequence[Expr]) -> list[Value]:
        """The values of expressions."""
        for node in postorder(roots):
            if node in self.values:
                continue
            try:
                value = self._value(node)
                if node.is_scalar and value.shape != (1, 1):
                    raise DomainError("no value on arrays without entries")
            except DomainError as error:
                raise DomainError(f"{error.message}, at {node.describe()}", fix=error.fix) from None
            carried = node.facts & _CARRIED
            if value.shape[0] == value.shape[1]:
                value.facts |= carried
            else:
                value.facts |= carried & (Fact.POSITIVE | Fact.NONNEGATIVE)
            self.values[node] = value
        return [self.values[root] for root in roots]

    def _value(self, node: Expr) -> Value:
        xp = self.recorder
        if isinstance(node, Symbol):
            shape = (xp.size(node.rows), xp.size(node.columns))
            value = xp.input(node.label, shape, node.facts & _CARRIED)
            self.inputs[node.label] = value
            return value
        args = [self.values[arg] for arg in node.args]
        special = SPECIAL.get(type(node))
        if special is not None:
            return special(self, node, args)
        return xp.required(node.numeric(xp, *args))


def _sum(lowering: Lowering, node: Expr, args: list[Value]) -> Value:
    return lowering.chains.sum([(Fraction(1), value) for value in args])


def _hadamard(lowering: Lowering, node: Expr, args: list[Value]) -> Value:
    return lowering.recorder.hadamard(*args)


def _trace(lowering: Lowering, node: Expr, args: list[Value]) -> Value:
    inner = node.args[0]
    if isinstance(inner, Product) and not inner.data[1]:
        chain = [lowering.values[arg] for arg in inner.chain]
        return lowering.recorder.scale(inner.coefficient, lowering.chains.trace(chain))
    return lowering.recorder.trace(args[0])


def _inverse(lowering: Lowering, node: Expr, args: list[Value]) -> Value:
    xp, a = lowering.recorder, args[0]
    if a.kind == "scalar" and a.op is not NUMBER:
        # A matrix of order 1 is singular as others are; the reciprocal of a scalar is no inverse.
        return xp.make(REQUIRE_NONZERO, (xp.power(a, Fraction(-1)), a), (1, 1), (), a.facts & Fact.POSITIVE)
    return xp.inverse(a)


def _sylvester(lowering: Lowering, node: Expr, args: list[Value]) -> Value:
    xp = lowering.recorder
    if any(value.kind != "matrix" for value in args):
        return node.numeric(xp, *args)  # type: ignore[no-any-return]
    return xp.make(SYLVESTER, args, args[2].shape)


def _selection(kind: str) -> Callable[[Lowering, Expr, list[Value]], Value]:
    def make(lowering: Lowering, node: Expr, args: list[Value]) -> Value:
        sizes = tuple(lowering.recorder.size(dim) for dim in node.data)
        return lowering.recorder.selection(Selection(kind, sizes))

    return make


def _unit(lowering: Lowering, node: Expr, args: list[Value]) -> Value:
    place, n = (lowering.recorder.size(dim) for dim in node.data)
    if not 1 <= place <= n:
        raise EvaluationError(f"the index {place} is out of range: it runs from 1 to {n}")
    return lowering.recorder.unit(place - 1, n)


def _normalised(lowering: Lowering, node: Expr, args: list[Value]) -> Value:
    assert isinstance(node, Normalised)
    value = lowering.recorder.normalised(PRIMITIVES[node.name], args[0], 1 if node.by_row else 0)
    down = node.name == "logsumexp" and not node.by_row
    return lowering.recorder.transpose(value) if down else value


def _undefined(lowering: Lowering, node: Expr, args: list[Value]) -> Value:
    raise EvaluationError(
        f"{node.data[0]} is only the name of a function; {node.describe()} cannot be computed"
    )


def _product(lowering: Lowering, node: Expr, args: list[Value]) -> Value:
    assert isinstance(node, Product)
    xp = lowering.recorder
    count = node.data[1]
    chain = args[count:]
    scalar = xp.hadamard(*args[:count]) if count else xp.number(1)
    if not chain:
        return xp.scale(node.coefficient, scalar)
    if len(chain) > 1:
        lowering.seen.append(tuple(xp.split(value)[1] for value in chain))
    return xp.scale(node.coefficient, xp.scalar_times(scalar, lowering.chains.product(chain)))


SPECIAL: dict[type[Expr], Callable[[Lowering, Expr, list[Value]], Value]] = {
    Sum: _sum,
    Product: _product,
    Hadamard: _hadamard,
    Trace: _trace,
    Inverse: _inverse,
    Sylvester: _sylvester,
    Commutation: _selection("commutation"),
    Duplication: _selection("duplication"),
    Elimination: _selection("elimination"),
    Unit: _unit,
    Undefined: _undefined,
    **dict.fromkeys(Normalised.__subclasses__(), _normalised),
}
"""Operations of which the planner knows more than their numeric meaning says."""
