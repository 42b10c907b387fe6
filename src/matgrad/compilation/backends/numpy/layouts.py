"""How values lie in memory: ``"C"``, ``"F"`` or ``""`` for anything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matgrad.compilation.ir.primitive import Value

Layouts = Mapping[Value, str]
Layout = Callable[[Layouts, Value], str]


def by_rows(layouts: Layouts, v: Value) -> str:
    """Row by row."""
    return "C"


def by_columns(layouts: Layouts, v: Value) -> str:
    """Column by column."""
    return "F"


def as_first(layouts: Layouts, v: Value) -> str:
    """As the first operand."""
    return layouts[v.args[0]]


def as_second(layouts: Layouts, v: Value) -> str:
    """As the second operand."""
    return layouts[v.args[1]]


def turned(layouts: Layouts, v: Value) -> str:
    """As the transpose of the first operand."""
    return {"C": "F", "F": "C"}.get(layouts[v.args[0]], "")


def as_operands(layouts: Layouts, v: Value) -> str:
    """As NumPy chooses for a function of every entry."""
    orders = {layouts[a] for a in v.args if a.kind == "matrix" and not a.op.is_spread}
    if len(orders) == 1:
        return orders.pop()
    return "C" if "F" not in orders or len(orders) > 1 else ""
