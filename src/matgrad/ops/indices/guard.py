"""Something where conditions on indices hold, and 0 elsewhere: Iverson's bracket, and Kronecker's delta."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Dim, Shape
from matgrad.core.expr import Data, Expr, postorder
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, scale
from matgrad.ops.indices.conditions import Condition, Conditions, equal_places, holds, simplified
from matgrad.ops.leaves import Unit, is_zero, number, zeros

_LOST = Fact.POSITIVE | Fact.POSITIVE_DEFINITE | Fact.INVERTIBLE | Fact.ORTHONORMAL_COLUMNS | Fact.SIMPLEX
_LOST |= Fact.ORTHOGONAL | Fact.PERMUTATION | Fact.SIMPLEX_ROWS | Fact.ONE_HOT | Fact.ONE_HOT_ROWS


class Guard(Expr):
    """The operand where conditions on indices hold, and 0 elsewhere. ``data`` is ``(conditions,)``.

    Where they do not hold the operand need not have a value.
    """

    __slots__ = ()
    name = "guard"
    linearity = "each"
    scoped = True
    rank = 45
    reason = Phrase("a condition on indices is constant")
    legend = Phrase(
        "[i < j] is 1 where i < j and 0 elsewhere", "Graham, Knuth & Patashnik (1994)", "sec. 2.2"
    )

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return guard(args[0], data[0])

    @property
    def conditions(self) -> Conditions:
        """What must hold."""
        return self.data[0]  # type: ignore[no-any-return]

    def infer_facts(self) -> Fact:
        return self.args[0].facts & ~_LOST

    def linear_map(self, index: int) -> LinearMap:
        return GuardMap(self.conditions, self.shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return values[0] if self.holds(xp) else xp.zeros(*xp.shape(values[0]))

    def scoped_value(self, xp: Arrays, operand: Callable[[Mapping[str, int]], Array]) -> Array:
        if self.holds(xp):
            return operand({})
        return xp.zeros(xp.size(self.rows), xp.size(self.columns))

    def holds(self, xp: Arrays) -> bool:
        """Whether the conditions hold at the indices that the arithmetic knows."""
        return all(holds(c[0], xp.size(c[1])) for c in self.conditions)

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return guard(transposed[0], self.conditions)

    def notation(self) -> Notation:
        return Notation("[{0}]", "[{0}]", "[{0}]", "[{0}]")


class GuardMap(LinearMap):
    """V ↦ V where conditions hold, and 0 elsewhere."""

    __slots__ = ("conditions", "domain")
    adjoint_reason = None

    def __init__(self, conditions: Conditions, domain: Shape) -> None:
        self.conditions, self.domain = conditions, domain

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.domain

    def apply(self, v: Expr) -> Expr:
        return guard(v, self.conditions)

    def adjoint(self) -> LinearMap:
        return self

    def kronecker(self) -> Expr:
        return guard(lm.Identity(self.domain).kronecker(), self.conditions)


def guard(body: Expr, conditions: Iterable[Condition]) -> Expr:
    """The body where the conditions hold, and 0 elsewhere."""
    if isinstance(body, Guard):
        return guard(body.args[0], (*conditions, *body.conditions))
    known = simplified(conditions)
    if known is None or is_zero(body):
        return zeros(*body.shape)
    if not known:
        return body
    inner = split_guard(body)
    if inner is not None:
        return guard(inner[1], (*known, *inner[0]))
    if isinstance(body, Sum):
        common, rest = content(body)
        return scale(common, Guard.intern((rest,), (known,)))
    if isinstance(body, Product):
        # What has no place has a value whatever the indices are.
        outside = [factor for factor in body.scalars if not has_places(factor)]
        if body.coefficient != 1 or outside:
            inside = [factor for factor in body.scalars if has_places(factor)]
            kept = multiply(*inside, *body.chain) if inside or body.chain else number(1)
            if kept.shape == body.shape:
                return multiply(number(body.coefficient), *outside, guard(kept, known))
    return Guard.intern((body,), (known,))


def has_places(expr: Expr) -> bool:
    """Whether a part of an expression has a value only where an index has one."""
    return bool(expr.indices) or any(
        isinstance(node, Unit) and not node.data[0].is_integer for node in postorder(expr)
    )


def delta(i: Dim, j: Dim, length: Dim) -> Expr:
    """Kronecker's δ_ij of two places between 1 and a length."""
    return guard(number(1), (equal_places(i, j, length),))


def split_guard(body: Expr) -> tuple[Conditions, Expr] | None:
    """The conditions of a body, and what they guard; those of operands in which it is linear are its own."""
    if isinstance(body, Guard):
        return body.conditions, body.args[0]
    if body.linearity != "each" or body.binds:
        return None
    conditions: Conditions = ()
    operands: list[Expr] = []
    for operand in body.args:
        found = split_guard(operand)
        if found is not None:
            conditions += found[0]
            operand = found[1]
        operands.append(operand)
    if not conditions:
        return None
    if isinstance(body, Product):
        return conditions, multiply(number(body.coefficient), *operands)
    return conditions, body.rebuild(tuple(operands), body.data)


def has_guard(body: Expr) -> bool:
    """Whether a term of a body stands under conditions."""
    terms = body.args if isinstance(body, Sum) else (body,)
    return any(
        isinstance(t, Guard) or (isinstance(t, Product) and any(isinstance(f, Guard) for f in t.args))
        for t in terms
    )


def over_terms(body: Expr) -> Expr | None:
    """A product of a number that is a sum with terms under conditions, as the sum of its terms."""
    if isinstance(body, Guard):
        inner = over_terms(body.args[0])
        return None if inner is None else each_term(inner, lambda term: guard(term, body.conditions))
    if not isinstance(body, Product):
        return None
    for factor in body.scalars:
        if isinstance(factor, Sum) and has_guard(factor):
            others = [other for other in (*body.scalars, *body.chain) if other is not factor]
            number_part = number(body.coefficient)
            return add(*(multiply(number_part, term, *others) for term in factor.args))
    return None


def each_term(body: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """A sum with each of its terms changed."""
    return add(*map(change, body.args)) if isinstance(body, Sum) else change(body)
