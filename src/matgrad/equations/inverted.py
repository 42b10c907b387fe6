"""Equations that are linear in one function of the unknown, as A X⁻¹ = B and X² = A, and X A Xᵀ = B.

The function is solved for, and inverted; of several solutions the one that is meant is named.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from matgrad.calculus.dependence import dependent_nodes
from matgrad.calculus.linear_terms import linear_terms
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol, names_in, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.core.words import Phrase, phrase, together
from matgrad.equations.kinds import Kind
from matgrad.ops.arithmetic import Product, add, multiply, scale, split_number, summands
from matgrad.ops.cholesky import cholesky
from matgrad.ops.inverse import Inverse, inv
from matgrad.ops.leaves import Eye, Number, eye, number
from matgrad.ops.matrix_functions import Expm, logm, sqrtm
from matgrad.ops.matrix_power import MatrixPower, matrix_power
from matgrad.ops.power import Exp, Log, exp, log
from matgrad.ops.transpose import transpose
from matgrad.rewrite.simplify import simplify

_FORMULA = Phrase("the formula")
_INVERSE = Phrase("equation for the inverse of {x}")
_ROOT = Phrase("equation for a power of {x}")
_FUNCTION = Phrase("equation for a function of {x}")
_CONGRUENCE = Phrase("quadratic equation for {x}")
_INVERTIBLE = Phrase("{a} is invertible")
_PRINCIPAL = Phrase(
    "{a} has no eigenvalue that is negative or 0; of the solutions it is the principal one, whose "
    "eigenvalues have positive real parts"
)
_DEFINITE_POWER = Phrase("{a} is positive definite; of the solutions it is the positive definite one")
_LOGARITHM = Phrase(
    "{a} has no eigenvalue that is negative or 0; of the solutions it is the principal one, whose "
    "eigenvalues have imaginary parts between −π and π"
)
_ALWAYS = Phrase("always")
_BOTH = Phrase("{a} and {b} are invertible")
_POSITIVE = Phrase("the entries of {a} are positive")
_ONE_OF_MANY = Phrase("never: {a} is another one, whatever the orthogonal matrix {b}")
_BY_ROOT = Phrase(
    "{a} is invertible and {b} has no eigenvalue that is negative or 0; of the solutions it is the one by "
    "the principal root"
)
_MEAN = Phrase(
    "{a} and {b} are positive definite; of the solutions it is the positive definite one, a geometric mean"
)

_POSITIVE_DIAGONAL = Phrase(
    "{a} is positive definite; of the solutions it is the one with a positive diagonal, by Cholesky"
)
_POSITIVE_DIAGONAL_OF_BOTH = Phrase(
    "{a} and {b} are positive definite; of the solutions it is the one with a positive diagonal, by Cholesky"
)

Solve = Callable[[Expr, Symbol], "Expr | None"]


def inverted_form(whole: Expr, unknown: Symbol, solve: Solve) -> tuple[Kind, Expr] | None:
    """The kind and a solution of F(X) = 0; ``None`` where it is linear in no function of X that is known.

    Parameters
    ----------
    whole : Expr
        What is zero.
    unknown : Symbol
        X.
    solve : callable
        The solution of a linear equation, ``None`` where it has none that is a formula.

    Raises
    ------
    ArgumentError
        Where it would have one if matrices were declared.
    """
    return _of_function(whole, unknown, solve) or _congruence(whole, unknown)


def _of_function(whole: Expr, x: Symbol, solve: Solve) -> tuple[Kind, Expr] | None:
    for node in dependent_nodes(whole, x):
        invert = _inverse_of(node, x)
        if invert is None:
            continue
        taken = names_in(whole)
        label = next(name for name in ("Y", "Z", "U", "Y0", "Z0", "U0", "Y00") if name not in taken)
        stand_in = Symbol.make(label, *node.shape)
        turned = transpose(node)
        # Of a symmetric X both are the same.
        linear = rewrite_bottom_up(whole, {turned: transpose(stand_in), node: stand_in}.get)
        if x in postorder(linear) or linear_terms(linear, [stand_in]) is None:
            continue
        value = solve(linear, stand_in)
        if value is not None:
            return invert(simplify(value))
    return None


def _inverse_of(node: Expr, x: Symbol) -> Callable[[Expr], tuple[Kind, Expr]] | None:
    """How a function of X is inverted, with its condition; ``None`` of functions that are not known."""
    if len(node.args) < 1 or node.args[0] is not x:
        return None
    if isinstance(node, Inverse):
        return lambda y: _reciprocal(x, y)
    if isinstance(node, MatrixPower) and isinstance(node.args[1], Number):
        return lambda y: _root(node, x, y)
    for kind, inverse, condition in _FUNCTIONS:
        if isinstance(node, kind):
            return lambda y, f=inverse, said=condition: (_kind(_FUNCTION, x, said, y), f(y))  # type: ignore[misc]
    return None


_FUNCTIONS: tuple[tuple[type[Expr], Callable[[Expr], Expr], Phrase], ...] = (
    (Expm, logm, _LOGARITHM),
    (Exp, log, _POSITIVE),
    (Log, exp, _ALWAYS),
)


def _kind(name: Phrase, x: Symbol, condition: Phrase, y: Expr) -> Kind:
    return Kind(
        name.filled(x=x.label),
        condition,
        _FORMULA,
        (y,),
        is_one_of_several=name is _ROOT or condition is _LOGARITHM,
    )


def _reciprocal(x: Symbol, y: Expr) -> tuple[Kind, Expr]:
    """The X of X⁻¹ = Y."""
    chain = y.chain if isinstance(y, Product) and y.chain and not y.scalars else (y,)
    bare = [factor.args[0] if isinstance(factor, Inverse) else factor for factor in chain]
    open_ones = [each for each in dict.fromkeys(bare) if not each.has(Fact.INVERTIBLE)]
    name = _INVERSE.filled(x=x.label)
    if not open_ones:
        return Kind(name, _ALWAYS, _FORMULA, is_always_unique=True), inv(y)
    if len(open_ones) == 2:
        return Kind(name, _BOTH, _FORMULA, tuple(open_ones)), inv(y)
    return Kind(name, _INVERTIBLE, _FORMULA, (open_ones[0] if len(open_ones) == 1 else y,)), inv(y)


def _root(node: MatrixPower, x: Symbol, y: Expr) -> tuple[Kind, Expr]:
    """The X of Xᵏ = Y.

    Raises
    ------
    ArgumentError
        Where a root is known of positive definite matrices only.
    """
    exponent = node.args[1]
    assert isinstance(exponent, Number)
    k = exponent.value
    if y.has(Fact.POSITIVE_DEFINITE):
        root = sqrtm(y) if k == 2 else matrix_power(y, number(1 / k))
        return _kind(_ROOT, x, _DEFINITE_POWER, y), root
    if k == 2 and not x.has(Fact.POSITIVE_DEFINITE):
        return _kind(_ROOT, x, _PRINCIPAL, y), sqrtm(y)
    raise _undeclared(node, y, [y])


def _undeclared(left: Expr, right: Expr, definite: list[Expr]) -> ArgumentError:
    """That a closed form is known of positive definite matrices alone."""
    open_ones = {
        s.label: s
        for matrix in definite
        for s in symbols_of(matrix).values()
        if s.is_square and not s.is_scalar and not s.has(Fact.POSITIVE_DEFINITE)
    }
    return ArgumentError(
        phrase(
            "a closed form of {left} = {right} is known where {names} is positive definite",
            left=left,
            right=right,
            names=together(open_ones),
        )
        if len(open_ones) == 1
        else phrase(
            "a closed form of {left} = {right} is known where {names} are positive definite",
            left=left,
            right=right,
            names=together(open_ones),
        ),
        fix=phrase(
            "declare {declared}",
            declared=", ".join(f"{name}: {s.rows}×{s.columns} spd" for name, s in open_ones.items()),
        ),
    )


def _congruence(whole: Expr, x: Symbol) -> tuple[Kind, Expr] | None:
    """X A Xᵀ = B, Xᵀ A X = B and, of a symmetric X, X A X = B, for positive definite A and B."""
    if not x.is_square or x.is_scalar:
        return None
    terms = summands(whole)
    moving = [term for term in terms if x in postorder(term)]
    if len(moving) != 1:
        return None
    front, product = split_number(moving[0])
    b = simplify(scale(-1 / front, add(*(term for term in terms if term is not moving[0]))))
    symmetric = x.has(Fact.SYMMETRIC)
    if isinstance(product, MatrixPower) and symmetric and product.args == (x, number(2)):
        chain: tuple[Expr, ...] = (x, x)
    elif isinstance(product, Product) and not product.scalars and len(product.chain) > 1:
        chain = product.chain
    else:
        return None
    first, middle, last = chain[0], chain[1:-1], chain[-1]
    if any(x in postorder(factor) for factor in middle) or {first, last} > {x, x.T}:
        return None
    is_turned = first is x.T and last is x
    if first is x and last is x and middle and not symmetric:
        # (A X)² = A B.
        a = multiply(*middle)
        root = sqrtm(simplify(multiply(a, b)))
        kind = Kind(
            _CONGRUENCE.filled(x=x.label), _BY_ROOT, _FORMULA, (a, multiply(a, b)), is_one_of_several=True
        )
        return kind, multiply(inv(a), root)
    if not (is_turned or (first is x and last is x.T)):
        return None
    a = multiply(*middle) if middle else eye(x.rows)
    definite = Fact.POSITIVE_DEFINITE
    if not (a.has(definite) and b.has(definite)):
        raise _undeclared(product, b, [a, b])
    triangular = Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR
    if x.facts & triangular and not symmetric:
        return _triangular(x, a, b, is_turned=is_turned)
    half = Fraction(1, 2)
    name = _CONGRUENCE.filled(x=x.label)
    root_a, root_b = (matrix_power(matrix, number(half)) for matrix in (a, b))
    if symmetric:
        behind = inv(root_a)
        value = multiply(behind, sqrtm(simplify(multiply(root_a, b, root_a))), behind)
        return Kind(name, _MEAN, _FORMULA, (a, b), is_one_of_several=True), simplify(value)
    q = Symbol.make(
        next(n for n in ("Q", "U", "V", "Q0", "U0") if n not in names_in(whole)), *x.shape, Fact.ORTHOGONAL
    )
    factors = (inv(root_a), root_b) if is_turned else (root_b, inv(root_a))
    others = multiply(factors[0], q, factors[1])
    return Kind(
        name, _ONE_OF_MANY, _FORMULA, (others, q), is_never_unique=True, is_one_of_several=True
    ), simplify(multiply(*factors))


def _triangular(x: Symbol, a: Expr, b: Expr, *, is_turned: bool) -> tuple[Kind, Expr]:
    """The triangular X of X A Xᵀ = B, or of Xᵀ A X = B: by Cholesky, of A⁻¹ and B⁻¹ if need be.

    With Y lower triangular and Y A Yᵀ = B it is Y = chol(B) chol(A)⁻¹, as Y chol(A) is a factor of B.
    """
    is_lower = bool(x.facts & Fact.LOWER_TRIANGULAR)
    # Xᵀ is lower triangular where X is upper; of the other two X⁻¹ or X⁻ᵀ is what stands for Y.
    is_direct = is_lower is not is_turned
    inside, outside = (a, b) if is_direct else (simplify(inv(a)), simplify(inv(b)))
    y = multiply(cholesky(outside), inv(cholesky(inside)))
    value = y if is_direct else inv(y)
    value = value if is_lower else transpose(value)
    name = _CONGRUENCE.filled(x=x.label)
    if isinstance(a, Eye):
        kind = Kind(name, _POSITIVE_DIAGONAL, _FORMULA, (b,), is_one_of_several=True)
    else:
        kind = Kind(name, _POSITIVE_DIAGONAL_OF_BOTH, _FORMULA, (a, b), is_one_of_several=True)
    return kind, simplify(value)
