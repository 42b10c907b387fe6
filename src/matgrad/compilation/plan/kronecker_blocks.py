"""Products of Kronecker products and diagonals, as blocks that are never formed whole.

With the face-splitting product P • X, whose row i is p_i ⊗ x_i (Slyusar, 1999):
(uᵀ ⊗ I) diag(vec P) (I ⊗ X) = (P diag(u)) • X, and (I ⊗ Xᵀ) diag(vec P) (I ⊗ Z) is block diagonal with
the blocks Xᵀ diag(p_a) Z.
"""

from __future__ import annotations

from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import DIAG, EYE, KRON, MATMUL, ONES
from matgrad.compilation.ir.recorder import Recorder


def blockwise(xp: Recorder, factors: list[Value]) -> list[Value]:
    """Replace runs of three factors of a chain by their blocks."""
    split: list[Value] = []
    for factor in factors:
        split += _rank_one(xp, factor)
    out: list[Value] = []
    place = 0
    while place < len(split):
        run = _run(xp, *split[place : place + 3]) if place + 3 <= len(split) else None
        if run is None:
            out.append(split[place])
            place += 1
        else:
            out.append(run)
            place += 3
    return out if len(out) < len(split) else factors


def _rank_one(xp: Recorder, factor: Value) -> list[Value]:
    """uvᵀ ⊗ I as (u ⊗ I)(vᵀ ⊗ I)."""
    if factor.op is KRON and factor.args[1].op is EYE:
        outer = factor.args[0]
        if outer.op is ONES and 1 not in outer.shape:
            column, row = xp.ones((outer.rows, 1)), xp.ones((1, outer.columns))
        elif outer.op is MATMUL and outer.args[0].columns == 1:
            column, row = outer.args
        else:
            return [factor]
        return [xp.kron(column, factor.args[1]), xp.kron(row, factor.args[1])]
    return [factor]


def _run(xp: Recorder, left: Value, middle: Value, right: Value) -> Value | None:
    """The blocks of a Kronecker product, a diagonal and a Kronecker product."""
    if not (left.op is right.op is KRON and middle.op is DIAG):
        return None
    if left.args[0].columns != right.args[0].rows:
        return None  # The factors to the left and to the right of the diagonal divide it into other blocks.
    entries = middle.args[0]
    m, k = right.args[1].rows, right.args[0].rows
    if left.args[1].op is EYE and right.args[0].op is EYE and left.args[0].rows == 1:
        weights = xp.transpose(left.args[0])
        columns = xp.reshape(entries, m, k)
        return xp.face_split(xp.scale_columns(columns, weights), right.args[1])
    if left.args[0].op is EYE and right.args[1].op is EYE and right.args[0].columns == 1:
        x = xp.transpose(left.args[1])
        columns = xp.reshape(entries, x.rows, left.args[0].rows)
        return xp.transpose(xp.face_split(xp.scale_columns(columns, right.args[0]), x))
    if left.args[0].op is right.args[0].op is EYE:
        return xp.block_products(xp.transpose(left.args[1]), xp.reshape(entries, m, k), right.args[1])
    return None
