"""Golden cases: the line printed, its verification, and its agreement with the published answer."""

from __future__ import annotations

import random
import re

import pytest

import matgrad as mg
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import LINEAR_STRUCTURE
from matgrad.language.declarations import read_given
from matgrad.ops.registry import FUNCTIONS
from tests.golden.loader import Case, cases

CASES = cases()


def derive(case: Case) -> tuple[mg.Result, dict[str, Symbol]]:
    """The answer to a golden case, and the variables it knows."""
    read = mg.interpret(case.expression, case.given or None)
    variable = read.symbols[case.wrt]
    result = mg.derive(
        read.expr, variable, order=case.order, form=case.form, layout=case.layout, convention=case.convention
    )
    return result, dict(read.symbols)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_golden(case: Case) -> None:
    result, symbols = derive(case)
    assert result.verification.verified, result.verification.reason
    assert result.right_side("unicode") == case.printed
    if case.answer is not None:
        assert isinstance(result.expr, Expr)
        variable = symbols[case.wrt]
        change = Symbol.make(
            "d" + case.wrt,
            variable.rows,
            variable.columns,
            variable.facts & LINEAR_STRUCTURE,
            differential=True,
        )
        declared = read_given([*symbols.values(), change])
        for entry in read_given(case.given or None).entries.values():
            if entry.is_function:
                declared.add(entry)
        published = mg.parse(case.answer, declared)
        assert mg.equivalent(result.expr, published)


def test_names_are_unique_and_every_case_is_complete() -> None:
    assert len({case.id for case in CASES}) == len(CASES)
    assert all(case.printed for case in CASES)
    # Index notation is no expression of the language; everything else has a published answer.
    assert all(case.answer is not None or case.form == "components" for case in CASES)


NO_CASE_OF_THEIR_OWN = {
    # written with signs, or made of others
    "pi", "transpose", "hadamard", "power", "divide", "matrix_power", "log1p", "expm1", "lambda_min",
    # in derivatives of functions that have cases
    "onehot_min",
    "step", "onehot_max", "half_tril", "axial", "frechet_power", "frechet_matrix_power", "sylvester",
    "frechet_expm", "frechet_matrix_expm", "frechet_logm", "frechet_matrix_logm", "frechet_sqrtm",
    "frechet_matrix_sqrtm", "frechet_matrix_real_power_log", "eigenvectors", "top_eigenvector",
    "left_singular_vectors",
    "right_singular_vectors", "top_left_singular_vector", "top_right_singular_vector", "polar",
}  # fmt: skip


def functions_without_a_case() -> list[str]:
    """The functions that stand in no golden case, neither in what is asked nor in the answer."""
    texts = " ".join(f"{case.expression} {case.answer}" for case in CASES)
    names = set(re.findall(r"[^\W\d]\w*", texts))
    functions = {id(f): f for f in FUNCTIONS.values()}.values()
    return [
        f.name
        for f in functions
        if names.isdisjoint((f.name, *f.aliases)) and f.name not in NO_CASE_OF_THEIR_OWN
    ]


def test_every_function_has_a_golden_case() -> None:
    missing = functions_without_a_case()
    assert not missing, f"add a golden case in tests/golden/operations.toml for {', '.join(missing)}"


def test_lines_do_not_depend_on_what_was_made_before() -> None:
    """Some cases in another order, what they made kept alive: each line is that of the file."""
    chosen = random.Random(7).sample(CASES, 60)
    kept = [derive(case)[0] for case in chosen]
    for case, result in zip(chosen, kept, strict=True):
        assert result.right_side("unicode") == case.printed, case.id
