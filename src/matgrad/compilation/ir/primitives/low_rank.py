"""A diagonal matrix plus one of low rank, and sums of Kronecker products, that are never formed.

By the formula of Woodbury and the matrix determinant lemma (Golub & Van Loan, 2013, sec. 2.1.4; Harville,
1997, sec. 18.1).
"""

from __future__ import annotations

from matgrad.compilation.ir.cost import ENTRY, START
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.primitives.entrywise import SCALAR_TIMES, SCALE
from matgrad.compilation.ir.primitives.leaves import ONES
from matgrad.compilation.ir.spelling import ADD, MUL, POST, Speller, Text, number_text


def _rank(factor: Value) -> int:
    return factor.args[1].extent[1]


def _factor_flops(v: Value) -> int:
    n, k = v.extent[0], _rank(v)
    return 2 * n * k**2 + k**3


def _factor_work(v: Value) -> float:
    n, k = v.extent[0], _rank(v)
    return 8 * START + _factor_flops(v) + 4 * ENTRY * n * k


def _solve_flops(v: Value) -> int:
    return 4 * v.extent[0] * _rank(v.args[0]) * v.extent[1]


def _solve_work(v: Value) -> float:
    return 4 * START + 1.5 * _solve_flops(v) + 3 * ENTRY * v.extent[0] * v.extent[1]


def _inverse_flops(v: Value) -> int:
    return 2 * v.extent[0] ** 2 * _rank(v.args[0])


def _inverse_work(v: Value) -> float:
    return 4 * START + _inverse_flops(v) + 2 * ENTRY * v.extent[0] ** 2


def _matrix(w: Speller[Value], factor: Value) -> str:
    """D + U Vᵀ."""
    d, u = factor.args[:2]
    if d.kind == "scalar":
        own = w.operand(d, MUL)
        return f"{'' if own == '1' else f'{own} '}I + {w.operand(u, MUL)} {w.operand(factor.args[-1])}ᵀ"
    front, core = (d.params[0], d.args[0]) if d.op is SCALE else (1, d)
    first = f"diag({w.operand(d, ADD)})"
    if core.op is ONES:
        first = "I" if front == 1 else f"{number_text(front)} I"
    elif d.op is SCALAR_TIMES and d.args[1].op is ONES:
        first = f"{w.operand(d.args[0], MUL)} I"
    return f"{first} + {w.operand(u, MUL)} {w.operand(factor.args[-1])}ᵀ"


def _of_flops(v: Value) -> int:
    n, k = v.args[0].extent[0], _rank(v.args[0])
    return 2 * k**3 if v.params[0] == "inner" else 4 * n * k if v.params[0] == "trace" else 4 * n * k**2


def _of_otherwise(v: Value) -> int:
    """By solves."""
    n, k = v.args[0].extent[0], _rank(v.args[0])
    columns = {"inner": k, "trace": n, "trace_with": n}.get(v.params[0], 2 * n)
    return 4 * n * k * columns


def _of_spelled(w: Speller[Value], v: Value) -> Text:
    whole, kind = _matrix(w, v.args[0]), v.params[0]
    if kind == "inner":
        u = v.args[0].args[1]
        return Text(f"{w.operand(u, MUL)}ᵀ ({whole})⁻¹ {w.operand(u, MUL)}", MUL)
    if kind == "trace":
        return Text(f"tr(({whole})⁻¹)")
    m = w.operand(v.args[1], MUL)
    return Text(f"tr(({whole})⁻¹ {m})" if kind == "trace_with" else f"diagonal(({whole})⁻¹ {m} ({whole})⁻¹)")


def _factor(w: Speller[Value], v: Value) -> Text:
    return Text(_matrix(w, v), ADD)


def _solve(w: Speller[Value], v: Value) -> Text:
    own, flipped = v.params
    factor = v.args[0]
    b = w.operand(factor.args[-1 if flipped else 1] if own else v.args[1], MUL)
    return Text(f"({_matrix(w, factor)}){'⁻ᵀ' if flipped else '⁻¹'} {b}", MUL)


def _inverse(w: Speller[Value], v: Value) -> Text:
    return Text(f"({_matrix(w, v.args[0])})⁻¹", POST)


def _inverse_diagonal(w: Speller[Value], v: Value) -> Text:
    return Text(f"diagonal(({_matrix(w, v.args[0])})⁻¹)")


def _log_det(w: Speller[Value], v: Value) -> Text:
    return Text(f"log det({_matrix(w, v.args[0])})")


LOW_RANK_FACTOR = Primitive(
    name="low_rank_factor",
    meaning="what solves with diag(d) + U Uᵀ read: operands d, a column or 1×1, and U; with a third operand "
    "V of diag(d) + U Vᵀ; params (uniform, definite): all entries of d are one, it is known to be definite",
    flops=_factor_flops, work=_factor_work, spelled=_factor,
    is_factorisation=True, keeps_operands=True, is_structured=True,
)  # fmt: skip
SOLVE_LOW_RANK = Primitive(
    name="solve_low_rank",
    meaning="A⁻¹B: operand 0 is the factorisation, operand 1 is B; params (own, transposed): A⁻¹U, or "
    "A⁻ᵀV, with no second operand where own, A⁻ᵀB where transposed",
    flops=_solve_flops, work=_solve_work, spelled=_solve, allocates=True, is_structured=True,
)  # fmt: skip
INVERSE_LOW_RANK = Primitive(
    name="inverse_low_rank", meaning="A⁻¹ from the factorisation",
    flops=_inverse_flops, work=_inverse_work, spelled=_inverse,
    is_inverse=True, allocates=True, is_structured=True,
)  # fmt: skip
INVERSE_DIAGONAL_LOW_RANK = Primitive(
    name="inverse_diagonal_low_rank", meaning="the diagonal of A⁻¹ from the factorisation",
    flops=lambda v: 4 * v.extent[0] * _rank(v.args[0]) ** 2,
    work=lambda v: 4 * START + 4.0 * v.extent[0] * _rank(v.args[0]) ** 2,
    spelled=_inverse_diagonal, allocates=True, is_structured=True,
)  # fmt: skip
OF_LOW_RANK = Primitive(
    name="of_low_rank",
    meaning="of the factorisation of A = diag(d) + U Uᵀ, by params[0]: inner is UᵀA⁻¹U, trace is tr A⁻¹; "
    "with M, symmetric, and M A⁻¹U besides, trace_with is tr(A⁻¹M), diagonal_with the diagonal of A⁻¹MA⁻¹",
    flops=_of_flops, work=lambda v: 4 * START + 2.0 * _of_flops(v) + ENTRY * v.args[0].extent[0],
    spelled=_of_spelled, is_structured=True,
    rule="traces and diagonals beside such an inverse without the inverse", otherwise=_of_otherwise,
)  # fmt: skip
LOG_DET_LOW_RANK = Primitive(
    name="log_det_low_rank", meaning="log det A from the factorisation; an error where det A < 0",
    flops=lambda v: 20 * v.args[0].extent[0], spelled=_log_det, is_structured=True,
)  # fmt: skip


def _spectral_work(v: Value) -> float:
    n = v.extent[0]
    return 2.0 * n**3 + 3 * ENTRY * n**2


def _kronecker(w: Speller[Value], v: Value) -> str:
    return " ⊗ ".join(w.operand(arg, POST) for arg in v.args[:2])


def _spectral_inverse(w: Speller[Value], v: Value) -> Text:
    basis = _kronecker(w, v)
    return Text(f"({basis}) diag({w.operand(v.args[2], ADD)}) ({basis})ᵀ", MUL)


INVERSE_KRONECKER = Primitive(
    name="inverse_kronecker",
    meaning="(P ⊗ Q) diag(v) (P ⊗ Q)ᵀ, an inverse: operands P, Q of eigenvectors, and v, a column",
    flops=lambda v: 2 * v.extent[0] ** 3, work=_spectral_work, spelled=_spectral_inverse,
    is_inverse=True, allocates=True, is_structured=True,
)  # fmt: skip
LOG_DET_KRONECKER = Primitive(
    name="log_det_kronecker", meaning="log det(A ⊗ B) of the operands A and B; an error where it is negative",
    flops=lambda v: sum(2 * arg.extent[0] ** 3 // 3 for arg in v.args),
    work=lambda v: sum(4.0 * arg.extent[0] ** 3 / 3 for arg in v.args),
    spelled=lambda w, v: Text(f"log det({_kronecker(w, v)})"), is_structured=True,
)  # fmt: skip
