"""Calls of functions that are only names, which whoever runs the code hands over."""

from __future__ import annotations

from matgrad.compilation.ir import split_rules
from matgrad.compilation.ir.cost import entries
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.spelling import ADD, Speller, Text


def _spelled(w: Speller[Value], v: Value) -> Text:
    return Text(f"{v.params[0]}({', '.join(w.operand(arg, ADD) for arg in v.args)})")


CALL = Primitive(
    name="call", meaning="the function of the name params[0] of the operands, of any shapes",
    flops=entries, spelled=_spelled, is_foreign=True,
)  # fmt: skip
CALL_EACH = Primitive(
    name="call_each", meaning="the function of one number of the name params[0], of every entry",
    flops=entries, spelled=_spelled, split=split_rules.entrywise, is_foreign=True,
)  # fmt: skip
