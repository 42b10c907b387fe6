"""Comparisons, which are 1 where they hold and 0 elsewhere, and the raised plus."""

from __future__ import annotations

from matgrad.core.errors import ParseError
from matgrad.language import syntax as s
from matgrad.language.host import Host, Visit
from matgrad.ops.comparisons import greater, greater_equal, less, less_equal, logical_and
from matgrad.ops.piecewise import relu
from matgrad.ops.pseudoinverse import pinv

_RELATIONS = {"<": less, "≤": less_equal, ">": greater, "≥": greater_equal}


class Comparisons:
    """Elaborates the comparisons of one text."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def compare(self, node: s.Comparison) -> Visit:
        """Elaborate ``0 < x <= 1``: where several relations are chained, all of them hold.

        Raises
        ------
        ParseError
            For equations.
        """
        host, chained = self._host, node.left if isinstance(node.left, s.Comparison) else None
        if node.sign not in _RELATIONS:
            raise ParseError(
                "entries are hardly ever equal: a comparison here is one of <, ≤, > and ≥", fix="x > 0"
            )
        before = (yield chained) if chained is not None else None
        nearest = node.left if chained is None else chained.right
        left = host.expect((yield nearest), nearest)
        right = host.expect((yield node.right), node.right)
        holds = _RELATIONS[node.sign](left, right)
        return holds if before is None else logical_and(before, holds)

    def plus(self, node: s.PlusSign) -> Visit:
        """Elaborate ``X⁺``, the pseudoinverse of a matrix, and ``t⁺``, the positive part of a number.

        Raises
        ------
        ParseError
            For a vector, of which it may be either.
        """
        value = self._host.expect((yield node.operand), node.operand)
        if value.is_scalar:
            return relu(value)
        if value.is_vector or value.is_row:
            x = self._host.say.quote(node.operand)
            raise ParseError(
                "a raised plus behind a vector may be its positive part or its pseudoinverse",
                fix=f"max(0, {x}) for the positive part, pinv({x}) for the pseudoinverse",
            )
        return pinv(value)
