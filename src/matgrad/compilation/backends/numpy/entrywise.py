"""How leaves, entrywise functions, and sums over rows and columns are written in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matgrad.compilation.backends.numpy.products import blocks_line
from matgrad.compilation.backends.numpy.text import (
    ADD,
    ATOM,
    LINEAR_ALGEBRA,
    MATRIX_FUNCTIONS,
    MUL,
    RAISED,
    UNARY,
    Text,
    Write,
    calling,
    calling_numpy,
    enclosed,
    factor_text,
    indices_text,
    number_text,
    product,
    shape_text,
)
from matgrad.compilation.ir.numbers import Scalar, literal, magnitude, nearest
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    BLOCK_PRODUCTS,
    BROADCAST_COLUMN,
    BROADCAST_ROW,
    EYE,
    NUMBER,
    ONES,
    POWER,
    SCALAR_TIMES,
    TRANSPOSE,
)

if TYPE_CHECKING:
    from matgrad.compilation.backends.numpy.writer import Writer

_UFUNCS = {
    "exp": "np.exp", "log": "np.log", "log1p": "np.log1p", "expm1": "np.expm1", "sqrt": "np.sqrt",
    "sin": "np.sin", "cos": "np.cos", "tan": "np.tan", "asin": "np.arcsin", "acos": "np.arccos",
    "atan": "np.arctan", "sinh": "np.sinh", "cosh": "np.cosh", "tanh": "np.tanh", "sign": "np.sign",
    "absolute": "np.abs",
}  # fmt: skip


# ---- leaves ----------------------------------------------------------------------------------


def _number(w: Writer, v: Value) -> Text:
    return number_text(v.params[0])


def _filled(name: str) -> Write:
    def text(w: Writer, v: Value) -> Text:
        dtype = w.dtype_argument()
        size = str(v.rows) if name == "eye" else shape_text(v)
        return f"np.{name}({size}{dtype})", ATOM

    return text


def _constant(w: Writer, v: Value) -> Text:
    rows: list[Any] = [[float(nearest(x)) for x in row] for row in v.params[0]]
    entries = [x for row in rows for x in row] if v.kind == "vector" else rows
    return w.constant(f"np.array({entries!r}{w.dtype_argument()})"), ATOM


def _unit(w: Writer, v: Value) -> Text:
    dtype = w.dtype_argument()
    return f"\0\0 = np.zeros({v.rows}{dtype})\n\0[{v.params[0]}] = 1", ATOM


def _selection(w: Writer, v: Value) -> Text:
    dtype = w.dtype_argument()
    places = indices_text(w, v)
    return f"\0\0 = np.zeros({shape_text(v)}{dtype})\n\0[np.arange({v.rows}), {places}] = 1", ATOM


# ---- entry by entry --------------------------------------------------------------------------


def _sum(w: Writer, v: Value) -> Text:
    terms: list[tuple[Scalar, Value]] = list(zip(v.params, v.args, strict=True))
    terms.sort(key=_order_of_terms)
    if v.kind == "matrix" and len(terms) == 2 and terms[0][0] == terms[1][0] == 1:
        for (_, a), (_, b) in (terms, terms[::-1]):
            if b.op is TRANSPOSE and b.args[0] is a and a.rows >= TURNED:
                return f"{w.call(LINEAR_ALGEBRA, 'plus_transpose')}({w.text(a)})", ATOM
    on_diagonal = [(c, a) for c, a in terms if a.op.is_on_diagonal]
    plain = [(c, a) for c, a in terms if not a.op.is_on_diagonal]
    if v.kind == "matrix" and on_diagonal and plain:
        return _with_diagonal(w, v, plain, on_diagonal)
    for c, a in plain:
        name = w.reuse(v, a) if v.kind == "matrix" and not a.op.is_spread and len(plain) > 1 else ""
        if name:
            return _in_place(w, name, c, [term for term in plain if term[1] is not a]), ATOM
    return _combination(w, v, terms, _fills(v, plain))


def _fills(v: Value, terms: Sequence[tuple[Scalar, Value]]) -> bool:
    """Whether one of the terms has the shape of the sum, so that numbers may be spread over it."""
    return any(not (_is_constant(a) or (a.op.is_spread and v.kind == "matrix")) for _, a in terms)


def _is_constant(a: Value) -> bool:
    """Whether all entries are one number."""
    return a.op is ONES or (a.op is SCALAR_TIMES and a.args[1].op is ONES)


def _in_place(w: Writer, name: str, c: Scalar, others: Sequence[tuple[Scalar, Value]]) -> str:
    """Lines that multiply an array by a number and add to it."""
    lines = [f"\0 = {name}"] if c == 1 else [_scaled_in_place(name, c)]
    lines += [f"\0 {'-' if d < 0 else '+'}= {_term(w, magnitude(d), a, spread=True)}" for d, a in others]
    return "\0" + "\n".join(lines)


def _scaled_in_place(name: str, c: Scalar) -> str:
    if c == -1:
        return f"\0 = np.negative({name}, out={name})"
    return f"\0 = np.multiply({name}, {number_text(c)[0]}, out={name})"


TURNED = 48
"""From this order on adding a matrix to its transpose is worth a function of its own."""


def _order_of_terms(term: tuple[Scalar, Value]) -> tuple[bool, bool]:
    """What is added before what is taken away, and arrays before what is spread over them."""
    return term[0] < 0, term[1].op.is_spread


def _combination(w: Writer, v: Value, terms: Sequence[tuple[Scalar, Value]], full: bool) -> Text:
    out = ""
    both = {a.op for _, a in terms} >= {BROADCAST_ROW, BROADCAST_COLUMN}
    for c, a in terms:
        negative = c < 0
        size = magnitude(c)
        text = _term(w, size, a, spread=full or both)
        if not out:
            # The sign of a product is taken last: -A @ B would negate A first.
            out = f"-({text})" if negative and "@" in text else f"-{text}" if negative else text
        else:
            out += f" {'-' if negative else '+'} {text}"
    return out, ADD


def _term(w: Writer, size: Scalar, a: Value, *, spread: bool) -> str:
    if a.op is NUMBER:
        return number_text(size * a.params[0])[0]
    if a.op is ONES and spread:
        return number_text(size)[0]
    if spread and a.op is SCALAR_TIMES and _is_constant(a):
        a = a.args[0]
    if spread and a.op in (BROADCAST_COLUMN, BROADCAST_ROW):
        inner = w.text(a.args[0], ATOM)
        text, level = (f"{inner}[:, None]" if a.op is BROADCAST_COLUMN else inner), ATOM
    else:
        text = w.text(a)
        level = w.texts[a][1]
    if size == 1:
        return enclosed(text, level, MUL)
    return f"{factor_text(size)} * {enclosed(text, level, UNARY)}"


def _with_diagonal(
    w: Writer, v: Value, plain: list[tuple[Scalar, Value]], on_diagonal: list[tuple[Scalar, Value]]
) -> Text:
    """Add to the diagonal of a matrix that is made first."""
    if len(plain) == 1 and plain[0][0] == 1:
        first = _owned(w, v, plain[0][1])
    else:
        first = _combination(w, v, plain, _fills(v, plain))[0]
    lines = [f"\0 = {first}"]
    for c, a in on_diagonal:
        if a.op is BLOCK_PRODUCTS:
            lines.append(blocks_line(w, a, "-" if c < 0 else "+", magnitude(c)))
            continue
        what = factor_text(magnitude(c)) if a.op is EYE else _term(w, magnitude(c), a.args[0], spread=True)
        view = w.call(LINEAR_ALGEBRA, "diagonal_of")
        lines.append(f"{view}(\0)[:] {'-' if c < 0 else '+'}= {what}")
    return "\0" + "\n".join(lines), ATOM


def _owned(w: Writer, v: Value, a: Value) -> str:
    """An operand as an array that is written to: its own, where nothing else reads that, or a copy."""
    text = w.text(a, ATOM)
    if a.op.allocates and a not in w.names:
        return text  # Made inside this line.
    return w.overwritten(v, a) or f"{text}.copy()"


def _scale(w: Writer, v: Value) -> Text:
    c = v.params[0]
    name = w.reuse(v, v.args[0])
    if name:
        return "\0" + _scaled_in_place(name, c), ATOM
    if c == -1:
        return f"-{w.text(v.args[0], ATOM)}", UNARY
    if isinstance(c, Fraction) and abs(c.numerator) == 1 and c.denominator & (c.denominator - 1):
        sign = "-" if c < 0 else ""
        return (
            f"{sign}{w.text(v.args[0], MUL if not sign else UNARY)} / {literal(Fraction(c.denominator))}",
            MUL,
        )
    return f"{factor_text(c)} * {w.text(v.args[0], UNARY)}", MUL


def _scalar_times(w: Writer, v: Value) -> Text:
    scalar, a = v.args
    if scalar.op is POWER and scalar.params[0] == -1 and w.texts[scalar][1] < ATOM:
        return f"{w.text(a, MUL)} / {w.text(scalar.args[0], UNARY)}", MUL
    return f"{w.text(scalar, MUL)} * {w.text(a, UNARY)}", MUL


def _hadamard(w: Writer, v: Value) -> Text:
    def is_divisor(a: Value) -> bool:
        return a.op is POWER and a.params[0] == -1 and w.texts[a][1] < ATOM

    over = [a for a in v.args if not is_divisor(a)]
    under = [a.args[0] for a in v.args if is_divisor(a)]
    text = " * ".join(w.text(a, MUL if i == 0 else UNARY) for i, a in enumerate(over)) or "1"
    return text + "".join(f" / {w.text(a, UNARY)}" for a in under), MUL


def _power(w: Writer, v: Value) -> Text:
    a, p = v.args[0], v.params[0]
    if p == -1:
        return f"1 / {w.text(a, UNARY)}", MUL
    if p == Fraction(1, 2):
        return f"np.sqrt({w.text(a)})", ATOM
    if p == Fraction(-1, 2):
        return f"1 / np.sqrt({w.text(a)})", MUL
    if p < 0 and Fraction(p).denominator == 1:
        return f"1 / {_whole_power(w, a, int(-p))}", MUL
    if p > 0 and Fraction(p).denominator == 1:
        text = _whole_power(w, a, int(p))
        return text, ATOM if text.endswith(")") else RAISED
    return f"np.power({w.text(a)}, {number_text(p)[0]})", ATOM


def _whole_power(w: Writer, a: Value, p: int) -> str:
    """Squares and cubes by multiplication, which is much faster than a general power."""
    text = w.text(a, ATOM)
    if p == 2 or a.kind == "scalar":
        return f"{text} ** {p}" if a.kind == "scalar" else f"np.square({w.text(a)})"
    if p == 3 and text.isidentifier():
        return f"({text} * np.square({text}))"
    if p == 4:
        return f"np.square(np.square({w.text(a)}))"
    return f"np.power({w.text(a)}, {p})"


def _power_by(w: Writer, v: Value) -> Text:
    return f"np.power({w.text(v.args[0])}, {w.text(v.args[1])})", ATOM


def _apply(w: Writer, v: Value) -> Text:
    name, inner = v.params[0], w.argument(v.args[0])
    if name in _UFUNCS:
        return f"{_UFUNCS[name]}({inner})", ATOM
    if name == "sigmoid":
        return f"{w.call('scipy.special', 'expit')}({inner})", ATOM
    if name == "erf":
        return f"{w.call('scipy.special', 'erf')}({inner})", ATOM
    if name == "relu":
        return f"np.maximum({inner}, 0)", ATOM
    if name == "softplus":
        return f"np.logaddexp({inner}, 0)", ATOM
    return f"{w.call(MATRIX_FUNCTIONS, name)}({inner})", ATOM


# ---- rows and columns ------------------------------------------------------------------------


def _scale_rows(w: Writer, v: Value) -> Text:
    d, a = v.args
    if d.op is POWER and d.params[0] == -1 and w.texts[d][1] < ATOM:
        return f"{w.text(a, MUL)} / {w.text(d.args[0], ATOM)}[:, None]", MUL
    return f"{w.text(d, ATOM)}[:, None] * {w.text(a, UNARY)}", MUL


def _scale_columns(w: Writer, v: Value) -> Text:
    a, d = v.args
    if d.op is POWER and d.params[0] == -1 and w.texts[d][1] < ATOM:
        return f"{w.text(a, MUL)} / {w.text(d.args[0], UNARY)}", MUL
    return f"{w.text(a, MUL)} * {w.text(d, UNARY)}", MUL


def _broadcast(w: Writer, v: Value) -> Text:
    inner = w.text(v.args[0], ATOM)
    inner += "[:, None]" if v.op is BROADCAST_COLUMN else ""
    return f"np.repeat({inner}, {v.columns}, axis=1)" if v.op is BROADCAST_COLUMN else (
        f"np.tile({inner}, ({v.rows}, 1))"
    ), ATOM


def _total(w: Writer, v: Value) -> Text:
    return f"{w.text(v.args[0], ATOM)}.sum()", ATOM


def _axis_sum(axis: int) -> Write:
    def text(w: Writer, v: Value) -> Text:
        return f"{w.text(v.args[0], ATOM)}.sum(axis={axis})", ATOM

    return text


def _inner(w: Writer, v: Value) -> Text:
    a, b = v.args
    if a.kind == "vector":
        return product(w, a, b, a.rows)
    if a is b and w.layouts[a] in ("C", "F"):
        return f"np.vdot({_contiguous(w, a)}, {_contiguous(w, b)})", ATOM
    if w.layouts[a] == w.layouts[b] != "":
        return f"np.vdot({_contiguous(w, a)}, {_contiguous(w, b)})", ATOM
    return f"np.einsum('ij,ij->', {w.text(a)}, {w.text(b)})", ATOM


def _contiguous(w: Writer, a: Value) -> str:
    if w.layouts[a] == "C":
        return w.text(a)
    return w.text(a.args[0]) if a.op is TRANSPOSE else f"{w.text(a, ATOM)}.T"


def _row_inner(w: Writer, v: Value) -> Text:
    return f"np.einsum('ij,ij->i', {w.text(v.args[0])}, {w.text(v.args[1])})", ATOM


def _norms(w: Writer, v: Value) -> Text:
    name = "row_norms" if v.params[0] else "norm"
    return f"{w.call(MATRIX_FUNCTIONS, name)}({w.argument(v.args[0])})", ATOM


def _over_norms(w: Writer, v: Value) -> Text:
    name = "over_norm" if v.args[1].kind == "scalar" else "over_row_norms"
    return f"{w.call(MATRIX_FUNCTIONS, name)}({w.argument(v.args[0])}, {w.argument(v.args[1])})", ATOM


def _xlogy(w: Writer, v: Value) -> Text:
    call = w.call(MATRIX_FUNCTIONS, "xlogy")
    return f"{call}({w.argument(v.args[0])}, {w.argument(v.args[1])}, {v.params[0]})", ATOM


def _trace(w: Writer, v: Value) -> Text:
    return f"{w.text(v.args[0], ATOM)}.trace()", ATOM


def _max(w: Writer, v: Value) -> Text:
    return f"{w.text(v.args[0], ATOM)}.max()", ATOM


def _column_max(w: Writer, v: Value) -> Text:
    return f"{w.text(v.args[0], ATOM)}.max(axis=0)", ATOM


def _normalised(w: Writer, v: Value) -> Text:
    name = w.call(MATRIX_FUNCTIONS, v.op.name)
    axis = "" if v.args[0].kind == "vector" else f", axis={v.params[0]}"
    return f"{name}({w.argument(v.args[0])}{axis})", ATOM


ENTRYWISE: dict[str, Write] = {
    "number": _number,
    "constant": _constant,
    "zeros": _filled("zeros"),
    "ones": _filled("ones"),
    "eye": _filled("eye"),
    "unit": _unit,
    "selection": _selection,
    "sum": _sum,
    "scale": _scale,
    "scalar_times": _scalar_times,
    "hadamard": _hadamard,
    "power": _power,
    "power_by": _power_by,
    "apply": _apply,
    "logaddexp": calling_numpy("logaddexp"),
    "log_cosh": calling(MATRIX_FUNCTIONS, "log_cosh"),
    "scale_rows": _scale_rows,
    "scale_columns": _scale_columns,
    "broadcast_column": _broadcast,
    "broadcast_row": _broadcast,
    "total": _total,
    "row_sums": _axis_sum(1),
    "column_sums": _axis_sum(0),
    "inner": _inner,
    "row_inner": _row_inner,
    "norms": _norms,
    "over_norms": _over_norms,
    "power_or_zero": calling(MATRIX_FUNCTIONS, "power_or_zero"),
    "xlogy": _xlogy,
    "trace": _trace,
    "max": _max,
    "is_max": calling(MATRIX_FUNCTIONS, "is_max"),
    "column_max": _column_max,
    "softmax": _normalised,
    "log_softmax": _normalised,
    "logsumexp": _normalised,
}
"""How each primitive of this module is written."""
