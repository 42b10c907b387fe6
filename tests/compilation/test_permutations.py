"""Products with permutations: an order of rows or columns, and no multiplication."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

import matgrad as mg
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import symbols_of
from matgrad.core.facts import Fact

GIVEN = "P: n×n permutation, Q: n×n permutation, A: n×n, x: n, B: n×k"
TEXTS = [
    "P*A", "P'*A", "A*P", "A*P'", "P*A*P'", "P*x", "x'*P", "x'*P*A*P'*x", "inv(P)*A", "P*Q*A",
    "Q'*P*A*Q", "inv(P*A*P' + 9*eye(n))*x", "A + P", "P", "det(P)*x", "P*P*P*x", "(P + P')*x",
    "adj(P)*x", "2*P*B", "B'*P", "kron(P,Q)*kron(x,x)", "tr(P*A)", "sum((P*A).*A)", "norm(P*x)^2",
    "P*ones(n)", "ones(n)'*P", "P*A*Q*B",
]  # fmt: skip
RNG = np.random.default_rng(3)


@pytest.mark.parametrize("text", TEXTS)
def test_products_are_those_of_any_matrix(text: str) -> None:
    n = 6
    arrays = {name: np.eye(n)[RNG.permutation(n)] for name in "PQ"}
    arrays |= {
        "A": RNG.standard_normal((n, n)),
        "x": RNG.standard_normal(n),
        "B": RNG.standard_normal((n, 2)),
    }
    known, general = mg.parse(text, GIVEN), mg.parse(text, GIVEN.replace(" permutation", ""))
    expected = mg.compile(general)(**{name: arrays[name] for name in symbols_of(general)})
    function = mg.compile(known)
    given: dict[str, Any] = {name: arrays.get(name, n) for name in function.signature.names}
    for make in (np.asarray, np.asfortranarray, sp.csr_array):
        held = {name: make(a) if name in "PQ" else a for name, a in given.items()}
        found: Any = function(**held)
        np.testing.assert_allclose(
            found.toarray() if hasattr(found, "toarray") else found, expected, atol=1e-12
        )


def test_nothing_is_multiplied() -> None:
    function = mg.compile(mg.parse("P*A*P'", "P: n×n permutation, A: n×n"))
    function(P=np.eye(50), A=np.ones((50, 50)))
    assert function.plan.flops == 0
    assert str(mg.parse("P'*P*A", GIVEN)) == "A"


def test_what_permutations_make_is_one_only_where_it_is() -> None:
    def has(text: str) -> bool:
        return bool(mg.parse(text, GIVEN).facts & Fact.PERMUTATION)

    for text in ("P", "P'", "inv(P)", "P*Q", "P^3", "kron(P, Q)"):
        assert has(text), text
    for text in ("2*P", "-P", "P + Q", "adj(P)", "P*A", "0*P"):
        assert not has(text), text


@pytest.mark.parametrize(
    "wrong", [np.ones((2, 2)), np.diag([1.0, -1.0]), [[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [1.0, 1e-3]]]
)
def test_arrays_are_held_to_it(wrong: list[list[float]]) -> None:
    function = mg.compile(mg.parse("P*x", "P: n×n permutation, x: n"))
    with pytest.raises(EvaluationError, match="P is declared permutation, but the array given is not"):
        function(P=np.array(wrong), x=np.ones(2))
    with pytest.raises(EvaluationError, match="P is declared"):
        function(P=sp.csr_array(np.array(wrong)), x=np.ones(2))


def test_a_permutation_cannot_change() -> None:
    assert str(mg.gradient("x'*P*x", "P", given="P: n×n permutation, x: n")) == "zeros(n, n)"
    assert mg.gradient("x'*P*x", "x", given="P: n×n permutation, x: n") is not None
