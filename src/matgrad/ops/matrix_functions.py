"""Functions of square matrices: exponential, logarithm, square root, powers, Cholesky.

The derivative of an analytic f at A in the direction V is the Fréchet derivative L_f(A, V)
(Higham, 2008, ch. 3). With real coefficients its adjoint is V ↦ L_f(Aᵀ, V). Higher derivatives
are symmetric multilinear maps of the directions; their adjoint in one direction transposes the
others as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape, same
from matgrad.core.errors import ArgumentError, DomainError, NotDifferentiableError, ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.phrase import Phrase
from matgrad.core.reason import Reason
from matgrad.ops import arithmetic, inverse, kronecker, linear_map as lm, power, structure, trace
from matgrad.ops.frechet_values import MATRICES, derivative, matrix
from matgrad.ops.leaves import Eye, Number, eye, is_zero, number, ones, zeros
from matgrad.ops.registry import function
from matgrad.ops.transpose import oriented, transpose


class MatrixFunction(Expr):
    """An analytic function of a square matrix."""

    __slots__ = ()
    rank = 50
    inherited = Fact.SYMMETRIC | Fact.DIAGONAL | Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR | Fact.CONSTANT

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        inverse.require_square(args[0], cls.name, f"{cls.name[:-1]}({{}}) for entry by entry")
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return ANALYTIC[cls.name].build(args[0], ())

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts & self.inherited
        if self.args[0].T is self.args[0]:
            facts |= Fact.SYMMETRIC
        return facts

    def linear_map(self, index: int) -> lm.LinearMap:
        return frechet_map(self.name, self.args[0], ())

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self if transposed[0] is self.args[0] else None


class Expm(MatrixFunction):
    """The matrix exponential."""

    __slots__ = ()
    name = "expm"
    reason = Reason("differential of the matrix exponential", "矩阵指数的微分", "Higham (2008), ch. 10")

    def infer_facts(self) -> Fact:
        facts = super().infer_facts() | Fact.INVERTIBLE
        if facts & Fact.SYMMETRIC:
            facts |= Fact.POSITIVE_DEFINITE
        if self.args[0].facts & Fact.SKEW:
            facts |= Fact.ORTHOGONAL
        return facts

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.expm(values[0])

    def notation(self) -> Notation:
        return call("expm", r"\exp")


@function("expm", numpy="linalg.expm", example="tr(A*expm(X))", given="A: n×n, X: n×n")
def expm(x: Expr) -> Expr:
    """The exponential of a square matrix (for the exponential of every entry, see exp).

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    Expm.shape_rule((x,), ())
    if x.is_scalar:
        from matgrad.ops.elementwise import exp

        return exp(x)
    if is_zero(x):
        return eye(x.rows)
    if isinstance(x, Logm):
        return x.args[0]
    return oriented(Expm, x)


class Logm(MatrixFunction):
    """The principal logarithm of a matrix without eigenvalues on the closed negative real axis."""

    __slots__ = ()
    name = "logm"
    reason = Reason("differential of the matrix logarithm", "矩阵对数的微分", "Higham (2008), ch. 11")

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.logm(values[0])

    def notation(self) -> Notation:
        return call("logm", r"\log")


@function("logm", numpy="linalg.logm", example="tr(A*logm(X))", given="A: n×n, X: n×n spd")
def logm(x: Expr) -> Expr:
    """The principal logarithm of a square matrix (for the logarithm of every entry, see log).

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    Logm.shape_rule((x,), ())
    if x.is_scalar:
        from matgrad.ops.elementwise import log

        return log(x)
    if isinstance(x, Eye):
        return zeros(*x.shape)
    if isinstance(x, Expm) and x.facts & Fact.SYMMETRIC:
        return x.args[0]
    if isinstance(x, inverse.Inverse):
        return arithmetic.scale(-1, logm(x.args[0]))
    return oriented(Logm, x)


class Sqrtm(MatrixFunction):
    """The principal square root: S with S S = X. dS solves S dS + dS S = dX (Higham, 2008, ch. 6)."""

    __slots__ = ()
    name = "sqrtm"
    reason = Reason("differential of the matrix square root", "矩阵平方根的微分", "Higham (2008), ch. 6")

    def infer_facts(self) -> Fact:
        return super().infer_facts() | self.args[0].facts & (
            Fact.POSITIVE_DEFINITE | Fact.POSITIVE_SEMIDEFINITE | Fact.INVERTIBLE
        )

    def linear_map(self, index: int) -> lm.LinearMap:
        return SylvesterSolve(self, self, self.shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.sqrtm(values[0])

    def notation(self) -> Notation:
        return Notation("sqrtm({0})", "{0}^(1/2)", "{0}^{{1/2}}", "sqrtm({0})")


@function("sqrtm", numpy="linalg.sqrtm", example="tr(A*sqrtm(X))", given="A: n×n, X: n×n spd")
def sqrtm(x: Expr) -> Expr:
    """The principal square root of a square matrix (for the root of every entry, see sqrt).

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    Sqrtm.shape_rule((x,), ())
    if x.is_scalar:
        return power.sqrt(x)
    if isinstance(x, Eye) or is_zero(x):
        return x
    squared = isinstance(x, inverse.MatrixPower) and x.args[1] is number(2)
    if squared and x.args[0].facts & Fact.POSITIVE_DEFINITE:
        return x.args[0]
    if isinstance(x, structure.Diag):
        return structure.diag(power.sqrt(x.args[0]))
    return oriented(Sqrtm, x)


# ---- Fréchet derivatives ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Analytic:
    """An analytic function of matrices: how to build it, its derivative on numbers, its value."""

    build: Callable[[Expr, tuple[Expr, ...]], Expr]
    derivative: Callable[[Expr, tuple[Expr, ...]], Expr]
    """f'(A), for directions that commute with A."""
    value: Callable[[Arrays, Array, tuple[Array, ...]], Array]


def _inverse(a: Expr, parameters: tuple[Expr, ...]) -> Expr:
    return inverse.inv(a)


def _half_inverse_root(a: Expr, parameters: tuple[Expr, ...]) -> Expr:
    return arithmetic.scale(Fraction(1, 2), inverse.inv(sqrtm(a)))


def _power(a: Expr, parameters: tuple[Expr, ...]) -> Expr:
    return inverse.matrix_power(a, parameters[0])


def _power_derivative(a: Expr, parameters: tuple[Expr, ...]) -> Expr:
    k = parameters[0]
    return arithmetic.multiply(k, inverse.matrix_power(a, arithmetic.subtract(k, number(1))))


ANALYTIC: dict[str, Analytic] = {
    "expm": Analytic(lambda a, p: expm(a), lambda a, p: expm(a), lambda xp, a, p: xp.expm(a)),
    "logm": Analytic(lambda a, p: logm(a), _inverse, lambda xp, a, p: xp.logm(a)),
    "sqrtm": Analytic(
        lambda a, p: sqrtm(a),
        _half_inverse_root,
        lambda xp, a, p: xp.sqrtm(a),
    ),
    "power": Analytic(
        _power,
        _power_derivative,
        lambda xp, a, p: xp.matrix_power(a, p[0]),
    ),
}
"""The functions that have Fréchet derivatives here, by name."""


class Frechet(Expr):
    """The k-th Fréchet derivative of a matrix function in k directions.

    ``data`` is ``(function, count of parameters)``; ``args`` are the matrix, the parameters, and
    the directions in order.
    """

    __slots__ = ()
    name = "frechet"
    reason = Reason("derivative of a Fréchet derivative", "Fréchet 导数的导数", "Higham (2008), ch. 3")
    legend = Phrase(
        "L_f(A, V) is the Fréchet derivative of f at A in the direction V",
        "L_f(A, V) 是 f 在 A 处沿方向 V 的 Fréchet 导数",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        inverse.require_square(args[0], "a Fréchet derivative", "a square matrix")
        for direction in args[1 + data[1] :]:
            if not (same(direction.rows, args[0].rows) and same(direction.columns, args[0].columns)):
                raise ShapeError(
                    f"the direction {direction.describe()} does not have the shape of {args[0].describe()}"
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
        return (0, *range(1 + self.data[1], len(self.args)))

    def linear_map(self, index: int) -> lm.LinearMap:
        if index == 0:
            return frechet_map(self.data[0], self.args[0], self.parameters, self.directions)
        others = self.args[1 + self.data[1] : index] + self.args[index + 1 :]
        return frechet_map(self.data[0], self.args[0], self.parameters, others)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        count = self.data[1]
        value, parameters = ANALYTIC[self.data[0]].value, values[1 : 1 + count]
        return derivative(xp, lambda block: value(xp, block, parameters), values[0], values[1 + count :])

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
            rf"L_{{\mathrm{{{name}}}}}\left({{*}}\right)",
            f"frechet_{name}({{*}})",
        )


def _expanded_power(a: Expr, k: int, directions: tuple[Expr, ...]) -> Expr:
    """The derivative of X^k written out: the words in X and the directions, in every order."""
    order = len(directions)
    terms: list[Expr] = []
    for arrangement in permutations(directions):
        for exponents in _compositions(k - order, order + 1):
            word: list[Expr] = [inverse.matrix_power(a, number(exponents[0]))]
            for direction, exponent in zip(arrangement, exponents[1:], strict=True):
                word += [direction, inverse.matrix_power(a, number(exponent))]
            terms.append(arithmetic.multiply(*word))
    return arithmetic.add(*terms) if terms else zeros(*a.shape)


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
                f"the Fréchet derivative of a power is for exponents from 0 up, not {k}",
                fix=f"frechet_power(inv({a}), {-k}, …)",
            )
        if k <= LARGEST_EXPANDED_POWER:
            return _expanded_power(a, k, directions)
    for place, direction in enumerate(directions):
        others = directions[:place] + directions[place + 1 :]
        if is_zero(direction):
            return zeros(*a.shape)
        if isinstance(direction, arithmetic.Sum):
            return arithmetic.add(
                *(
                    frechet(name, a, parameters, (*others[:place], term, *others[place:]))
                    for term in direction.args
                )
            )
        split = arithmetic.split_scalars(direction)
        if split is not None:
            inner = frechet(name, a, parameters, (*others[:place], split[1], *others[place:]))
            return arithmetic.multiply(split[0], inner)
        if len(directions) == 1 and _commutes(a, direction):
            return arithmetic.multiply(direction, ANALYTIC[name].derivative(a, parameters))
    ordered = tuple(sorted(directions, key=lambda d: d.key))
    return Frechet.intern((a, *parameters, *ordered), (name, len(parameters)))


def _commutes(a: Expr, direction: Expr) -> bool:
    """Whether a direction is written as something that commutes with A."""
    if isinstance(direction, Eye):
        return True
    base, _ = inverse.split_power(direction)
    core = _without_scalars(a)
    return base in (a, core) or (
        isinstance(direction, MatrixFunction) and _without_scalars(direction.args[0]) is core
    )


def _without_scalars(a: Expr) -> Expr:
    """A matrix without the number and the scalars in front of it."""
    return arithmetic.multiply(*a.chain) if isinstance(a, arithmetic.Product) and a.chain else a


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

    def adjoint(self) -> lm.LinearMap:
        turned = tuple(transpose(d) for d in self.directions)
        return FrechetMap(self.function, transpose(self.matrix), self.parameters, turned)

    def kronecker(self) -> Expr:
        return frechet_matrix(self.function, self.matrix, self.parameters, self.directions)


def frechet_map(
    name: str, a: Expr, parameters: tuple[Expr, ...], directions: tuple[Expr, ...] = ()
) -> lm.LinearMap:
    """The linear map of one more direction; powers with small exponents are written out."""
    if name == "power" and isinstance(parameters[0], Number) and not directions:
        k = int(parameters[0].value)
        if 0 <= k <= LARGEST_EXPANDED_POWER:
            return lm.add_maps(
                *(
                    lm.two_sided(
                        inverse.matrix_power(a, number(i)),
                        inverse.matrix_power(a, number(k - 1 - i)),
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
        "K_f(A) 是 f 在 A 处的 Fréchet 导数作用于 vec 的矩阵",
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
        return (0, *range(1 + self.data[1], len(self.args)))

    def linear_map(self, index: int) -> lm.LinearMap:
        raise NotDifferentiableError(
            f"no derivative is known of the matrix on vec of the Fréchet derivative of {self.data[0]}",
            fix="ask for the differential of the next order instead of the Jacobian of a Jacobian",
        )

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        short = MATRICES.get(self.data[0])
        if short is not None and not self.directions:
            return short(xp, values[0])
        count = self.data[1]
        value, parameters = ANALYTIC[self.data[0]].value, values[1 : 1 + count]
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
            rf"K_{{\mathrm{{{name}}}}}\left({{*}}\right)",
            f"frechet_matrix_{name}({{*}})",
        )


def frechet_matrix(name: str, a: Expr, parameters: tuple[Expr, ...], directions: tuple[Expr, ...]) -> Expr:
    """The matrix on vec of a Fréchet derivative, as a function of its last direction."""
    if any(is_zero(d) for d in directions):
        return zeros(a.rows * a.rows, a.rows * a.rows)
    if isinstance(a, Eye) and not directions:
        return arithmetic.multiply(
            trace.trace(ANALYTIC[name].derivative(a, parameters)),
            power.power(trace.trace(a), number(-1)),
            eye(a.rows * a.rows),
        )
    ordered = tuple(sorted(directions, key=lambda d: d.key))
    return FrechetMatrix.intern((a, *parameters, *ordered), (name, len(parameters)))


def _register(name: str) -> None:
    """Give the Fréchet derivative of a function of one matrix its names in the language."""

    @function(f"frechet_{name}", example=f"tr(A*frechet_{name}(X, B))", given="A: n×n, X: n×n spd, B: n×n")
    def derivative(x: Expr, *directions: Expr) -> Expr:
        """The Fréchet derivative of a matrix function at X in the given directions."""
        return frechet(name, x, (), directions)

    @function(
        f"frechet_matrix_{name}",
        example=f"frechet_matrix_{name}(X)*vec(B)",
        given="X: n×n spd constant, B: n×n",
    )
    def matrix(x: Expr, *directions: Expr) -> Expr:
        """The matrix on vec of the Fréchet derivative of a matrix function at X."""
        return frechet_matrix(name, x, (), directions)


for _name in ("expm", "logm", "sqrtm"):
    _register(_name)


@function("frechet_power", example="tr(A*frechet_power(X, k, B))", given="A: n×n, X: n×n, B: n×n, k: integer")
def frechet_power(x: Expr, exponent: Expr, *directions: Expr) -> Expr:
    """The Fréchet derivative of X^k: Σ X^i V X^(k−1−i)."""
    return frechet("power", x, (exponent,), directions)


@function(
    "frechet_matrix_power",
    example="frechet_matrix_power(X, k)*vec(B)",
    given="X: n×n constant, B: n×n, k: integer",
)
def frechet_matrix_power(x: Expr, exponent: Expr, *directions: Expr) -> Expr:
    """The matrix on vec of the Fréchet derivative of X^k."""
    return frechet_matrix("power", x, (exponent,), directions)


def require_symmetric(x: Expr, operation: str) -> None:
    """Refuse a matrix that is not known to be symmetric."""
    inverse.require_square(x, operation, f"{operation} of {{}}'*{{}}")
    if x.T is not x:
        raise DomainError(
            f"{operation} needs a symmetric matrix; {x.describe()} is not known to be symmetric",
            fix=f"declare the matrix symmetric, or write sym({x})",
        )


# ---- Sylvester equations and Cholesky ----------------------------------------------------------


class Sylvester(Expr):
    """The solution X of A X + X B = C. ``args`` are A, B, C (Bartels & Stewart, 1972)."""

    __slots__ = ()
    name = "sylvester"
    reason = Reason("differential of a Sylvester equation", "Sylvester 方程解的微分")
    legend = Phrase(
        "sylvester(A, B, C) is the solution X of AX + XB = C",
        "sylvester(A, B, C) 是 AX + XB = C 的解 X",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        a, b, c = args
        inverse.require_square(a, "a Sylvester equation", "A square")
        inverse.require_square(b, "a Sylvester equation", "B square")
        if not (same(a.rows, c.rows) and same(b.rows, c.columns)):
            raise ShapeError(
                f"in A X + X B = C the right side {c.describe()} must be {a.rows}×{b.rows}, "
                f"as {a.describe()} and {b.describe()} say"
            )
        return c.shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return sylvester(*args)

    def infer_facts(self) -> Fact:
        a, b, c = self.args
        return c.facts & (Fact.SYMMETRIC | Fact.SKEW) if a.T is b else Fact.NONE

    def linear_map(self, index: int) -> lm.LinearMap:
        a, b, c = self.args
        solve = SylvesterSolve(a, b, c.shape)
        if index == 0:
            return lm.negated(lm.compose(solve, lm.Right(self, a.shape)))
        if index == 1:
            return lm.negated(lm.compose(solve, lm.Left(self, b.shape)))
        return solve

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        a, b, c = values
        (m, n) = xp.shape(c)
        system = xp.add(xp.kron(xp.eye(n), a), xp.kron(xp.transpose(b), xp.eye(m)))
        return xp.reshape(xp.solve(system, xp.reshape(c, m * n, 1)), m, n)

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return sylvester(transposed[1], transposed[0], transposed[2])

    def notation(self) -> Notation:
        return call("sylvester", r"\operatorname{Syl}", numpy="sylvester")


@function(
    "sylvester",
    numpy="linalg.solve_sylvester",
    example="sum(sylvester(A, B, X))",
    given="A: m×m spd, B: n×n spd, X: m×n",
)
def sylvester(a: Expr, b: Expr, c: Expr) -> Expr:
    """The solution X of A X + X B = C.

    Raises
    ------
    ShapeError
        When A or B is not square, or C does not fit them.
    """
    Sylvester.shape_rule((a, b, c), ())
    if is_zero(c):
        return c
    if isinstance(c, arithmetic.Sum):
        common, rest = arithmetic.content(c)
        if common != 1:
            return arithmetic.scale(common, sylvester(a, b, rest))
    split = arithmetic.split_scalars(c)
    if split is not None:
        return arithmetic.multiply(split[0], sylvester(a, b, split[1]))
    if a is b and _commutes(a, c):
        return arithmetic.scale(Fraction(1, 2), arithmetic.multiply(inverse.inv(a), c))
    if a.is_scalar and b.is_scalar:
        return arithmetic.multiply(power.power(arithmetic.add(a, b), number(-1)), c)
    return Sylvester.intern((a, b, c))


@dataclass(frozen=True, slots=True)
class SylvesterSolve(LinearMap):
    """C ↦ the X with A X + X B = C."""

    left: Expr
    right: Expr
    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.domain

    def apply(self, v: Expr) -> Expr:
        return sylvester(self.left, self.right, v)

    def adjoint(self) -> lm.LinearMap:
        return SylvesterSolve(transpose(self.left), transpose(self.right), self.domain)

    def kronecker(self) -> Expr:
        return inverse.inv(kronecker.kron_sum(transpose(self.right), self.left))


class Cholesky(Expr):
    """The lower triangular L with L Lᵀ = X. dL = L Φ(L⁻¹ dX L⁻ᵀ) (Smith, 1995; Murray, 2016)."""

    __slots__ = ()
    name = "cholesky"
    reason = Reason(
        "differential of the Cholesky factor", "Cholesky 因子的微分", "Smith (1995); Murray (2016)"
    )
    legend = Phrase(
        "chol(S) is the lower triangular L with LLᵀ = S",
        "chol(S) 是满足 LLᵀ = S 的下三角矩阵 L",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        inverse.require_square(args[0], "a Cholesky factor", "cholesky({}'*{})")
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cholesky(args[0])

    def infer_facts(self) -> Fact:
        return Fact.LOWER_TRIANGULAR | Fact.INVERTIBLE | self.args[0].facts & (Fact.CONSTANT | Fact.DIAGONAL)

    def linear_map(self, index: int) -> lm.LinearMap:
        inverted = inverse.inv(self)
        half = lm.compose(lm.Scale(number(Fraction(1, 2)), self.shape), _symmetrise(self.shape))
        return lm.compose(
            lm.Left(self, self.shape),
            HalfLower(self.shape),
            lm.two_sided(inverted, transpose(inverted), self.shape),
            half,
        )

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.cholesky(values[0])

    def notation(self) -> Notation:
        return call("cholesky", r"\operatorname{chol}", unicode="chol")


def _symmetrise(shape: Shape) -> lm.LinearMap:
    """V ↦ V + Vᵀ: only the symmetric part of a change of a symmetric matrix counts."""
    return lm.add_maps(lm.Identity(shape), lm.Transposition(shape))


@function("cholesky", "chol", numpy="linalg.cholesky", example="sum(cholesky(X'*X))", given="X: n×n")
def cholesky(x: Expr) -> Expr:
    """The lower triangular Cholesky factor of a positive definite matrix.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    DomainError
        When it is not known to be symmetric.
    """
    if x.is_scalar:
        return power.sqrt(x)
    require_symmetric(x, "a Cholesky factor")
    if isinstance(x, Eye):
        return x
    if isinstance(x, structure.Diag):
        return structure.diag(power.sqrt(x.args[0]))
    return Cholesky.intern((x,))


class HalfLowerPart(Expr):
    """Φ(X): the lower triangle with half the diagonal."""

    __slots__ = ()
    name = "half_tril"
    reason = Reason("a triangle is linear", "取三角部分是线性的")
    legend = Phrase(
        "Φ(M) is the lower triangle of M with half its diagonal",
        "Φ(M) 是 M 的下三角部分，对角线取一半",
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        inverse.require_square(args[0], "Φ", "tril({})")
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return half_lower(args[0])

    def infer_facts(self) -> Fact:
        return Fact.LOWER_TRIANGULAR | self.args[0].facts & (Fact.CONSTANT | Fact.NONNEGATIVE)

    def linear_map(self, index: int) -> lm.LinearMap:
        return HalfLower(self.shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        x = values[0]
        half = xp.diag(xp.diagonal(xp.scale(Fraction(1, 2), x)))
        return xp.subtract(xp.tril(x), half)

    def notation(self) -> Notation:
        return Notation("half_tril({0})", "Φ({0})", r"\Phi\left({0}\right)", "half_tril({0})")


@function("half_tril", "phi_lower", example="tr(A*half_tril(X))", given="A: n×n, X: n×n")
def half_lower(x: Expr) -> Expr:
    """Φ(X): the lower triangle of a square matrix with half the diagonal.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    HalfLowerPart.shape_rule((x,), ())
    if x.is_scalar:
        return arithmetic.scale(Fraction(1, 2), x)
    if is_zero(x):
        return x
    if x.facts & Fact.DIAGONAL:
        return arithmetic.scale(Fraction(1, 2), x)
    if x.facts & Fact.UPPER_TRIANGULAR:
        return arithmetic.scale(Fraction(1, 2), structure.diag(structure.diagonal(x)))
    split = arithmetic.split_scalars(x)
    if split is not None:
        return arithmetic.multiply(split[0], half_lower(split[1]))
    if isinstance(x, arithmetic.Sum):
        common, rest = arithmetic.content(x)
        if common != 1:
            return arithmetic.scale(common, half_lower(rest))
    return HalfLowerPart.intern((x,))


@dataclass(frozen=True, slots=True)
class HalfLower(LinearMap):
    """V ↦ Φ(V); self-adjoint."""

    domain: Shape

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.domain

    def apply(self, v: Expr) -> Expr:
        return half_lower(v)

    def adjoint(self) -> lm.LinearMap:
        return self

    def kronecker(self) -> Expr:
        n = self.domain[0]
        return structure.diag(structure.vec(half_lower(ones(n, n))))
