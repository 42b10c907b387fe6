"""Rows on vec: why a linear function of a matrix is one, and how a row times ⊗ becomes a matrix again."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.dims import ONE
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.words import Phrase
from matgrad.explanation.chain_words import UNVEC, UNVEC_COLUMN
from matgrad.explanation.lines import Label
from matgrad.explanation.sides import symbol_label
from matgrad.ops.arithmetic import content
from matgrad.ops.diagonals import Diag
from matgrad.ops.kronecker import Commutation, Kron
from matgrad.ops.leaves import Eye
from matgrad.ops.reshaping import is_vec
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose

_MN = "Magnus & Neudecker (2019)"

TRACE_ON_VEC = Phrase("tr({x}) = vec(I)ᵀ vec({x})", _MN, "ch. 2, sec. 4")
INNER_ON_VEC = Phrase("tr(Gᵀ{x}) = vec(G)ᵀ vec({x})", _MN, "ch. 2, sec. 4")
SUM_ON_VEC = Phrase("sum(G ⊙ {x}) = vec(G)ᵀ vec({x})")
BILINEAR_ON_VEC = Phrase("aᵀ{x}b = (bᵀ ⊗ aᵀ) vec({x})", _MN, "ch. 2, sec. 4")
BY_DIAGONAL = Phrase("aᵀ diag(b) = (a ⊙ b)ᵀ")
BY_COMMUTATION = Phrase("vec(S)ᵀK_nn = vec(S)ᵀ for symmetric S", _MN, "ch. 3, sec. 7")


def linear_on_vec(scalar: Expr, matrix: Expr, operand: Symbol) -> list[Phrase]:
    """The identity by which a scalar that is linear in a matrix is a row times its vec.

    Parameters
    ----------
    scalar, matrix : Expr
        The scalar and the row.
    operand : Symbol
        The matrix in which the scalar is linear.
    """
    if operand.columns is ONE or operand.rows is ONE:
        return []
    name: Label = symbol_label(operand)
    _, row = content(matrix)
    inside = row.args[0] if isinstance(row, Transpose) else row
    if isinstance(row, Kron) or isinstance(inside, Kron):
        return [BILINEAR_ON_VEC.filled(x=name)]
    if not is_vec(inside):
        return []
    if isinstance(inside.args[0], Eye):
        return [TRACE_ON_VEC.filled(x=name)]
    is_trace = any(isinstance(node, Trace) for node in postorder(scalar))
    return [(INNER_ON_VEC if is_trace else SUM_ON_VEC).filled(x=name)]


def back_to_matrices(terms: Sequence[Expr], is_stacked: bool) -> list[Phrase]:
    """What makes a sum of rows on vec the gradient in the shape of a matrix.

    Parameters
    ----------
    terms : sequence of Expr
        The rows, each a product of the links of one path.
    is_stacked : bool
        Whether one of the links is a Kronecker product.
    """
    found = [BY_DIAGONAL] if any(isinstance(factor, Diag) for term in terms for factor in term.args) else []
    for term in terms:
        if any(map(_holds_commutation, term.args)) and any(map(_is_symmetric_row, term.args)):
            found.append(BY_COMMUTATION)
            break
    return [*found, UNVEC if is_stacked else UNVEC_COLUMN]


def _holds_commutation(factor: Expr) -> bool:
    return any(isinstance(node, Commutation) for node in postorder(factor))


def _is_symmetric_row(factor: Expr) -> bool:
    inside = factor.args[0] if isinstance(factor, Transpose) else factor
    return is_vec(inside) and inside.args[0].T is inside.args[0]
