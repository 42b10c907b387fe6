"""Sums of all entries of a sum, term by term, where a pass over the entries is spared.

Σ (exp(M) − Y⊙M) is Σ exp(M) − ⟨Y, M⟩, and ⟨C, X diag(w) + 1bᵀ⟩ is wᵀ diag(CᵀX) + bᵀ Cᵀ1 where those sums of
columns are there anyway. What cancels between terms is lost by it: so all of them but one must be rounded
already, by a function such as exp or a reciprocal, by as much as that.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.primitives import (
    APPLY,
    BROADCAST_COLUMN,
    BROADCAST_ROW,
    COLUMN_SUMS,
    HADAMARD,
    INNER,
    POWER,
    ROW_INNER,
    ROW_SUMS,
    SCALAR_TIMES,
    SCALE,
    SCALE_COLUMNS,
    SCALE_ROWS,
    SUM,
)
from matgrad.compilation.ir.recorder import Recorder

Shared = set[tuple[Primitive, frozenset[Value]]]
"""What a program computes, by the primitive and the operands."""

_EXACT = frozenset({"relu", "absolute", "sign", "step"})
"""Functions of every entry that do not round."""

_FACTORS = frozenset({HADAMARD, SCALAR_TIMES, SCALE, SCALE_COLUMNS, SCALE_ROWS})
"""What is rounded where a factor of it is."""


def term_by_term(
    xp: Recorder, v: Value, args: Sequence[Value], shared: Shared, once: set[Value]
) -> Value | None:
    """The sum of all entries of a sum, or of its products with others, by those of the terms.

    Parameters
    ----------
    xp : Recorder
        What makes values.
    v : Value
        A sum of all entries, or of the entrywise product of two matrices.
    args : sequence of Value
        Its operands as they were rewritten.
    shared : set
        What the program computes.
    once : set of Value
        What is read once: the sum itself is then not formed.
    """
    for place, old in enumerate(v.args):
        new = args[place]
        if old.op is not SUM or new.op is not SUM or old.kind != "matrix" or old not in once:
            continue
        if len(old.args) != len(new.args) or sum(not _is_rounded(term) for term in old.args) > 1:
            continue
        terms: list[tuple[Scalar, Value]] = []
        for c, before, term in zip(new.params, old.args, new.args, strict=True):
            if v.op is INNER:
                found = _of_lines(xp, v.args[1 - place], args[1 - place], before, term, shared)
            else:
                found = xp.total(term)
            if found is None:
                break
            terms.append((c, found))
        spared = v.op is INNER or any(t.op is HADAMARD and t in once for t in old.args)
        if len(terms) == len(old.args) and spared:
            return xp.sum(terms, (1, 1))
    return None


def _is_rounded(v: Value) -> bool:
    """Whether entries of a value have the errors of a function or a quotient, in proportion to their size."""
    if v.op is APPLY:
        return v.params[0] not in _EXACT
    if v.op is POWER:
        return v.params[0] < 0 or Fraction(v.params[0]).denominator != 1 or _is_rounded(v.args[0])
    return v.op in _FACTORS and any(map(_is_rounded, v.args))


def _of_lines(
    xp: Recorder, weight: Value, kept: Value, old: Value, term: Value, shared: Shared
) -> Value | None:
    """⟨C, X diag(w)⟩, ⟨C, diag(w) X⟩, ⟨C, 1bᵀ⟩ and ⟨C, b1ᵀ⟩ by sums along lines that are there anyway."""
    if old.op is not term.op:
        return None
    if old.op in (BROADCAST_ROW, BROADCAST_COLUMN):
        down = old.op is BROADCAST_ROW
        if (COLUMN_SUMS if down else ROW_SUMS, frozenset((weight,))) not in shared:
            return None
        return xp.inner(xp.column_sums(kept) if down else xp.row_sums(kept), term.args[0])
    if old.op is SCALE_ROWS:
        lines, pair, w = (weight, old.args[1]), (kept, term.args[1]), term.args[0]
    elif old.op is SCALE_COLUMNS:
        lines = xp.transpose(weight), xp.transpose(old.args[0])
        pair, w = (xp.transpose(kept), xp.transpose(term.args[0])), term.args[1]
    else:
        return None
    if (ROW_INNER, frozenset(lines)) not in shared:
        return None
    return xp.inner(xp.make(ROW_INNER, pair, (pair[0].rows, 1)), w)
