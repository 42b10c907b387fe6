"""How the value of a primitive is held where operands are sparse; each primitive names its rule.

A rule takes a value whose operands are known, some of them sparse, and says how it is held: a number of
stored entries, or ``None`` for an array. A primitive without a rule reads every entry of its operands.
"""

from __future__ import annotations

from collections.abc import Callable

from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.stored import NeedsEntriesError, Stored

Rule = Callable[[Value], Stored | None]

_KEEP_ZERO = {
    "sqrt", "sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "sign", "absolute", "relu",
    "expm1", "log1p", "erf",
}  # fmt: skip
"""Functions with f(0) = 0: of a sparse matrix they have to look at its stored entries only."""

FILL = 12.0
"""So many times its own entries a sparse matrix is taken to have in its factors."""


IMPOSSIBLE = 10**18
"""The operations of what an operator cannot do."""


def cells(v: Value) -> float:
    """How many entries a value has, stored or not."""
    rows, columns = v.extent
    return float(rows) * columns


def nonzeros(v: Value) -> float:
    """How many entries of a value are looked at."""
    return cells(v) if v.stored is None else v.stored.nonzeros


def is_sparse(v: Value) -> bool:
    """Whether a value is held by its nonzero entries, and is no factorisation."""
    return v.stored is not None and not v.stored.is_operator and not v.op.is_factorisation


def is_operator(v: Value) -> bool:
    """Whether only products of a value are known."""
    return v.stored is not None and v.stored.is_operator


def of_array(v: Value) -> Stored | None:
    """An array, whose rule reads stored entries only."""
    _no_operator(v)
    return None


def as_first(v: Value) -> Stored | None:
    """As the first operand, entry for entry."""
    _no_operator(v)
    return Stored(nonzeros(v.args[0]))


def as_second(v: Value) -> Stored | None:
    """As the second operand, where that is sparse."""
    _no_operator(v)
    return Stored(nonzeros(v.args[1])) if is_sparse(v.args[1]) else _entries()


def of_transpose(v: Value) -> Stored | None:
    """As the operand, which may be an operator."""
    return v.args[0].stored


def of_sum(v: Value) -> Stored | None:
    """Sparse where all terms are, or lie on the diagonal; an array where one of them is a whole one."""
    _no_operator(v)
    total = 0.0
    for term in v.args:
        if is_sparse(term):
            total += nonzeros(term)
        elif term.op.name in ("diag", "eye"):
            total += term.extent[0]
        elif term.op.is_spread:
            _entries()
        else:
            return None
    return Stored(min(total, cells(v)))


def of_matmul(v: Value) -> Stored | None:
    """Sparse where both factors are; with an array an array."""
    a, b = v.args
    if is_operator(a) or is_operator(b):
        return _entries() if a.stored is not None and b.stored is not None else None
    return product(a.stored, b.stored, a.extent, b.extent)


def product(
    a: Stored | None, b: Stored | None, left: tuple[int, int], right: tuple[int, int]
) -> Stored | None:
    """How a product is held, from how its factors are and from their shapes."""
    if a is None or b is None:
        return None
    if a.is_operator or b.is_operator:
        return Stored(0.0, is_operator=True)
    return Stored(min(a.nonzeros * b.nonzeros / max(left[1], 1), float(left[0]) * right[1]))


def of_gram(v: Value) -> Stored | None:
    """AᵀA and Aᵀ diag(d) A are sparse where A is."""
    _no_operator(v)
    a = v.args[0]
    if not is_sparse(a):
        return _entries()
    return Stored(min(nonzeros(a) ** 2 / max(a.extent[0], 1), cells(v)))


def of_kron(v: Value) -> Stored | None:
    """Blocks of zeros stay zero."""
    _no_operator(v)
    total = 1.0
    for factor in v.args:
        total *= factor.extent[0] if factor.op.name == "eye" else nonzeros(factor)
    return Stored(total)


def of_hadamard(v: Value) -> Stored | None:
    """Zero where one factor is."""
    _no_operator(v)
    return Stored(min(nonzeros(factor) for factor in v.args if is_sparse(factor)))


def of_power(v: Value) -> Stored | None:
    """Positive powers of zero are zero."""
    return as_first(v) if v.params[0] > 0 else _entries()


def of_apply(v: Value) -> Stored | None:
    """Functions that have zero at zero."""
    return as_first(v) if v.params[0] in _KEEP_ZERO else _entries()


def of_part(v: Value) -> Stored | None:
    """A row or a column is an array, a block is sparse."""
    _no_operator(v)
    if v.kind != "matrix":
        return None
    return Stored(nonzeros(v.args[0]) * cells(v) / max(cells(v.args[0]), 1))


def of_grid(v: Value) -> Stored | None:
    """Sparse where every block is, or is zero or diagonal."""
    _no_operator(v)
    total = 0.0
    for block in v.args:
        if is_sparse(block):
            total += nonzeros(block)
        elif block.op.name in ("diag", "eye"):
            total += block.extent[0]
        elif block.op.name != "zeros":
            _entries()
    return Stored(total)


def of_factor(v: Value) -> Stored | None:
    """A factorisation has more entries than its matrix."""
    _no_operator(v)
    return Stored(min(FILL * nonzeros(v.args[0]), cells(v)))


def of_solve(v: Value) -> Stored | None:
    """A sparse matrix solves with arrays."""
    return _entries() if any(is_sparse(arg) or is_operator(arg) for arg in v.args[1:]) else None


def _no_operator(v: Value) -> None:
    if any(is_operator(arg) for arg in v.args):
        _entries()


def _entries() -> Stored | None:
    raise NeedsEntriesError


# ---- what it costs ---------------------------------------------------------------------------------


def flops(v: Value) -> int:
    """The additions and multiplications of a value that has sparse operands, or is sparse."""
    name = v.op.name
    if name == "input" or v.op.is_free:
        return 0
    if name == "filled_in":
        return IMPOSSIBLE if is_operator(v.args[0]) else int(cells(v))
    if name == "matmul":
        a, b = v.args
        return int(product_flops(a.stored, b.stored, a.extent, b.extent))
    if name == "sampled_product":
        return int(2 * nonzeros(v) * v.args[1].extent[1])
    if name in ("gram", "weighted_gram"):
        a = v.args[0]
        return int(2 * nonzeros(a) ** 2 / max(a.extent[0], 1))
    if v.op.is_factorisation:
        return int(20 * nonzeros(v))
    if v.args and v.args[0].op.is_factorisation:
        return int(2 * nonzeros(v.args[0]) * v.extent[1])
    held = [nonzeros(arg) for arg in v.args if arg.stored is not None]
    return int(sum(held) if v.kind != "matrix" or v.stored is not None else sum(held) + cells(v))


def product_flops(a: Stored | None, b: Stored | None, left: tuple[int, int], right: tuple[int, int]) -> float:
    """The additions and multiplications of a product in which a factor is sparse."""
    if a is not None and b is not None:
        return 2 * a.nonzeros * b.nonzeros / max(left[1], 1)
    if a is not None:
        return 2 * a.nonzeros * right[1]
    return 2 * left[0] * b.nonzeros if b is not None else 2.0 * left[0] * left[1] * right[1]
