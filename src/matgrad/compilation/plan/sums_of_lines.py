"""Sums of rows or columns that are those of one matrix: a combination of them beside the same of matrices.

a X1 + b Y1 beside aX + bY, as in the Laplacian diag(W1) − W of weights W = aX + bY, is (aX + bY)1: one pass
over the entries, and X and Y need not be kept. The sums have no fewer digits than those of the terms have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.primitives import (
    COLUMN_SUMS,
    DIAG,
    HADAMARD,
    ROW_INNER,
    ROW_SUMS,
    SCALAR_TIMES,
    SCALE,
    SUM,
)
from matgrad.compilation.ir.program import live_values
from matgrad.compilation.ir.recorder import Recorder

Terms = dict[tuple[Value | None, Value], Scalar]
"""The coefficients of matrices, by the 1×1 value in front of them and what is left."""


def summed_together(recorder: Recorder, outputs: Sequence[Value]) -> list[Value]:
    """The outputs, with combinations of sums of lines as the sums of lines of combinations."""
    values = live_values(outputs)
    matrices = {v: _terms(v) for v in values if v.op is SUM and v.kind == "matrix" and not v.is_of_stored}
    products = {frozenset(v.args): v for v in values if v.op is HADAMARD and len(v.args) == 2}
    parts: dict[Value, Terms] = {}
    lines: dict[Value, tuple[Primitive, Terms, Fraction]] = {}
    for v in values:
        found = _lines(v, products)
        if found is None:
            continue
        for matrix, terms in matrices.items():
            times = _times(found[1], terms)
            if times is not None and matrix not in parts:
                # With the signs of the matrix, in whose memory the rest of it is added.
                parts[matrix] = {key: terms[key] for key in found[1]}
                lines[v] = found[0], parts[matrix], times
                break
    whole = {v: total for v in matrices if (total := _on_its_diagonal(v, matrices)) is not None}
    if not (lines or whole):
        return list(outputs)
    done: dict[Value, Value] = {}
    for v in values:
        args = [done[arg] for arg in v.args]
        if v in lines:
            op, terms, times = lines[v]
            done[v] = recorder.scale(times, recorder.make(op, (_sum(recorder, terms, done),), v.shape))
        elif v in parts:
            rest = {key: c for key, c in matrices[v].items() if key not in parts[v]}
            pieces = [(Fraction(1), _sum(recorder, parts[v], done)), *_pieces(recorder, rest, done)]
            # As it stands: the part is there as it is, and flattened it would be computed again.
            done[v] = _made(recorder, pieces, v)
        elif v in whole:
            rest = {key: c for key, c in matrices[v].items() if key not in matrices[whole[v]]}
            done[v] = _made(recorder, [(Fraction(1), done[whole[v]]), *_pieces(recorder, rest, done)], v)
        elif all(a is b for a, b in zip(args, v.args, strict=True)):
            done[v] = v
        else:
            done[v] = recorder.make(v.op, args, v.shape, v.params, v.facts)
    return [done[v] for v in outputs]


def _on_its_diagonal(v: Value, matrices: Mapping[Value, Terms]) -> Value | None:
    """A sum whose lines are summed on the diagonal of v, where that has all of its terms besides."""
    for term in v.args:
        found = _diagonal_lines(term)
        if found is None or (total := found.args[0]) not in matrices:
            continue
        if all(matrices[v].get(key) == c for key, c in matrices[total].items()):
            return total
    return None


def _diagonal_lines(term: Value) -> Value | None:
    """The sums of lines that stand on a diagonal, or are added as a column."""
    inner = term.args[0] if term.op is DIAG else term
    lines = inner.args[0] if inner.op is SCALE else inner
    return lines if lines.op in (ROW_SUMS, COLUMN_SUMS) else None


def taken_before(values: Sequence[Value]) -> frozenset[Value]:
    """The sums of lines that are added to the diagonal of their matrix: made first, it may be overwritten."""
    found = set()
    for v in values:
        if v.op is not SUM or v.kind != "matrix":
            continue
        for term in v.args:
            lines = _diagonal_lines(term)
            if lines is not None and lines.args[0] in v.args:
                found.add(lines)
    return frozenset(found)


def _made(xp: Recorder, pieces: Sequence[tuple[Scalar, Value]], v: Value) -> Value:
    if len(pieces) == 1:
        return xp.scale(*pieces[0])
    return xp.make(SUM, [piece for _, piece in pieces], v.shape, tuple(c for c, _ in pieces), v.facts)


def _terms(v: Value) -> Terms:
    found: Terms = {}
    for c, term in zip(v.params, v.args, strict=True):
        key = (term.args[0], term.args[1]) if term.op is SCALAR_TIMES else (None, term)
        found[key] = c
    return found


def _lines(v: Value, products: Mapping[frozenset[Value], Value]) -> tuple[Primitive, Terms] | None:
    """Which lines a column sums, and the matrices that they are of; two at least."""
    if v.op is not SUM or v.kind != "vector" or v.is_of_stored:
        return None
    found: Terms = {}
    ops: set[Primitive] = set()
    for (scalar, core), c in _terms(v).items():
        matrix = core.args[0] if core.op in (ROW_SUMS, COLUMN_SUMS) else None
        if core.op is ROW_INNER:
            matrix = products.get(frozenset(core.args))
        if matrix is None:
            return None
        ops.add(COLUMN_SUMS if core.op is COLUMN_SUMS else ROW_SUMS)
        found[scalar, matrix] = c
    return (ops.pop(), found) if len(ops) == 1 and len(found) > 1 else None


def _times(lines: Terms, terms: Terms) -> Fraction | None:
    """Whether a combination is a part of another: with the same signs, 1, or the opposite ones, −1."""
    ratios = {terms[key] / c if key in terms else None for key, c in lines.items()}
    ratio = ratios.pop()
    return ratio if not ratios and isinstance(ratio, Fraction) and abs(ratio) == 1 else None


def _pieces(xp: Recorder, terms: Terms, done: Mapping[Value, Value]) -> Iterator[tuple[Scalar, Value]]:
    for (scalar, core), c in terms.items():
        yield c, done[core] if scalar is None else xp.scalar_times(done[scalar], done[core])


def _sum(xp: Recorder, terms: Terms, done: Mapping[Value, Value]) -> Value:
    pieces = list(_pieces(xp, terms, done))
    return xp.sum(pieces, pieces[0][1].shape)
