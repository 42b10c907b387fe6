"""Unknowns with a structure, equations entry by entry and on vec: formulas, and values against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import matgrad as mg
from matgrad.solvers import SingularEquationError

Array = Any

SPREADS: dict[str, Any] = {
    "diagonal": lambda n: [np.diag(u) for u in np.eye(n)],
    "symmetric": lambda n: [
        u + u.T if i != j else u for i, j, u in units(n) if i >= j
    ],
    "skew": lambda n: [u - u.T for i, j, u in units(n) if i > j],
    "lower triangular": lambda n: [u for i, j, u in units(n) if i >= j],
    "upper triangular": lambda n: [u for i, j, u in units(n) if i <= j],
}  # fmt: skip


def units(n: int) -> list[tuple[int, int, Array]]:
    found = []
    for i in range(n):
        for j in range(n):
            u = np.zeros((n, n))
            u[i, j] = 1
            found.append((i, j, u))
    return found


EQUATIONS: dict[str, Any] = {
    "A X = B": lambda v, x: v["A"] @ x,
    "A X B = C": lambda v, x: v["A"] @ x @ v["B"],
    "A X + X B = C": lambda v, x: v["A"] @ x + x @ v["B"],
    "X - A X B = C": lambda v, x: x - v["A"] @ x @ v["B"],
    "A X B + X' D = C": lambda v, x: v["A"] @ x @ v["B"] + x.T @ v["D"],
    "H .* X + X = C": lambda v, x: v["H"] * x + x,
    "H .* (A X) = C": lambda v, x: v["H"] * (v["A"] @ x),
}


def arrays_of(q: Any, text: str, seed: int, *, tall: bool = False) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    names = [name for name in "ABCDH" if name in text]
    return {name: rng.standard_normal((6 if tall and name in "AC" else 4, 4)) for name in names}


@pytest.mark.parametrize("structure", SPREADS)
@pytest.mark.parametrize("text", EQUATIONS)
@pytest.mark.parametrize("seed", range(2))
def test_least_squares_of_a_structure_against_a_dense_system(structure: str, text: str, seed: int) -> None:
    sizes = ", ".join(f"{name}: n×n" for name in "ABCDH" if name in text)
    q = mg.equation(text, "X", given=f"X: n×n {structure}, {sizes}", verify=False)
    v = arrays_of(q, text, seed)
    image = EQUATIONS[text]
    basis = SPREADS[structure](4)
    matrix = np.column_stack([image(v, u).ravel() for u in basis])
    right = v[text.split("= ")[1]].ravel()
    expected = sum(t * u for t, u in zip(np.linalg.lstsq(matrix, right, rcond=None)[0], basis, strict=True))
    s = q.solve(**v, least_squares=True)
    np.testing.assert_allclose(s.value, expected, atol=1e-9)
    assert not s.consistent
    with pytest.raises(SingularEquationError, match=f"no {structure} solution"):
        q.solve(**v)
    name = text.split("= ")[1]
    inside = sum(
        t * u for t, u in zip(np.random.default_rng(9).standard_normal(len(basis)), basis, strict=True)
    )
    there = q.solve(**{**v, name: image(v, inside)})
    np.testing.assert_allclose(there.value, inside, atol=1e-8)
    assert (there.unique, there.consistent) == (True, True)


NO_FORMULA = [
    ("A L = B", "L", "L: n×n lower triangular", "a lower triangular solution exists for particular"),
    ("A D = B", "D", "D: n×n diagonal, A: m×n", "a diagonal solution exists for particular"),
    ("A X = B", "X", "X: n×n symmetric, A: m×n", "a symmetric solution exists for particular"),
    ("A X = B", "X", "X: n×n skew", "a skew solution exists for particular"),
    ("A X = B", "X", "X: n×n orthogonal", "an orthogonal solution exists for particular"),
    ("H .* X = B", "X", "X: n×n symmetric", "a symmetric solution exists for particular"),
    ("tr(X) A + X = B", "X", "X: n×n diagonal", "a diagonal solution exists for particular"),
]


@pytest.mark.parametrize(("text", "unknown", "given", "why"), NO_FORMULA)
def test_a_formula_without_the_structure_is_none(text: str, unknown: str, given: str, why: str) -> None:
    q = mg.equation(text, unknown, given=given)
    assert not q.verification.verified
    with pytest.raises(mg.ArgumentError, match=why):
        q.expr  # noqa: B018


FORMULAS = [
    ("A L = B", "L", "L: n×n lower triangular, A: n×n lower triangular, B: n×n lower triangular", "L = A⁻¹B"),
    ("A S + S A' = B", "S", "S: n×n skew, A: n×n, B: n×n skew", "S = sylvester(A, Aᵀ, B)"),
    ("A X A' = B", "X", "X: n×n symmetric, A: n×n, B: n×n symmetric", "X = A⁻¹BA⁻ᵀ"),
    ("H .* X = B", "X", "X: n×n symmetric, H: n×n symmetric, B: n×n symmetric", "X = B ⊘ H"),
    ("A Q = B", "Q", "Q: n×n orthogonal, A: n×n orthogonal, B: n×n orthogonal", "Q = AᵀB"),
    ("P S + S P = B", "S", "P: n×n spd, S: n×n spd, B: n×n spd", "S = sylvester(P, P, B)"),
]


@pytest.mark.parametrize(("text", "unknown", "given", "line"), FORMULAS)
def test_a_formula_that_has_the_structure(text: str, unknown: str, given: str, line: str) -> None:
    q = mg.equation(text, unknown, given=given)
    assert str(q) == line
    assert q.verification.verified


def test_a_large_symmetric_one_is_iterated() -> None:
    rng = np.random.default_rng(0)
    n = 70
    a = np.eye(n) + rng.standard_normal((n, n)) / (4 * np.sqrt(n))
    x = rng.standard_normal((n, n))
    s = mg.equation("A X = B", "X", given="X: n×n symmetric, A: n×n", verify=False).solve(
        A=a, B=a @ (x + x.T), least_squares=True
    )
    np.testing.assert_allclose(s.value, x + x.T, atol=1e-8)


def test_entry_by_entry() -> None:
    q = mg.equation("H .* X + X = B", "X")
    assert (str(q), q.kind, q.condition) == (
        "X = B ⊘ (H + 𝟏𝟏ᵀ)", "equation for each entry by itself", "no entry of H + ones(m, n) is zero",
    )  # fmt: skip
    h, b = np.array([[1.0, -1.0], [3.0, 0.0]]), np.array([[2.0, 0.0], [4.0, 5.0]])
    with pytest.raises(
        SingularEquationError, match=r"the entry \(1, 2\) of H \+ ones\(m, n\) is 0; it has many"
    ):
        q.solve(H=h, B=b)
    s = q.solve(H=h, B=b, least_squares=True)
    assert s.value.tolist() == [[1.0, 0.0], [1.0, 5.0]]
    assert (s.unique, s.consistent) == (False, True)
    assert not q.solve(H=h, B=b + 1, least_squares=True).consistent
    assert q.solve(H=np.abs(h), B=b).value.tolist() == [[1.0, 0.0], [1.0, 5.0]]


VEC = [
    ("trace(X) A + X = B", "A: n×n", {"A": (3, 3), "B": (3, 3)}),
    ("vec(A X B) = c", None, {"A": (2, 2), "B": (3, 3), "c": (6, 1)}),
    ("vec(A X B) = c", "A: m×n, B: p×q", {"A": (4, 2), "B": (3, 3), "c": (12, 1)}),
    ("H .* (A X) + X = C", None, {"H": (3, 2), "A": (3, 3), "C": (3, 2)}),
    (
        "sum_k F_k X G_k = C", "F_k: n×n, G_k: p×p, k=1..K, X: n×p",
        {"F": (2, 3, 3), "G": (2, 2, 2), "C": (3, 2)},
    ),
    ("kron(A, X) = B", None, {"A": (2, 2), "B": (4, 6)}),
    ("diag(X) = b", None, {"b": (3, 1)}),
    ("a' x = 1", None, {"a": (3, 1)}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "given", "shapes"), VEC)
def test_equations_on_vec(text: str, given: str | None, shapes: dict[str, tuple[int, ...]]) -> None:
    """Values are least squares of the matrix made of unit matrices; the formula has the same value."""
    unknown = "x" if "x" in text else "X"
    q = mg.equation(text, unknown, given=given)
    assert q.verification.verified
    rng = np.random.default_rng(4)
    v: dict[str, Any] = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    s = q.solve(**v, least_squares=True)

    def image(x: Array) -> Array:
        return np.ravel(mg.evaluate(q.left - q.right, {**v, unknown: x}), order="F")

    shape = np.shape(s.value)
    rest = image(np.zeros(shape))
    count = int(np.prod(shape))
    matrix = np.column_stack([image(u.reshape(shape, order="F")) - rest for u in np.eye(count)])
    expected = np.linalg.lstsq(matrix, -rest, rcond=None)[0]
    np.testing.assert_allclose(np.ravel(s.value, order="F"), expected, atol=1e-9)

    formula = mg.evaluate(q.expr, v)
    np.testing.assert_allclose(np.ravel(formula, order="F"), expected, atol=1e-8)
    assert s.unique == (np.linalg.matrix_rank(matrix) == count)
    if not s.unique or not s.consistent:
        with pytest.raises(SingularEquationError):
            q.solve(**v)


def test_a_singular_equation_on_vec_is_told_by_its_rank() -> None:
    q = mg.equation("trace(X) A + X = B", "X")
    a = -np.eye(3) / 3  # 1 + tr A = 0
    with pytest.raises(SingularEquationError, match=r"its matrix on vec\(X\) \(9×9\) has rank 8; it has no"):
        q.solve(A=a, B=np.eye(3))
    assert q.solve(A=a, B=np.diag([1.0, -1.0, 0.0]), least_squares=True).consistent


def test_riccati_equations_have_no_least_squares() -> None:
    q = mg.equation("A'X + X A - X G X + Q = 0", "X", given="G: n×n symmetric, Q: n×n symmetric")
    one = np.eye(2)
    with pytest.raises(mg.ArgumentError, match="is not linear in X: it has no least squares"):
        q.solve(A=one, G=one, Q=one, least_squares=True)
    assert q.solve(A=one, G=one, Q=one).residual < 1e-12


def test_the_matrix_of_a_cross_product_is_singular() -> None:
    q = mg.equation("cross(a, x) = b", "x")
    assert q.condition == "never: skew_matrix(a) is singular"
    with pytest.raises(mg.ArgumentError, match="is singular"):
        q.expr  # noqa: B018
    with pytest.raises(mg.DomainError, match="is singular and has no inverse"):
        mg.parse("inv(S)", "S: 3×3 skew")
    a, x = np.array([1.0, 2.0, 3.0]), np.array([3.0, 0.0, -1.0])
    s = q.solve(a=a, b=np.cross(a, x), least_squares=True)
    np.testing.assert_allclose(np.ravel(s.value), x - a * (a @ x) / (a @ a), atol=1e-12)
    assert str(mg.parse("det(S)", "S: 5×5 skew")) == "0"


CROSS = "R: m×m spd, Q: n×n symmetric, A: n×n, B: n×m, N: n×m"
CROSSED = [
    ("A' P + P A - (P B + N) inv(R) (B' P + N') + Q = 0", False),
    ("P = A' P A - (A' P B + N) inv(R + B' P B) (B' P A + N') + Q", True),
]


@pytest.mark.parametrize(("text", "discrete"), CROSSED)
def test_riccati_equations_with_a_cross_term_against_scipy(text: str, discrete: bool) -> None:
    q = mg.equation(text, "P", given=CROSS)
    name = "discrete_riccati" if discrete else "riccati"
    assert str(q) == f"P = {name}(A − BR⁻¹Nᵀ, BR⁻¹Bᵀ, Q − NR⁻¹Nᵀ)"
    assert q.verification.verified
    rng = np.random.default_rng(2)
    a, b, n = rng.standard_normal((3, 3)), rng.standard_normal((3, 2)), 0.1 * rng.standard_normal((3, 2))
    w, r = np.eye(3), np.diag([1.0, 2.0])
    solve = scipy.linalg.solve_discrete_are if discrete else scipy.linalg.solve_continuous_are
    s = q.solve(A=a, B=b, N=n, Q=w, R=r)
    np.testing.assert_allclose(s.value, solve(a, b, w, r, s=n), rtol=1e-7, atol=1e-9)


AROUND = [
    ("A' P E + E' P A - E' P B inv(R) B' P E + Q = 0", False),
    ("A' P E + E' P A - (E' P B + N) inv(R) (B' P E + N') + Q = 0", False),
    ("E' P E = A' P A - A' P B inv(R + B' P B) B' P A + Q", True),
]


@pytest.mark.parametrize(("text", "discrete"), AROUND)
def test_riccati_equations_of_descriptor_systems_against_scipy(text: str, discrete: bool) -> None:
    """EᵀPE in the place of P, as SciPy's e says."""
    q = mg.equation(text, "P", given=f"{CROSS}, E: n×n, P: n×n")
    assert q.condition.startswith("E is invertible, (")
    assert q.verification.verified
    rng = np.random.default_rng(2)
    a, b, e = (rng.standard_normal(shape) for shape in ((3, 3), (3, 2), (3, 3)))
    n = 0.1 * rng.standard_normal((3, 2)) if "N" in text else np.zeros((3, 2))
    w, r = np.eye(3), np.diag([1.0, 2.0])
    solve = scipy.linalg.solve_discrete_are if discrete else scipy.linalg.solve_continuous_are
    arrays: dict[str, Any] = {"A": a, "B": b, "Q": w, "R": r, "E": e}
    s = q.solve(**(arrays | {"N": n} if "N" in text else arrays))
    np.testing.assert_allclose(s.value, solve(a, b, w, r, e=e, s=n), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "X = A' X inv(I + G X) A + Q",
        "X = A' inv(I + X G) X A + Q",
        "X = A' inv(inv(X) + G) A + Q",
        "X = A' X A - A' X inv(I + G X) G X A + Q",
    ],
)
def test_a_discrete_riccati_equation_in_each_of_its_forms(text: str) -> None:
    q = mg.equation(text, "X", given="A: n×n, G: n×n spd, Q: n×n symmetric, X: n×n")
    assert (q.kind, str(q)) == ("Riccati equation, discrete", "X = discrete_riccati(A, G, Q)")
    assert q.verification.verified


@pytest.mark.parametrize("text", [text for text, _ in CROSSED])
def test_the_weights_of_a_riccati_equation_are_asked_for(text: str) -> None:
    given = "A: n×n, B: n×m, N: n×m, Q: n×n, R: m×m"
    with pytest.raises(mg.ShapeError, match=r"Q and R are not declared symmetric|R and Q are not"):
        mg.equation(text, "P", given=given)


@pytest.mark.parametrize("least_squares", [False, True])
def test_a_solution_that_is_not_what_the_unknown_is_declared_to_be(least_squares: bool) -> None:
    """Q A = B with an orthogonal Q was solved by B A⁻¹, whatever that was."""
    rng = np.random.default_rng(3)
    a, turn = rng.standard_normal((3, 3)), np.linalg.qr(rng.standard_normal((3, 3)))[0]
    q = mg.equation("Q A = B", "Q", given="Q: n×n orthogonal")
    np.testing.assert_allclose(q.solve(A=a, B=turn @ a, least_squares=least_squares).value, turn, atol=1e-10)
    with pytest.raises(mg.DomainError, match="is not what Q is declared to be"):
        q.solve(A=a, B=2 * turn @ a, least_squares=least_squares)
    lyapunov = mg.equation("A P + P A' = -Q", "P", given="P: n×n spd, Q: n×n spd")
    assert lyapunov.solve(A=-np.eye(2), Q=np.eye(2), least_squares=least_squares).value[0, 0] == 0.5
    with pytest.raises(mg.DomainError, match="is not what P is declared to be"):
        lyapunov.solve(A=np.eye(2), Q=np.eye(2), least_squares=least_squares)


FOR_SOME = [
    ("A X = F", "X: n×n symmetric", "A is invertible; a symmetric"),
    ("A X + X B = F", "X: n×n diagonal", "no eigenvalue of A and eigenvalue of B add up to 0; a diagonal"),
    ("H .* X = F", "X: n×n skew", "no entry of H is zero; a skew"),
    ("A X = F", "X: n×n orthogonal", "A is invertible; an orthogonal"),
    # No skew matrix but 0 need commute with A, though A itself does.
    ("A X - X A = F", "X: n×n skew", "A X - X A = 0 has no skew solution but 0; a skew"),
    (
        "A X = F",
        "X: n×n lower triangular, A: n×n spd",
        "always, as A is positive definite; a lower triangular",
    ),
]


@pytest.mark.parametrize(("text", "given", "condition"), FOR_SOME, ids=[case[1] for case in FOR_SOME])
def test_more_equations_than_entries_have_a_solution_for_some_right_sides(
    text: str, given: str, condition: str
) -> None:
    q = mg.equation(text, "X", given=given)
    assert (q.solution, q.condition) == (
        None,
        f"{condition} solution exists for particular right sides only",
    )
    assert q.form.uniqueness_text(str).startswith("at most one solution")


def test_a_solution_need_not_have_the_sign_that_is_declared() -> None:
    q = mg.equation("A X + X A' = F", "X", given="X: n×n spd, F: n×n symmetric")
    assert q.condition.endswith("; a positive definite solution need not exist")
    q = mg.equation("A x = b", "x", given="x: n positive")
    assert (
        q.form.uniqueness_text(str)
        == "at most one solution if: A is invertible; a positive solution need not exist"
    )
    assert mg.equation("3 x = b", "x", given="x: n positive, b: n positive").condition == "always"


def test_a_solution_that_is_not_of_the_declared_sign_is_refused() -> None:
    q = mg.equation("A x = b", "x", given="x: n nonnegative")
    with pytest.raises(mg.MatgradError, match="not what x is declared to be"):
        q.solve(A=np.eye(2), b=[-1.0, 1.0])
    assert q.solve(A=np.eye(2), b=[0.0, 1.0]).value.tolist() == [0.0, 1.0]
