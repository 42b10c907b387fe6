"""Logarithms, exponentials and powers of what other operations give, entry by entry."""

from __future__ import annotations

from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.core.identity import identity
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, add, multiply, split_number
from matgrad.ops.determinant import Determinant, logdet
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.leaves import Number, number
from matgrad.ops.piecewise import Abs, absolute
from matgrad.ops.power import Exp, Log, Power, exp, log, power, split_exponent
from matgrad.ops.softmax import LogSoftmax, Softmax

_DLMF = "NIST Digital Library of Mathematical Functions"


@identity(
    Exp,
    Log,
    reason=Phrase("exp of a log", _DLMF, "4.2"),
    on=("log(x)",),
    given="x: n positive",
)
def exp_of_log(x: Expr) -> Expr | None:
    """exp(log x) = x."""
    return x.args[0]


@identity(
    Exp,
    Product,
    reason=Phrase("exp of a multiple of a log", _DLMF, "4.2.33"),
    on=("-3 log(t)",),
    given="t: positive scalar",
)
def exp_of_multiple_of_log(x: Expr) -> Expr | None:
    """exp(c log t) = tᶜ for a number c; for entries that may be negative nothing is said."""
    front, rest = split_number(x)
    return power(rest.args[0], number(front)) if isinstance(rest, Log) and front != 1 else None


@identity(
    Log,
    Exp,
    reason=Phrase("log of an exponential", _DLMF, "4.2"),
    on=("exp(x)",),
    given="x: n",
)
def log_of_exp(x: Expr) -> Expr | None:
    """log(exp x) = x."""
    return x.args[0]


@identity(
    Log,
    Determinant,
    reason=Phrase("log of a determinant", "Matrix Cookbook", "eq. 43"),
    on=("det(X)",),
    given="X: n×n spd",
)
def log_of_determinant(x: Expr) -> Expr | None:
    """log(det X) = log det X."""
    return logdet(x.args[0])


@identity(
    Log,
    Abs,
    reason=Phrase("|det(A ⊗ B)| = |det A|ⁿ |det B|ᵐ", "Magnus & Neudecker (2019)", "ch. 2, sec. 2"),
    on=("abs(det(kron(A, B)))",),
    given="A: m×m invertible, B: n×n invertible",
)
def log_of_size_of_determinants(x: Expr) -> Expr | None:
    """log |det(A)ⁿ det(B)ᵐ| = n log |det A| + m log |det B|, whatever the signs."""
    whole = x.args[0]
    if not isinstance(whole, (Product, Power)) or not whole.is_scalar:
        return None
    factors = whole.args if isinstance(whole, Product) else (whole,)
    split = [split_exponent(factor) for factor in factors]
    if not all(isinstance(base, Determinant) for base, _ in split):
        return None
    front = abs(whole.coefficient) if isinstance(whole, Product) else 1
    return add(log(number(front)), *(multiply(exponent, log(absolute(base))) for base, exponent in split))


@identity(
    Log,
    Product,
    reason=Phrase("|det(A ⊗ B)| = |det A|ⁿ |det B|ᵐ", "Magnus & Neudecker (2019)", "ch. 2, sec. 2"),
    on=("det(kron(A, B))",),
    given="A: 2×2 invertible, B: 4×4 invertible",
)
def log_of_even_powers_of_determinants(x: Expr) -> Expr | None:
    """log(det(A)² s) = 2 log |det A| + log s: an even power takes no part in the sign."""
    assert isinstance(x, Product)
    if not x.is_scalar or x.chain:
        return None
    split = [(*split_exponent(factor), factor) for factor in x.scalars]
    even = [
        (base, exponent)
        for base, exponent, _ in split
        if isinstance(base, Determinant) and isinstance(exponent, Number) and exponent.value % 2 == 0
    ]
    if not even:
        return None
    rest = [factor for base, exponent, factor in split if (base, exponent) not in even]
    sizes = (multiply(exponent, log(absolute(base))) for base, exponent in even)
    return add(log(multiply(number(x.coefficient), *rest)), *sizes)


@identity(
    Power,
    Symbol,
    reason=Phrase("powers of 0 and 1"),
    on=("Y", "3"),
    given="Y: m×n one-hot rows",
)
def power_of_labels(x: Expr, exponent: Expr) -> Expr | None:
    """Y ⊙ Y = Y where all entries are 0 or 1, as those of one-hot labels are."""
    holds = x.facts & (Fact.ONE_HOT | Fact.ONE_HOT_ROWS) and exponent.facts & Fact.POSITIVE
    return x if holds else None


@identity(
    Log,
    Softmax,
    reason=Phrase("log(softmax(x)) = logsoftmax(x)", "Bishop (2006)", "eq. 4.62"),
    on=("softmax(x)",),
    given="x: n",
)
def log_of_softmax(x: Expr) -> Expr | None:
    """log(softmax x) = logsoftmax x."""
    return LogSoftmax.of(x.args[0], x.data[0])


@identity(
    Log,
    Power,
    reason=Phrase("log of a power", _DLMF, "4.2"),
    on=("x.^a",),
    given="x: n positive, a: scalar",
)
def log_of_power(x: Expr) -> Expr | None:
    """log(xᵖ) = p log x, and 2k log|x| for an even whole exponent."""
    base, exponent = x.args
    if base.facts & Fact.POSITIVE:
        return multiply(exponent, log(base))
    if isinstance(exponent, Number):
        even = exponent.value.denominator == 1 and exponent.value % 2 == 0
        return multiply(exponent, log(absolute(base) if even else base))
    return None


@identity(
    Power,
    Exp,
    reason=Phrase("power of an exponential", _DLMF, "4.2"),
    on=("exp(x)", "a"),
    given="x: n, a: scalar",
)
def power_of_exp(x: Expr, exponent: Expr) -> Expr | None:
    """(exp x)ᵖ = exp(p x)."""
    return exp(multiply(exponent, x.args[0]))


@identity(
    Power,
    Abs,
    reason=Phrase("even power of an absolute value", "definition of | |"),
    on=("abs(x)", "4"),
    given="x: n",
)
def power_of_abs(x: Expr, exponent: Expr) -> Expr | None:
    """|x|²ᵏ = x²ᵏ."""
    even = isinstance(exponent, Number) and exponent.value.denominator == 1 and exponent.value % 2 == 0
    return power(x.args[0], exponent) if even else None


@identity(
    Power,
    Number,
    reason=Phrase("even power of -1"),
    on=("-1", "2 k"),
    given="k: integer",
)
def power_of_minus_one(x: Expr, exponent: Expr) -> Expr | None:
    """(−1)²ᵏ = 1 and (−1)³ᵏ = (−1)ᵏ for a whole k."""
    front, rest = split_number(exponent)
    if x is not number(-1) or front.denominator != 1 or front == 1 or not rest.facts & Fact.INTEGER:
        return None
    return number(1) if front % 2 == 0 else power(x, rest)


@identity(
    Power,
    Hadamard,
    reason=Phrase("power of a ⊙ product"),
    on=("x .* y", "k"),
    given="x: n, y: n, k: integer",
)
def power_of_hadamard(x: Expr, exponent: Expr) -> Expr | None:
    """(x ⊙ y)ᵏ = xᵏ ⊙ yᵏ for a whole k."""
    whole = exponent.facts & Fact.INTEGER
    return hadamard(*(power(factor, exponent) for factor in x.args)) if whole else None


@identity(
    Power,
    Power,
    reason=Phrase("power of a power", _DLMF, "4.2"),
    on=("x.^a", "b"),
    given="x: n positive, a: scalar, b: scalar",
)
def power_of_power(x: Expr, exponent: Expr) -> Expr | None:
    """(bᵖ)^q = b^(pq), where that holds for every b in the domain of the left side."""
    base, inner = x.args
    product = multiply(inner, exponent)
    if exponent.facts & Fact.INTEGER or base.facts & Fact.NONNEGATIVE:
        return power(base, product)
    if isinstance(inner, Number):
        if inner.value.denominator != 1 or inner.value % 2 == 1:
            return power(base, product)
        return power(absolute(base), product)
    return None
