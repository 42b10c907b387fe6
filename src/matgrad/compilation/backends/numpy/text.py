"""Pieces that the NumPy source of primitives is put together from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matgrad.compilation.ir.numbers import Scalar, literal, magnitude
from matgrad.compilation.ir.primitive import Value

if TYPE_CHECKING:
    from matgrad.compilation.backends.numpy.writer import Writer

ADD, MUL, UNARY, RAISED, ATOM = 1, 2, 3, 4, 5
"""How tightly an expression binds."""

Text = tuple[str, int]
Write = Callable[["Writer", Value], Text]

LINEAR_ALGEBRA = "matgrad.compilation.backends.numpy.linear_algebra"
MATRIX_FUNCTIONS = "matgrad.compilation.backends.numpy.matrix_functions"
SELECTIONS = "matgrad.compilation.backends.base.selections"

SMALL = 50_000
"""Products of fewer multiplications are written .dot, which starts faster than @."""


def number_text(x: Scalar) -> Text:
    """A number in the source."""
    text, sign = literal(magnitude(x)), "-" if x < 0 else ""
    return sign + text, MUL if " / " in text else UNARY if sign else ATOM


def enclosed(text: str, level: int, least: int = ATOM) -> str:
    """A text in brackets where it binds less than needed."""
    return text if level >= least else f"({text})"


def name_text(w: Writer, v: Value) -> str:
    """What a message calls a matrix, as a literal."""
    return repr(w.plain.of(v))


def shape_text(v: Value) -> str:
    """The shape of a new array: its length, or rows and columns."""
    return str(max(v.shape, key=lambda n: n != 1)) if v.kind == "vector" else f"({v.rows}, {v.columns})"


def indices_text(w: Writer, v: Value) -> str:
    """The places of a selection, found once."""
    kind, sizes = v.params[0].kind, ", ".join(map(str, v.params[0].sizes))
    return w.constant(f"{w.call(SELECTIONS, kind)}({sizes})")


def factor_text(c: Scalar) -> str:
    """A number in front of a product."""
    return enclosed(*number_text(c), UNARY)


def calling(module: str, name: str) -> Write:
    """Write a call of a function of ours on the operands."""

    def text(w: Writer, v: Value) -> Text:
        return f"{w.call(module, name)}({', '.join(w.argument(a) for a in v.args)})", ATOM

    return text


def calling_numpy(name: str) -> Write:
    """Write a call of a function of NumPy on the operands."""

    def text(w: Writer, v: Value) -> Text:
        return f"np.{name}({', '.join(w.text(a) for a in v.args)})", ATOM

    return text


def two_axes(w: Writer, a: Value, least: int = 0) -> str:
    """A value as an array with two axes, in brackets where it binds less than needed."""
    if a.kind == "matrix":
        return w.text(a, least)
    if a.kind == "vector":
        return w.text(a, ATOM) + ("[:, None]" if a.columns == 1 else "[None, :]")
    # A written number is an integer where it is whole; matrices are of the type of the program.
    return f"np.reshape({w.argument(a)}, (1, 1))"


def product(w: Writer, a: Value, b: Value, size: int) -> Text:
    """A product: .dot where starting matters, @ where it does not."""
    if size <= SMALL:
        return f"{w.text(a, ATOM)}.dot({w.text(b)})", ATOM
    return f"{w.text(a, MUL)} @ {w.text(b, UNARY)}", MUL
