"""Julia's rules of broadcasting, checked on the trees of golden cases: every operand knows what it is."""

from __future__ import annotations

import pytest

from matgrad.compilation.backends import backend_named, code_for
from matgrad.compilation.backends.base.printer import Printer
from matgrad.compilation.backends.base.tree import Binary, Call, Kind, Name
from matgrad.compilation.backends.julia.printer import JuliaPrinter, is_dotted
from matgrad.compilation.backends.matlab.printer import MatlabPrinter
from matgrad.core.errors import MatgradError
from tests.properties.rooms.any_size import exprs_of, golden

_OF_NUMBERS = ("+", "-", "*", "/", "**", "==", ">")
_AXES = {Kind.NUMBER: 0, Kind.COLUMN: 1, Kind.ROW: 2, Kind.MATRIX: 2}
"""How many axes Julia gives each: a column is a ``Vector``, a row a matrix."""


def needs_dot(operator: str, left: Kind, right: Kind) -> bool:
    """What Julia's methods say: which operators of numbers have one for arrays of these axes."""
    methods = {
        "+": left is right,
        "-": left is right,
        "*": 0 in (_AXES[left], _AXES[right]),
        "/": right is Kind.NUMBER,
    }
    both_numbers = left is right is Kind.NUMBER
    return not (both_numbers or methods.get(operator, False))


@pytest.mark.parametrize("left", _AXES)
@pytest.mark.parametrize("right", _AXES)
@pytest.mark.parametrize("operator", _OF_NUMBERS)
def test_dots_are_those_of_julias_methods(operator: str, left: Kind, right: Kind) -> None:
    operands = Name("a", kind=left), Name("b", kind=right)
    assert is_dotted(operator, *operands) == needs_dot(operator, left, right)


@pytest.mark.parametrize(("backend", "printer"), [("julia", JuliaPrinter), ("matlab", MatlabPrinter)])
def test_every_operand_of_an_operator_of_numbers_knows_its_kind(
    backend: str, printer: type[Printer], monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown: list[str] = []
    operator, call = printer.operator, printer.dot_of_call

    def seen(self: Printer, node: Binary) -> str:
        if node.operator in _OF_NUMBERS and Kind.OTHER in (node.left.kind, node.right.kind):
            unknown.append(f"{self.text(node.left)} {node.operator} {self.text(node.right)}")
        return operator(self, node)

    def called(self: Printer, node: Call) -> str:
        if node.entrywise and node.kind is Kind.OTHER:
            unknown.append(self.text(node.function))
        return call(self, node)

    backend_named(backend)
    monkeypatch.setattr(printer, "operator", seen)
    monkeypatch.setattr(printer, "dot_of_call", called)
    written = 0
    for case in golden()[::4]:
        try:
            code_for(exprs_of(case), backend)
            written += 1
        except MatgradError:
            continue
    assert written > 100
    assert not unknown
