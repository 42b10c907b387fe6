"""How factorisations, solves and functions of matrices are written in NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matgrad.compilation.backends.numpy.text import (
    ATOM,
    LINEAR_ALGEBRA,
    MATRIX_FUNCTIONS,
    Text,
    Write,
    calling,
    name_text,
    two_axes,
)
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import INVERSE_TRIANGULAR, ITEM, SVD

if TYPE_CHECKING:
    from matgrad.compilation.backends.numpy.writer import Writer

# ---- linear algebra --------------------------------------------------------------------------


def _factor_of(name: str) -> Write:
    def text(w: Writer, v: Value) -> Text:
        call = w.call(LINEAR_ALGEBRA, name)
        return f"{call}({w.text(v.args[0])}, {name_text(w, v.args[0])})", ATOM

    return text


def _lu_factor(w: Writer, v: Value) -> Text:
    readers = [u for u in w.program.values if v in u.args]
    if readers and v not in w.program.outputs and all(u.op.is_singular for u in readers):
        # A singular matrix has a determinant, though nothing else of this.
        return f"{w.call(LINEAR_ALGEBRA, 'lu_or_singular')}({w.text(v.args[0])})", ATOM
    return _factor_of("lu")(w, v)


def _lu_log_det(w: Writer, v: Value) -> Text:
    call = w.call(LINEAR_ALGEBRA, "lu_log_det")
    return f"{call}({w.text(v.args[0])}, {name_text(w, v.args[0].args[0])})", ATOM


def _lu_solve(w: Writer, v: Value) -> Text:
    call = w.call(LINEAR_ALGEBRA, "lu_solve")
    flipped = ", transposed=True" if v.params[0] else ""
    return f"{call}({w.text(v.args[0])}, {w.text(v.args[1])}{flipped})", ATOM


def _triangular(w: Writer, v: Value) -> Text:
    a = v.args[0]
    if v.op is INVERSE_TRIANGULAR:
        call = w.call(LINEAR_ALGEBRA, "triangular_inverse")
        return f"{call}({w.text(a)}, {name_text(w, a)}, lower={v.params[0]})", ATOM
    call = w.call(LINEAR_ALGEBRA, "triangular_solve")
    flipped = ", transposed=True" if v.params[1] else ""
    return f"{call}({w.text(a)}, {w.text(v.args[1])}, {name_text(w, a)}, lower={v.params[0]}{flipped})", ATOM


def _named(name: str, *more: int) -> Write:
    def text(w: Writer, v: Value) -> Text:
        call = w.call(MATRIX_FUNCTIONS, name)
        return f"{call}({', '.join(w.argument(a) for a in v.args)}, {name_text(w, v.args[0])})", ATOM

    return text


def _pinv(w: Writer, v: Value) -> Text:
    nullity = f", nullity={v.params[0]}" if v.params[0] else ""
    return f"{w.call(MATRIX_FUNCTIONS, 'pinv')}({w.text(v.args[0])}{nullity})", ATOM


def _matrix_power(w: Writer, v: Value) -> Text:
    return f"np.linalg.matrix_power({w.text(v.args[0])}, {v.params[0]})", ATOM


def _item(w: Writer, v: Value) -> Text:
    place = f"{w.text(v.args[0], ATOM)}[{v.params[0]}]"
    if v.args[0].op is SVD and v.kind != "matrix":
        # The singular vectors are columns of arrays with two axes, the singular values have one.
        if v.params[0] == 1:
            return place if v.kind == "vector" else f"{place}[0]", ATOM
        return f"{place}[:, 0]" if v.kind == "vector" else f"{place}[0, 0]", ATOM
    return place, ATOM


def _svd(w: Writer, v: Value) -> Text:
    call = w.call(MATRIX_FUNCTIONS, "svd")
    return f"{call}({two_axes(w, v.args[0])})", ATOM


def _require(w: Writer, v: Value) -> Text:
    call = w.call(MATRIX_FUNCTIONS, v.op.name)
    only = f", {v.params[0]}" if v.params else ""
    source = v.args[1].args[0] if v.args[1].op is ITEM else v.args[1]
    what = name_text(w, source.args[0] if source.args else source)
    return f"\0{call}({w.argument(v.args[1])}, {what}{only})\n\0 = {w.text(v.args[0])}", ATOM


ALGEBRA: dict[str, Write] = {
    "cholesky": _factor_of("cholesky"),
    "cholesky_factor": _factor_of("cholesky"),
    "solve_cholesky": calling(LINEAR_ALGEBRA, "cholesky_solve"),
    "lu_factor": _lu_factor,
    "solve_lu": _lu_solve,
    "solve_triangular": _triangular,
    "inverse_triangular": _triangular,
    "inverse_cholesky": calling(LINEAR_ALGEBRA, "cholesky_inverse"),
    "inverse_lu": calling(LINEAR_ALGEBRA, "lu_inverse"),
    "log_det_cholesky": calling(LINEAR_ALGEBRA, "cholesky_log_det"),
    "log_det_lu": _lu_log_det,
    "det_cholesky": calling(LINEAR_ALGEBRA, "cholesky_det"),
    "det_lu": calling(LINEAR_ALGEBRA, "lu_det"),
    "adjugate": calling(LINEAR_ALGEBRA, "lu_adjugate"),
    "det_hessian": calling(LINEAR_ALGEBRA, "lu_det_hessian"),
    "pinv": _pinv,
    "matrix_power": _matrix_power,
    "matrix_power_by": _named("matrix_power"),
    "expm": _named("expm"),
    "logm": _named("logm"),
    "sqrtm": _named("sqrtm"),
    "sylvester": _named("sylvester"),
    "eigh": _named("eigh"),
    "svd": _svd,
    "item": _item,
    "require_gaps": _require,
    "require_nonzero": _require,
}
"""How each primitive of this module is written."""
