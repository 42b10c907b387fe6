"""Several equations in several unknowns: kinds, formulas put back, values against the dense system."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.expr import symbols_of

PAIR = "A X + Y B = C; D X + Y E = F"
UNIQUE_ON_VEC = "the matrix of the equations on vec of the unknowns is invertible"
KINDS = [
    (
        PAIR, None, "coupled Sylvester equations",
        "det(A − λD) and det(B − λE) have no root in common, infinity included",
        "Y = −matrix_equation(2, I, E, −DA⁻¹, B, DA⁻¹C − F), X = A⁻¹(C − YB)", ["A"],
    ),
    (
        "A X + Y B = C; X + Y = D", None, "coupled Sylvester equations",
        "det(A − λeye(m)) and det(B − λeye(n)) have no root in common, infinity included",
        "Y = −sylvester(−A, B, AD − C), X = D − Y", [],
    ),
    (
        "A X + B Y = C; D X + E Y = F", None, "linear equations in 2 unknowns", UNIQUE_ON_VEC,
        "Y = (E − DA⁻¹B)⁻¹(F − DA⁻¹C), X = A⁻¹(C − BY)", ["A"],
    ),
    (
        "A X + B' Y = C; B X = D", "A: n×n positive definite", "linear equations in 2 unknowns",
        UNIQUE_ON_VEC, "Y = (BA⁻¹Bᵀ)⁻¹(BA⁻¹C − D), X = A⁻¹(C − BᵀY)", [],
    ),
    (
        "A X + X B + Y = C; X + Y' D = F", None, "linear equations in 2 unknowns", UNIQUE_ON_VEC,
        "X = matrix_equation(1, I, I, I, −AᵀD, −Bᵀ, D, F − CᵀD), Y = C − AX − XB", [],
    ),
    (
        "A X + X B + D Y + Y E = C; F X + X G + H Y + Y K = L", None, "linear equations in 2 unknowns",
        UNIQUE_ON_VEC, None, [],
    ),
    (
        "A X + Y = C; D Y + Y' E + Z F = G; X + Z H = K", "X: n×n", "linear equations in 3 unknowns",
        UNIQUE_ON_VEC, None, [],
    ),
    ("A .* X + Y = B; X - Y A = C", None, "linear equations in 2 unknowns", UNIQUE_ON_VEC, None, []),
]  # fmt: skip


def unknowns_in(text: str) -> list[str]:
    return [name for name in "XYZ" if name in text]


@pytest.mark.parametrize(
    ("text", "given", "kind", "condition", "lines", "needed"), KINDS, ids=lambda x: str(x)[:28]
)
def test_kinds(
    text: str, given: str | None, kind: str, condition: str, lines: str | None, needed: list[str]
) -> None:
    q = mg.equation(text, unknowns_in(text), given=given)
    assert (q.kind, q.condition, [str(x) for x in q.needed]) == (kind, condition, needed)
    assert lines is None or str(q) == lines
    assert q.verification.verified
    assert q.derivation.count("\n") >= len(q.unknowns)
    assert len(q.expr) == len(q.unknowns)
    assert q.method
    assert q.latex()


def sizes_of(q: Any) -> dict[str, tuple[int, int]]:
    """A shape for each variable, each dimension a number of its own."""
    symbols = {s for left, right in q.sides for s in (*symbols_in(left), *symbols_in(right))}
    names = sorted({name for s in symbols for dim in s.shape for name in dim.symbols})
    numbers = {name: 3 + k for k, name in enumerate(names)}
    return {s.label: tuple(dim.value(numbers) for dim in s.shape) for s in symbols}


def symbols_in(e: mg.Expr) -> list[Any]:
    return list(symbols_of(e).values())


def random_arrays(q: Any, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    left = {x.label for x in q.unknowns}
    sizes = sorted(sizes_of(q).items())
    return {name: rng.standard_normal(shape) for name, shape in sizes if name not in left}


def image(q: Any, arrays: dict[str, Any], column: Any) -> Any:
    """The left sides less the right ones at unknowns that stand below each other in a column."""
    sizes = sizes_of(q)
    given, start = dict(arrays), 0
    for x in q.unknowns:
        m, n = sizes[x.label]
        given[x.label] = column[start : start + m * n].reshape((m, n), order="F")
        start += m * n
    sides = [mg.evaluate(left - right, given) for left, right in q.sides]
    return np.concatenate([np.ravel(side, order="F") for side in sides])


def dense_of(q: Any, arrays: dict[str, Any]) -> tuple[Any, Any]:
    """The matrix of the equations and their right sides, column by column from their texts."""
    count = sum(m * n for m, n in (sizes_of(q)[x.label] for x in q.unknowns))
    rest = image(q, arrays, np.zeros(count))
    return np.column_stack([image(q, arrays, unit) - rest for unit in np.eye(count)]), -rest


def column_of(values: dict[str, Any]) -> Any:
    return np.concatenate([np.ravel(x, order="F") for x in values.values()])


SYSTEMS = [
    (PAIR, None),
    ("A X + Y B = C; X + Y = D", None),
    ("A X + X B + D Y + Y E = C; F X + X G + H Y + Y K = L", None),
    ("A X + B' Y = C; B X = D", "A: n×n, B: m×n, C: n×p"),
    ("A X B + Y = C; D X + E Y F = G", "A: m×n, B: p×q, E: n×m, F: q×p, D: n×n"),
    ("A X + B Y' C = D; E Y F + G X H = K", "X: m×n, Y: p×q, K: p×q, D: m×n"),
    ("X + A Y + Z' B = C; D X + Y = E; X F + Z' = G Y", "X: m×n, Z: n×m"),
    ("2 X - Y = A; X + 3 Y = B", "A: m×n"),
]


@pytest.mark.parametrize(("text", "given"), SYSTEMS)
@pytest.mark.parametrize("seed", range(3))
def test_values_are_those_of_the_dense_system(text: str, given: str | None, seed: int) -> None:
    q = mg.equation(text, unknowns_in(text), given=given, verify=seed == 0)
    arrays = random_arrays(q, seed)
    s = q.solve(**arrays)
    matrix, right = dense_of(q, arrays)
    np.testing.assert_allclose(column_of(s.value), np.linalg.solve(matrix, right), rtol=1e-7, atol=1e-8)
    assert (s.unique, s.consistent) == (True, True)
    assert s.residual < 1e-14
    condition = np.linalg.cond(matrix)
    assert 0.1 / condition < s.reciprocal_condition < 10 / condition
    for x, e in zip(q.unknowns, q.expr, strict=True):
        np.testing.assert_allclose(mg.evaluate(e, used(e, arrays)), s.value[x.label], rtol=1e-6, atol=1e-7)


def used(e: mg.Expr, arrays: dict[str, Any]) -> dict[str, Any]:
    return {name: arrays[name] for name in symbols_of(e)}


def test_singular_equations_say_why() -> None:
    q = mg.equation(PAIR, ["X", "Y"])
    v = random_arrays(q)
    v["B"], v["E"] = np.diag([2.0, 1, 1, 1, 1, 1])[: len(v["B"]), : len(v["B"])], np.eye(len(v["B"]))
    v["A"], v["D"] = 2 * np.eye(len(v["A"])) + np.triu(v["A"], 1), np.eye(len(v["A"]))
    with pytest.raises(mg.DomainError) as caught:
        q.solve(**v)
    assert str(caught.value) == (
        "the equation A X + Y B = C; D X + Y E = F is singular: A − λD and B − λE have the eigenvalue 2 in "
        "common; it has no solution for this right side\n"
        "Try: least_squares=True takes the smallest of the solutions, or of those nearest to one"
    )
    matrix, right = dense_of(q, v)
    s = q.solve(**v, least_squares=True)
    assert (s.unique, s.consistent, s.method) == (False, False, "least squares")
    np.testing.assert_allclose(column_of(s.value), np.linalg.lstsq(matrix, right, rcond=1e-11)[0], atol=1e-8)
    # A right side that is reached has many solutions.
    x, y = (np.random.default_rng(k).standard_normal(v["C"].shape) for k in (1, 2))
    v["C"], v["F"] = v["A"] @ x + y @ v["B"], v["D"] @ x + y @ v["E"]
    with pytest.raises(mg.DomainError, match="it has many solutions for this right side"):
        q.solve(**v)
    s = q.solve(**v, least_squares=True)
    assert (s.unique, s.consistent, s.method) == (False, True, "the smallest of the solutions")
    other = mg.equation("A X + B Y = C; D X + E Y = F", ["X", "Y"])
    w = random_arrays(other)
    w["D"], w["E"] = 2 * w["A"], 2 * w["B"]
    with pytest.raises(mg.DomainError, match=r"its matrix on vec of the unknowns \(\d+×\d+\) has rank \d+"):
        other.solve(**w)


def test_a_coefficient_that_the_formula_inverts_may_be_singular() -> None:
    q = mg.equation(PAIR, ["X", "Y"])
    v = random_arrays(q, 3)
    v["A"][:, 0] = 0
    s = q.solve(**v)
    matrix, right = dense_of(q, v)
    np.testing.assert_allclose(column_of(s.value), np.linalg.solve(matrix, right), rtol=1e-7, atol=1e-8)


def test_more_equations_than_unknowns() -> None:
    q = mg.equation(["A X = B", "X C = D"], ["X"], given="A: m×n, X: n×p, C: p×q")
    assert q.kind == "several linear equations in one unknown"
    v: dict[str, Any] = {"A": np.array([[1.0, 2.0]]), "C": np.array([[1.0], [1.0]])}
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(mg.ArgumentError, match="there are not as many equations as unknowns"):
        q.expr  # noqa: B018
    with pytest.raises(mg.DomainError, match="rank 3"):
        q.solve(**v, B=v["A"] @ x, D=x @ v["C"])
    s = q.solve(**v, B=v["A"] @ x, D=x @ v["C"], least_squares=True)
    np.testing.assert_allclose(s.value["X"] @ v["C"], x @ v["C"], atol=1e-12)
    assert not s.unique


@pytest.mark.parametrize(("text", "given"), [SYSTEMS[0], SYSTEMS[2], SYSTEMS[5]])
def test_derivatives_against_difference_quotients(text: str, given: str | None) -> None:
    q = mg.equation(text, unknowns_in(text), given=given, verify=False)
    v = random_arrays(q, 5)
    rng = np.random.default_rng(6)
    f = mg.sum(q.expr[0]) - 2 * mg.sum(q.expr[1])
    for name in v:
        gradient = mg.evaluate(mg.gradient(f, name, verify=False), v)
        change = rng.standard_normal(v[name].shape)

        def at(t: float, name: str = name, change: Any = change) -> float:
            values = list(q.solve(**{**v, name: v[name] + t * change}).value.values())
            return float(values[0].sum() - 2 * values[1].sum())

        quotient = (8 * (at(1e-4) - at(-1e-4)) - (at(2e-4) - at(-2e-4))) / 12e-4
        assert np.sum(gradient * change) == pytest.approx(quotient, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
def test_code_of_solutions(backend: str) -> None:
    pytest.importorskip(backend)
    q = mg.equation(PAIR, ["X", "Y"])
    v = random_arrays(q, 5)
    found = mg.compile(list(q.expr), backend=backend)(**v)
    for value, expected in zip(found, q.solve(**v).value.values(), strict=True):
        np.testing.assert_allclose(np.asarray(value), expected, rtol=2e-3, atol=2e-3)


REFUSED = [
    (PAIR, "X", "several equations are solved for several unknowns"),
    (PAIR, "X, Y", "X, Y are several unknowns"),
    ("A X + Y B = C; X Y = F", ["X", "Y"], "X Y = F is not linear in X, Y together"),
    ("A X + Y B = C; D Z = F", ["X", "Q"], "Q"),
    ("A X + Y B = C; D E = F", ["X", "Y"], "D E = F holds none of the unknowns"),
    ("A X + Y B = C; D X", ["X", "Y"], ""),
    ([], ["X", "Y"], "several equations are texts, or pairs of both sides"),
    ("A X = B", [], "unknowns are variables, or their names"),
]


@pytest.mark.parametrize(("e", "unknowns", "words"), REFUSED)
def test_what_is_refused(e: Any, unknowns: Any, words: str) -> None:
    with pytest.raises(mg.MatgradError) as caught:
        mg.equation(e, unknowns)
    assert words in caught.value.message


@pytest.mark.parametrize("text", ["A X + Y B = C; A X + Y B = D", "X + Y = A; 2 X + 2 Y = B"])
def test_dependent_equations_never_have_one_solution(text: str) -> None:
    q = mg.equation(text, ["X", "Y"])
    assert q.condition == "never: the equations depend on each other whatever the coefficients"
    with pytest.raises(mg.ArgumentError, match="never: the equations depend on each other"):
        q.expr  # noqa: B018
    v = random_arrays(q)
    with pytest.raises(mg.DomainError, match="no solution for this right side"):
        q.solve(**v)


def test_lists_pairs_and_definitions_are_read() -> None:
    as_list = mg.equation(["A X + Y B = C", "D X + Y E = F"], ["X", "Y"])
    assert str(as_list) == str(mg.equation(PAIR, ("X", "Y")))
    n = mg.dims("n")[0]
    a, x, y, c = (mg.matrix(name, n, n) for name in "AXYC")
    pairs = mg.equation([(a @ x + y, c), (x, y)], [x, y])
    assert str(pairs) == "X = (A + I)⁻¹C, Y = C − AX"
    defined = mg.equation(["A X + Y B = C", "X = Y where B = P Q"], ["X", "Y"])
    assert "P" in str(defined)
    assert str(mg.equation(r"\begin{cases} A X + Y &= C \\ X - Y &= D \end{cases}", ["X", "Y"])) == (
        "X = (A + I)⁻¹(C + D), Y = C − AX"
    )


STACKED = [
    ("A X = B; C X = D", "X", "[A; C] X = [B; D]"),
    ("X A = B; X C = D", "X", "X [A, C] = [B, D]"),
    ("A' A X = B; C X + E = 2 D", "X", "[(A' A); C] X = [B; (2 D - E)]"),
    ("A x = b; c' x = 1", "x", "[A; c'] x = [b; 1]"),
    ("A X = B; A' X = C", "X", "[A; A'] X = [B; C]"),
]


@pytest.mark.parametrize(("text", "unknown", "one"), STACKED, ids=[case[0] for case in STACKED])
def test_several_equations_for_one_unknown_are_one_of_blocks(text: str, unknown: str, one: str) -> None:
    with pytest.raises(mg.ParseError) as caught:
        mg.equation(text, unknown)
    assert str(caught.value.fix) == one
    assert mg.equation(one, unknown).solution is not None


def test_a_name_is_offered_that_occurs() -> None:
    for text, fix in [
        ("A X + Y B = C; D X + Y E = F", '--for X,Y, in Python ["X", "Y"]'),
        ("A X = B; X C = D", 'in Python mg.equation(…, ["X"])'),
    ]:
        with pytest.raises(mg.ParseError) as caught:
            mg.equation(text, "X")
        assert str(caught.value.fix) == fix
