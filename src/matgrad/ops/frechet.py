"""Fréchet derivatives: of the exponential, the logarithm, the square root and powers of a matrix.

The derivative of an analytic f at A in the direction V is the Fréchet derivative L_f(A, V)
(Higham, 2008, ch. 3). With real coefficients its adjoint is V ↦ L_f(Aᵀ, V). Higher derivatives
are symmetric multilinear maps of the directions; their adjoint in one direction transposes the
others as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from itertools import permutations

from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import Shape, same
from matgrad.core.errors import ArgumentError, NotDifferentiableError, ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import TRIANGULAR, Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, add, multiply, split_scalars
from matgrad.ops.frechet_values import (
    derivative,
    derivative_of_symmetric,
    matrix,
    matrix_of_symmetric,
)
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Eye, Number, eye, is_zero, number, zeros
from matgrad.ops.power import power
from matgrad.ops.requirements import require_square
from matgrad.ops.trace import trace
from matgrad.ops.transpose import Transpose, transpose


class MatrixFunction(Expr):
    """An analytic function of a square matrix."""

    __slots__ = ()
    rank = 50
    inherited = Fact.SYMMETRIC | TRIANGULAR | Fact.CIRCULANT | Fact.CONSTANT

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], cls.name, Phrase("{name}({x}) for entry by entry").filled(name=cls.name[:-1]))
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return ANALYTIC[cls.name].build(args[0], ())

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts & self.inherited
        if self.args[0].T is self.args[0]:
            facts |= Fact.SYMMETRIC
        return facts

    def linear_map(self, index: int) -> LinearMap:
        return frechet_map(self.name, self.args[0], ())

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self if transposed[0] is self.args[0] else None


@dataclass(frozen=True, slots=True)
class Analytic:
    """An analytic function of matrices: how to build it, its derivative on numbers, its value."""

    build: Callable[[Expr, tuple[Expr, ...]], Expr]
    derivative: Callable[[Expr, tuple[Expr, ...]], Expr]
    """f'(A), for directions that commute with A."""
    value: Callable[[Arrays, Array, tuple[Array, ...]], Array]
    matrix: Callable[[Arrays, Array], Array] | None = None
    """The matrix on vec of its derivative on arrays, where there is a shorter way than unit by unit."""
    divided: Callable[[Arrays, Array, tuple[Array, ...], tuple[Expr, ...]], Array] | None = None
    """Its divided differences at a column of eigenvalues, where the matrix is always symmetric; of the
    parameters it takes the values, and the expressions for what decides how they are computed."""
    by_parameter: tuple[str, Callable[[tuple[Expr, ...]], tuple[Expr, ...]]] | None = None
    """Its derivative by the first parameter: another function of this kind, and the parameters of that."""


ANALYTIC: dict[str, Analytic] = {}
"""The functions that have Fréchet derivatives, by name; each is entered where it is defined."""


class Frechet(Expr):
    """The k-th Fréchet derivative of a matrix function in k directions.

    ``data`` is ``(function, count of parameters)``; ``args`` are the matrix, the parameters, and
    the directions in order.
    """

    __slots__ = ()
    name = "frechet"
    reason = Phrase("derivative of a Fréchet derivative", "Higham (2008)", "ch. 3")
    legend = Phrase(
        "L_f(A, V) is the Fréchet derivative of f at A in the direction V",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], phrase("a Fréchet derivative"), phrase("a square matrix"))
        for parameter in args[1 : 1 + data[1]]:
            if not parameter.is_scalar:
                raise ShapeError(
                    phrase(
                        "the exponent must be a scalar, but {parameter} is none",
                        parameter=parameter.describe(),
                    )
                )
        for direction in args[1 + data[1] :]:
            if not (same(direction.rows, args[0].rows) and same(direction.columns, args[0].columns)):
                raise ShapeError(
                    phrase(
                        "the direction {direction} does not have the shape of {x}",
                        direction=direction.describe(),
                        x=args[0].describe(),
                    )
                )
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        count = data[1]
        return frechet(data[0], args[0], args[1 : 1 + count], args[1 + count :])

    @property
    def parameters(self) -> tuple[Expr, ...]:
        """What the function has besides its matrix: the exponent of a power."""
        return self.args[1 : 1 + self.data[1]]

    @property
    def directions(self) -> tuple[Expr, ...]:
        """The directions of differentiation."""
        return self.args[1 + self.data[1] :]

    @property
    def operand_indices(self) -> tuple[int, ...]:
        return _operands(self)

    def linear_map(self, index: int) -> LinearMap:
        if index == 0:
            return frechet_map(self.data[0], self.args[0], self.parameters, self.directions)
        by_parameter = ANALYTIC[self.data[0]].by_parameter
        if index <= self.data[1] and by_parameter is not None:
            name, parameters = by_parameter
            return lm.Outer(frechet(name, self.args[0], parameters(self.parameters), self.directions))
        others = self.args[1 + self.data[1] : index] + self.args[index + 1 :]
        return frechet_map(self.data[0], self.args[0], self.parameters, others)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        count, function = self.data[1], ANALYTIC[self.data[0]]
        value, parameters = function.value, values[1 : 1 + count]
        if function.divided is not None and len(self.directions) == 1:
            eigenvalues, vectors = xp.eigh(values[0])
            differences = function.divided(xp, eigenvalues, parameters, self.parameters)
            return derivative_of_symmetric(xp, vectors, differences, values[-1])
        return derivative(xp, lambda block: value(xp, block, parameters), values[0], values[1 + count :])

    def planned(self, plan: Planning, *values: Array) -> Array:
        one = self.data[0] == "expm" and len(self.directions) == 1
        made = plan.frechet_expm(*values) if one else None
        return super().planned(plan, *values) if made is None else made

    def transpose_operands(self) -> tuple[Expr, ...]:
        return (self.args[0], *self.directions)

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return frechet(self.data[0], transposed[0], self.parameters, transposed[1:])

    def explanation(self) -> Phrase | None:
        # The derivative of a power is written out as a sum.
        return None if self.data[0] == "power" else self.legend

    def notation(self) -> Notation:
        name = self.data[0]
        if name == "power" and len(self.directions) == 1:
            return Notation(
                "frechet_power({*})",
                "Σ_{{i=0}}^{{{1}−1}} {0}ⁱ {2} {0}^({1}−1−i)",
                r"\sum_{{i=0}}^{{{1}-1}} {0}^{{i}}\, {2}\, {0}^{{{1}-1-i}}",
                "frechet_power({*})",
            )
        return Notation(
            f"frechet_{name}({{*}})",
            f"L_{name}({{*}})",
            rf"L_{{\mathrm{{{_escaped(name)}}}}}\left({{*}}\right)",
            f"frechet_{name}({{*}})",
        )


def _operands(node: Expr) -> tuple[int, ...]:
    """The matrix and the directions; and the first parameter, where a derivative by it is known."""
    name, count = node.data
    differentiable = ANALYTIC[name].by_parameter is not None and not node.args[1].facts & Fact.CONSTANT
    return (0, *((1,) if differentiable else ()), *range(1 + count, len(node.args)))


def _escaped(name: str) -> str:
    """A name within a formula in LaTeX."""
    return name.replace("_", r"\_")


def _expanded_power(a: Expr, k: int, directions: tuple[Expr, ...]) -> Expr:
    """The derivative of X^k written out: the words in X and the directions, in every order."""
    order = len(directions)
    terms: list[Expr] = []
    for arrangement in permutations(directions):
        for exponents in _compositions(k - order, order + 1):
            word: list[Expr] = [_whole_power(a, exponents[0])]
            for direction, exponent in zip(arrangement, exponents[1:], strict=True):
                word += [direction, _whole_power(a, exponent)]
            terms.append(multiply(*word))
    return add(*terms) if terms else zeros(*a.shape)


def _whole_power(a: Expr, exponent: int) -> Expr:
    return ANALYTIC["power"].build(a, (number(exponent),))


def _compositions(total: int, parts: int) -> list[tuple[int, ...]]:
    """The ways to write a number as an ordered sum of that many numbers from 0 up."""
    if total < 0:
        return []
    if parts == 1:
        return [(total,)]
    return [(first, *rest) for first in range(total + 1) for rest in _compositions(total - first, parts - 1)]


LARGEST_EXPANDED_POWER = 4
"""Up to this exponent the derivative of a power is written out as a sum of words."""


def frechet(name: str, a: Expr, parameters: tuple[Expr, ...], directions: tuple[Expr, ...]) -> Expr:
    """The derivative of a matrix function in the given directions.

    Parameters
    ----------
    name : str
        A key of :data:`ANALYTIC`.
    a : Expr
        The square matrix.
    parameters : tuple of Expr
        What the function has besides its matrix.
    directions : tuple of Expr
        Matrices of the shape of ``a``; the result is symmetric and linear in them.
    """
    Frechet.shape_rule((a, *parameters, *directions), (name, len(parameters)))
    if not directions:
        return ANALYTIC[name].build(a, parameters)
    if name == "power" and isinstance(parameters[0], Number):
        k = int(parameters[0].value)
        if k < 0:
            raise ArgumentError(
                phrase("the Fréchet derivative of a power is for exponents from 0 up, not {k}", k=k),
                fix=f"frechet_power(inv({a}), {-k}, …)",
            )
        if k <= LARGEST_EXPANDED_POWER:
            return _expanded_power(a, k, directions)
    for place, direction in enumerate(directions):
        others = directions[:place] + directions[place + 1 :]
        if is_zero(direction):
            return zeros(*a.shape)
        if isinstance(direction, Sum):
            return add(
                *(
                    frechet(name, a, parameters, (*others[:place], term, *others[place:]))
                    for term in direction.args
                )
            )
        split = split_scalars(direction)
        if split is not None:
            inner = frechet(name, a, parameters, (*others[:place], split[1], *others[place:]))
            return multiply(split[0], inner)
        if len(directions) == 1 and commutes(a, direction):
            return multiply(direction, ANALYTIC[name].derivative(a, parameters))
    ordered = tuple(sorted(directions, key=lambda d: d.key))
    return Frechet.intern((a, *parameters, *ordered), (name, len(parameters)))


@singledispatch
def base_of(x: Expr) -> Expr:
    """The matrix that a power or an inverse is one of; of anything else, itself."""
    return x


@base_of.register
def _(x: Inverse) -> Expr:
    return x.args[0]


@base_of.register
def _(x: Transpose) -> Expr:
    base = base_of(x.args[0])
    return x if base is x.args[0] else transpose(base)


def commutes(a: Expr, direction: Expr) -> bool:
    """Whether a direction is written as something that commutes with A: functions of one matrix do."""
    if isinstance(direction, Eye):
        return True
    generator = _generator(a)
    factors = direction.chain if isinstance(direction, Product) else (direction,)
    return bool(factors) and all(_generator(factor) is generator for factor in factors)


def _generator(x: Expr) -> Expr:
    """The matrix that a power, an inverse, or a function of a matrix is one of."""
    while True:
        inner = x.args[0] if isinstance(x, MatrixFunction) else _without_scalars(base_of(x))
        if inner is x:
            return x
        x = inner


def _without_scalars(a: Expr) -> Expr:
    """A matrix without the number and the scalars in front of it."""
    return multiply(*a.chain) if isinstance(a, Product) and a.chain else a


@dataclass(frozen=True, slots=True)
class FrechetMap(LinearMap):
    """V ↦ the derivative of f at A in the directions given and V."""

    function: str
    matrix: Expr
    parameters: tuple[Expr, ...]
    directions: tuple[Expr, ...]

    @property
    def domain(self) -> Shape:  # type: ignore[override]
        return self.matrix.shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.matrix.shape

    def apply(self, v: Expr) -> Expr:
        return frechet(self.function, self.matrix, self.parameters, (*self.directions, v))

    def adjoint(self) -> LinearMap:
        turned = tuple(transpose(d) for d in self.directions)
        return FrechetMap(self.function, transpose(self.matrix), self.parameters, turned)

    def kronecker(self) -> Expr:
        return frechet_matrix(self.function, self.matrix, self.parameters, self.directions)


def frechet_map(
    name: str, a: Expr, parameters: tuple[Expr, ...], directions: tuple[Expr, ...] = ()
) -> LinearMap:
    """The linear map of one more direction; powers with small exponents are written out."""
    if name == "power" and isinstance(parameters[0], Number) and not directions:
        k = int(parameters[0].value)
        if 0 <= k <= LARGEST_EXPANDED_POWER:
            return lm.add_maps(
                *(
                    lm.two_sided(
                        _whole_power(a, i),
                        _whole_power(a, k - 1 - i),
                        a.shape,
                    )
                    for i in range(k)
                )
            )
    return FrechetMap(name, a, parameters, directions)


class FrechetMatrix(Expr):
    """The matrix on vec of V ↦ the derivative of f at A in the directions given and V.

    ``data`` and ``args`` are those of :class:`Frechet` with one direction fewer.
    """

    __slots__ = ()
    name = "frechet_matrix"
    legend = Phrase(
        "K_f(A) is the matrix on vec of the Fréchet derivative of f at A",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        Frechet.shape_rule(args, data)
        order = args[0].rows * args[0].rows
        return (order, order)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        count = data[1]
        return frechet_matrix(data[0], args[0], args[1 : 1 + count], args[1 + count :])

    @property
    def operand_indices(self) -> tuple[int, ...]:
        return _operands(self)

    def linear_map(self, index: int) -> LinearMap:
        raise NotDifferentiableError(
            phrase(
                "no derivative is known of the matrix on vec of the Fréchet derivative of {data}",
                data=self.data[0],
            ),
            fix=phrase("ask for the differential of the next order instead of the Jacobian of a Jacobian"),
        )

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        function = ANALYTIC[self.data[0]]
        if function.matrix is not None and not self.directions:
            return function.matrix(xp, values[0])
        count = self.data[1]
        value, parameters = function.value, values[1 : 1 + count]
        if function.divided is not None and not self.directions:
            eigenvalues, vectors = xp.eigh(values[0])
            exprs = self.args[1 : 1 + count]
            return matrix_of_symmetric(xp, vectors, function.divided(xp, eigenvalues, parameters, exprs))
        return matrix(xp, lambda block: value(xp, block, parameters), values[0], values[1 + count :])

    @property
    def directions(self) -> tuple[Expr, ...]:
        """The directions of differentiation, but for the last, which is open."""
        return self.args[1 + self.data[1] :]

    def explanation(self) -> Phrase | None:
        # The derivative of a power is written out as a sum.
        return None if self.data[0] == "power" else self.legend

    def notation(self) -> Notation:
        name = self.data[0]
        if name == "power" and len(self.args) == 2:
            return Notation(
                "frechet_matrix_power({*})",
                "Σ_{{i=0}}^{{{1}−1}} ({0}ᵀ)^({1}−1−i) ⊗ {0}ⁱ",
                r"\sum_{{i=0}}^{{{1}-1}} \left({0}^{{\top}}\right)^{{{1}-1-i}} \otimes {0}^{{i}}",
                "frechet_matrix_power({*})",
            )
        return Notation(
            f"frechet_matrix_{name}({{*}})",
            f"K_{name}({{*}})",
            rf"K_{{\mathrm{{{_escaped(name)}}}}}\left({{*}}\right)",
            f"frechet_matrix_{name}({{*}})",
        )


def frechet_matrix(name: str, a: Expr, parameters: tuple[Expr, ...], directions: tuple[Expr, ...]) -> Expr:
    """The matrix on vec of a Fréchet derivative, as a function of its last direction."""
    if any(is_zero(d) for d in directions):
        return zeros(a.rows * a.rows, a.rows * a.rows)
    if isinstance(a, Eye) and not directions:
        return multiply(
            trace(ANALYTIC[name].derivative(a, parameters)),
            power(trace(a), number(-1)),
            eye(a.rows * a.rows),
        )
    ordered = tuple(sorted(directions, key=lambda d: d.key))
    return FrechetMatrix.intern((a, *parameters, *ordered), (name, len(parameters)))
