"""All operators together: what they make of each other is known where any of them is."""

from __future__ import annotations

from matgrad.kronecker import symmetric as symmetric, two_terms as two_terms
from matgrad.kronecker.blocks import BlockDiagonal, block_diagonal
from matgrad.kronecker.column_products import face_splitting, khatri_rao
from matgrad.kronecker.composites import Inverse, Scaled, as_operator, product, total
from matgrad.kronecker.diagonals import Diagonal, Identity, diagonal, identity
from matgrad.kronecker.low_rank import diagonal_plus_low_rank
from matgrad.kronecker.matrices import Dense, dense
from matgrad.kronecker.operator import OnMatrices, Operator
from matgrad.kronecker.products import Kron, kron
from matgrad.kronecker.sums import KronSum, kron_sum
from matgrad.kronecker.vec_matrices import commutation, duplication, elimination, symmetriser

__all__ = [
    "BlockDiagonal",
    "Dense",
    "Diagonal",
    "Identity",
    "Kron",
    "KronSum",
    "OnMatrices",
    "Operator",
    "as_operator",
    "block_diagonal",
    "commutation",
    "dense",
    "diagonal",
    "diagonal_plus_low_rank",
    "duplication",
    "elimination",
    "face_splitting",
    "identity",
    "khatri_rao",
    "kron",
    "kron_sum",
    "product",
    "symmetriser",
    "total",
]


class _Making:
    """How operators are made of operators."""

    total = staticmethod(total)
    product = staticmethod(product)
    scaled = Scaled
    inverse = Inverse
    identity = Identity
    as_operator = staticmethod(as_operator)
    solve_for_symmetric = staticmethod(symmetric.solve_for_symmetric)


Operator.algebra = _Making()
