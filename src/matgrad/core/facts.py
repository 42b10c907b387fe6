"""What is known of a matrix: declared by the user or inferred by the operations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntFlag
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from matgrad.core import bandwidths
from matgrad.core.errors import ArgumentError
from matgrad.core.records import dataclass
from matgrad.core.suggestions import nearest
from matgrad.core.words import Phrase, phrase


class Fact(IntFlag):
    """A property of a matrix or of its entries."""

    NONE = 0
    SYMMETRIC = 1
    SKEW = 2
    DIAGONAL = 4
    LOWER_TRIANGULAR = 8
    UPPER_TRIANGULAR = 16
    ORTHOGONAL = 32
    ORTHONORMAL_COLUMNS = 64
    POSITIVE_DEFINITE = 128
    POSITIVE_SEMIDEFINITE = 256
    INVERTIBLE = 512
    POSITIVE = 1024
    NONNEGATIVE = 2048
    CONSTANT = 4096
    INTEGER = 8192
    SIMPLEX = 16384
    PERMUTATION = 32768
    IDEMPOTENT = 65536
    ORTHOGONAL_PROJECTOR = 131072
    SIMPLEX_ROWS = 262144
    ONE_HOT = 524288
    ONE_HOT_ROWS = 1048576
    TOEPLITZ = 2097152
    CIRCULANT = 4194304

    if not TYPE_CHECKING:
        # The operators of IntFlag make a member each time, at a microsecond; those of int do not.
        # Equal numbers have equal hashes, whichever of them is a member.
        __hash__ = int.__hash__
        __and__ = __rand__ = int.__and__
        __or__ = __ror__ = int.__or__
        __invert__ = int.__invert__


_IMPLIED = (
    (Fact.DIAGONAL, Fact.SYMMETRIC | Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR),
    (Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR, Fact.DIAGONAL | Fact.SYMMETRIC),
    (Fact.SYMMETRIC | Fact.LOWER_TRIANGULAR, Fact.DIAGONAL | Fact.UPPER_TRIANGULAR),
    (Fact.SYMMETRIC | Fact.UPPER_TRIANGULAR, Fact.DIAGONAL | Fact.LOWER_TRIANGULAR),
    (Fact.ORTHOGONAL, Fact.ORTHONORMAL_COLUMNS | Fact.INVERTIBLE),
    (Fact.POSITIVE_DEFINITE, Fact.POSITIVE_SEMIDEFINITE | Fact.SYMMETRIC | Fact.INVERTIBLE),
    (Fact.POSITIVE_SEMIDEFINITE, Fact.SYMMETRIC),
    (Fact.POSITIVE_SEMIDEFINITE | Fact.INVERTIBLE, Fact.POSITIVE_DEFINITE),
    (Fact.POSITIVE, Fact.NONNEGATIVE),
    (Fact.SIMPLEX, Fact.NONNEGATIVE),
    (Fact.SIMPLEX_ROWS, Fact.NONNEGATIVE),
    (Fact.ONE_HOT, Fact.SIMPLEX | Fact.INTEGER),
    (Fact.SIMPLEX | Fact.INTEGER, Fact.ONE_HOT),
    (Fact.ONE_HOT_ROWS, Fact.SIMPLEX_ROWS | Fact.INTEGER),
    (Fact.SIMPLEX_ROWS | Fact.INTEGER, Fact.ONE_HOT_ROWS),
    (Fact.PERMUTATION, Fact.ORTHOGONAL | Fact.NONNEGATIVE | Fact.INTEGER),
    (Fact.ORTHOGONAL_PROJECTOR, Fact.IDEMPOTENT | Fact.POSITIVE_SEMIDEFINITE),
    (Fact.IDEMPOTENT | Fact.SYMMETRIC, Fact.ORTHOGONAL_PROJECTOR),
    # A diagonal entry p of a symmetric P² = P is the sum of the squares of its row: whole numbers are 0 or 1.
    (Fact.ORTHOGONAL_PROJECTOR | Fact.INTEGER, Fact.DIAGONAL),
    (Fact.IDEMPOTENT | Fact.DIAGONAL, Fact.NONNEGATIVE | Fact.INTEGER),
    (Fact.IDEMPOTENT | Fact.INVERTIBLE, Fact.DIAGONAL | Fact.PERMUTATION),
    (Fact.IDEMPOTENT | Fact.ORTHONORMAL_COLUMNS, Fact.DIAGONAL | Fact.PERMUTATION),
    (Fact.CIRCULANT, Fact.TOEPLITZ),
    (Fact.TOEPLITZ | Fact.DIAGONAL, Fact.CIRCULANT),
    # An entry below the diagonal of a circulant matrix stands above it as well.
    (Fact.CIRCULANT | Fact.LOWER_TRIANGULAR, Fact.DIAGONAL),
    (Fact.CIRCULANT | Fact.UPPER_TRIANGULAR, Fact.DIAGONAL),
)

BANDS = Fact(bandwidths.ALL)
"""All that is said of bandwidths; see :mod:`matgrad.core.bandwidths`."""

ON_SIMPLEX = Fact.SIMPLEX | Fact.SIMPLEX_ROWS
"""Columns, or rows, whose entries are not negative and sum to 1."""

ALONG_DIAGONALS = Fact.TOEPLITZ | Fact.CIRCULANT
"""One number on each diagonal."""

PATTERN = Fact(BANDS | Fact.DIAGONAL | Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR)
"""Zeros in certain places, counted from the diagonal."""

TRIANGULAR = Fact.DIAGONAL | Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR
"""Zeros on one side of the diagonal, or on both."""


@dataclass(frozen=True, slots=True)
class About:
    """All that is to be said of a fact in general.

    Attributes
    ----------
    fact : Fact
        The fact.
    word : Phrase
        What it is called; the English word declares it.
    names : tuple of str
        The words that declare it, in Python keywords and in declarations.
    place : int
        Where it stands in a list of words, which has those that say most first.
    square_only : bool
        Whether only a square matrix can have it.
    is_linear : bool
        Whether a change of the matrix has it as well: those of a linear subspace.
    has_no_positive : bool
        Whether a matrix that has it, larger than 1×1, has an entry that is not positive.
    meant : str
        What is to be declared beside it, where that, in place of "positive", may have been meant.
    adjective : Phrase, optional
        What a variable that has it is said to be, where that is not the word; the English one declares it.
    passes_on : bool
        Whether a name for a value has it as well. That entries sum to 1, say, is a property of the values:
        it would make derivatives with respect to the name look like zero.
    """

    fact: Fact
    word: Phrase
    names: tuple[str, ...]
    place: int
    square_only: bool = False
    is_linear: bool = False
    has_no_positive: bool = False
    meant: str = ""
    adjective: Phrase | None = None
    passes_on: bool = False


FACTS: tuple[About, ...] = (
    About(
        Fact.SYMMETRIC,
        Phrase("symmetric"),
        ("symmetric",),
        4,
        square_only=True,
        is_linear=True,
        passes_on=True,
    ),
    About(
        Fact.SKEW,
        Phrase("skew"),
        ("skew", "skew_symmetric", "antisymmetric"),
        5,
        square_only=True,
        is_linear=True,
        has_no_positive=True,
        passes_on=True,
    ),
    About(
        Fact.DIAGONAL,
        Phrase("diagonal"),
        ("diagonal",),
        3,
        square_only=True,
        is_linear=True,
        has_no_positive=True,
        passes_on=True,
        meant="positive definite",
    ),
    About(
        Fact.LOWER_TRIANGULAR,
        Phrase("lower triangular"),
        ("lower", "lower_triangular"),
        6,
        square_only=True,
        is_linear=True,
        has_no_positive=True,
        passes_on=True,
        meant="nonnegative invertible",
    ),
    About(
        Fact.UPPER_TRIANGULAR,
        Phrase("upper triangular"),
        ("upper", "upper_triangular"),
        7,
        square_only=True,
        is_linear=True,
        has_no_positive=True,
        passes_on=True,
        meant="nonnegative invertible",
    ),
    About(Fact.ORTHOGONAL, Phrase("orthogonal"), ("orthogonal",), 0, square_only=True, has_no_positive=True),
    About(
        Fact.ORTHONORMAL_COLUMNS,
        Phrase("orthonormal columns"),
        ("orthonormal", "orthonormal_columns"),
        8,
        adjective=Phrase("orthonormal"),
    ),
    About(
        Fact.POSITIVE_DEFINITE,
        Phrase("positive definite"),
        ("positive_definite", "spd", "pd"),
        1,
        square_only=True,
        passes_on=True,
    ),
    About(
        Fact.POSITIVE_SEMIDEFINITE,
        Phrase("positive semidefinite"),
        ("positive_semidefinite", "psd"),
        2,
        square_only=True,
        passes_on=True,
    ),
    About(
        Fact.INVERTIBLE,
        Phrase("invertible"),
        ("invertible", "nonsingular"),
        9,
        square_only=True,
        passes_on=True,
    ),
    About(
        Fact.POSITIVE,
        Phrase("positive"),
        ("positive",),
        11,
        adjective=Phrase("positive", context="fact of a variable"),
        passes_on=True,
    ),
    About(Fact.NONNEGATIVE, Phrase("nonnegative"), ("nonnegative",), 12, passes_on=True),
    About(Fact.CONSTANT, Phrase("constant"), ("constant",), 13, is_linear=True),
    About(Fact.INTEGER, Phrase("integer"), ("integer",), 14),
    About(Fact.SIMPLEX, Phrase("simplex"), ("simplex", "probability"), 10),
    About(
        Fact.PERMUTATION,
        Phrase("permutation"),
        ("permutation",),
        -1,
        square_only=True,
        has_no_positive=True,
    ),
    About(
        Fact.SIMPLEX_ROWS,
        Phrase("simplex rows"),
        ("simplex_rows", "rows_on_the_simplex", "row_stochastic"),
        10,
    ),
    About(Fact.ONE_HOT, Phrase("one-hot columns"), ("one_hot_columns", "one_hot"), 9),
    About(Fact.ONE_HOT_ROWS, Phrase("one-hot rows"), ("one_hot_rows",), 9),
    About(
        Fact.IDEMPOTENT,
        Phrase("idempotent"),
        ("idempotent", "projector", "projection", "oblique_projector"),
        8,
        square_only=True,
    ),
    About(
        Fact.ORTHOGONAL_PROJECTOR,
        Phrase("orthogonal projector"),
        ("orthogonal_projector", "orthogonal_projection"),
        -2,
        square_only=True,
        adjective=Phrase("symmetric and idempotent"),
    ),
    About(
        Fact.CIRCULANT,
        Phrase("circulant"),
        ("circulant",),
        3,
        square_only=True,
        is_linear=True,
        passes_on=True,
    ),
    About(Fact.TOEPLITZ, Phrase("Toeplitz"), ("toeplitz",), 5, is_linear=True, passes_on=True),
)
"""Every fact there is but the widths of bands, which have numbers."""


def _those(chosen: Iterable[About]) -> Fact:
    facts = Fact.NONE
    for about in chosen:
        facts |= about.fact
    return Fact(facts)


SQUARE_ONLY = Fact(_those(about for about in FACTS if about.square_only) | BANDS)
"""Facts that only a square matrix can have."""

NEVER_POSITIVE = Fact(_those(about for about in FACTS if about.has_no_positive) | BANDS)
"""Facts that a matrix without a zero has not got, but for 1×1."""

LINEAR_STRUCTURE = Fact(_those(about for about in FACTS if about.is_linear) | BANDS)
"""Facts that a change of the matrix has as well: those of a linear subspace."""

PASSED_ON = Fact(_those(about for about in FACTS if about.passes_on) | BANDS)
"""Facts that a name inherits from what it stands for."""

FACT_NAMES: dict[str, Fact] = {name: about.fact for about in FACTS for name in about.names}
"""The words that declare a fact, in Python keywords and in declarations; bands come below."""

FACT_WORDS: dict[Fact, Phrase] = {about.fact: about.word for about in sorted(FACTS, key=lambda a: a.place)}
"""The words for facts, those that say most first; the English ones declare them."""

FACT_ADJECTIVES: dict[Fact, Phrase] = {
    BANDS: Phrase("banded"),
    **{about.fact: about.adjective or about.word for about in FACTS},
}
"""What a variable is said to be of which a fact holds; the English ones declare it as well."""


@cache
def closure(facts: Fact) -> Fact:
    """Add everything that the given facts imply."""
    while True:
        more = facts
        for premise, conclusion in _IMPLIED:
            if more & premise == premise:
                more |= conclusion
        more = _with_bands(more)
        if more == facts:
            return facts
        facts = more


def of_one_type(facts: Fact) -> Fact:
    """Facts as a plain number, none as :attr:`Fact.NONE`, however they came about.

    Members and plain numbers are equal and written differently, and the order of operands is that of a digest
    of how they are written.
    """
    return cast("Fact", int(facts)) if facts else Fact.NONE


def widths(facts: Fact) -> tuple[int | None, int | None]:
    """How far the entries reach below and above the diagonal; ``None`` where that is not known."""
    lower, upper = bandwidths.read(facts)
    return (
        0 if facts & Fact.UPPER_TRIANGULAR else lower,
        0 if facts & Fact.LOWER_TRIANGULAR else upper,
    )


def _with_bands(facts: Fact) -> Fact:
    """What is known of bands, with what symmetry says of them; a width of 0 is a triangle, and no more."""
    lower, upper = widths(facts)
    if not facts & BANDS:
        return facts
    if facts & (Fact.SYMMETRIC | Fact.SKEW):
        lower = upper = min(w for w in (lower, upper) if w is not None)
    return facts & ~BANDS | bandwidths.bits(lower or None, upper or None)


def reach(facts: Fact) -> Fact:
    """The facts with those that triangles say of bands: what sums compare."""
    lower, upper = widths(facts)
    return facts | bandwidths.bits(lower, upper)


def within(lower: int | None, upper: int | None) -> Fact:
    """That no entry stands further below and above the diagonal than these widths."""
    facts = Fact(bandwidths.bits(lower or None, upper or None))
    if lower == 0:
        facts |= Fact.UPPER_TRIANGULAR
    if upper == 0:
        facts |= Fact.LOWER_TRIANGULAR
    return closure(facts)


def has_diagonals(facts: Fact) -> bool:
    """Whether facts that no other says tell of diagonals: a band, or one number on each."""
    return not facts & Fact.DIAGONAL and bool(facts & ALONG_DIAGONALS or is_banded(facts))


def is_banded(facts: Fact) -> bool:
    """Whether entries are known to reach a few diagonals far on both sides."""
    return None not in widths(facts)


def is_outside(facts: Fact, row: int, column: int) -> bool:
    """Whether facts say that the entry in a place is zero, as far as that tells from its diagonal."""
    lower, upper = widths(facts)
    if row == column:
        return bool(facts & Fact.SKEW)
    reach = upper if row < column else lower
    return reach is not None and abs(row - column) > reach


def turned_bands(facts: Fact) -> Fact:
    """What is known of the bands of the transpose."""
    lower, upper = bandwidths.read(facts)
    return Fact(bandwidths.bits(upper, lower))


def pattern_of_product(factors: Sequence[Fact], are_square: bool = True) -> Fact:
    """Where a product of matrices has zeros, and whether it has one number on each diagonal.

    Widths of square matrices add. Circulant matrices are polynomials in one matrix, the cyclic shift, and
    triangular Toeplitz matrices in another.
    """
    shared = TRIANGULAR | ALONG_DIAGONALS
    for facts in factors:
        shared &= facts
    result = shared & (TRIANGULAR | Fact.CIRCULANT)
    if shared & TRIANGULAR:
        result |= shared & Fact.TOEPLITZ
    if not are_square or not all(facts & (BANDS | TRIANGULAR) for facts in factors):
        return Fact(result)
    lower: int | None = 0
    upper: int | None = 0
    for facts in factors:
        below, above = widths(facts)
        lower = None if lower is None or below is None else lower + below
        upper = None if upper is None or above is None else upper + above
    return Fact(result | bandwidths.bits(lower, upper))


def banded(*given: object) -> Fact:
    """The fact that ``banded(2, 1)`` declares; ``banded(2)`` has one width on both sides.

    Raises
    ------
    ArgumentError
        For what are no widths, or larger ones than are kept track of.
    """
    numbers = [width for width in given if type(width) is int and width >= 0]
    if len(given) not in (1, 2) or len(numbers) < len(given):
        said = ", ".join(map(str, given))
        raise ArgumentError(
            phrase(
                "the widths of a band are one or two whole numbers, how many diagonals it has below "
                "the main one and above it, not ({widths})",
                widths=said,
            ),
            fix="banded(2, 1)",
        )
    if max(numbers) > bandwidths.WIDEST:
        raise ArgumentError(
            phrase(
                "a band is kept track of up to {widest} diagonals on a side, not {width}",
                widest=bandwidths.WIDEST,
                width=max(numbers),
            ),
            fix=phrase("declare it without its band: wider ones are computed with as full matrices are"),
        )
    return within(numbers[0], numbers[-1])


BAND_NAMES: dict[str, tuple[int, int]] = {
    "tridiagonal": (1, 1),
    "pentadiagonal": (2, 2),
    "lower_bidiagonal": (1, 0),
    "upper_bidiagonal": (0, 1),
}
"""The words that declare bands of a certain width."""

_BAND_WORDS = {
    (1, 1): Phrase("tridiagonal"),
    (2, 2): Phrase("pentadiagonal"),
    (1, 0): Phrase("lower bidiagonal"),
    (0, 1): Phrase("upper bidiagonal"),
}

FACT_NAMES |= {name: within(*sides) for name, sides in BAND_NAMES.items()}


def facts_from_words(words: dict[str, Any]) -> Fact:
    """Read facts from keyword arguments such as ``symmetric=True`` and ``banded=(2, 1)``.

    Raises
    ------
    ArgumentError
        For a word that is no fact.
    """
    facts = Fact.NONE
    for word, holds in words.items():
        if word == "banded":
            if holds is not False:
                facts |= banded(*(holds if isinstance(holds, (tuple, list)) else (holds,)))
        elif word not in FACT_NAMES:
            near = nearest(word.lower(), [*FACT_NAMES, "banded"], 0.8)
            raise ArgumentError(
                phrase("{word} is not a fact matgrad knows", word=repr(word)),
                fix=near or ", ".join(sorted([*FACT_NAMES, "banded"])),
            )
        elif holds:
            facts |= FACT_NAMES[word]
    return closure(facts)


def band_words(facts: Fact, language: str = "en") -> str:
    """The word for a band that a triangle does not say; empty where there is none."""
    lower, upper = widths(facts)
    if lower is None or upper is None or lower == upper == 0:
        return ""
    word = _BAND_WORDS.get((lower, upper))
    return (
        word.text(language)
        if word is not None
        else phrase("banded({lower}, {upper})", lower=lower, upper=upper).text(language)
    )


_OF_NUMBERS = {
    Fact.POSITIVE: Phrase("positive", context="of a number"),
    Fact.NONNEGATIVE: Phrase("nonnegative", context="of a number"),
}
"""What is said of a number, which in other languages has no entries."""


def fact_words(facts: Fact, language: str = "en", *, of_number: bool = False) -> list[str]:
    """The shortest list of words for these facts; the English ones declare them."""
    words, said = [], Fact.NONE
    band = band_words(facts, language)
    if band:
        words.append(band)
        said |= within(*widths(facts))
    for fact, word in (FACT_WORDS | (_OF_NUMBERS if of_number else {})).items():
        if facts & fact and not closure(said) & fact:
            words.append(word.text(language))
            said |= fact
    return words
