"""Comparisons of numbers and of indices, 1 where they hold and 0 elsewhere, and raised signs."""

from __future__ import annotations

from matgrad.core.errors import ParseError
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.differences import DAGGER
from matgrad.language.host import Host, Visit
from matgrad.language.indexed import Indexing
from matgrad.ops import leaves
from matgrad.ops.comparisons import greater, greater_equal, less, less_equal, logical_and
from matgrad.ops.indices.conditions import Condition, compared
from matgrad.ops.indices.guard import guard
from matgrad.ops.piecewise import relu
from matgrad.ops.pseudoinverse import pinv
from matgrad.ops.registry import FUNCTIONS

_RELATIONS = {"<": less, "≤": less_equal, ">": greater, "≥": greater_equal}


_TRANSPOSES = regex(r"\\(?:top|intercal)(?![A-Za-z])|\^\{?(?:\\(?:math(?:rm|sf|tt)|rm|sf|text) ?\{?)?T\b|'")
"""The signs of a transpose in LaTeX."""


class Comparisons:
    """Elaborates the comparisons of one text."""

    def __init__(self, host: Host, indexing: Indexing) -> None:
        self._host = host
        self._indexing = indexing

    def compare(self, node: s.Comparison) -> Visit:
        """Elaborate ``0 < x <= 1``: where several relations are chained, all of them hold.

        Raises
        ------
        ParseError
            For equations.
        """
        chained = node.left if isinstance(node.left, s.Comparison) else None
        if self._is_of_indices(node):
            return guard(leaves.number(1), self._conditions(node))
        if node.sign not in _RELATIONS:
            raise ParseError(
                phrase("entries are hardly ever equal: a comparison here is one of <, ≤, > and ≥"),
                fix="x > 0",
            )
        before = (yield chained) if chained is not None else None
        nearest = node.left if chained is None else chained.right
        left = yield from self._side(nearest)
        right = yield from self._side(node.right)
        holds = _RELATIONS[node.sign](left, right)
        return holds if before is None else logical_and(before, holds)

    def _side(self, node: s.Node) -> Visit:
        """A side of a comparison; the bars of |r| > d are the absolute values of a vector r."""
        host = self._host
        if isinstance(node, s.Bars) and not node.double:
            inside = host.expect((yield node.operand), node.operand)
            if inside.is_vector or inside.is_row:
                return FUNCTIONS["abs"].build(inside)
        return host.expect((yield node), node)

    def _is_of_indices(self, node: s.Comparison) -> bool:
        """Whether indices are compared, as in [k = l] and [k < N]: bound ones, places of members, sizes."""
        parts = list(s.walk(node))
        names = [part.text for part in parts if isinstance(part, s.Name)]
        indexing, sizes = self._indexing, self._host.scope.dimensions
        plain = all(
            isinstance(part, (s.Comparison, s.Name, s.Num, s.Sum, s.Signed, s.Product)) for part in parts
        )
        known = [indexing.is_index(name) for name in names]
        return plain and any(known) and all(k or name in sizes for k, name in zip(known, names, strict=True))

    def _conditions(self, node: s.Comparison) -> list[Condition]:
        """What a comparison of indices says; of a chain each of its signs."""
        before, left = [], node.left
        if isinstance(left, s.Comparison):
            before, left = self._conditions(left), left.right
        dim = self._indexing.dim
        return [*before, compared(dim(left), node.sign, dim(node.right))]

    def raised(self, node: s.RaisedSign) -> Visit:
        """Elaborate ``X⁺``, the pseudoinverse of a matrix, ``t⁺``, the positive part of a number; ``X^†``.

        A dagger is the pseudoinverse of a matrix that is not square: physicists, who transpose with it,
        have square ones, and no other sign of a transpose beside it.

        Raises
        ------
        ParseError
            For a plus behind a vector, and a dagger behind a vector or a square matrix.
        """
        host = self._host
        value, x = host.expect((yield node.operand), node.operand), host.say.quote(node.operand)
        is_line = value.is_vector or value.is_row
        if node.sign == "†":
            is_open = value.is_square and not (host.is_latex and _TRANSPOSES.search(host.text))
            if value.is_scalar or is_line or is_open:
                raise ParseError(
                    phrase("the dagger behind {x} may be the pseudoinverse or the conjugate transpose", x=x),
                    fix=phrase(r"\operatorname{{pinv}}({x}) or {x}^\top, as everything here is real", x=x),
                )
            host.remark(DAGGER)
            return pinv(value)
        if value.is_scalar:
            return relu(value)
        if is_line:
            raise ParseError(
                phrase("a raised plus behind a vector may be its positive part or its pseudoinverse"),
                fix=phrase("max(0, {x}) for the positive part, pinv({x}) for the pseudoinverse", x=x),
            )
        return pinv(value)
