"""Whether data contradict what is declared of a variable.

Each fact is looked at in the order of the entries' number, n² for a matrix. QᵀQ = I and A² = A are seen on
a few random vectors (Freivalds, 1979), and where those leave a doubt on the product itself. Definite and
invertible matrices take a factorisation, and of these two only what no scaling of rows and columns mends is
refused: diag(1, 1e-16) is positive definite (van der Sluis, 1969; Higham, 2002, Accuracy and Stability of
Numerical Algorithms, sections 7.3 and 10.1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from matgrad.core.facts import Fact, band_words, is_banded, widths
from matgrad.core.lazy import DeferredModule
from matgrad.core.words import Phrase, phrase

if TYPE_CHECKING:
    import numpy as np
    import scipy.linalg.lapack as lapack
else:
    np = DeferredModule("numpy")
    lapack = DeferredModule("scipy.linalg.lapack")

CHECKED = ~Fact.CONSTANT
"""The facts that data may contradict: that something is constant says nothing of its value."""


def not_so(what: str | Phrase) -> Phrase:
    """That an array has not a fact that is declared."""
    return phrase("{what}, but the array given is not", what=what)


def _but_singular() -> Phrase:
    return phrase("{what}, but the array given is {singular}", what="positive definite", singular=SINGULAR)


def contradiction(facts: Fact, array: Any, *, factorised: bool = False) -> Phrase | None:
    """Name a declared fact that an array with two axes does not have; ``None`` if it has all.

    The tolerance is 1e-8 relative to the largest entry, 1e-4 for float32 and 1e-2 for shorter floats.

    Parameters
    ----------
    facts : Fact
        What is declared, with all that follows from it.
    array : array_like
        The array.
    factorised : bool
        Whether the caller is about to factorise the array, and sees then that it is not definite.
    """
    a = np.asarray(array)
    relative = tolerance(a.dtype)
    if a.dtype != np.float32:
        a = a.astype(np.float64, copy=False)
    if not a.size:
        return None
    with np.errstate(all="ignore"):
        for fact, word, holds in _CHECKS:
            if facts & fact and not holds(a, relative):
                return not_so(word)
        if is_banded(facts) and not facts & Fact.DIAGONAL and not _within_band(a, facts, relative):
            return not_so(band_words(facts))
        if facts & Fact.POSITIVE_DEFINITE:
            return _against_definite(a, relative, factorised)
        if facts & Fact.SYMMETRIC and not facts & Fact.DIAGONAL and not _near(a, a.T, relative):
            return not_so("symmetric")
        if facts & Fact.IDEMPOTENT and not facts & Fact.INVERTIBLE:
            return None if _seems_same(a, a, a) else against_idempotent(facts, a, a @ a)
        if facts & Fact.POSITIVE_SEMIDEFINITE and not _semidefinite(a, relative):
            return not_so("positive semidefinite")
        if facts & Fact.PERMUTATION:
            return None
        if facts & Fact.ORTHONORMAL_COLUMNS:
            return None if _seems_same(a.T, a, None) else contradiction_of_gram(a.T @ a)
        if facts & Fact.INVERTIBLE and not factorised:
            return _against_invertible(a)
    return None


def tolerance(dtype: Any) -> float:
    """The share of the largest entry up to which data of that type are taken to be exact."""
    if np.dtype(dtype).kind in "iub" or dtype.itemsize >= 8:
        return 1e-8
    return 1e-4 if dtype == np.float32 else 1e-2


_VECTORS = 8
"""On so many random vectors a product is looked at."""

_LONG = 96
"""From so many columns on that is less work than the product."""


def _seems_same(a: Any, b: Any, c: Any | None) -> bool:
    """Whether ABZ = CZ for random columns Z, of which C = I where there is none, to a tenth of the tolerance.

    An entry of AB − C that is k times the tolerance is missed with a probability of (0.08/k)⁸, whatever the
    matrices are: the vectors are drawn anew each time. Where this does not hold the product itself decides.
    """
    columns = b.shape[1]
    if columns < _LONG:
        return False
    z = np.random.default_rng().standard_normal((columns, _VECTORS)).astype(a.dtype)
    wanted = z if c is None else c @ z
    size = 1.0 if c is None else np.abs(c).max()
    return bool(np.abs(a @ (b @ z) - wanted).max() <= 0.1 * tolerance(a.dtype) * size)


def contradiction_of_gram(gram: Any) -> Phrase | None:
    """Words where AᵀA shows that the columns of A are not orthonormal."""
    if np.abs(gram - np.eye(len(gram))).max() <= tolerance(gram.dtype):
        return None
    return phrase("to have orthonormal columns, but those of the array given are not")


def against_idempotent(facts: Fact, a: Any, square: Any) -> Phrase | None:
    """Words where A² shows that A is no projector.

    A square magnifies what rounding left in A by its norm.
    """
    size = np.abs(a).max()
    bound = tolerance(a.dtype) * size + 4 * np.finfo(a.dtype).eps * np.abs(a).sum(axis=0).max() ** 2
    if np.abs(square - a).max() <= bound:
        return None
    return not_so("orthogonal projector" if facts & Fact.ORTHOGONAL_PROJECTOR else "idempotent")


def _near(a: Any, b: Any, relative: float) -> bool:
    """Whether two arrays agree, up to a share of the largest entry."""
    return bool((a == b).all()) or bool(np.abs(a - b).max() <= relative * np.abs(a).max())


def _scaled(a: Any) -> Any | None:
    """D A D with ones on the diagonal; ``None`` where the diagonal is not positive."""
    diagonal = a.diagonal()
    if not (diagonal > 0).all():
        return None
    scale = 1 / np.sqrt(diagonal)
    return scale[:, None] * a * scale


def _against_definite(a: Any, relative: float, factorised: bool) -> Phrase | None:
    if factorised and bool((a == a.T).all()):
        return None
    scaled = _scaled(a)
    if scaled is None or not np.isfinite(scaled).all():
        return not_so("symmetric") if not _near(a, a.T, relative) else not_so("positive definite")
    if not _near(scaled, scaled.T, relative):
        return not_so("symmetric")
    try:
        pivots = np.linalg.cholesky(scaled).diagonal()
    except np.linalg.LinAlgError:
        singular = only_semidefinite(a)
        return not_so("positive definite") if singular is None else _but_singular()
    if pivots.min() ** 2 > len(a) * np.finfo(a.dtype).eps:
        return None
    return _but_singular()


SINGULAR = phrase("only positive semidefinite: it is singular to working precision")


def only_semidefinite(a: Any) -> Phrase | None:
    """Words for a symmetric array whose smallest eigenvalue is 0 up to rounding; ``None`` for another."""
    scaled = _scaled(a)
    rounding = len(a) ** 2 * np.finfo(a.dtype).eps
    return SINGULAR if scaled is not None and np.linalg.eigvalsh(scaled)[0] >= -rounding else None


def _semidefinite(a: Any, relative: float) -> bool:
    largest = np.abs(a).max()
    if largest == 0:
        return True
    try:
        np.linalg.cholesky((a + a.T) / (2 * largest) + relative * np.eye(len(a), dtype=a.dtype))
    except np.linalg.LinAlgError:
        return False
    return True


def _against_invertible(a: Any) -> Phrase | None:
    rows = np.abs(a).max(axis=1, keepdims=True)
    if not rows.all() or not np.isfinite(rows).all():
        return not_so("invertible")
    scaled = a / rows
    columns = np.abs(scaled).max(axis=0)
    if not columns.all():
        return not_so("invertible")
    # With rows and columns of comparable size what is left of the condition is the matrix's own.
    factor, _, info = lapack.dgetrf(scaled / columns)
    reciprocal = 0 if info else lapack.dgecon(factor, np.abs(scaled / columns).sum(axis=0).max())[0]
    if not reciprocal > np.finfo(a.dtype).eps:
        return phrase(
            "{what}, but the array given is not: it is singular to working precision ({dtype})",
            what="invertible",
            dtype=a.dtype,
        )
    return None


def _nonnegative(a: Any, relative: float) -> bool:
    """Whether no entry is negative, up to the rounding of the largest."""
    return bool((a >= 0).all()) or bool((a >= -512 * np.finfo(a.dtype).eps * np.abs(a).max()).all())


def _permutes(a: Any, relative: float) -> bool:
    """Whether each row and each column has one 1 and nothing else."""
    places = np.argmax(a, axis=1)
    ones = np.zeros_like(a)
    ones[np.arange(len(a)), places] = 1
    return bool(np.abs(a - ones).max() <= relative) and len(np.unique(places)) == len(a)


def _within_band(a: Any, facts: Fact, relative: float) -> bool:
    """Whether nothing stands outside a band of known widths."""
    lower, upper = (len(a) if width is None else width for width in widths(facts))
    strays = np.tril(a, -lower - 1), np.triu(a, upper + 1)
    return not any(stray.any() for stray in strays) or all(
        bool(np.abs(stray).max() <= relative * np.abs(a).max()) for stray in strays
    )


def _along_diagonals(a: Any, relative: float) -> bool:
    """Whether each diagonal has one number: each entry is held to the first, as rounding adds up along it."""
    m, n = a.shape
    rows, columns = np.ogrid[:m, :n]
    place = columns - rows
    first = np.concatenate([a[:0:-1, 0], a[0]])
    return _near(a, first[place + m - 1], relative)


def _cycles(a: Any, relative: float) -> bool:
    """Whether each row is the one above it, turned by one place."""
    rows, columns = np.ogrid[: len(a), : len(a)]
    return _near(a, a[(rows - columns) % len(a), 0], relative)


def _whole(a: Any, relative: float) -> bool:
    return bool((np.abs(a - np.round(a)) <= relative).all())


def _sums_to_one(a: Any, relative: float) -> bool:
    return bool((np.abs(a.sum(axis=0) - 1) <= relative).all())


_Check = Callable[[Any, float], bool]

_CHECKS: tuple[tuple[Fact, str | Phrase, _Check], ...] = (
    (Fact.PERMUTATION, "permutation", _permutes),
    (Fact.CIRCULANT, "circulant", _cycles),
    (Fact.TOEPLITZ, "Toeplitz", _along_diagonals),
    (Fact.DIAGONAL, "diagonal", lambda a, r: _near(a, np.diag(a.diagonal()), r)),
    (Fact.SKEW, "skew", lambda a, r: _near(a, -a.T, r)),
    (Fact.LOWER_TRIANGULAR, "lower triangular", lambda a, r: _near(a, np.tril(a), r)),
    (Fact.UPPER_TRIANGULAR, "upper triangular", lambda a, r: _near(a, np.triu(a), r)),
    (Fact.POSITIVE, "positive", lambda a, r: bool((a > 0).all())),
    (Fact.NONNEGATIVE, "nonnegative", _nonnegative),
    (Fact.INTEGER, phrase("an array of whole numbers"), _whole),
    (Fact.SIMPLEX, phrase("a probability vector, with entries that sum to one"), _sums_to_one),
    (Fact.SIMPLEX_ROWS, phrase("a matrix with rows that sum to one"), lambda a, r: _sums_to_one(a.T, r)),
)
"""What is seen entry by entry, the structural facts first: a message names the simplest that fails."""
