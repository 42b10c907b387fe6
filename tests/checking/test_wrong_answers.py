"""Wrong answers: none is accepted, and nearly all are told the right reason first."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import matgrad as mg
from matgrad.checking import Verdict, check
from matgrad.checking.messages import MESSAGES

FOLDER = Path(__file__).parent

TRANSPOSE = {"factor_transpose", "both_turned", "transpose_throughout", "step_transposed"}
CHAIN = {"inner_derivative", "chain_rule", "step_factor_missing", "missing_factor", "scalar_factor_missing"}

REASONS: dict[str, set[str]] = {
    "layout": {"layout", "letters"},
    "turned": {"layout", "letters", "indices_swapped", "letters_interchanged", *TRANSPOSE},
    "convention": {"convention"},
    "form": {"form"},
    "structure": {"structure_ignored", "not_symmetric", "diagonal_twice"},
    "factor": {"factor", "number"},
    "sign": {"sign", "step_sign"},
    "scalar_factor": {"scalar_factor_missing", "scalar_factor_extra"},
    "fact": {"fact", "facts"},
    "hadamard": {"hadamard_for_product", "product_for_hadamard", "step_hadamard"},
    "lost_term": {"lost_term"},
    "extra_term": {"extra_term"},
    "term_sign": {"term_sign"},
    "term_factor": {"term_factor", "term_scaled", "term_scalar_missing", "term_scalar_extra", "number"},
    "chain": CHAIN,
    "missing_factor": CHAIN,
    "extra_factor": {"extra_factor", "scalar_factor_extra"},
    "wrong_derivative": {"wrong_derivative", "function"},
    "function": {"function", "call_missing", "call_extra"},
    "power": {"power_missing", "power_extra", "exponent", "wrong_derivative"},
    "order": {"swapped", "symbols_swapped"},
    "symbols": {"symbols_swapped"},
    "symbol": {"symbol"},
    "two": {"sign_and_factor", *TRANSPOSE},
    "commuting": {"order_of_factors"},
    "taken": {"term_for_another"},
    "factor_transpose": {*TRANSPOSE, "indices_swapped", "letters_interchanged"},
    "vec_rows": {"rows_stacked"},
    "inverse": {"inverse_missing", "inverse_extra", "throughout"},
    "matrix_function": {"matrix_function", "other_function"},
    "other_variable": {"other_variable"},
    "other_function": {"other_function"},
    "other_order": {"order"},
    "itself": {"function_itself"},
    "diag": {"diag_missing"},
    "ones": {"ones_missing", "ones_beside_vector", "ones_beside_matrix", "identity_beside"},
    "commutation": {"commutation_missing"},
    "product_rule": {"product_rule"},
    "trace": {"trace_missing"},
    "zero": {"zero"},
    "shape": {"shape", "nonconforming"},
    "unexplained": {"unexplained"},
    # Several reasons are as good; the answer only must not be accepted.
    "any": set(MESSAGES),
}
"""The mistakes that count as the reason of that name."""


@dataclass(frozen=True)
class Case:
    """A wrong answer and why it is wrong."""

    f: str
    wrt: str
    answer: str
    reason: str
    given: str = ""
    says: str = ""
    order: int = 1
    form: str = "auto"
    layout: str | None = None
    convention: str | None = None

    @property
    def id(self) -> str:
        """What the case is called in a report."""
        return f"{self.f} by {self.wrt}: {self.answer}"


def cases(name: str) -> list[Case]:
    """The cases of a table."""
    return [Case(**entry) for entry in _table(name)["case"]]


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def verdict(case: Case) -> Verdict:
    """What is said of an answer."""
    read = mg.interpret(case.f, case.given or None)
    return check(
        read.expr,
        read.symbols[case.wrt],
        case.answer,
        symbols=read.symbols.values(),
        order=case.order,
        form=case.form,
        layout=case.layout,
        convention=case.convention,
    )


def is_explained(case: Case) -> bool:
    """Whether the right reason is given."""
    found = verdict(case)
    right = set().union(*(REASONS[reason] for reason in case.reason.split("|")))
    return found.mistake in right and case.says in found.reason


STUDENTS = ("student_wrong_answers", "student_fresh_answers")
"""Tables by the form of their answers, of which test_student_answers.py tells."""

TABLES = ("wrong_answers", "held_out")

ALL: list[tuple[str, Case]] = [(name, c) for name in TABLES for c in cases(name)]


@pytest.mark.parametrize("case", [c for _, c in ALL], ids=lambda case: case.id)
def test_never_accepted(case: Case) -> None:
    found = verdict(case)
    assert not found.correct
    assert found.reason
    assert found.mistake in MESSAGES
    assert found.suggestion


@pytest.mark.parametrize(("name", "least"), [("wrong_answers", 0.95), ("held_out", 0.9)])
def test_right_reason_first(name: str, least: float, capsys: pytest.CaptureFixture[str]) -> None:
    table = cases(name)
    missed = [case for case in table if not is_explained(case)]
    rate = 1 - len(missed) / len(table)
    with capsys.disabled():
        print(f"\n{name}: the right reason first in {len(table) - len(missed)} of {len(table)} ({rate:.1%})")
        if os.environ.get("SHOW_MISSED"):
            for case in missed:
                found: Any = verdict(case)
                print(f"  {case.id}\n    due {case.reason}, said {found.mistake}: {found.reason}")
    assert rate >= least


def test_every_reason_is_met() -> None:
    students = (
        entry["reason"] for name in STUDENTS for part in _table(name).values() for entry in part["case"]
    )
    told = [*(case.reason for _, case in ALL), *students]
    seen = {kind for reasons in told for reason in reasons.split("|") for kind in reason.split("+")}
    assert seen == set(REASONS)
