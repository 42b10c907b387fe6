"""Why the lines of a derivation from the entries hold."""

from __future__ import annotations

from matgrad.core.words import Phrase

_MN = "Magnus & Neudecker (2019)"

CHAIN = Phrase("chain rule with what was shown above")
SHOWN = Phrase("with the derivatives shown above")
INSERT = Phrase("insert the derivatives of the intermediate variables")
MATRICES = Phrase("sums over products of entries are entries of matrix products")
ALL_ENTRIES = Phrase("all entries together")
ON_VEC = Phrase(
    "Bᵀ ⊗ A has A_ik B_lj in row (i, j) and column (k, l), both in the order of vec",
    _MN,
    "ch. 2, sec. 2",
)
TOTAL = Phrase("total differential")
RENAMED = Phrase("the same with other letters")
