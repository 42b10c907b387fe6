"""What matgrad prints, it reads: every golden line, in every medium, is right when it is an answer."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.errors import MatgradError
from tests.golden.loader import Case, cases

UNREAD = {
    # How long a 0 in a block is, is not said where nothing stands beside it.
    ("operation: slice of a matrix", "unicode"),
    ("operation: slice of a matrix", "latex"),
    ("operation: slice", "unicode"),
    ("operation: slice", "latex"),
    # The sizes of two I beside K follow from the size of the whole only by guessing.
    ("M&N Kronecker product with a constant on the left", "unicode"),
    ("M&N Kronecker product with a constant on the left", "latex"),
    ("M&N Kronecker product with a constant on the right", "unicode"),
    ("M&N Kronecker product with a constant on the right", "latex"),
}
"""Lines that are printed and not read, by the name of the case and the medium, each with its reason."""


def _lines(case: Case) -> list[tuple[str, str]]:
    result = mg.derive(
        case.expression,
        case.wrt,
        given=case.given or None,
        order=case.order,
        form=case.form,
        layout=case.layout,
        convention=case.convention,
        verify=False,
    )
    media = ("unicode", "latex", "text") if case.form != "components" else ("unicode", "latex")
    return [(medium, result.line(medium)) for medium in media]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_what_is_printed_is_a_right_answer(case: Case) -> None:
    for medium, line in _lines(case):
        if (case.name, medium) in UNREAD:
            with pytest.raises(AssertionError):
                _accept(case, line)
        else:
            _accept(case, line)


def _accept(case: Case, line: str) -> None:
    try:
        found = mg.check(
            case.expression,
            case.wrt,
            line,
            given=case.given or None,
            order=case.order,
            convention=case.convention,
        )
    except MatgradError as error:
        raise AssertionError(f"{line}: {error}") from error
    assert found.correct, f"{line}: {found.reason}"
