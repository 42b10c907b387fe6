"""Expressions as they are written: held differentials, and nodes that nothing simplifies.

The constructors of the operations bring expressions to canonical form. A step of a derivation shows
a form *before* that: ``tr(dXᵀ A X + XᵀA dX)``, where ``tr(A + B)`` would become a sum of traces. Such
nodes are made with ``Operation.intern``, which takes its operands as given; they are written by the
ordinary printers and evaluated by their ordinary numeric meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import singledispatch

from matgrad import printing
from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, SCALAR, Shape
from matgrad.core.expr import Data, Expr, Symbol, postorder
from matgrad.core.facts import LINEAR_STRUCTURE, Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.explanation.reasons import NORM
from matgrad.ops.arithmetic import AS_GIVEN, Product, Sum, multiply, scale, split_number
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.identities import matrix_products
from matgrad.ops.leaves import Eye, Number, Ones, is_zero, number, zeros
from matgrad.ops.maps import Inner
from matgrad.ops.power import Power, power
from matgrad.ops.reductions import norm
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose, transpose
from matgrad.printing.shapes import (
    begins_with_one,
    has_mixed_signs,
    is_ones,
    leads_positive,
    parts_of,
    square_root,
)


class Change(Expr):
    """d(F) for an expression F: its differential, not yet written out.

    It has no numeric meaning of its own; a :class:`matgrad.explanation.verification.SampledPoint` knows the
    variable and its change, and so the value. It is not an operation of the language.
    """

    __slots__ = ()
    rank = 90

    @classmethod
    def of(cls, expr: Expr) -> Change:
        """The held differential of an expression."""
        return cls.intern((expr,))

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cls.intern(args, data)

    def infer_facts(self) -> Fact:
        # A change of a symmetric matrix is symmetric.
        return self.args[0].facts & LINEAR_STRUCTURE & ~Fact.CONSTANT

    @property
    def is_differential(self) -> bool:
        return True

    @property
    def expr(self) -> Expr:
        """F."""
        return self.args[0]

    def notation(self) -> Notation:
        """dZ for a name, d log det(X) before the name of a function, else d(XᵀX)."""
        expr = self.expr
        if isinstance(expr, Symbol):
            return Notation("d{0}", "d{0}", r"\mathrm{d}{0}", "d{0}")
        if printing.is_call(expr):
            return Notation("d({0})", "d {0}", r"\mathrm{d} {0}", "d({0})")
        return Notation("d({0})", "d({0})", r"\mathrm{d}\left({0}\right)", "d({0})")


class Norm(Expr):
    """‖Y‖ as it is written; canonically it is the root of a sum of squares."""

    __slots__ = ()
    rank = 90
    reason = NORM

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return norm(args[0])

    def linear_map(self, index: int) -> LinearMap:
        return Inner(multiply(power(norm(self.args[0]), number(-1)), self.args[0]))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        squares = xp.hadamard(values[0], values[0])
        rows, columns = xp.shape(squares)
        whole = xp.matmul(xp.matmul(xp.ones(1, rows), squares), xp.ones(columns, 1))
        return xp.map(lambda f, t: f.sqrt(t), whole)

    def notation(self) -> Notation:
        is_matrix = not (self.args[0].is_vector or self.args[0].is_row)
        latex = r"\|{0}\|" + ("_F" if is_matrix else "")
        return Notation("norm({0})", "‖{0}‖", latex, "norm({0})")


class Called(Expr):
    """A function as its author called it, beside what that is canonically: var(x), max(0, x).

    Its first operand is the value; those after it are the arguments as they were written.
    """

    __slots__ = ()
    rank = 90

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return args[0]

    @property
    def value(self) -> Expr:
        """What the call is canonically."""
        return self.args[0]

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return values[0]

    def notation(self) -> Notation:
        name = _EXTREMES.get(self.data[0], self.data[0])
        arguments = ", ".join(f"{{{place}}}" for place in range(1, len(self.args)))
        if name in _CALLS:
            return _CALLS[name]
        shown = (
            rf"\{name}" if name in _LATEX_FUNCTIONS else rf"\operatorname{{{{{name}}}}}".replace("_", r"\_")
        )
        plain = f"{name}({arguments})"
        return Notation(plain, plain, rf"{shown}\left({arguments}\right)", plain)


_LATEX_FUNCTIONS = frozenset({"max", "min", "log", "exp", "det"})
_EXTREMES = {"maximum": "max", "minimum": "min", "fmax": "max", "fmin": "min"}
_CALLS = {
    "norm1": Notation("norm1({1})", "‖{1}‖₁", r"\|{1}\|_1", "norm1({1})"),
    "sqrt": Notation("sqrt({1})", "√({1})", r"\sqrt{{{1}}}", "sqrt({1})"),
    "inv": Notation("inv({1})", "({1})⁻¹", r"\left({1}\right)^{{-1}}", "inv({1})"),
}


def without_calls(expr: Expr) -> Expr:
    """An expression with what each function in it is canonically, where its author called another."""
    return replaced(expr, lambda node: node.value if isinstance(node, Called) else None)


def squared_norm(node: Expr, exponent: Fraction = Fraction(2)) -> Expr | None:
    """‖Y‖² for yᵀy or tr(YᵀY), or another power of the norm."""
    root = square_root(node) if node.is_scalar else None
    if root is None:
        return None
    inside = multiply(*root)
    if has_mixed_signs(inside) and not leads_positive(inside):
        inside = scale(-1, inside)
    return (
        Norm.intern((inside,)) if exponent == 1 else Power.intern((Norm.intern((inside,)), number(exponent)))
    )


def in_norms(node: Expr) -> Expr | None:
    """A square, or a power of one, that nobody typed so, as a norm."""
    if isinstance(node, Power) and node.is_scalar and isinstance(node.exponent, Number):
        return squared_norm(node.args[0], 2 * node.exponent.value)
    return squared_norm(node)


def product(*factors: Expr, coefficient: Fraction = Fraction(1), in_order: bool = False) -> Expr:
    """The product of factors as they stand; scalars are sorted where they need not be ``in_order``.

    Products inside it are opened, powers of one scalar are put together and identities left out, as no
    author would write them; nothing else changes.
    """
    scalars: list[Expr] = []
    chain: list[Expr] = []
    for factor in factors:
        if isinstance(factor, Number):
            coefficient *= factor.value
        elif not isinstance(factor, Product):
            (scalars if factor.is_scalar else chain).append(factor)
        else:
            coefficient *= factor.coefficient
            scalars += factor.scalars
            if factor.is_scalar and factor.chain:
                scalars.append(Product.intern(factor.chain, (Fraction(1), 0)))
            else:
                chain += factor.chain
    if coefficient == 0 or not (scalars or chain):
        return number(coefficient) if not chain else zeros(chain[0].rows, chain[-1].columns)
    if scalars and chain and chain[0].rows is ONE and chain[-1].columns is ONE:
        # A scalar that is a chain is one scalar factor among the others.
        scalars.append(product(*chain))
        chain = []
    if len(chain) > 1:
        chain = [factor for factor in chain if not isinstance(factor, Eye)] or chain[:1]
    front, merged = matrix_products.collect_powers(scalars)
    if in_order and front == 1 and len(merged) == len(scalars):
        merged = scalars  # nothing was put together, so they keep their order
    coefficient, scalars = coefficient * front, sorted(merged, key=_is_change)
    if len(scalars) == 1 and not chain and isinstance(scalars[0], Product):
        only = scalars[0]
        scalars, chain = list(only.scalars), list(only.chain)
    is_sum = len(chain) > 1 and not scalars and chain[0].rows is ONE and isinstance(chain[-1], Ones)
    if is_sum and not is_ones(parts_of(chain[0].T)):
        # A sum of entries is written as one: sum(y), and not yᵀ𝟏.
        chain = [transpose(f) if isinstance(f, Sum) or not f.args else turned(f) for f in reversed(chain)]
    if coefficient == 1 and len(scalars) + len(chain) == 1:
        return (scalars + chain)[0]
    return Product.intern((*scalars, *chain), (coefficient, len(scalars)))


def _is_change(factor: Expr) -> bool:
    """Whether a factor is dt or a held differential, which stand last: 2t dt."""
    return factor.is_differential


def plus(*terms: Expr) -> Expr:
    """The sum of terms in the order given; sums among them are opened, nothing is collected."""
    flat: list[Expr] = []
    for term in terms:
        flat += term.args if isinstance(term, Sum) else [term]
    flat = [term for term in flat if not is_zero(term)]
    if not flat:
        return zeros(*terms[0].shape)
    return flat[0] if len(flat) == 1 else Sum.intern(tuple(flat), AS_GIVEN)


def traced(inside: Expr) -> Expr:
    """The trace of an expression as it stands, with numbers and scalars in front; a number stays one."""
    if inside.is_scalar:
        return inside
    if isinstance(inside, Product) and (inside.scalars or inside.coefficient != 1):
        coefficient, chain = _with_sign(inside.coefficient, inside.chain)
        return product(*inside.scalars, Trace.intern((product(*chain),)), coefficient=coefficient)
    return Trace.intern((inside,))


def _with_sign(coefficient: Fraction, factors: Sequence[Expr]) -> tuple[Fraction, list[Expr]]:
    """Let a difference among factors, or inside them, take a minus: −2(B − A) is 2(A − B).

    One of 1 and a value takes none: it is written 1 − h², whatever stands in front.
    """
    turned = list(factors)
    found = [difference for factor in factors for difference in _differences(factor)]
    single = [difference for difference in found if found.count(difference) == 1]
    for difference in filter(begins_with_one, single):
        if not leads_positive(difference):
            coefficient, turned = -coefficient, [_opposite(factor, difference) for factor in turned]
    single = [difference for difference in single if not begins_with_one(difference)]
    if coefficient >= 0 or not single:
        return coefficient, turned
    chosen = min(single, key=lambda difference: (_begins_well(difference), found.index(difference)))
    return -coefficient, [_opposite(factor, chosen) for factor in turned]


def _differences(expr: Expr) -> list[Expr]:
    """The differences that an expression is a product of, at any depth."""
    if isinstance(expr, Sum):
        return [expr] if has_mixed_signs(expr) else []
    if not isinstance(expr, (Product, Hadamard, Transpose)):
        return []
    return [difference for arg in expr.args for difference in _differences(arg)]


def _begins_well(difference: Expr) -> int:
    """How much better a difference looks as it is: h² − 1 least, b − a little, a − b most."""
    parts = [parts_of(term) for term in difference.args]
    if any(part.number < 0 and not part.scalars and (is_ones(part) or not part.chain) for part in parts):
        return 0
    return 2 if leads_positive(difference) else 1


def _opposite(expr: Expr, chosen: Expr) -> Expr:
    """An expression with one of the differences in it turned."""
    if expr is chosen:
        return scale(-1, expr)
    if chosen not in _differences(expr):
        return expr
    return type(expr).intern(tuple(_opposite(arg, chosen) for arg in expr.args), expr.data)


def by_entry(factors: Sequence[Expr]) -> Expr:
    """The product entry by entry of factors as they stand, with numbers and scalars in front."""
    front: list[Expr] = []
    parts: list[Expr] = []
    for factor in factors:
        if isinstance(factor, Product) and (factor.scalars or factor.coefficient != 1):
            front += [number(factor.coefficient), *factor.scalars]
            factor = product(*factor.chain)
        parts += factor.args if isinstance(factor, Hadamard) else (factor,)
    scalars = product(number(1), *front)
    front_number, rest = split_number(scalars)
    coefficient, parts = _with_sign(front_number, parts)
    return product(rest, Hadamard.intern(tuple(parts)), coefficient=coefficient)


def turned(inside: Expr) -> Expr:
    """The transpose of an expression as it stands; of a product, the product of the transposes."""
    if isinstance(inside, Transpose):
        return inside.args[0]
    if isinstance(inside, Product):
        factors = [turned(factor) for factor in reversed(inside.chain)]
        return product(*inside.scalars, *factors, coefficient=inside.coefficient)
    plain = inside.is_scalar or not inside.args or inside.T is inside
    plain = plain or (isinstance(inside, Sum) and inside.is_row and not inside.data)
    return transpose(inside) if plain else Transpose.intern((inside,))


@singledispatch
def with_operands(node: Expr, args: tuple[Expr, ...]) -> Expr:
    """The operation on other operands, in the form that these have."""
    return type(node).intern(args, node.data)


@with_operands.register
def _(node: Product, args: tuple[Expr, ...]) -> Expr:
    return product(*args, coefficient=node.coefficient)


@with_operands.register
def _(node: Trace, args: tuple[Expr, ...]) -> Expr:
    return traced(args[0])


@with_operands.register
def _(node: Transpose, args: tuple[Expr, ...]) -> Expr:
    return turned(args[0])


@with_operands.register
def _(node: Hadamard, args: tuple[Expr, ...]) -> Expr:
    return by_entry(args)


@with_operands.register
def _(node: Sum, args: tuple[Expr, ...]) -> Expr:
    return plus(*args) if any(isinstance(arg, Sum) for arg in args) else Sum.intern(args, node.data)


def replaced(root: Expr, replace: Callable[[Expr], Expr | None]) -> Expr:
    """Replace nodes of an expression and leave all others in the form they have.

    Parameters
    ----------
    root : Expr
        The expression.
    replace : callable
        Gives the replacement of a node, or ``None`` to keep it with its new operands.
    """
    done: dict[Expr, Expr] = {}
    for node in postorder(root, lambda n: n not in done):
        new = replace(node)
        if new is None:
            args = tuple(done[arg] for arg in node.args)
            new = node if args == node.args else with_operands(node, args)
        done[node] = new
    return done[root]


def inserted(expr: Expr, symbol: Symbol, value: Expr) -> Expr:
    """An expression with a value in the place of a name, as it stands."""
    return replaced(expr, lambda node: value if node is symbol else None)
