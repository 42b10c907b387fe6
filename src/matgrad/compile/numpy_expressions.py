"""How each primitive is written in NumPy: an expression, or lines that make a named value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from matgrad.compile.program import Scalar, Value
from matgrad.core.facts import Fact

if TYPE_CHECKING:
    from matgrad.compile.numpy_source import Writer

ADD, MUL, UNARY, POWER, ATOM = 1, 2, 3, 4, 5
"""How tightly an expression binds."""

Text = tuple[str, int]
_TRIANGULAR = Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR

LINEAR_ALGEBRA = "matgrad.compile.linear_algebra"
MATRIX_FUNCTIONS = "matgrad.compile.matrix_functions"
TRIANGULAR = 48
"""From this order on BLAS is worth calling for half the work of a triangular product."""

LARGE = 100_000
"""Products of more multiplications are worth a look at the signs of their weights."""

SMALL = 50_000
"""Products of fewer multiplications are written .dot, which starts faster than @."""

_UFUNCS = {
    "exp": "np.exp", "log": "np.log", "log1p": "np.log1p", "expm1": "np.expm1", "sqrt": "np.sqrt",
    "sin": "np.sin", "cos": "np.cos", "tan": "np.tan", "asin": "np.arcsin", "acos": "np.arccos",
    "atan": "np.arctan", "sinh": "np.sinh", "cosh": "np.cosh", "tanh": "np.tanh", "sign": "np.sign",
    "absolute": "np.abs",
}  # fmt: skip


def write(w: Writer, v: Value) -> Text:
    """The expression of a value; text that starts with a NUL holds lines that name it by NUL."""
    return _WRITE[v.op](w, v)


def layout(w: Writer, v: Value) -> str:
    """``"C"``, ``"F"`` or ``""``: how a value lies in memory."""
    if v.kind != "matrix":
        return "C"
    if v.op == "transpose":
        return {"C": "F", "F": "C"}.get(w.layouts[v.args[0]], "")
    if v.op in (
        "sum",
        "scale",
        "scalar_times",
        "hadamard",
        "apply",
        "power",
        "power_by",
        "logaddexp",
        "log_cosh",
    ):
        orders = {w.layouts[a] for a in v.args if a.kind == "matrix" and a.op not in _VIRTUAL}
        return orders.pop() if len(orders) == 1 else "C" if "F" not in orders or len(orders) > 1 else ""
    if v.op == "scale_rows":
        return w.layouts[v.args[1]]
    if v.op in ("scale_columns", "softmax", "log_softmax"):
        return w.layouts[v.args[0]]
    if v.op in ("cholesky", "cholesky_factor", "solve_cholesky", "solve_lu", "solve_triangular"):
        return "F"
    if v.op in ("matmul", "gram", "weighted_gram", "kron"):
        return "C"
    return ""


_ON_DIAGONAL = frozenset({"eye", "diag", "block_products"})
_VIRTUAL = frozenset({"eye", "diag", "ones", "broadcast_row", "broadcast_column", "block_products"})
"""Values that a sum adds without forming them."""


def number_text(x: Scalar) -> Text:
    """A number in the source."""
    from matgrad.compile.numpy_source import number

    return number(x)


def name_text(w: Writer, v: Value) -> str:
    """What a message calls a matrix, as a literal."""
    return repr(w.plain.of(v))


# ---- leaves -----------------------------------------------------------------------------------------------


def _number(w: Writer, v: Value) -> Text:
    return number_text(v.params[0])


def _shape(v: Value) -> str:
    return str(max(v.shape, key=lambda n: n != 1)) if v.kind == "vector" else f"({v.rows}, {v.columns})"


def _filled(name: str) -> Callable[[Writer, Value], Text]:
    def text(w: Writer, v: Value) -> Text:
        dtype = w.dtype_argument()
        size = str(v.rows) if name == "eye" else _shape(v)
        return f"np.{name}({size}{dtype})", ATOM

    return text


def _constant(w: Writer, v: Value) -> Text:
    import numpy as np

    array = np.array([[float(x) for x in row] for row in v.params[0]], dtype=w.dtype)
    return w.constant(array.reshape(-1) if v.kind == "vector" else array), ATOM


def _unit(w: Writer, v: Value) -> Text:
    dtype = w.dtype_argument()
    return f"\0\0 = np.zeros({v.rows}{dtype})\n\0[{v.params[0]}] = 1", ATOM


def _indices(w: Writer, v: Value) -> str:
    import numpy as np

    return w.constant(np.array(v.params[0].indices(), dtype=np.intp))


def _selection(w: Writer, v: Value) -> Text:
    dtype = w.dtype_argument()
    places = _indices(w, v)
    return f"\0\0 = np.zeros({_shape(v)}{dtype})\n\0[np.arange({v.rows}), {places}] = 1", ATOM


# ---- entry by entry -----------------------------------------------------------------------------------------


def _sum(w: Writer, v: Value) -> Text:
    pairs: list[tuple[Scalar, Value]] = list(zip(v.params, v.args, strict=True))
    terms: list[tuple[Scalar, Value]] = sorted(pairs, key=_order_of_terms)
    on_diagonal = [(c, a) for c, a in terms if a.op in _ON_DIAGONAL]
    plain = [(c, a) for c, a in terms if a.op not in _ON_DIAGONAL]
    if v.kind == "matrix" and on_diagonal and plain:
        return _with_diagonal(w, v, plain, on_diagonal)
    full = any(a.op not in _VIRTUAL for _, a in plain) or v.kind != "matrix"
    return _combination(w, v, terms, full)


def _order_of_terms(term: tuple[Scalar, Value]) -> tuple[bool, bool]:
    """Arrays before what is spread over them, and what is added before what is taken away."""
    return term[1].op in _VIRTUAL, term[0] < 0


def _combination(w: Writer, v: Value, terms: Sequence[tuple[Scalar, Value]], full: bool) -> Text:
    out = ""
    both = {a.op for _, a in terms} >= {"broadcast_row", "broadcast_column"}
    for c, a in terms:
        negative = c < 0
        size = abs(c)
        text = _term(w, size, a, spread=full or both)
        if not out:
            # The sign of a product is taken last: -A @ B would negate A first.
            out = f"-({text})" if negative and "@" in text else f"-{text}" if negative else text
        else:
            out += f" {'-' if negative else '+'} {text}"
    return out, ADD


def _term(w: Writer, size: Scalar, a: Value, *, spread: bool) -> str:
    if a.op == "number":
        return number_text(size * a.params[0])[0]
    if a.op == "ones" and spread:
        return number_text(size)[0]
    if spread and a.op == "scalar_times" and a.args[1].op == "ones":
        a = a.args[0]
    if spread and a.op in ("broadcast_column", "broadcast_row"):
        inner = w.text(a.args[0], ATOM)
        text, level = (f"{inner}[:, None]" if a.op == "broadcast_column" else inner), ATOM
    else:
        text = w.text(a)
        level = w.texts[a][1]
    if size == 1:
        return text if level >= MUL else f"({text})"
    text = text if level >= UNARY else f"({text})"
    return f"{_factor(size)} * {text}"


def _factor(c: Scalar) -> str:
    text, level = number_text(c)
    return text if level >= UNARY else f"({text})"


def _with_diagonal(
    w: Writer, v: Value, plain: list[tuple[Scalar, Value]], on_diagonal: list[tuple[Scalar, Value]]
) -> Text:
    """Add to the diagonal of a matrix that is made first."""
    if len(plain) == 1 and plain[0][0] == 1 and plain[0][1].op not in _VIRTUAL:
        first = f"{w.text(plain[0][1], ATOM)}.copy()"
    else:
        full = any(a.op not in _VIRTUAL for _, a in plain)
        first = _combination(w, v, plain, full)[0]
    lines = [f"\0 = {first}"]
    for c, a in on_diagonal:
        if a.op == "block_products":
            lines.append(_blocks_line(w, a, "-" if c < 0 else "+", abs(c)))
            continue
        what = _factor(abs(c)) if a.op == "eye" else _term(w, abs(c), a.args[0], spread=True)
        view = w.call(LINEAR_ALGEBRA, "diagonal_of")
        lines.append(f"{view}(\0)[:] {'-' if c < 0 else '+'}= {what}")
    return "\0" + "\n".join(lines), ATOM


def _scale(w: Writer, v: Value) -> Text:
    c = v.params[0]
    if c == -1:
        return f"-{w.text(v.args[0], ATOM)}", UNARY
    if isinstance(c, Fraction) and abs(c.numerator) == 1 and c.denominator & (c.denominator - 1):
        sign = "-" if c < 0 else ""
        return f"{sign}{w.text(v.args[0], MUL if not sign else UNARY)} / {c.denominator}", MUL
    return f"{_factor(c)} * {w.text(v.args[0], UNARY)}", MUL


def _scalar_times(w: Writer, v: Value) -> Text:
    scalar, a = v.args
    if scalar.op == "power" and scalar.params[0] == -1 and w.texts[scalar][1] < ATOM:
        return f"{w.text(a, MUL)} / {w.text(scalar.args[0], UNARY)}", MUL
    return f"{w.text(scalar, MUL)} * {w.text(a, UNARY)}", MUL


def _hadamard(w: Writer, v: Value) -> Text:
    def is_divisor(a: Value) -> bool:
        return a.op == "power" and a.params[0] == -1 and w.texts[a][1] < ATOM

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
        return text, ATOM if text.endswith(")") else POWER
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
    name, inner = v.params[0], w.text(v.args[0])
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


def _function(module: str, name: str) -> Callable[[Writer, Value], Text]:
    def text(w: Writer, v: Value) -> Text:
        return f"{w.call(module, name)}({', '.join(w.text(a) for a in v.args)})", ATOM

    return text


def _numpy(name: str) -> Callable[[Writer, Value], Text]:
    def text(w: Writer, v: Value) -> Text:
        return f"np.{name}({', '.join(w.text(a) for a in v.args)})", ATOM

    return text


# ---- rows and columns ---------------------------------------------------------------------------------------


def _scale_rows(w: Writer, v: Value) -> Text:
    d, a = v.args
    if d.op == "power" and d.params[0] == -1 and w.texts[d][1] < ATOM:
        return f"{w.text(a, MUL)} / {w.text(d.args[0], ATOM)}[:, None]", MUL
    return f"{w.text(d, ATOM)}[:, None] * {w.text(a, UNARY)}", MUL


def _scale_columns(w: Writer, v: Value) -> Text:
    a, d = v.args
    if d.op == "power" and d.params[0] == -1 and w.texts[d][1] < ATOM:
        return f"{w.text(a, MUL)} / {w.text(d.args[0], UNARY)}", MUL
    return f"{w.text(a, MUL)} * {w.text(d, UNARY)}", MUL


def _broadcast(w: Writer, v: Value) -> Text:
    inner = w.text(v.args[0], ATOM)
    inner += "[:, None]" if v.op == "broadcast_column" else ""
    return f"np.repeat({inner}, {v.columns}, axis=1)" if v.op == "broadcast_column" else (
        f"np.tile({inner}, ({v.rows}, 1))"
    ), ATOM


def _total(w: Writer, v: Value) -> Text:
    return f"{w.text(v.args[0], ATOM)}.sum()", ATOM


def _axis_sum(axis: int) -> Callable[[Writer, Value], Text]:
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
    return w.text(a.args[0]) if a.op == "transpose" else f"{w.text(a, ATOM)}.T"


def _row_inner(w: Writer, v: Value) -> Text:
    return f"np.einsum('ij,ij->i', {w.text(v.args[0])}, {w.text(v.args[1])})", ATOM


def _trace(w: Writer, v: Value) -> Text:
    return f"{w.text(v.args[0], ATOM)}.trace()", ATOM


def _max(w: Writer, v: Value) -> Text:
    return f"{w.text(v.args[0], ATOM)}.max()", ATOM


def _column_max(w: Writer, v: Value) -> Text:
    return f"{w.text(v.args[0], ATOM)}.max(axis=0)", ATOM


def _normalised(w: Writer, v: Value) -> Text:
    name = w.call(MATRIX_FUNCTIONS, v.op)
    axis = "" if v.args[0].kind == "vector" else f", axis={v.params[0]}"
    return f"{name}({w.text(v.args[0])}{axis})", ATOM


# ---- products -----------------------------------------------------------------------------------------------


def product(w: Writer, a: Value, b: Value, size: int) -> Text:
    """A product: .dot where starting matters, @ where it does not."""
    if size <= SMALL:
        return f"{w.text(a, ATOM)}.dot({w.text(b)})", ATOM
    return f"{w.text(a, MUL)} @ {w.text(b, UNARY)}", MUL


def _matmul(w: Writer, v: Value) -> Text:
    a, b = v.args
    if a.columns == 1:
        return f"{w.text(a, ATOM)}[:, None] * {w.text(b, UNARY)}", MUL
    if v.kind == "matrix" and a.facts & _TRIANGULAR and a.rows >= TRIANGULAR:
        lower = bool(a.facts & Fact.LOWER_TRIANGULAR)
        call = w.call(LINEAR_ALGEBRA, "triangular_product")
        return f"{call}({w.text(a)}, {w.text(b)}, lower={lower})", ATOM
    return product(w, a, b, a.rows * a.columns * b.columns)


def _gram(w: Writer, v: Value) -> Text:
    a = v.args[0]
    size = a.rows * a.columns**2
    left = w.text(a.args[0], ATOM) if a.op == "transpose" else f"{w.text(a, ATOM)}.T"
    if size <= SMALL:
        return f"{left}.dot({w.text(a)})", ATOM
    return f"{left} @ {w.text(a, UNARY)}", MUL


def _weighted_gram(w: Writer, v: Value) -> Text:
    a, d = v.args
    if a.rows * a.columns**2 > LARGE:
        return f"{w.call(LINEAR_ALGEBRA, 'weighted_gram')}({w.text(a)}, {w.text(d)})", ATOM
    left = w.text(a.args[0], ATOM) if a.op == "transpose" else f"{w.text(a, ATOM)}.T"
    return f"({left} * {w.text(d, UNARY)}).dot({w.text(a)})", ATOM


def _kron(w: Writer, v: Value) -> Text:
    a, b = v.args
    dtype = w.dtype_argument()
    if v.kind == "vector":
        return f"np.multiply.outer({w.text(a)}, {w.text(b)}).reshape(-1)", ATOM
    if a.op == "eye" or b.op == "eye":
        shape = f"({a.rows}, {b.rows}, {a.columns}, {b.columns})"
        which, inner = ("iaib->iab", b) if a.op == "eye" else ("aibi->iab", a)
        return (
            f"\0\0 = np.zeros({shape}{dtype})\nnp.einsum('{which}', \0)[:] = {_two_axes(w, inner)}\n"
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
    text = f"{w.text(m, ATOM)}.reshape({a.columns}, {b.columns}, {m.columns})"
    if b.op != "eye":
        text = f"{_two_axes(w, b)} @ {text}"
    if a.op != "eye":
        text = f"({text})" if b.op != "eye" else text
        text = f"{_two_axes(w, a)} @ {text}.reshape({a.columns}, {b.rows * m.columns})"
    text = f"({text})" if "@" in text else text
    return f"{text}.reshape({v.rows}, {v.columns})", ATOM


def _kron_combination(w: Writer, v: Value) -> Text:
    call = w.call(LINEAR_ALGEBRA, "kron_combination")
    terms = []
    for i, (c, turned) in enumerate(v.params):
        a, b = (None if x.op == "eye" else _two_axes(w, x) for x in v.args[2 * i : 2 * i + 2])
        factor = number_text(c)[0]
        terms.append(f"({factor}, {a}, {b}{', True' if turned else ', False'})")
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
    return "\0" + "\n".join([f"\0 = {first}", _blocks_line(w, v, sign, factor)])


def _blocks_line(w: Writer, v: Value, sign: str, factor: Scalar) -> str:
    x, spread = v.args
    k = v.params[0]
    p, q = x.columns, spread.columns // k
    left = w.text(x.args[0], ATOM) if x.op == "transpose" else f"{w.text(x, ATOM)}.T"
    blocks = f"({left} @ {w.text(spread, UNARY)}).reshape({p}, {k}, {q}).swapaxes(0, 1)"
    scaled = blocks if factor == 1 else f"{_factor(factor)} * {blocks}"
    return f"np.einsum('aiaj->aij', \0.reshape({k}, {p}, {k}, {q}))[:] {sign}= {scaled}"


def _two_axes(w: Writer, a: Value) -> str:
    if a.kind == "vector":
        return w.text(a, ATOM) + ("[:, None]" if a.columns == 1 else "[None, :]")
    return w.text(a)


# ---- rearrangements -----------------------------------------------------------------------------------------


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
    return w.text(a.args[0], ATOM) if a.op == "transpose" else f"{w.text(a, ATOM)}.T"


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
        return f"np.hstack([{', '.join(w.text(a) for a in v.args)}])", ATOM
    if all(a.kind == "scalar" for a in v.args):
        shown = ", ".join(f"[{', '.join(w.text(a) for a in row)}]" for row in rows)
        return f"np.array([{shown}])", ATOM
    shown = ", ".join(f"[{', '.join(_block(w, a) for a in row)}]" for row in rows)
    return f"np.block([{shown}])", ATOM


def _block(w: Writer, a: Value) -> str:
    return f"np.reshape({w.text(a)}, (1, 1))" if a.kind == "scalar" else _two_axes(w, a)


def _take(axis: int) -> Callable[[Writer, Value], Text]:
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
        places = _indices(w, v)
        return f"{w.text(a, ATOM)}[{places}]" if axis == 0 else f"{w.text(a, ATOM)}[:, {places}]", ATOM

    return text


def _scatter(w: Writer, v: Value) -> Text:
    a = v.args[0]
    dtype = w.dtype_argument()
    places = _indices(w, v)
    return f"\0\0 = np.zeros({_shape(v)}{dtype})\nnp.add.at(\0, {places}, {w.text(a)})", ATOM


# ---- linear algebra -----------------------------------------------------------------------------------------


def _factor_of(name: str) -> Callable[[Writer, Value], Text]:
    def text(w: Writer, v: Value) -> Text:
        call = w.call(LINEAR_ALGEBRA, name)
        return f"{call}({w.text(v.args[0])}, {name_text(w, v.args[0])})", ATOM

    return text


def _lu_factor(w: Writer, v: Value) -> Text:
    only_det = all(u.op == "det_lu" for u in w.program.values if v in u.args)
    if only_det:
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
    if v.op == "inverse_triangular":
        call = w.call(LINEAR_ALGEBRA, "triangular_inverse")
        return f"{call}({w.text(a)}, {name_text(w, a)}, lower={v.params[0]})", ATOM
    call = w.call(LINEAR_ALGEBRA, "triangular_solve")
    flipped = ", transposed=True" if v.params[1] else ""
    return f"{call}({w.text(a)}, {w.text(v.args[1])}, {name_text(w, a)}, lower={v.params[0]}{flipped})", ATOM


def _named(name: str, *more: int) -> Callable[[Writer, Value], Text]:
    def text(w: Writer, v: Value) -> Text:
        call = w.call(MATRIX_FUNCTIONS, name)
        return f"{call}({', '.join(w.text(a) for a in v.args)}, {name_text(w, v.args[0])})", ATOM

    return text


def _matrix_power(w: Writer, v: Value) -> Text:
    return f"np.linalg.matrix_power({w.text(v.args[0])}, {v.params[0]})", ATOM


def _item(w: Writer, v: Value) -> Text:
    place = f"{w.text(v.args[0], ATOM)}[{v.params[0]}]"
    if v.args[0].op == "svd" and v.kind != "matrix":
        # The singular vectors are columns of arrays with two axes, the singular values have one.
        if v.params[0] == 1:
            return place if v.kind == "vector" else f"{place}[0]", ATOM
        return f"{place}[:, 0]" if v.kind == "vector" else f"{place}[0, 0]", ATOM
    return place, ATOM


def _svd(w: Writer, v: Value) -> Text:
    call = w.call(MATRIX_FUNCTIONS, "svd")
    a = v.args[0]
    return f"{call}({_two_axes(w, a) if a.kind != 'scalar' else f'np.reshape({w.text(a)}, (1, 1))'})", ATOM


def _require(w: Writer, v: Value) -> Text:
    call = w.call(MATRIX_FUNCTIONS, v.op)
    only = f", {v.params[0]}" if v.params else ""
    source = v.args[1].args[0] if v.args[1].op == "item" else v.args[1]
    what = name_text(w, source.args[0] if source.args else source)
    return f"\0{call}({w.text(v.args[1])}, {what}{only})\n\0 = {w.text(v.args[0])}", ATOM


_WRITE: dict[str, Callable[[Writer, Value], Text]] = {
    "number": _number, "constant": _constant, "zeros": _filled("zeros"), "ones": _filled("ones"),
    "eye": _filled("eye"), "unit": _unit, "selection": _selection,
    "sum": _sum, "scale": _scale, "scalar_times": _scalar_times, "hadamard": _hadamard,
    "power": _power, "power_by": _power_by, "apply": _apply, "logaddexp": _numpy("logaddexp"),
    "log_cosh": _function(MATRIX_FUNCTIONS, "log_cosh"),
    "scale_rows": _scale_rows, "scale_columns": _scale_columns,
    "broadcast_column": _broadcast, "broadcast_row": _broadcast,
    "total": _total, "row_sums": _axis_sum(1), "column_sums": _axis_sum(0), "inner": _inner,
    "row_inner": _row_inner, "trace": _trace, "max": _max,
    "is_max": _function(MATRIX_FUNCTIONS, "is_max"), "column_max": _column_max,
    "softmax": _normalised, "log_softmax": _normalised, "logsumexp": _normalised,
    "matmul": _matmul, "gram": _gram, "weighted_gram": _weighted_gram, "kron": _kron,
    "kron_apply": _kron_apply, "kron_combination": _kron_combination, "face_split": _face_split,
    "block_products": _block_products,
    "transpose": _transpose, "reshape": _reshape, "tril": _numpy("tril"), "diag": _numpy("diag"),
    "diagonal": _numpy("diagonal"), "grid": _grid, "part": _part,
    "take_rows": _take(0), "take_columns": _take(1), "scatter_rows": _scatter,
    "cholesky": _factor_of("cholesky"), "cholesky_factor": _factor_of("cholesky"),
    "solve_cholesky": _function(LINEAR_ALGEBRA, "cholesky_solve"), "lu_factor": _lu_factor,
    "solve_lu": _lu_solve, "solve_triangular": _triangular, "inverse_triangular": _triangular,
    "inverse_cholesky": _function(LINEAR_ALGEBRA, "cholesky_inverse"),
    "inverse_lu": _function(LINEAR_ALGEBRA, "lu_inverse"),
    "log_det_cholesky": _function(LINEAR_ALGEBRA, "cholesky_log_det"), "log_det_lu": _lu_log_det,
    "det_cholesky": _function(LINEAR_ALGEBRA, "cholesky_det"),
    "det_lu": _function(LINEAR_ALGEBRA, "lu_det"),
    "pinv": _function(MATRIX_FUNCTIONS, "pinv"), "matrix_power": _matrix_power,
    "matrix_power_by": _named("matrix_power"), "expm": _named("expm"), "logm": _named("logm"),
    "sqrtm": _named("sqrtm"), "sylvester": _named("sylvester"), "eigh": _named("eigh"),
    "svd": _svd, "item": _item,
    "require_gaps": _require, "require_nonzero": _require,
}  # fmt: skip


def known() -> frozenset[str]:
    """The primitives that can be written."""
    return frozenset(_WRITE) | {"input"}
