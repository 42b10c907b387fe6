"""Entries, rows, columns and parts: from 1 in the MATLAB dialect, from 0 in the NumPy dialect."""

from __future__ import annotations

from typing import Any

from matgrad.core.dims import ONE, Dim
from matgrad.core.errors import ParseError, ShapeError, UnknownNameError
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.call_refusals import check_called
from matgrad.language.decisions import APPLIED_ONLY
from matgrad.language.differences import FROM_ONE, SHOWN_FROM_ONE
from matgrad.language.dimension import check_whole, read_dimension
from matgrad.language.host import Host, Visit
from matgrad.language.places import digits_apart
from matgrad.language.two_readings import check_letter_call
from matgrad.ops import leaves, operators, transpose
from matgrad.ops.registry import FUNCTIONS


def name_of_dimension(host: Host, node: s.Name) -> Dim:
    """What a name in the place of a dimension stands for.

    Raises
    ------
    UnknownNameError
        When it is the name of a variable that is no integer.
    """
    declared = host.scope.declarations.entries.get(node.text)
    if declared is not None and declared.is_family:
        raise UnknownNameError(
            phrase("{node} is a family, and no index", node=node.text), text=host.text, span=node.span
        )
    if declared is not None and not (declared.facts & Fact.INTEGER and declared.rows is ONE):
        raise UnknownNameError(
            phrase("{node} is declared a variable and cannot be a dimension or an index", node=node.text),
            fix=f"{node.text}: integer",
            text=host.text,
            span=node.span,
        )
    is_function = declared is None and node.text in FUNCTIONS and node.text not in APPLIED_ONLY
    if node.text in host.scope.bindings or "." in node.text or is_function:
        raise UnknownNameError(
            phrase("{node} is not the name of a dimension", node=node.text),
            fix="n",
            text=host.text,
            span=node.span,
        )
    return Dim.symbol(node.text)


def dimension_of(host: Host, node: s.Node) -> Dim:
    """Read an argument as a dimension."""
    return check_whole(read_dimension(node, host.text, host.place), node, host.text)


class Indices:
    """Reads the indices of one text."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def index(self, node: s.Index) -> Visit:
        """Elaborate ``X[i, j]``."""
        host = self._host
        if (
            isinstance(node.operand, s.Method)
            and node.operand.name.text == "shape"
            and node.operand.args is None
        ):
            value = host.expect((yield node.operand.operand), node.operand.operand)
            return leaves.dimension(value.shape[self._axis(node.items)])
        if isinstance(node.operand, s.OnesSign) and isinstance(node.items[0], s.Comparison):
            # 𝟏[x > 0], as indicators are written.
            return (yield node.items[0])
        value = yield node.operand
        if isinstance(value, tuple):
            return value[self._axis(node.items)]
        x = host.expect(value, node.operand)
        if x.is_scalar and isinstance(node.operand, s.Call) and not host.is_numpy:
            raise self._of_a_number(node, node.operand)
        name = node.operand.text if isinstance(node.operand, s.Name) else ""
        is_called = host.text[node.operand.span[1] :].startswith("(")
        if name and is_called and x.is_scalar and not host.scope.is_variable(name):
            check_letter_call(name, node.items[0], f"{name} (…)")
        if name and is_called and not host.scope.is_variable(name):
            check_called(name, node.items)
        if host.is_numpy and any(
            isinstance(i, s.Name) and i.text in ("None", "np.newaxis") for i in node.items
        ):
            return self._new_axis(x, node)
        if host.is_latex and not (x.is_vector or x.is_row):
            node = s.Index(node.span, node.operand, self._apart(node.items))
        if len(node.items) == 1 and _is_all(node.items[0]) and not (host.is_numpy or ONE in x.shape):
            # X(:), the columns of a matrix one below the other.
            return FUNCTIONS["vec"].build(x)
        axes = self._axes(x, node)
        if any(isinstance(number, s.Num) for item in node.items for number in s.walk(item)):
            in_square_brackets = host.text[node.operand.span[1] :].lstrip().startswith("[")
            if host.is_numpy or in_square_brackets:
                host.remark(SHOWN_FROM_ONE if host.is_numpy else FROM_ONE)
        keys: list[Any] = [slice(None), slice(None)]
        for axis, item in axes:
            keys[axis] = self._key(item, x.shape[axis])
        return operators.index(x, tuple(keys))

    def _of_a_number(self, node: s.Index, call: s.Call) -> ShapeError:
        """The error for ``sum(x)[1]`` and its like."""
        host = self._host
        whole = host.say.quote(call)
        problem = phrase("{name} is a number here, and has no entries", name=whole)
        return ShapeError(problem, fix=whole, text=host.text, span=node.span)

    def _apart(self, items: tuple[s.Node, ...]) -> tuple[s.Node, ...]:
        """The indices of a matrix, which LaTeX has side by side: ``(AB)_{ij}``, ``(AB)_{12}``."""
        found = items
        if len(items) == 1 and isinstance(items[0], s.Name) and len(items[0].text) == 2:
            found = tuple(s.Name(items[0].span, letter) for letter in items[0].text)
        elif len(items) == 1 and isinstance(items[0], s.Num):
            found = tuple(digits_apart(items))
        return found

    def _axis(self, items: tuple[s.Node, ...]) -> int:
        item = items[0]
        if len(items) == 1 and isinstance(item, s.Num) and item.value in (0, 1):
            return int(item.value)
        raise ParseError(phrase("only [0] and [1] can stand here"), text=self._host.text, span=item.span)

    def _new_axis(self, x: Expr, node: s.Index) -> Expr:
        """``x[:, None]`` is the column that x is already, ``x[None, :]`` the row."""
        kinds = ["new" if isinstance(i, s.Name) else "all" if _is_all(i) else "other" for i in node.items]
        if x.is_vector and kinds in (["all", "new"], ["new", "all"]):
            return x if kinds[0] == "all" else transpose.transpose(x)
        raise ParseError(
            phrase("a new axis is read only in x[:, None] and x[None, :]"), fix=phrase("x or x.T")
        )

    def _axes(self, x: Expr, node: s.Index) -> list[tuple[int, s.Node]]:
        """Which item goes with rows and which with columns."""
        items = node.items
        if len(items) == 2:
            return [(0, items[0]), (1, items[1])]
        if len(items) > 2:
            raise ParseError(
                phrase("a matrix takes two indices, not {count}", count=len(items)), fix="X[i, j]"
            )
        if x.is_row:
            return [(1, items[0])]
        if x.columns is ONE or self._host.is_numpy:
            return [(0, items[0])]
        text, name = self._host.say.quote(items[0]), self._host.say.quote(node.operand)
        raise ShapeError(
            phrase(
                "a matrix takes two indices; {operand} has one here",
                operand=self._host.say.operand(node.operand, x),
            ),
            fix=phrase(
                "{name}[{text}, :] for the row, {name}[:, {text}] for the column", name=name, text=text
            ),
        )

    def _key(self, item: s.Node, size: Dim) -> Any:
        """An index as Python has it: from 0, the end exclusive."""
        shift = 0 if self._host.is_numpy else 1
        if isinstance(item, s.Slice):
            if item.step is not None:
                raise ParseError(
                    phrase("ranges with a step are not read"),
                    fix="X[1:3, :]",
                    text=self._host.text,
                    span=item.span,
                )
            first = None if item.first is None else self._place(item.first, size, shift)
            last = None if item.last is None else self._place(item.last, size, shift)
            if not self._host.is_numpy and last is not None:
                last = last + 1
            return slice(first, last)
        self._host.runs_over(item, size)
        return self._place(item, size, shift)

    def _place(self, item: s.Node, size: Dim, shift: int) -> Any:
        host = self._host

        def resolve(node: s.Name) -> Dim:
            return size if node.text == "end" else host.place(node)

        dim = read_dimension(item, host.text, resolve)
        if dim.indices:
            return dim - 1  # an index of a sum runs from 1 in every dialect
        if not dim.is_integer:
            return dim - shift
        value = dim.terms[0][1] if dim.terms else 0
        if value != int(value):
            raise ParseError(
                phrase("{value} is not an index: it must be a whole number", value=value),
                text=host.text,
                span=item.span,
            )
        if not host.is_numpy and value < 1:
            raise ParseError(
                phrase("there is no entry {value}: indices count from 1 in this dialect", value=value),
                fix=phrase("end for the last one") if value < 0 else phrase("1 for the first one"),
                text=host.text,
                span=item.span,
            )
        return int(value) - shift


def _is_all(item: s.Node) -> bool:
    return isinstance(item, s.Slice) and item.first is None and item.last is None
