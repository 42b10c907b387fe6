"""What is not computed of anything: arguments, numbers, and arrays of a pattern."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from matgrad.compilation.ir.cost import nothing
from matgrad.compilation.ir.numbers import magnitude
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.spelling import ATOM, Speller, Text, positive_text, with_sign
from matgrad.compilation.ir.split_rules import constant


def _label(w: Speller[Value], v: Value) -> Text:
    return Text(str(v.params[0]))


def _number(w: Speller[Value], v: Value) -> Text:
    value = v.params[0]
    return with_sign(value < 0, positive_text(magnitude(value)), ATOM)


def _unit(w: Speller[Value], v: Value) -> Text:
    return Text(f"e{v.params[0] + 1}")


def _selection(w: Speller[Value], v: Value) -> Text:
    return Text({"commutation": "K", "duplication": "D", "elimination": "L"}[v.params[0].kind])


def _rows(v: Value) -> Iterator[Fraction]:
    return (x for row in v.params[0] for x in row)


INPUT = Primitive(
    name="input", meaning="the argument params[0]",
    flops=nothing, spelled=_label, is_free=True, is_foreign=True, is_exact=True,
)  # fmt: skip
NUMBER = Primitive(
    name="number", meaning="the number params[0] (1×1); params[0] is a Fraction or a float",
    flops=nothing, spelled=_number, split=constant, numbers=lambda v: v.params,
    is_free=True, is_repeatable=True, is_structure=True,
)  # fmt: skip
SIZE = Primitive(
    name="size", meaning="the size params[0] of a dimension that is not known (1×1)",
    flops=nothing, spelled=lambda w, v: Text(str(v.params[0])), split=constant,
    is_free=True, is_repeatable=True, is_structure=True, is_exact=True,
)  # fmt: skip
CONSTANT = Primitive(
    name="constant", meaning="the matrix of numbers params[0], a tuple of rows",
    flops=nothing, spelled=lambda w, v: Text("C"), split=constant, numbers=_rows,
    is_free=True, is_virtual=True, is_structure=True, is_foreign=True,
)  # fmt: skip
ZEROS = Primitive(
    name="zeros", meaning="all 0",
    flops=nothing, spelled=lambda w, v: Text("0"), split=constant,
    is_free=True, is_virtual=True, is_structure=True, allocates=True,
)  # fmt: skip
ONES = Primitive(
    name="ones", meaning="all 1",
    flops=nothing, spelled=lambda w, v: Text("1"), split=constant, is_free=True, is_virtual=True,
    is_spread=True, is_structure=True, is_cheap_factor=True, is_exact=True, allocates=True,
)  # fmt: skip
EYE = Primitive(
    name="eye", meaning="the identity",
    flops=nothing, spelled=lambda w, v: Text("I"), split=constant,
    is_free=True, is_virtual=True, is_spread=True, is_on_diagonal=True, is_structure=True, allocates=True,
)  # fmt: skip
UNIT = Primitive(
    name="unit", meaning="the column with 1 at place params[0] (from 0) and 0 elsewhere",
    flops=nothing, spelled=_unit, split=constant,
    is_free=True, is_virtual=True, is_structure=True, is_cheap_factor=True, allocates=True,
)  # fmt: skip
SELECTION = Primitive(
    name="selection",
    meaning="the matrix whose row r has its one 1 in column index[r]; index = params[0].indices()",
    flops=nothing, spelled=_selection, split=constant,
    is_free=True, is_virtual=True, is_structure=True, is_cheap_factor=True, allocates=True,
)  # fmt: skip
