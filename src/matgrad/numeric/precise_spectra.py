"""Eigenvalues and singular values of small arrays of mpmath numbers, by rotations of Jacobi's.

Each rotation brings an entry beside the diagonal to zero; they converge quadratically and are accurate
also for small eigenvalues. See Golub and Van Loan, Matrix Computations (2013), sections 8.5 and 8.6.3.
mpmath's own decompositions take twice to three times as long at these sizes; larger arrays and those of
lower rank are left to them.
"""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.errors import DomainError
from matgrad.core.words import phrase
from matgrad.numeric.precise_linalg import Arithmetic, Number, Rows, is_symmetric

LARGEST = 8
"""Arrays of more columns are left to mpmath."""

SWEEPS = 12
"""After so many rounds through all pairs the rest is left to mpmath; six are usual."""

_LOST_BITS = 6
"""Bits that rounding may cost."""


def eigh(xp: Arithmetic, a: Rows) -> tuple[Rows, Rows]:
    """Ascending eigenvalues (n×1) and eigenvectors, the largest entry of each positive.

    Raises
    ------
    DomainError
        When ``a`` is not symmetric.
    """
    if not is_symmetric(xp, a):
        raise DomainError(phrase("the eigenvalues of a matrix that is not symmetric"))
    found = _rotated_both(xp, a) if len(a) <= LARGEST else None
    if found is None:
        values, vectors = xp.ctx.eigsy(xp.ctx.matrix(a))
        found = list(values), [list(column) for column in zip(*vectors.tolist(), strict=True)]
    pairs = sorted(zip(*found, strict=True), key=lambda pair: pair[0])
    return [[value] for value, _ in pairs], xp.transpose([_upright(column)[0] for _, column in pairs])


def svd(xp: Arithmetic, a: Rows) -> tuple[Rows, Rows, Rows]:
    """U, descending singular values (k×1) and V, the largest entry of each column of U positive."""
    rows, columns = xp.shape(a)
    tall = rows >= columns
    found = _rotated_columns(xp, a if tall else xp.transpose(a)) if min(rows, columns) <= LARGEST else None
    if found is None:
        u, s, v = xp.ctx.svd_r(xp.ctx.matrix(a), full_matrices=False)
        columns_of_u = [list(column) for column in zip(*u.tolist(), strict=True)]
        triples = list(zip(s, columns_of_u, v.tolist(), strict=True))
    else:
        values, longer, shorter = found
        left, right = (longer, shorter) if tall else (shorter, longer)
        triples = sorted(zip(values, left, right, strict=True), key=lambda triple: -triple[0])
    us, vs = [], []
    for _, column, row in triples:
        upright, flipped = _upright(column)
        us.append(upright)
        vs.append([-x for x in row] if flipped else list(row))
    return xp.transpose(us), [[value] for value, _, _ in triples], xp.transpose(vs)


def _rotated_both(xp: Arithmetic, a: Rows) -> tuple[list[Number], list[list[Number]]] | None:
    """The eigenvalues and eigenvectors of a symmetric array, in no order; ``None`` for lower rank."""
    n = len(a)
    a = [list(row) for row in a]
    vectors = xp.eye(n)
    enough = _negligible(xp, xp.largest(a))
    for _ in range(SWEEPS):
        still = True
        for p in range(n):
            for q in range(p + 1, n):
                if abs(a[p][q]) <= enough:
                    continue
                still = False
                cosine, sine, tangent = _rotation(xp, a[q][q] - a[p][p], 2 * a[p][q])
                shift = tangent * a[p][q]
                a[p][p], a[q][q] = a[p][p] - shift, a[q][q] + shift
                a[p][q] = a[q][p] = xp.ctx.zero
                for k in range(n):
                    if k not in (p, q):
                        x, y = a[k][p], a[k][q]
                        a[k][p] = a[p][k] = cosine * x - sine * y
                        a[k][q] = a[q][k] = sine * x + cosine * y
                _turn(vectors, p, q, cosine, sine)
        if still:
            values = [a[i][i] for i in range(n)]
            # What is nothing beside the largest is rounding, which mpmath leaves as such; here it may be 0.
            is_full = min(map(abs, values)) > _negligible(xp, max(map(abs, values)))
            return (values, vectors) if is_full else None
    return None


def _rotated_columns(
    xp: Arithmetic, a: Rows
) -> tuple[list[Number], list[list[Number]], list[list[Number]]] | None:
    """Singular values, left and right vectors of a tall array, in no order; ``None`` for lower rank."""
    columns = xp.transpose(a)
    n = len(columns)
    vectors = xp.eye(n)
    for _ in range(SWEEPS):
        still = True
        for p in range(n):
            for q in range(p + 1, n):
                (pp, pq), (_, qq) = xp.matmul(
                    [columns[p], columns[q]], xp.transpose([columns[p], columns[q]])
                )
                if abs(pq) <= _negligible(xp, xp.ctx.sqrt(pp * qq)):
                    continue
                still = False
                cosine, sine, _ = _rotation(xp, qq - pp, 2 * pq)
                _turn(columns, p, q, cosine, sine)
                _turn(vectors, p, q, cosine, sine)
        if still:
            break
    else:
        return None
    values = [xp.ctx.sqrt(xp.ctx.fsum(column, squared=True)) for column in columns]
    if min(values) <= _negligible(xp, max(values)):
        return None
    units = [[x / value for x in column] for value, column in zip(values, columns, strict=True)]
    return values, units, vectors


def _negligible(xp: Arithmetic, size: Number) -> Number:
    """What is nothing beside a number of that size, in the precision in use."""
    return xp.ctx.ldexp(size, _LOST_BITS - xp.ctx.prec)


def _rotation(xp: Arithmetic, gap: Number, twice: Number) -> tuple[Number, Number, Number]:
    """Cosine, sine and tangent of the smaller angle that brings the off-diagonal entry to zero."""
    root = xp.ctx.sqrt(gap * gap + twice * twice)
    tangent = twice / (gap + root) if gap >= 0 else twice / (gap - root)
    cosine = 1 / xp.ctx.sqrt(1 + tangent * tangent)
    return cosine, cosine * tangent, tangent


def _turn(lines: list[list[Number]], p: int, q: int, cosine: Number, sine: Number) -> None:
    """Turn two lines in their plane."""
    first = [cosine * x - sine * y for x, y in zip(lines[p], lines[q], strict=True)]
    lines[q] = [sine * x + cosine * y for x, y in zip(lines[p], lines[q], strict=True)]
    lines[p] = first


def _upright(column: Sequence[Number]) -> tuple[list[Number], bool]:
    """Make the entry of largest magnitude positive; say whether that took a change of sign."""
    if max(column, key=abs) < 0:
        return [-x for x in column], True
    return list(column), False
