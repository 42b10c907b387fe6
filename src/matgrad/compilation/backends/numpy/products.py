"""How products and rearrangements are written in NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matgrad.compilation.backends.numpy.text import (
    ATOM,
    LINEAR_ALGEBRA,
    MUL,
    SMALL,
    UNARY,
    Text,
    Write,
    calling_numpy,
    enclosed,
    factor_text,
    indices_text,
    number_text,
    product,
    shape_text,
    two_axes,
)
from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import EYE, TRANSPOSE
from matgrad.core.facts import Fact

if TYPE_CHECKING:
    from matgrad.compilation.backends.numpy.writer import Writer

TRIANGULAR = 48
"""From this order on BLAS is worth calling for half the work of a triangular product."""

THIN = 4
"""How many times as many columns as rows make a product a thin one."""

LARGE = 100_000
"""Products of more multiplications are worth a look at the signs of their weights."""

_TRIANGULAR = Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR

# ---- products --------------------------------------------------------------------------------


def _matmul(w: Writer, v: Value) -> Text:
    a, b = v.args
    if a.columns == 1:
        return f"{w.text(a, ATOM)}[:, None] * {w.text(b, UNARY)}", MUL
    if v.kind == "matrix" and a.facts & _TRIANGULAR and a.rows >= TRIANGULAR:
        lower = bool(a.facts & Fact.LOWER_TRIANGULAR)
        call = w.call(LINEAR_ALGEBRA, "triangular_product")
        return f"{call}({w.text(a)}, {w.text(b)}, lower={lower})", ATOM
    if is_thin(v):
        return f"({_turned(w, b)} @ {_turned(w, a)}).T", ATOM
    return product(w, a, b, a.rows * a.columns * b.columns)


def is_thin(v: Value) -> bool:
    """Whether a product has few rows: as the transpose of a product with few columns it is faster."""
    a, b = v.args
    size = a.rows * a.columns * b.columns
    return v.kind == "matrix" and a.columns > 1 and size > SMALL and THIN * a.rows <= b.columns


def _gram(w: Writer, v: Value) -> Text:
    a = v.args[0]
    size = a.rows * a.columns**2
    left = _turned(w, a)
    if size <= SMALL:
        return f"{left}.dot({w.text(a)})", ATOM
    return f"{left} @ {w.text(a, UNARY)}", MUL


def _weighted_gram(w: Writer, v: Value) -> Text:
    a, d = v.args
    if a.rows * a.columns**2 > LARGE:
        return f"{w.call(LINEAR_ALGEBRA, 'weighted_gram')}({w.text(a)}, {w.text(d)})", ATOM
    left = _turned(w, a)
    return f"({left} * {w.text(d, UNARY)}).dot({w.text(a)})", ATOM


def _kron(w: Writer, v: Value) -> Text:
    a, b = v.args
    dtype = w.dtype_argument()
    if v.kind == "vector":
        return f"np.multiply.outer({w.text(a)}, {w.text(b)}).reshape(-1)", ATOM
    if a.op is EYE or b.op is EYE:
        shape = f"({a.rows}, {b.rows}, {a.columns}, {b.columns})"
        which, inner = ("iaib->iab", b) if a.op is EYE else ("aibi->iab", a)
        return (
            f"\0\0 = np.zeros({shape}{dtype})\nnp.einsum('{which}', \0)[:] = {two_axes(w, inner)}\n"
            f"\0 = \0.reshape({v.rows}, {v.columns})"
        ), ATOM
    left = {
        "matrix": f"{w.text(a, ATOM)}[:, None, :, None]",
        "vector": f"{w.text(a, ATOM)}[:, None, None, None]"
        if a.columns == 1
        else f"{w.text(a, ATOM)}[:, None]",
    }[a.kind]
    right = {
        "matrix": f"{w.text(b, ATOM)}[:, None, :]",
        "vector": f"{w.text(b, ATOM)}[:, None, None]" if b.columns == 1 else w.text(b, UNARY),
    }[b.kind]
    return f"({left} * {right}).reshape({v.rows}, {v.columns})", ATOM


def _kron_apply(w: Writer, v: Value) -> Text:
    a, b, m = v.args
    text, level = f"{w.text(m, ATOM)}.reshape({a.columns}, {b.columns}, {m.columns})", ATOM
    if b.op is not EYE:
        text, level = f"{two_axes(w, b, MUL)} @ {text}", MUL
    if a.op is not EYE:
        flat = f"{enclosed(text, level)}.reshape({a.columns}, {b.rows * m.columns})"
        text, level = f"{two_axes(w, a, MUL)} @ {flat}", MUL
    return f"{enclosed(text, level)}.reshape({v.rows}, {v.columns})", ATOM


def _kron_combination(w: Writer, v: Value) -> Text:
    call = w.call(LINEAR_ALGEBRA, "kron_combination")
    terms = []
    for i, (c, turned) in enumerate(v.params):
        pair = ["None" if x.op is EYE else two_axes(w, x) for x in v.args[2 * i : 2 * i + 2]]
        terms.append(f"({number_text(c)[0]}, {', '.join(pair)}, {turned})")
    a, b = v.args[:2]
    turned = v.params[0][1]
    columns = (b.columns, a.columns) if turned else (a.columns, b.columns)
    shape = f"({a.rows}, {b.rows}, {columns[0]}, {columns[1]})"
    return f"{call}({shape}, [{', '.join(terms)}], np.{w.dtype})", ATOM


def _face_split(w: Writer, v: Value) -> Text:
    p, x = v.args
    return (
        f"({w.text(p, ATOM)}[:, :, None] * {w.text(x, ATOM)}[:, None]).reshape({v.rows}, {v.columns})",
        ATOM,
    )


def _block_products(w: Writer, v: Value) -> Text:
    return _added_blocks(w, v, f"np.zeros(({v.rows}, {v.columns}){w.dtype_argument()})", "", 1), ATOM


def _added_blocks(w: Writer, v: Value, first: str, sign: str, factor: Scalar) -> str:
    """Lines that make a matrix and add blocks to its diagonal."""
    return "\0" + "\n".join([f"\0 = {first}", blocks_line(w, v, sign, factor)])


def blocks_line(w: Writer, v: Value, sign: str, factor: Scalar) -> str:
    """The line that adds the diagonal blocks of a value to a matrix named by NUL."""
    x, spread = v.args
    k = v.params[0]
    p, q = x.columns, spread.columns // k
    left = _turned(w, x)
    blocks = f"({left} @ {w.text(spread, UNARY)}).reshape({p}, {k}, {q}).swapaxes(0, 1)"
    scaled = blocks if factor == 1 else f"{factor_text(factor)} * {blocks}"
    return f"{w.call(LINEAR_ALGEBRA, 'diagonal_blocks_of')}(\0, {k})[:] {sign}= {scaled}"


# ---- rearrangements --------------------------------------------------------------------------


def _transpose(w: Writer, v: Value) -> Text:
    a = v.args[0]
    return (w.text(a, ATOM) + ("" if a.kind == "vector" else ".T")), ATOM


def _reshape(w: Writer, v: Value) -> Text:
    a = v.args[0]
    flat = w.text(a, ATOM) if a.kind == "vector" else _turned(w, a)
    if v.kind == "vector":
        return f"{flat}.reshape(-1)", ATOM
    return f"{flat}.reshape({v.columns}, {v.rows}).T", ATOM


def _turned(w: Writer, a: Value) -> str:
    return w.text(a.args[0], ATOM) if a.op is TRANSPOSE else f"{w.text(a, ATOM)}.T"


def _part(w: Writer, v: Value) -> Text:
    a = v.args[0]
    r0, r1, c0, c1 = v.params
    if a.kind == "vector":
        i0, i1 = (r0, r1) if a.columns == 1 else (c0, c1)
        inside = str(i0) if v.kind == "scalar" else f"{i0}:{i1}"
    else:
        rows = str(r0) if v.rows == 1 else ":" if v.rows == a.rows else f"{r0}:{r1}"
        columns = str(c0) if v.columns == 1 else ":" if v.columns == a.columns else f"{c0}:{c1}"
        inside = f"{rows}, {columns}" if columns != ":" else rows
    return f"{w.text(a, ATOM)}[{inside}]", ATOM


def _grid(w: Writer, v: Value) -> Text:
    width = v.params[0]
    rows = [v.args[i : i + width] for i in range(0, len(v.args), width)]
    if v.kind == "vector":
        return f"np.hstack([{', '.join(w.argument(a) for a in v.args)}])", ATOM
    if all(a.kind == "scalar" for a in v.args):
        shown = ", ".join(f"[{', '.join(w.argument(a) for a in row)}]" for row in rows)
        return f"np.array([{shown}])", ATOM
    shown = ", ".join(f"[{', '.join(two_axes(w, a) for a in row)}]" for row in rows)
    return f"np.block([{shown}])", ATOM


def _take(axis: int) -> Write:
    def text(w: Writer, v: Value) -> Text:
        a, selection = v.args[0], v.params[0]
        if selection.kind == "commutation" and axis == 0 and a.kind == "matrix":
            m, n = selection.sizes
            return (
                f"{w.text(a, ATOM)}.reshape({n}, {m}, -1).swapaxes(0, 1).reshape({v.rows}, {v.columns})",
                ATOM,
            )
        if selection.kind == "commutation" and a.kind == "vector":
            m, n = selection.sizes
            return f"{w.text(a, ATOM)}.reshape({n}, {m}).T.reshape(-1)", ATOM
        places = indices_text(w, v)
        return f"{w.text(a, ATOM)}[{places}]" if axis == 0 else f"{w.text(a, ATOM)}[:, {places}]", ATOM

    return text


def _scatter(w: Writer, v: Value) -> Text:
    a = v.args[0]
    dtype = w.dtype_argument()
    places = indices_text(w, v)
    return f"\0\0 = np.zeros({shape_text(v)}{dtype})\nnp.add.at(\0, {places}, {w.text(a)})", ATOM


PRODUCTS: dict[str, Write] = {
    "matmul": _matmul,
    "gram": _gram,
    "weighted_gram": _weighted_gram,
    "kron": _kron,
    "kron_apply": _kron_apply,
    "kron_combination": _kron_combination,
    "face_split": _face_split,
    "block_products": _block_products,
    "transpose": _transpose,
    "reshape": _reshape,
    "tril": calling_numpy("tril"),
    "diag": calling_numpy("diag"),
    "diagonal": calling_numpy("diagonal"),
    "grid": _grid,
    "part": _part,
    "take_rows": _take(0),
    "take_columns": _take(1),
    "scatter_rows": _scatter,
}
"""How each primitive of this module is written."""
