"""Every public function of NumPy on symbols: right, or refused by name; and the table says which."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.special

import matgrad as mg
from matgrad.language.tracing import trace_function
from tests.language.numpy_calls import WITHOUT_CALLS, calls
from tests.language.numpy_table import TARGET, Outcome, outcomes, table


@pytest.mark.parametrize("done", outcomes(), ids=lambda done: done.call)
def test_a_call_is_right_or_refused(done: Outcome) -> None:
    assert done.refusal is not None or done.is_right
    if done.refusal is not None:
        assert str(done.refusal)


def test_most_calls_are_right() -> None:
    assert sum(done.is_right for done in outcomes()) >= 430


def public(module: ModuleType, prefix: str = "") -> set[str]:
    """The public functions of a module."""
    names = (name for name in dir(module) if not name.startswith("_"))
    found = {name: getattr(module, name) for name in names}
    return {prefix + name for name, value in found.items() if callable(value) and not isinstance(value, type)}


def test_every_public_function_is_in_the_table() -> None:
    called = set(re.findall(r"np\.((?:linalg\.)?\w+)", "\n".join(calls())))
    excused = frozenset().union(*WITHOUT_CALLS.values())
    assert public(np) | public(np.linalg, "linalg.") <= called | excused
    assert not called & excused


def test_the_table_is_the_one_in_the_documentation() -> None:
    assert TARGET.read_text(encoding="utf-8") == table(), "make docs renews it"


REFUSING = (
    "depends on the order or the equality of entries",
    "rounds, and is constant but for jumps",
    "changes an array in place",
)


@pytest.mark.parametrize("name", sorted(name for why in REFUSING for name in WITHOUT_CALLS[why]))
def test_what_has_no_meaning_is_refused(name: str) -> None:
    function: Any = getattr(np, name)
    for run in (lambda x: function(x), lambda x, y: function(x, y), lambda x, y: function(x, y, x)):
        with pytest.raises((mg.MatgradError, TypeError)):
            trace_function(run)


GIVEN_TO_SCIPY = {"Q": (3, 3), "R": (3, 3), "x": (3,)}


@pytest.mark.parametrize(
    ("run", "ours"),
    [
        (lambda Q: scipy.linalg.expm(Q), "mg.expm"),
        (lambda Q: scipy.linalg.logm(Q), "mg.logm"),
        (lambda Q: scipy.linalg.solve_discrete_lyapunov(Q, Q), "mg.dlyap"),
        (lambda Q: scipy.linalg.sqrtm(Q), "mg.sqrtm"),
        (lambda Q, R: scipy.linalg.solve_sylvester(Q, R, Q), "mg.sylvester"),
        (lambda x: scipy.special.polygamma(1, x), "mg.polygamma"),
        (lambda Q: scipy.linalg.schur(Q), "mg.evaluate"),
    ],
)
def test_a_function_of_scipy_that_knows_no_symbols_is_answered_with_ours(run: Any, ours: str) -> None:
    with pytest.raises(mg.MatgradError) as caught:
        trace_function(run, given={name: GIVEN_TO_SCIPY[name] for name in run.__code__.co_varnames})
    assert ours in str(caught.value.fix)


@pytest.mark.parametrize(
    "run",
    [
        lambda x, y: (x > 0) + (y > 0),
        lambda x: -(x > 0),
        lambda x, y: (x > 0) @ (y > 0),
        lambda x: np.diff(x > 0),
        lambda x: np.where(x, x, 0),
        lambda x: np.where(x > 0),
        lambda x: x if x > 0 else -x,
        lambda x: max(x, 0),
    ],
)
def test_truth_values_are_no_numbers_where_numpy_makes_a_difference(run: Any) -> None:
    with pytest.raises(mg.MatgradError):
        trace_function(run)


def test_a_condition_works_in_gradients() -> None:
    given = "r: n, d: scalar positive"

    def huber(r: Any, d: Any) -> Any:
        return np.sum(np.where(np.abs(r) <= d, r**2 / 2, d * (np.abs(r) - d / 2)))

    r = mg.vector("r", "n")
    assert mg.equivalent(mg.gradient(huber, at="r", given=given), "where(abs(r) <= d, r, d sign(r))")
    assert str(mg.gradient(np.sum(np.where(r > 0, r**2, 0)), r)) == "2 relu(r)"
