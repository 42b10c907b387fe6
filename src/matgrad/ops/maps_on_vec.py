"""The matrices on vec of the maps that lie below ⊗ and vec (Magnus & Neudecker, 2019, ch. 2, sec. 4)."""

from __future__ import annotations

from matgrad.core.expr import Expr
from matgrad.core.linear_map import matrix_on_vec
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import multiply
from matgrad.ops.blocks import PadMap, PartMap, selections
from matgrad.ops.diagonals import DiagonalMap, DiagonalPartMap, diag
from matgrad.ops.indices.members import MemberMap, PlacedMap
from matgrad.ops.khatri_rao import khatri_rao
from matgrad.ops.kronecker import commutation, kron
from matgrad.ops.leaves import eye, unit
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose


@matrix_on_vec.register
def _(linear: lm.Identity) -> Expr:
    return eye(linear.domain[0] * linear.domain[1])


@matrix_on_vec.register
def _(linear: lm.Scale) -> Expr:
    return multiply(linear.factor, eye(linear.domain[0] * linear.domain[1]))


@matrix_on_vec.register
def _(linear: lm.Left) -> Expr:
    return kron(eye(linear.domain[1]), linear.matrix)


@matrix_on_vec.register
def _(linear: lm.Right) -> Expr:
    return kron(linear.matrix.T, eye(linear.domain[0]))


@matrix_on_vec.register
def _(linear: lm.Transposition) -> Expr:
    return commutation(*linear.domain)


@matrix_on_vec.register
def _(linear: lm.HadamardBy) -> Expr:
    return diag(vec(linear.matrix))


@matrix_on_vec.register
def _(linear: lm.Inner) -> Expr:
    return vec(linear.matrix).T


@matrix_on_vec.register
def _(linear: lm.Outer) -> Expr:
    return vec(linear.matrix)


@matrix_on_vec.register
def _(linear: DiagonalMap) -> Expr:
    n = linear.domain[0]
    return khatri_rao(eye(n), eye(n))


@matrix_on_vec.register
def _(linear: DiagonalPartMap) -> Expr:
    n = linear.domain[0]
    return khatri_rao(eye(n), eye(n)).T


@matrix_on_vec.register
def _(linear: PartMap) -> Expr:
    rows, columns = selections(linear.domain, linear.bounds)
    return kron(columns, rows)


@matrix_on_vec.register
def _(linear: PadMap) -> Expr:
    return linear.adjoint().kronecker().T


@matrix_on_vec.register
def _member(linear: MemberMap) -> Expr:
    """A member is (e_iᵀ ⊗ I) times the stack."""
    places, lasts, rows, _ = linear.data
    units = [transpose(unit(place, last)) for place, last in zip(places, lasts, strict=True)]
    return lm.Left(kron(*units, eye(rows)), linear.domain).kronecker()


@matrix_on_vec.register
def _placed(linear: PlacedMap) -> Expr:
    """A stack with one member is (e_i ⊗ I) times the member."""
    return transpose(linear.adjoint().kronecker())
