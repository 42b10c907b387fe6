"""What is known of a matrix: declared by the user or inferred by the operations."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

from matgrad.core.errors import ArgumentError


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
)

SQUARE_ONLY = (
    Fact.SYMMETRIC
    | Fact.SKEW
    | Fact.DIAGONAL
    | Fact.LOWER_TRIANGULAR
    | Fact.UPPER_TRIANGULAR
    | Fact.ORTHOGONAL
    | Fact.POSITIVE_DEFINITE
    | Fact.POSITIVE_SEMIDEFINITE
    | Fact.INVERTIBLE
)
"""Facts that only a square matrix can have."""

TRIANGULAR = Fact.DIAGONAL | Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR
"""Zeros on one side of the diagonal, or on both."""

NEVER_POSITIVE = TRIANGULAR | Fact.SKEW | Fact.ORTHOGONAL
"""Facts that a matrix without a zero has not got, but for 1×1."""

LINEAR_STRUCTURE = Fact.SYMMETRIC | Fact.SKEW | TRIANGULAR | Fact.CONSTANT
"""Facts that a change of the matrix has as well: those of a linear subspace."""

FACT_NAMES: dict[str, Fact] = {
    "symmetric": Fact.SYMMETRIC,
    "skew": Fact.SKEW,
    "skew_symmetric": Fact.SKEW,
    "antisymmetric": Fact.SKEW,
    "diagonal": Fact.DIAGONAL,
    "lower": Fact.LOWER_TRIANGULAR,
    "lower_triangular": Fact.LOWER_TRIANGULAR,
    "upper": Fact.UPPER_TRIANGULAR,
    "upper_triangular": Fact.UPPER_TRIANGULAR,
    "orthogonal": Fact.ORTHOGONAL,
    "orthonormal": Fact.ORTHONORMAL_COLUMNS,
    "orthonormal_columns": Fact.ORTHONORMAL_COLUMNS,
    "positive_definite": Fact.POSITIVE_DEFINITE,
    "spd": Fact.POSITIVE_DEFINITE,
    "pd": Fact.POSITIVE_DEFINITE,
    "positive_semidefinite": Fact.POSITIVE_SEMIDEFINITE,
    "psd": Fact.POSITIVE_SEMIDEFINITE,
    "invertible": Fact.INVERTIBLE,
    "nonsingular": Fact.INVERTIBLE,
    "positive": Fact.POSITIVE,
    "nonnegative": Fact.NONNEGATIVE,
    "constant": Fact.CONSTANT,
    "integer": Fact.INTEGER,
    "simplex": Fact.SIMPLEX,
    "probability": Fact.SIMPLEX,
}
"""The words that declare a fact, in Python keywords and in declarations."""


def closure(facts: Fact) -> Fact:
    """Add everything that the given facts imply."""
    while True:
        more = facts
        for premise, conclusion in _IMPLIED:
            if more & premise == premise:
                more |= conclusion
        if more == facts:
            return facts
        facts = more


def facts_from_words(words: dict[str, bool]) -> Fact:
    """Read facts from keyword arguments such as ``symmetric=True``.

    Raises
    ------
    ArgumentError
        For a word that is no fact.
    """
    facts = Fact.NONE
    for word, holds in words.items():
        if word not in FACT_NAMES:
            raise ArgumentError(f"{word!r} is not a fact matgrad knows", fix=", ".join(sorted(FACT_NAMES)))
        if holds:
            facts |= FACT_NAMES[word]
    return closure(facts)


_CHINESE = {
    Fact.ORTHOGONAL: "正交",
    Fact.POSITIVE_DEFINITE: "正定",
    Fact.POSITIVE_SEMIDEFINITE: "半正定",
    Fact.DIAGONAL: "对角",
    Fact.SYMMETRIC: "对称",
    Fact.SKEW: "反对称",
    Fact.LOWER_TRIANGULAR: "下三角",
    Fact.UPPER_TRIANGULAR: "上三角",
    Fact.ORTHONORMAL_COLUMNS: "列标准正交",
    Fact.INVERTIBLE: "可逆",
    Fact.SIMPLEX: "单纯形",
    Fact.POSITIVE: "元素为正",
    Fact.NONNEGATIVE: "元素非负",
    Fact.CONSTANT: "常量",
    Fact.INTEGER: "整数",
}


def fact_words(facts: Fact, language: str = "en") -> list[str]:
    """The shortest list of words for these facts; the English ones declare them."""
    order = (
        (Fact.ORTHOGONAL, "orthogonal"),
        (Fact.POSITIVE_DEFINITE, "positive definite"),
        (Fact.POSITIVE_SEMIDEFINITE, "positive semidefinite"),
        (Fact.DIAGONAL, "diagonal"),
        (Fact.SYMMETRIC, "symmetric"),
        (Fact.SKEW, "skew"),
        (Fact.LOWER_TRIANGULAR, "lower triangular"),
        (Fact.UPPER_TRIANGULAR, "upper triangular"),
        (Fact.ORTHONORMAL_COLUMNS, "orthonormal columns"),
        (Fact.INVERTIBLE, "invertible"),
        (Fact.SIMPLEX, "simplex"),
        (Fact.POSITIVE, "positive"),
        (Fact.NONNEGATIVE, "nonnegative"),
        (Fact.CONSTANT, "constant"),
        (Fact.INTEGER, "integer"),
    )
    words, said = [], Fact.NONE
    for fact, word in order:
        if facts & fact and not closure(said) & fact:
            words.append(_CHINESE[fact] if language == "zh" else word)
            said |= fact
    return words
