"""Whether sparse data, or an operator, contradict what is declared of a variable.

No entry is filled in. A definite matrix is factorised with its pivots on the diagonal, where that of a
definite one always can be (George & Liu, 1981); of an operator only products are seen, with a few
directions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from matgrad.core.facts import Fact, band_words, fact_words, is_banded, widths
from matgrad.core.lazy import DeferredModule
from matgrad.core.words import Phrase, phrase
from matgrad.numeric.contradictions import SINGULAR, against_idempotent, not_so, tolerance

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sparse
    import scipy.sparse.linalg as linalg
else:
    np = DeferredModule("numpy")
    sparse = DeferredModule("scipy.sparse")
    linalg = DeferredModule("scipy.sparse.linalg")

SYMMETRIC_MODE: dict[str, Any] = {
    "permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.0, "options": {"SymmetricMode": True}
}  # fmt: skip
"""SuperLU of a matrix with a positive diagonal: the order of its graph, pivots on the diagonal."""


def contradiction_of_sparse(facts: Fact, array: Any, *, factorised: bool = False) -> Phrase | None:
    """Name a declared fact that a sparse array with two axes does not have; ``None`` if it has all.

    Parameters
    ----------
    facts : Fact
        What is declared, with all that follows from it.
    array : sparse array
        The array.
    factorised : bool
        Whether the caller is about to factorise the array, and sees then that it is not definite.
    """
    a = sparse.csr_array(array)
    relative = tolerance(a.dtype)
    if a.dtype != np.float32:
        a = a.astype(np.float64, copy=False)
    if not a.shape[0] or not a.shape[1]:
        return None
    largest = np.abs(a.data).max(initial=0.0)
    if not np.isfinite(largest):
        return phrase("{what}, but the array given holds an infinity or a NaN", what=fact_words(facts)[0])
    for fact, word, difference in _DIFFERENCES:
        if facts & fact and not _small(difference(a), relative * largest):
            return not_so(word)
    if is_banded(facts) and not facts & Fact.DIAGONAL:
        lower, upper = (a.shape[0] if width is None else width for width in widths(facts))
        strays = sparse.tril(a, -lower - 1) + sparse.triu(a, upper + 1)
        if not _small(strays, relative * largest):
            return not_so(band_words(facts))
    for fact, word, holds in _ENTRIES:
        if facts & fact and not holds(a, relative):
            return not_so(word)
    if facts & Fact.POSITIVE_DEFINITE and not factorised:
        found = definite_factors(a)
        if isinstance(found, str):
            return not_so("positive definite")
        if isinstance(found, Phrase):
            return phrase(
                "{what}, but the array given is {singular}", what="positive definite", singular=found
            )
    elif facts & Fact.IDEMPOTENT and not facts & Fact.INVERTIBLE:
        return against_idempotent(facts, a, a @ a)
    elif facts & Fact.POSITIVE_SEMIDEFINITE and not facts & Fact.POSITIVE_DEFINITE and largest:
        shifted = a + relative * largest * sparse.eye_array(a.shape[0], dtype=a.dtype, format="csr")
        if isinstance(definite_factors(shifted), (str, Phrase)):
            return not_so("positive semidefinite")
    if facts & Fact.ORTHONORMAL_COLUMNS and not _small(
        a.T @ a - sparse.eye_array(a.shape[1], format="csr"), relative
    ):
        return phrase("to have orthonormal columns, but those of the array given are not")
    if facts & Fact.INVERTIBLE and not facts & Fact.POSITIVE_DEFINITE and not factorised and _is_singular(a):
        return not_so("invertible")
    return None


def contradiction_of_operator(facts: Fact, operator: Any) -> Phrase | None:
    """Name a declared fact that products with an operator show it not to have, or cannot show.

    Symmetry and definiteness are looked at in three directions, the same in every call.
    """
    unseen: list[str | Phrase] = [word for fact, word in _UNSEEN if facts & fact]
    if is_banded(facts) and not facts & Fact.DIAGONAL:
        unseen.insert(0, band_words(facts))
    if unseen:
        return phrase("{what}, which the products of a linear operator do not show", what=unseen[0])
    if facts & (Fact.SYMMETRIC | Fact.SKEW):
        v = np.random.default_rng(7).standard_normal((operator.shape[1], 3))
        forms = v.T @ operator.matmat(v)
        sign = -1 if facts & Fact.SKEW else 1
        if np.abs(forms - sign * forms.T).max() > 1e-8 * np.abs(forms).max():
            return _no_operator("skew" if sign < 0 else "symmetric")
        values = forms.diagonal()
        if facts & Fact.POSITIVE_DEFINITE and not (values > 0).all():
            return _no_operator("positive definite")
        if facts & Fact.POSITIVE_SEMIDEFINITE and not (values >= -1e-8 * np.abs(values).max()).all():
            return _no_operator("positive semidefinite")
    return None


def _no_operator(what: str) -> Phrase:
    return phrase("{what}, but the operator given is not", what=what)


def definite_factors(a: Any) -> Any:
    """The factorisation of a positive definite sparse matrix with its pivots, or words for what it is."""
    if not isinstance(a, sparse.csc_array):
        a = sparse.csc_array(a)
    try:
        factors = linalg.splu(a, **SYMMETRIC_MODE)
    except RuntimeError:
        return SINGULAR if (a.diagonal() > 0).all() else "not"
    pivots = factors.U.diagonal()
    # Rows are exchanged only where a pivot is zero; those of a definite matrix are positive.
    if not pivots.min() > 0 or not (factors.perm_r == factors.perm_c).all():
        return "not"
    rounding = a.shape[0] * np.finfo(a.dtype).eps
    if not pivots.min() > rounding * np.abs(a.data).max():
        # What is left of a diagonal entry, as a share of it, does not change when the matrix is scaled.
        places = np.argsort(factors.perm_c)
        if not (pivots > rounding * a.diagonal()[places]).all():
            return SINGULAR
    return factors, pivots


def _is_singular(a: Any) -> bool:
    """Whether a square matrix is singular to working precision, however its rows and columns are scaled."""
    rows = abs(a).max(axis=1).toarray().reshape(-1)
    if not rows.all():
        return True
    scaled = sparse.diags_array(1 / rows) @ a
    columns = abs(scaled).max(axis=0).toarray().reshape(-1)
    if not columns.all():
        return True
    scaled = sparse.csc_array(scaled @ sparse.diags_array(1 / columns))
    try:
        pivots = np.abs(linalg.splu(scaled).U.diagonal())
    except RuntimeError:
        return True
    return bool(pivots.min() <= np.finfo(a.dtype).eps * pivots.max())


def _small(a: Any, bound: float) -> bool:
    return bool(np.abs(a.data).max(initial=0.0) <= bound)


def _off_diagonal(a: Any) -> Any:
    return a - sparse.diags_array(a.diagonal(), format="csr")


def _nonnegative(a: Any, bound: float) -> bool:
    rounding = 512 * np.finfo(a.dtype).eps * np.abs(a.data).max(initial=0.0)
    return bool((a.data >= -rounding).all())


def _whole(a: Any, bound: float) -> bool:
    return bool((np.abs(a.data - np.round(a.data)) <= bound).all())


def _sums_to_one(a: Any, bound: float) -> bool:
    return bool((np.abs(a.sum(axis=0) - 1) <= bound).all())


_DIFFERENCES: tuple[tuple[Fact, str | Phrase, Callable[[Any], Any]], ...] = (
    (Fact.DIAGONAL, "diagonal", _off_diagonal),
    (Fact.SKEW, "skew", lambda a: a + a.T),
    (Fact.LOWER_TRIANGULAR, "lower triangular", lambda a: sparse.triu(a, 1, format="csr")),
    (Fact.UPPER_TRIANGULAR, "upper triangular", lambda a: sparse.tril(a, -1, format="csr")),
    (Fact.SYMMETRIC, "symmetric", lambda a: a - a.T),
    (Fact.TOEPLITZ, "Toeplitz", lambda a: a[1:, 1:] - a[:-1, :-1]),
    (Fact.CIRCULANT, "circulant", lambda a: a[1:, :1] - a[:-1, -1:]),
)
"""What an array is without its structure, the simplest structure first."""

_ENTRIES: tuple[tuple[Fact, str | Phrase, Callable[[Any, float], bool]], ...] = (
    (Fact.POSITIVE, "positive", lambda a, b: a.nnz == a.shape[0] * a.shape[1] and bool((a.data > 0).all())),
    (Fact.NONNEGATIVE, "nonnegative", _nonnegative),
    (Fact.INTEGER, phrase("an array of whole numbers"), _whole),
    (Fact.SIMPLEX, phrase("a probability vector, with entries that sum to one"), _sums_to_one),
    (Fact.SIMPLEX_ROWS, phrase("a matrix with rows that sum to one"), lambda a, b: _sums_to_one(a.T, b)),
)
"""What is seen entry by entry."""

_UNSEEN: tuple[tuple[Fact, str | Phrase], ...] = (
    (Fact.CIRCULANT, "circulant"),
    (Fact.TOEPLITZ, "Toeplitz"),
    (Fact.DIAGONAL, "diagonal"),
    (Fact.LOWER_TRIANGULAR, "lower triangular"),
    (Fact.UPPER_TRIANGULAR, "upper triangular"),
    (Fact.PERMUTATION, "permutation"),
    (Fact.ORTHOGONAL_PROJECTOR, "orthogonal projector"),
    (Fact.IDEMPOTENT, "idempotent"),
    (Fact.ORTHONORMAL_COLUMNS, "orthonormal"),
    (Fact.POSITIVE, "positive"),
    (Fact.NONNEGATIVE, "nonnegative"),
    (Fact.INTEGER, phrase("an array of whole numbers")),
    (Fact.SIMPLEX, phrase("a probability vector")),
    (Fact.SIMPLEX_ROWS, phrase("a matrix with rows that sum to one")),
)
"""Facts that products with an operator do not show."""
