"""Is a function convex, concave, affine? Known from how it is composed, each part with its reason.

The rules are those of disciplined convex programming (Grant, Boyd & Ye, 2006; Boyd & Vandenberghe, 2004,
ch. 3): what they do not show is not claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from fractions import Fraction

from matgrad.calculus.linear_terms import linear_terms
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.ops.activations import Softplus
from matgrad.ops.arithmetic import Product, Sum, multiply, scale, split_number
from matgrad.ops.determinant import LogDet
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Number, number
from matgrad.ops.matrix_functions import Expm, Logm
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.piecewise import Abs, Relu
from matgrad.ops.power import Exp, Log, Power
from matgrad.ops.softmax import LogSumExp
from matgrad.ops.trace import Trace, trace

_BOYD = "Boyd & Vandenberghe (2004)"


class Shape(Enum):
    """How a function bends."""

    CONSTANT = "constant"
    AFFINE = "affine"
    CONVEX = "convex"
    CONCAVE = "concave"


@dataclass(frozen=True, slots=True)
class Curvature:
    """How a function bends, and why.

    Attributes
    ----------
    shape : Shape
        How.
    reasons : tuple of Phrase
        Why: one for each of its terms that is not affine.
    """

    shape: Shape
    reasons: tuple[Phrase, ...] = ()

    def turned(self) -> Curvature:
        """The curvature of the negative."""
        opposite = {Shape.CONVEX: Shape.CONCAVE, Shape.CONCAVE: Shape.CONVEX}
        return Curvature(opposite.get(self.shape, self.shape), tuple(map(_turned, self.reasons)))


SQUARE = Phrase("{what} is convex: a square of an affine function", _BOYD, "sec. 3.2.2")
FORM = Phrase("{what} is convex: a quadratic form with the positive semidefinite {matrix}", _BOYD, "ex. 3.2")
CONVEX_OF_AFFINE = Phrase("{what} is convex: {name} of an affine function", _BOYD, "sec. 3.1.5")
CONCAVE_OF_AFFINE = Phrase("{what} is concave: {name} of an affine function", _BOYD, "sec. 3.1.5")
FRACTION = Phrase("{what} is convex: a quadratic form with an inverse", _BOYD, "ex. 3.4")
TRACE_OF_INVERSE = Phrase("{what} is convex: a trace with an inverse", _BOYD, "ex. 3.4")
ENTROPY = Phrase("{what} is convex: a negative entropy", _BOYD, "sec. 3.1.5")
NEGATED = Phrase("{reason}, and stands behind a minus")
COMPOSED = Phrase("{what} is convex: {name} of what is convex and not negative", _BOYD, "sec. 3.2.4")
EXP_OF_CONVEX = Phrase("{what} is convex: exp of a convex function", _BOYD, "sec. 3.2.4")
LOG_OF_CONCAVE = Phrase("{what} is concave: log of a concave function", _BOYD, "sec. 3.2.4")
TRACE_OF_EXP = Phrase("{what} is convex: a trace of exp", "Carlen (2010)", "thm. 2.10")
VON_NEUMANN = Phrase("{what} is convex: a negative von Neumann entropy", "Carlen (2010)", "thm. 2.10")
FORMS = Phrase(
    "{what} is convex: a sum of quadratic forms with positive semidefinite matrices", _BOYD, "ex. 3.2"
)


def _turned(reason: Phrase) -> Phrase:
    if reason.english == NEGATED.english:
        inner = dict(reason.fields)["reason"]
        assert isinstance(inner, Phrase)
        return inner
    return NEGATED.filled(reason=reason)


_CONSTANT = Curvature(Shape.CONSTANT)
_AFFINE = Curvature(Shape.AFFINE)


def curvature(expr: Expr, variables: Sequence[Symbol]) -> Curvature | None:
    """How a scalar bends in all variables together; ``None`` where the rules do not say."""
    if not _depends(expr, variables):
        return _CONSTANT
    if _is_affine(expr, variables):
        return _AFFINE
    if isinstance(expr, Sum):
        return _of_sum(expr, variables)
    if isinstance(expr, IndexedSum):
        inner = curvature(expr.args[0], variables)
        if inner is None:
            return None
        return Curvature(inner.shape, tuple(_over_data(reason, expr) for reason in inner.reasons))
    if isinstance(expr, Product):
        return _of_product(expr, variables)
    return _of_atom(expr, variables)


def _over_data(reason: Phrase, over: IndexedSum) -> Phrase:
    """A reason for each term of a sum, said of the sum."""
    fields = dict(reason.fields)
    inner, what, matrix = fields.get("reason"), fields.get("what"), fields.get("matrix")
    if isinstance(inner, Phrase):
        return NEGATED.filled(reason=_over_data(inner, over))
    if not isinstance(what, Expr):
        return reason
    whole = over.gathered(what) if over.index_name in what.indices else what
    if isinstance(matrix, Expr) and matrix.indices:
        return FORMS.filled(what=whole)
    named = tuple((name, whole if name == "what" else value) for name, value in reason.fields)
    return replace(reason, fields=named)


def _depends(expr: Expr, variables: Sequence[Symbol]) -> bool:
    return any(node in variables for node in postorder(expr))


def _is_affine(expr: Expr, variables: Sequence[Symbol]) -> bool:
    return linear_terms(expr, variables) is not None


def _of_sum(expr: Sum, variables: Sequence[Symbol]) -> Curvature | None:
    shape = Shape.AFFINE
    reasons: list[Phrase] = []
    for term in expr.args:
        found = curvature(term, variables)
        if found is None:
            return None
        reasons += found.reasons
        if found.shape in (Shape.CONSTANT, Shape.AFFINE):
            continue
        if shape not in (Shape.AFFINE, found.shape):
            return None
        shape = found.shape
    return Curvature(shape, tuple(dict.fromkeys(reasons)))


def _of_product(expr: Product, variables: Sequence[Symbol]) -> Curvature | None:
    """A number and scalars of known sign times something that bends; a square; a form; a sum of entries."""
    coefficient, rest = split_number(expr)
    if coefficient < 0:
        inner = curvature(rest, variables)
        return None if inner is None else inner.turned()
    assert isinstance(rest, Product) or coefficient != 1
    if coefficient != 1 or not isinstance(rest, Product):
        return curvature(rest, variables)
    parts = [*rest.scalars, *([multiply(*rest.chain)] if rest.chain else [])]
    bending = [part for part in parts if _depends(part, variables)]
    fixed = [part for part in parts if part not in bending]
    if len(bending) != 1:
        return None
    if not fixed:
        return _of_chain(rest, rest.chain, variables)
    negative = [part for part in fixed if not part.facts & Fact.NONNEGATIVE]
    if not all(map(_is_negative, negative)):
        return None
    inner = curvature(bending[0], variables)
    return None if inner is None else inner.turned() if len(negative) % 2 else inner


def _is_negative(scalar: Expr) -> bool:
    return bool(multiply(number(-1), scalar).facts & Fact.NONNEGATIVE)


def _of_chain(whole: Expr, chain: Sequence[Expr], variables: Sequence[Symbol]) -> Curvature | None:
    """zᵀPz, zᵀS⁻¹z and wᵀf(z) for affine z."""
    form = _form(whole, chain, variables)
    if form is not None:
        return form
    if len(chain) == 2:
        weights, entries = chain if _depends(chain[1], variables) else (chain[1].T, chain[0].T)
        if not _depends(weights, variables) and weights.facts & Fact.NONNEGATIVE:
            return _entrywise(whole, entries, variables)
        if isinstance(entries, Log) and entries.args[0] is weights.T and weights.T in variables:
            return Curvature(Shape.CONVEX, (ENTROPY.filled(what=whole),))
    return None


def _form(whole: Expr, chain: Sequence[Expr], variables: Sequence[Symbol]) -> Curvature | None:
    half, odd = divmod(len(chain), 2)
    if half == 0:
        return None
    turned = [i for i in range(half) if chain[i].T is not chain[-1 - i]]
    if turned:
        # (BX − A)(A − BX)ᵀ is a negative square, as which that of a skew X is written.
        if any(chain[i].T is not scale(-1, chain[-1 - i]) for i in turned):
            return None
        chain = [*(x.T for x in reversed(chain[len(chain) - half :])), *chain[half:]]
        square = multiply(*chain)
        found = _form(square if square.is_scalar else trace(square), chain, variables)
        return found if found is None or len(turned) % 2 == 0 else found.turned()
    right = multiply(*chain[len(chain) - half :])
    if not _is_affine(right, variables):
        return None
    if not odd:
        return Curvature(Shape.CONVEX, (SQUARE.filled(what=whole),))
    middle = chain[half]
    if not _depends(middle, variables):
        if middle.has(Fact.POSITIVE_SEMIDEFINITE):
            return Curvature(Shape.CONVEX, (FORM.filled(what=whole, matrix=middle),))
        return None
    if isinstance(middle, Inverse) and _is_definite_affine(middle.args[0], variables):
        return Curvature(Shape.CONVEX, (FRACTION.filled(what=whole),))
    return None


def _is_definite_affine(expr: Expr, variables: Sequence[Symbol]) -> bool:
    return expr.has(Fact.POSITIVE_DEFINITE) and _is_affine(expr, variables)


def _entrywise(whole: Expr, entries: Expr, variables: Sequence[Symbol]) -> Curvature | None:
    bends = _of_function(entries)
    if bends is None or not _is_affine(entries.args[0], variables):
        return None
    shape, name = bends
    phrase = CONVEX_OF_AFFINE if shape is Shape.CONVEX else CONCAVE_OF_AFFINE
    return Curvature(shape, (phrase.filled(what=whole, name=name),))


def _of_function(node: Expr) -> tuple[Shape, str] | None:
    """How an elementwise function bends where it is defined, and what it is called."""
    for kind, shape, name in _FUNCTIONS:
        if isinstance(node, kind):
            return shape, name
    if isinstance(node, Power) and isinstance(node.exponent, Number):
        exponent = node.exponent.value
        is_even = exponent.denominator == 1 and exponent > 0 and exponent.numerator % 2 == 0
        if is_even:
            return Shape.CONVEX, "an even power"
        if node.args[0].facts & Fact.POSITIVE:
            inside = 0 < exponent < 1
            return (Shape.CONCAVE, "a root") if inside else (Shape.CONVEX, "a power")
    return None


_FUNCTIONS: tuple[tuple[type[Elementwise], Shape, str], ...] = (
    (Exp, Shape.CONVEX, "exp"),
    (Log, Shape.CONCAVE, "log"),
    (Softplus, Shape.CONVEX, "softplus"),
    (Abs, Shape.CONVEX, "the absolute value"),
    (Relu, Shape.CONVEX, "relu"),
)


def _of_atom(expr: Expr, variables: Sequence[Symbol]) -> Curvature | None:
    """A single operation on what is affine."""
    if isinstance(expr, LogDet):
        if _is_definite_affine(expr.args[0], variables):
            return Curvature(Shape.CONCAVE, (CONCAVE_OF_AFFINE.filled(what=expr, name="log det"),))
        return None
    if isinstance(expr, LogSumExp) and _is_affine(expr.args[0], variables):
        return Curvature(Shape.CONVEX, (CONVEX_OF_AFFINE.filled(what=expr, name="log-sum-exp"),))
    if isinstance(expr, Trace):
        return _of_trace(expr, variables)
    if isinstance(expr, Power) and expr.is_scalar and isinstance(expr.exponent, Number):
        base, exponent = expr.args[0], expr.exponent.value
        inner = curvature(base, variables)
        # Only the root of a square is convex: that of another convex function need not be.
        kinds = {reason.english for reason in inner.reasons} if inner is not None else set()
        is_square = len(kinds) == 1 and kinds <= {SQUARE.english, FORM.english}
        if isinstance(base, Product) and exponent == Fraction(1, 2) and is_square:
            return Curvature(Shape.CONVEX, (CONVEX_OF_AFFINE.filled(what=expr, name="a norm"),))
    if isinstance(expr, (Elementwise, Power)):
        return _entrywise(expr, expr, variables) or (_composed(expr, variables) if expr.is_scalar else None)
    return None


def _composed(expr: Expr, variables: Sequence[Symbol]) -> Curvature | None:
    """A power of at least 1 or exp of a convex number, the logarithm of a concave one."""
    if not isinstance(expr, (Exp, Log, Power)):
        return None
    inner = curvature(expr.args[0], variables)
    if inner is None:
        return None
    if isinstance(expr, Exp):
        return (
            Curvature(Shape.CONVEX, (EXP_OF_CONVEX.filled(what=expr),)) if _is(inner, Shape.CONVEX) else None
        )
    if isinstance(expr, Log):
        concave = Curvature(Shape.CONCAVE, (LOG_OF_CONCAVE.filled(what=expr),))
        return concave if _is(inner, Shape.CONCAVE) else None
    exponent = expr.exponent.value if isinstance(expr.exponent, Number) else 0
    if exponent >= 1 and _is(inner, Shape.CONVEX) and expr.args[0].facts & Fact.NONNEGATIVE:
        return Curvature(Shape.CONVEX, (COMPOSED.filled(what=expr, name="a power"),))
    return None


def _is(found: Curvature, shape: Shape) -> bool:
    return found.shape in (shape, Shape.AFFINE)


def _of_trace(expr: Trace, variables: Sequence[Symbol]) -> Curvature | None:
    inside = expr.args[0]
    if isinstance(inside, Sum):
        parts = [curvature(type(expr).rebuild((term,), expr.data), variables) for term in inside.args]
        return parts[0] if len(parts) == 1 else None
    if isinstance(inside, MatrixPower) and inside.args[1] is number(2) and inside.has(Fact.SYMMETRIC):
        if inside.args[0].has(Fact.SYMMETRIC) and _is_affine(inside.args[0], variables):
            return Curvature(Shape.CONVEX, (SQUARE.filled(what=expr),))
        return None
    if (
        isinstance(inside, Expm)
        and inside.args[0].has(Fact.SYMMETRIC)
        and _is_affine(inside.args[0], variables)
    ):
        return Curvature(Shape.CONVEX, (TRACE_OF_EXP.filled(what=expr),))
    if not isinstance(inside, Product) or inside.scalars or inside.coefficient != 1:
        return None
    chain = inside.chain
    if len(chain) == 2 and _is_entropy(*chain, variables):
        return Curvature(Shape.CONVEX, (VON_NEUMANN.filled(what=expr),))
    # A trace is the same however its factors are shifted round.
    for shift in range(len(chain)):
        turned = (*chain[shift:], *chain[:shift])
        form = _form(expr, turned, variables)
        if form is not None:
            return form
        fixed, last = turned[:-1], turned[-1]
        if isinstance(last, Inverse) and not any(_depends(factor, variables) for factor in fixed):
            whole = multiply(*fixed)
            if whole.has(Fact.POSITIVE_SEMIDEFINITE) and _is_definite_affine(last.args[0], variables):
                return Curvature(Shape.CONVEX, (TRACE_OF_INVERSE.filled(what=expr),))
    return _weighted_square(expr, chain, variables)


def _is_entropy(first: Expr, second: Expr, variables: Sequence[Symbol]) -> bool:
    """Whether two factors are X and log X of a positive definite X, in either order."""
    pairs = ((first, second), (second, first))
    return any(
        isinstance(log, Logm) and log.args[0] is x and _is_definite_affine(x, variables) for x, log in pairs
    )


def _weighted_square(expr: Trace, chain: Sequence[Expr], variables: Sequence[Symbol]) -> Curvature | None:
    """tr(ZᵀPZQ) with positive semidefinite P and Q, which is the square of P^½ Z Q^½."""
    for shift in range(len(chain)):
        turned = (*chain[shift:], *chain[:shift])
        last = turned[-1]
        if _depends(last, variables) or not last.has(Fact.POSITIVE_SEMIDEFINITE):
            continue
        front = turned[:-1]
        half, odd = divmod(len(front), 2)
        if half == 0 or any(front[i].T is not front[-1 - i] for i in range(half)):
            continue
        middle_fits = not odd or (
            front[half].has(Fact.POSITIVE_SEMIDEFINITE) and not _depends(front[half], variables)
        )
        if middle_fits and _is_affine(multiply(*front[len(front) - half :]), variables):
            return Curvature(Shape.CONVEX, (FORM.filled(what=expr, matrix=last),))
    return None
