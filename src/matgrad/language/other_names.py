"""What other languages write otherwise: a function handed to a sum, a product of several operands."""

from __future__ import annotations

from dataclasses import replace

from matgrad.language import syntax as s
from matgrad.language.broadcast_dots import OF_ENTRIES
from matgrad.language.host import Host

_TAKES_A_FUNCTION = frozenset(("sum", "mean", "prod", "maximum", "minimum"))
_NAMES = {"abs2": "square", "maximum": "max", "minimum": "min"}
_OF_ONE = {"abs2": "square", "opnorm": "spectral_norm", "diagm": "diag"}
"""Functions of one operand under their names here."""


def in_words_read_here(host: Host, node: s.Call) -> s.Call | s.Product:
    """A call as one that is read: ``sum(abs2, x)`` is ``sum(square(x))``, ``dot(x, A, y)`` is x'Ay."""
    function = node.function
    if function.text.endswith(".multi_dot") and len(node.args) == 1 and isinstance(node.args[0], s.Blocks):
        return s.Product(node.span, [("@", factor) for row in node.args[0].rows for factor in row])
    if host.is_numpy or node.keywords or host.scope.is_variable(function.text):
        return node
    if function.text in _OF_ONE and len(node.args) == 1:
        return replace(node, function=replace(function, text=_OF_ONE[function.text]))
    if function.text == "dot" and len(node.args) == 3:
        x, matrix, y = node.args
        return s.Product(node.span, [("", s.Transposed(x.span, x, "'")), ("*", matrix), ("*", y)])
    if function.text not in _TAKES_A_FUNCTION or len(node.args) != 2:
        return node
    first, operand = node.args
    if not isinstance(first, s.Name) or host.scope.is_variable(first.text):
        return node
    name = _NAMES.get(first.text, first.text)
    if name not in OF_ENTRIES:
        return node
    inside = s.Call(node.span, replace(first, text=name), (operand,))
    return replace(
        node, function=replace(function, text=_NAMES.get(function.text, function.text)), args=(inside,)
    )
