"""The rules: a name, what is replaced by what, and where it is written.

A rule is stated for generic operands. Their shapes are those of the letters: t is a scalar, x a
vector, X a matrix; an entrywise rule holds for all three and is stated once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from matgrad.core.dims import Dim
from matgrad.core.expr import Expr, Symbol
from matgrad.core.records import dataclass
from matgrad.core.substitution import substitute
from matgrad.core.words import Phrase
from matgrad.ops.activations import sigmoid, softplus
from matgrad.ops.arithmetic import Product, add, multiply, scale, subtract
from matgrad.ops.cholesky import cholesky
from matgrad.ops.determinant import det, logdet
from matgrad.ops.diagonals import diag
from matgrad.ops.eigenvalues import eigenvalues, eigenvectors
from matgrad.ops.hadamard import hadamard
from matgrad.ops.inverse import inv
from matgrad.ops.kronecker import commutation, kron
from matgrad.ops.leaves import dimension, eye, number, ones, zeros
from matgrad.ops.matrix_functions import expm, logm
from matgrad.ops.matrix_power import matrix_power
from matgrad.ops.piecewise import absolute, relu, sign, step
from matgrad.ops.power import exp, log, power, square
from matgrad.ops.pseudoinverse import pinv
from matgrad.ops.reductions import column_sum, row_sum, total
from matgrad.ops.reshaping import vec
from matgrad.ops.singular_values import left_singular_vectors, right_singular_vectors, singular_values
from matgrad.ops.softmax import column_softmax, logsumexp, row_logsumexp, row_softmax, softmax
from matgrad.ops.trace import trace
from matgrad.ops.transpose import transpose
from matgrad.ops.triangles import half_lower
from matgrad.ops.trigonometric import cos, cosh, sin, sinh, tanh
from matgrad.ops.variables import matrix, scalar, vector
from matgrad.ops.vec_matrices import duplication, elimination
from matgrad.rewrite.matching import Bindings, match

Statement = tuple[Expr, Expr]
"""The left and the right side of a rule."""


@dataclass(frozen=True)
class Rule:
    """A named rewriting rule.

    Parameters
    ----------
    reason : Phrase
        What the rule is called where steps are shown, and where the identity is written.
    statements : tuple of Statement
        Pattern and replacement, once for each shape the rule is stated for.
    """

    reason: Phrase
    statements: tuple[Statement, ...] = ()

    def apply(self, expr: Expr) -> Expr | None:
        """Rewrite an expression at its top; ``None`` where the rule does not fit."""
        for pattern, replacement in self.statements:
            if type(pattern) is not type(expr):
                continue
            for bindings, embed in match(pattern, expr):
                return embed(instantiate(replacement, bindings))
        return None

    def needs(self, head: type) -> Iterator[frozenset[type]]:
        """For each pattern of that operation what it needs among its operands."""
        for pattern, _ in self.statements:
            if type(pattern) is head:
                yield operand_kinds(pattern) - {Symbol}


def operand_kinds(expr: Expr) -> frozenset[type[Expr]]:
    """The operations among the operands of an expression, numbers in front left out."""
    return frozenset(
        type(arg.args[0]) if isinstance(arg, Product) and len(arg.args) == 1 else type(arg)
        for arg in expr.args
    )


def instantiate(replacement: Expr, bindings: Bindings) -> Expr:
    """Put what the names stand for in their place."""
    dims = {name[1:]: value for name, value in bindings.items() if name.startswith("#")}
    exprs = {name: value for name, value in bindings.items() if not name.startswith("#")}
    return substitute(replacement, {**exprs, **dims})


def _one(x: Expr) -> Expr:
    return ones(*x.shape)


def _entrywise(statement: Callable[[Expr], Statement], **facts: bool) -> tuple[Statement, ...]:
    return tuple(
        statement(x)
        for x in (scalar("x", **facts), vector("x", "n", **facts), matrix("x", "m", "n", **facts))
    )


_x = vector("x", "n")
_X = matrix("X", "m", "n")
_n = Dim.of("n")
_y = vector("y", _n)
_S = matrix("S", _n, _n, symmetric=True)
_P = matrix("P", _n, _n, positive_definite=True)
_t, _k = scalar("t"), scalar("k", integer=True)
_A = matrix("A", _n, _n, invertible=True)
_B = matrix("B", _n, _n)
_Y = matrix("Y", "m", "n")
_m, _p, _q = (Dim.of(name) for name in "mpq")
_Z = matrix("Z", _p, _q)
_D = duplication(_n)
_MINUS, _HALF = number(-1), Fraction(1, 2)


def _spectral(s: Expr, values: Expr) -> Expr:
    """V diag(values) Vᵀ with the eigenvectors V of a symmetric matrix."""
    vectors = eigenvectors(s)
    return multiply(vectors, diag(values), transpose(vectors))


def _residual(y: Expr) -> Expr:
    """XX⁺y − y: what of y a projection on the columns of X leaves."""
    return subtract(multiply(_X, pinv(_X), y), y)


def _among_duplications(a: Expr) -> Expr:
    """D⁺(A ⊗ A)D: what vech(S) goes through where S goes through ASAᵀ."""
    return multiply(pinv(_D), kron(a, a), _D)


_MN_1980 = "Magnus & Neudecker (1980)"
_DLMF = "NIST Digital Library of Mathematical Functions"

RULES: tuple[Rule, ...] = (
    Rule(
        Phrase("1/(1 + exp(−t)) = σ(t)", "Bishop (2006)", "eq. 4.59"),
        _entrywise(lambda x: (power(add(_one(x), exp(scale(-1, x))), _MINUS), sigmoid(x))),
    ),
    Rule(
        Phrase("exp(t) σ(−t) = σ(t)", "Bishop (2006)", "eq. 4.60"),
        _entrywise(lambda x: (hadamard(exp(x), sigmoid(scale(-1, x))), sigmoid(x))),
    ),
    Rule(
        Phrase("log(1 + exp(t)) = softplus(t)", "Dugas et al. (2001)"),
        _entrywise(lambda x: (log(add(_one(x), exp(x))), softplus(x))),
    ),
    Rule(
        Phrase("log σ(t) = −softplus(−t)", "Dugas et al. (2001)"),
        _entrywise(lambda x: (log(sigmoid(x)), scale(-1, softplus(scale(-1, x))))),
    ),
    Rule(
        Phrase("log(1 − σ(t)) = −softplus(t)", "Bishop (2006)", "eq. 4.60"),
        _entrywise(lambda x: (log(subtract(_one(x), sigmoid(x))), scale(-1, softplus(x)))),
    ),
    Rule(
        Phrase("softplus(t) − softplus(−t) = t", "definition of softplus"),
        _entrywise(lambda x: (subtract(softplus(x), softplus(scale(-1, x))), x)),
    ),
    Rule(
        Phrase("Pythagoras", _DLMF, "4.21.12"),
        _entrywise(lambda x: (add(square(sin(x)), square(cos(x))), _one(x))),
    ),
    Rule(
        Phrase("hyperbolic Pythagoras", _DLMF, "4.35.11"),
        _entrywise(lambda x: (subtract(square(cosh(x)), square(sinh(x))), _one(x))),
    ),
    Rule(
        Phrase("sinh(t)/cosh(t) = tanh(t)", _DLMF, "4.28.3"),
        _entrywise(lambda x: (hadamard(sinh(x), power(cosh(x), _MINUS)), tanh(x))),
    ),
    Rule(
        Phrase("t sign(t) = |t|", "definition of sign"),
        _entrywise(lambda x: (hadamard(x, sign(x)), absolute(x))),
    ),
    Rule(
        Phrase("|t| sign(t) = t", "definition of sign"),
        _entrywise(lambda x: (hadamard(absolute(x), sign(x)), x)),
    ),
    Rule(
        Phrase("t² sign(t) = t|t|", "definition of sign"),
        _entrywise(lambda x: (hadamard(square(x), sign(x)), hadamard(x, absolute(x)))),
    ),
    Rule(
        Phrase("t 𝟏[t > 0] = relu(t)", "definition of the rectifier"),
        _entrywise(lambda x: (hadamard(x, step(x)), relu(x))),
    ),
    Rule(
        Phrase("relu(t) 𝟏[t > 0] = relu(t)", "definition of the rectifier"),
        _entrywise(lambda x: (hadamard(relu(x), step(x)), relu(x))),
    ),
    Rule(
        Phrase("𝟏[t > 0]² = 𝟏[t > 0]", "a step is 0 or 1"),
        _entrywise(lambda x: (square(step(x)), step(x))),
    ),
    Rule(
        Phrase("pseudoinverse", "Penrose (1955)", "eq. 3"),
        ((multiply(_X, pinv(_X), _X), _X),),
    ),
    Rule(
        Phrase("pseudoinverse", "Penrose (1955)", "eq. 4"),
        ((multiply(pinv(_X), _X, pinv(_X)), pinv(_X)),),
    ),
    Rule(
        Phrase("vec(A) ⊙ vec(B) = vec(A ⊙ B)", "Magnus & Neudecker (2019)", "ch. 3, sec. 6"),
        ((hadamard(vec(_X), vec(_Y)), vec(hadamard(_X, _Y))),),
    ),
    Rule(
        Phrase("vec(A ⊗ B) = (I ⊗ K ⊗ I)(vec(A) ⊗ vec(B))", "Magnus & Neudecker (2019)", "thm. 3.10"),
        (
            (
                multiply(kron(eye(_n), commutation(_q, _m), eye(_p)), kron(vec(_X), vec(_Z))),
                vec(kron(_X, _Z)),
            ),
        ),
    ),
    Rule(
        Phrase("D vech(S) = vec(S) for symmetric S", _MN_1980, "sec. 3"),
        (
            (multiply(_D, elimination(_n), vec(_S)), vec(_S)),
            (
                multiply(transpose(vec(_S)), transpose(elimination(_n)), transpose(_D)),
                transpose(vec(_S)),
            ),
        ),
    ),
    Rule(
        Phrase("D D⁺ = ½(I + K)", _MN_1980, "lemma 3.2"),
        ((multiply(_D, pinv(_D)), scale(_HALF, add(eye(_n * _n), commutation(_n, _n)))),),
    ),
    Rule(
        Phrase("D⁺ D = I", _MN_1980, "sec. 3"),
        ((multiply(pinv(_D), _D), eye(_D.columns)),),
    ),
    Rule(
        Phrase("D⁺ K = D⁺", _MN_1980, "sec. 3"),
        ((multiply(pinv(_D), commutation(_n, _n)), pinv(_D)),),
    ),
    Rule(
        Phrase("inverse of D⁺(A ⊗ A)D", "Magnus & Neudecker (2019)", "thm. 3.13"),
        ((inv(_among_duplications(_A)), _among_duplications(inv(_A))),),
    ),
    Rule(
        Phrase("determinant of D⁺(A ⊗ A)D", "Magnus & Neudecker (2019)", "thm. 3.14"),
        ((det(_among_duplications(_B)), power(det(_B), add(dimension(_n), number(1)))),),
    ),
    Rule(
        Phrase("trace of K(A ⊗ B)", "Magnus & Neudecker (1979)", "thm. 3.1"),
        (
            (
                trace(multiply(commutation(_n, _m), kron(_X, transpose(_Y)))),
                trace(multiply(_X, transpose(_Y))),
            ),
        ),
    ),
    Rule(
        Phrase("pseudoinverse", "Penrose (1955)", "eq. 5"),
        ((multiply(transpose(pinv(_X)), transpose(_X)), multiply(_X, pinv(_X))),),
    ),
    Rule(
        Phrase("pseudoinverse", "Penrose (1955)", "eq. 6"),
        ((multiply(transpose(_X), transpose(pinv(_X))), multiply(pinv(_X), _X)),),
    ),
    Rule(
        Phrase("pseudoinverse", "Ben-Israel & Greville (2003)", "sec. 1.6"),
        ((multiply(transpose(_X), _X, pinv(_X)), transpose(_X)),),
    ),
    Rule(
        Phrase("pseudoinverse", "Ben-Israel & Greville (2003)", "sec. 1.6"),
        (
            (multiply(_X, pinv(_X), transpose(pinv(_X))), transpose(pinv(_X))),
            (multiply(transpose(pinv(_X)), pinv(_X), _X), transpose(pinv(_X))),
            (multiply(pinv(_X), _X, transpose(_X)), transpose(_X)),
        ),
    ),
    Rule(
        Phrase("the residual of a projection is orthogonal to X", "Penrose (1955)", "eq. 3 and 5"),
        tuple(
            statement
            for y in (vector("y", _m), matrix("Y", _m, "k"))
            for statement in (
                (multiply(pinv(_X), _residual(y)), zeros(_n, y.columns)),
                (multiply(transpose(_X), _residual(y)), zeros(_n, y.columns)),
                (multiply(transpose(_residual(y)), _X), zeros(y.columns, _n)),
                (multiply(transpose(_residual(y)), transpose(pinv(_X))), zeros(y.columns, _n)),
            )
        ),
    ),
    Rule(
        Phrase("determinant lemma", "Harville (1997)", "thm. 18.1.1"),
        ((det(add(eye(_n), multiply(_x, transpose(_y)))), add(number(1), multiply(transpose(_y), _x))),),
    ),
    Rule(
        Phrase("determinant lemma", "Harville (1997)", "thm. 18.1.1"),
        (
            (
                logdet(add(eye(_n), multiply(_x, transpose(_y)))),
                log(add(number(1), multiply(transpose(_y), _x))),
            ),
        ),
    ),
    Rule(
        Phrase("Cholesky factorisation", "definition of the Cholesky factor"),
        ((multiply(cholesky(_P), transpose(cholesky(_P))), _P),),
    ),
    Rule(
        Phrase("inverse by Cholesky factors", "definition of the Cholesky factor"),
        ((multiply(transpose(inv(cholesky(_P))), inv(cholesky(_P))), inv(_P)),),
    ),
    Rule(
        Phrase("symmetric from its half triangle", "Murray (2016)", "sec. 3"),
        ((add(half_lower(_S), transpose(half_lower(_S))), _S),),
    ),
    Rule(
        Phrase("spectral theorem", "Higham (2008)", "sec. 1.2"),
        ((_spectral(_S, eigenvalues(_S)), _S),),
    ),
    Rule(
        Phrase("spectral theorem, exponential", "Higham (2008)", "sec. 1.2"),
        ((_spectral(_S, exp(eigenvalues(_S))), expm(_S)),),
    ),
    Rule(
        Phrase("spectral theorem, logarithm", "Higham (2008)", "sec. 1.2"),
        ((_spectral(_P, log(eigenvalues(_P))), logm(_P)),),
    ),
    Rule(
        Phrase("spectral theorem, powers", "Higham (2008)", "sec. 1.2"),
        ((_spectral(_S, power(eigenvalues(_S), _k)), matrix_power(_S, _k)),),
    ),
    Rule(
        Phrase("spectral theorem, resolvent", "Higham (2008)", "sec. 1.2"),
        (
            (
                _spectral(_S, power(add(eigenvalues(_S), multiply(_t, ones(_n))), _MINUS)),
                inv(add(_S, multiply(_t, eye(_n)))),
            ),
        ),
    ),
    Rule(
        Phrase("spectral theorem, resolvent", "Higham (2008)", "sec. 1.2"),
        ((_spectral(_S, power(add(eigenvalues(_S), ones(_n)), _MINUS)), inv(add(_S, eye(_n)))),),
    ),
    Rule(
        Phrase("the determinant is the product of the eigenvalues", "Matrix Cookbook", "eq. 18"),
        ((total(log(eigenvalues(_P))), logdet(_P)),),
    ),
    Rule(
        Phrase("exponential of a log determinant", "definition of the logarithm"),
        ((exp(logdet(_P)), det(_P)),),
    ),
    Rule(
        Phrase("singular value decomposition", "Golub & Van Loan (2013)", "thm. 2.4.1"),
        (
            (
                multiply(
                    left_singular_vectors(_X),
                    diag(singular_values(_X)),
                    transpose(right_singular_vectors(_X)),
                ),
                _X,
            ),
        ),
    ),
    Rule(
        Phrase(
            "singular value decomposition, cube",
            "Golub & Van Loan (2013)",
            "thm. 2.4.1",
        ),
        (
            (
                multiply(
                    left_singular_vectors(_X),
                    diag(power(singular_values(_X), number(3))),
                    transpose(right_singular_vectors(_X)),
                ),
                multiply(_X, transpose(_X), _X),
            ),
        ),
    ),
    Rule(
        Phrase("exp(x)/sum(exp(x)) = softmax(x)", "Bishop (2006)", "eq. 4.62"),
        ((multiply(power(total(exp(_x)), _MINUS), exp(_x)), softmax(_x)),),
    ),
    Rule(
        Phrase("exp(x)/sum(exp(x)) = softmax(x)", "Bishop (2006)", "eq. 4.62"),
        ((multiply(exp(scale(-1, logsumexp(_x))), exp(_x)), softmax(_x)),),
    ),
    Rule(
        Phrase("softmax of the rows", "Bishop (2006)", "eq. 4.62"),
        ((multiply(diag(power(row_sum(exp(_X)), _MINUS)), exp(_X)), row_softmax(_X)),),
    ),
    Rule(
        Phrase("softmax of the columns", "Bishop (2006)", "eq. 4.62"),
        ((multiply(exp(_X), diag(transpose(power(column_sum(exp(_X)), _MINUS)))), column_softmax(_X)),),
    ),
    Rule(
        Phrase("log(sum(exp(x))) = logsumexp(x)", "Boyd & Vandenberghe (2004)", "sec. 3.1.5"),
        ((log(total(exp(_x))), logsumexp(_x)),),
    ),
    Rule(
        Phrase("log-sum-exp of the rows", "Boyd & Vandenberghe (2004)", "sec. 3.1.5"),
        ((log(row_sum(exp(_X))), row_logsumexp(_X)),),
    ),
)
"""The rules, tried in this order."""
