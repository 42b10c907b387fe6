"""Several equations for unknowns with structures, against the dense matrix on their independent entries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from tests.equations.test_structures import SPREADS

Array = Any

FORMULAS = [
    (
        "A S A' + Y = C; S - B Y B' = E", "S, Y, C, E: n×n symmetric",
        "S = stein(−BA, AᵀBᵀ, BCBᵀ + E), Y = C − ASAᵀ",
    ),
    (
        "X + Y = A; X - 2 Y = B", "X, Y, A, B: n×n lower triangular", "Y = ⅓(A − B), X = A − Y",
    ),
    ("P + L = A", "P: n×n symmetric, L: n×n skew", None),
    ("P + L = A", "P: n×n symmetric, L: n×n lower triangular", None),
]  # fmt: skip


def declared(text: str) -> str:
    """ "A, B: n×n" as a declaration for each."""
    found = []
    names: list[str] = []
    for piece in text.split(", "):
        name, _, rest = piece.partition(": ")
        names.append(name)
        if rest:
            found += [f"{each}: {rest}" for each in names]
            names = []
    return ", ".join(found)


@pytest.mark.parametrize(("text", "given", "line"), FORMULAS)
def test_formulas(text: str, given: str, line: str | None) -> None:
    unknowns = ["P", "L"] if "P" in text else ["S", "Y"] if "S" in text else ["X", "Y"]
    q = mg.equation(text, unknowns, given=declared(given))
    assert q.verification.verified
    assert line is None or str(q) == line


def test_the_symmetric_and_the_skew_part() -> None:
    q = mg.equation("P + L = A", ["P", "L"], given="P: n×n symmetric, L: n×n skew")
    a = np.random.default_rng(0).standard_normal((4, 4))
    s = q.solve(A=a)
    np.testing.assert_allclose(s.value["P"], (a + a.T) / 2, atol=1e-12)
    np.testing.assert_allclose(s.value["L"], (a - a.T) / 2, atol=1e-12)
    assert s.unique
    for e, name in zip(q.expr, "PL", strict=True):
        np.testing.assert_allclose(mg.evaluate(e, {"A": a}), s.value[name], atol=1e-10)


SYSTEMS = ["A X + Y B = C; D X + Y = F", "A X B + Y' = C; X - D Y F = G", "A X + Y = C"]


@pytest.mark.parametrize("text", SYSTEMS)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("symmetric", "diagonal"),
        ("skew", None),
        ("diagonal", "skew"),
        ("lower triangular", "symmetric"),
        (None, "upper triangular"),
    ],
)
def test_values_against_least_squares(text: str, first: str | None, second: str | None) -> None:
    n = 3
    names = [name for name in "ABCDFG" if name in text]
    given = ", ".join(f"{name}: n×n" for name in names)
    given += "".join(f", {x}: n×n {kind or ''}" for x, kind in (("X", first), ("Y", second)))
    q = mg.equation(text, ["X", "Y"], given=given, verify=False)
    rng = np.random.default_rng(1)
    v: dict[str, Any] = {name: rng.standard_normal((n, n)) for name in names}
    plain = [u.reshape(n, n) for u in np.eye(n * n)]
    bases = [SPREADS[kind](n) if kind else plain for kind in (first, second)]
    zero = np.zeros((n, n))

    def image(x: Array, y: Array) -> Array:
        sides = [mg.evaluate(left - right, {**v, "X": x, "Y": y}) for left, right in q.sides]
        return np.concatenate([np.ravel(side) for side in sides])

    rest = image(zero, zero)
    columns = [image(u, zero) - rest for u in bases[0]] + [image(zero, u) - rest for u in bases[1]]
    matrix = np.column_stack(columns)
    # The norm of the unknowns is meant, of which a pair of entries is more than one of them.
    sizes = np.array([np.linalg.norm(u) for basis in bases for u in basis])
    flat = np.linalg.lstsq(matrix / sizes, -rest, rcond=None)[0] / sizes
    expected = [
        sum(t * u for t, u in zip(part, basis, strict=True))
        for part, basis in zip((flat[: len(bases[0])], flat[len(bases[0]) :]), bases, strict=True)
    ]
    s = q.solve(**v, least_squares=True)
    for name, x in zip("XY", expected, strict=True):
        np.testing.assert_allclose(s.value[name], x, atol=1e-8)
    assert s.unique == (np.linalg.matrix_rank(matrix) == matrix.shape[1])
    if not s.consistent:
        with pytest.raises(mg.DomainError):
            q.solve(**v)
