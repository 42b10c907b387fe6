"""Every solver against the dense matrix on vec; singular and nearly singular equations; bad input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from matgrad.core.errors import ArgumentError, DomainError, ShapeError
from matgrad.solvers import (
    LinearSystem,
    OfTranspose,
    OneOfEach,
    Several,
    SingularEquationError,
    Stein,
    Sylvester,
    TransposedSylvester,
    TwoSided,
    TwoTerms,
    iterated,
    system_of,
)

Array = Any
SIZES = [(1, 1), (2, 3), (5, 4), (7, 1), (13, 12), (70, 3)]


def normal(rng: np.random.Generator, m: int, n: int) -> Array:
    return rng.standard_normal((m, n))


def symmetric(rng: np.random.Generator, n: int) -> Array:
    a = normal(rng, n, n)
    return a + a.T


def flat(rng: np.random.Generator, n: int) -> Array:
    """A singular matrix."""
    a = normal(rng, n, n)
    a[:, 0] = a[:, 1:].sum(axis=1)
    return a


def strict(rng: np.random.Generator, n: int) -> Array:
    """A nilpotent matrix."""
    return np.triu(normal(rng, n, n), 1)


def opposite(rng: np.random.Generator, a: Array) -> Array:
    """A matrix with the opposite eigenvalues."""
    turn = np.linalg.qr(rng.standard_normal(a.shape))[0]
    return -turn @ a @ turn.T


def gaussians(rng: np.random.Generator, m: int, n: int, *, by_qz: bool = False) -> TwoTerms:
    return TwoTerms(normal(rng, m, m), normal(rng, n, n), normal(rng, m, m), normal(rng, n, n), by_qz=by_qz)


def lyapunov(kind: type[LinearSystem], a: Array) -> LinearSystem:
    return kind(a, a.T)  # type: ignore[call-arg]


Maker = Callable[[np.random.Generator, int, int], LinearSystem]
KINDS: dict[str, Maker] = {
    "sylvester": lambda r, m, n: Sylvester(normal(r, m, m), normal(r, n, n)),
    "sylvester symmetric": lambda r, m, n: Sylvester(symmetric(r, m), symmetric(r, n)),
    "sylvester half symmetric": lambda r, m, n: Sylvester(symmetric(r, m), normal(r, n, n)),
    "lyapunov": lambda r, m, n: lyapunov(Sylvester, normal(r, min(m, 13), min(m, 13))),
    "stein": lambda r, m, n: Stein(normal(r, m, m), normal(r, n, n)),
    "stein symmetric": lambda r, m, n: Stein(symmetric(r, m), symmetric(r, n)),
    "stein singular": lambda r, m, n: Stein(flat(r, m), strict(r, n)),
    "discrete lyapunov": lambda r, m, n: lyapunov(Stein, normal(r, min(m, 13), min(m, 13))),
    "two terms": gaussians,
    "two terms by qz": lambda r, m, n: gaussians(r, m, n, by_qz=True),
    "C singular": lambda r, m, n: TwoTerms(
        normal(r, m, m), normal(r, n, n), flat(r, m), normal(r, n, n), by_qz=True
    ),
    "B singular": lambda r, m, n: TwoTerms(
        normal(r, m, m), strict(r, n), normal(r, m, m), normal(r, n, n), by_qz=True
    ),
    "A and B singular": lambda r, m, n: TwoTerms(
        flat(r, m), strict(r, n), normal(r, m, m), normal(r, n, n) + 3 * np.eye(n)
    ),
    "transposed": lambda r, m, n: TransposedSylvester(
        normal(r, min(m, 13), min(m, 13)), normal(r, min(m, 13), min(m, 13))
    ),
    "three terms": lambda r, m, n: Several(3, [normal(r, k, k) for k in (m, n, m, n, m, n)]),
    "terms with X and Xᵀ": lambda r, m, n: (
        Several(1, [normal(r, m, n), normal(r, n, n), *[normal(r, n, n)] * 2])
        if m == n
        else Several(2, [normal(r, k, k) for k in (m, n, m, n)])
    ),
    "two-sided": lambda r, m, n: TwoSided(normal(r, m, m), normal(r, n, n)),
    "left": lambda r, m, n: TwoSided(normal(r, m, m), None, (m, n)),
    "right": lambda r, m, n: TwoSided(None, normal(r, n, n), (m, n)),
}


def solved_densely(system: Array, c: Array, shape: tuple[int, int]) -> Array:
    found: Array = np.linalg.solve(system, c.ravel(order="F")).reshape(shape, order="F")
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_solutions_of_the_equation_and_its_adjoint(kind: str, size: tuple[int, int]) -> None:
    rng = np.random.default_rng([size[0], size[1], len(kind)])
    equation = KINDS[kind](rng, *size)
    dense = equation.to_dense()
    condition = float(np.linalg.cond(dense))
    if condition > 1e12:
        pytest.skip("the sample is singular")
    c = rng.standard_normal(equation.right_shape)
    found = equation.solve(c)
    assert found.unique
    for value, system in ((found.value, dense), (equation.solve_adjoint(c), dense.T)):
        expected = solved_densely(system, c, equation.shape)
        assert np.linalg.norm(value - expected) <= 1e-14 * condition * np.linalg.norm(expected)
    assert equation.residual(found.value, c) < 1e-14
    # Of products of factors LAPACK's estimates are multiplied, which are those of another norm.
    lowest = 1e-3 if isinstance(equation, TwoSided) else 0.3
    assert lowest < equation.reciprocal_condition * condition < 20


SINGULAR: dict[str, tuple[Maker, str]] = {
    "sylvester": (
        lambda r, m, n: (lambda a: Sylvester(a, opposite(r, a)))(normal(r, m, m)),
        "add up to 0",
    ),
    "symmetric": (lambda r, m, n: (lambda a: Sylvester(a, -a))(symmetric(r, m)), "add up to 0"),
    "lyapunov": (
        lambda r, m, n: lyapunov(Sylvester, np.diag(np.arange(m) - 1.0) + strict(r, m)),
        "add up to 0",
    ),
    "stein": (
        lambda r, m, n: Stein(np.diag(np.arange(m) + 2.0), np.eye(n) / 2.0),
        "the product of the eigenvalue 2 of A and the eigenvalue 0.5 of B is 1",
    ),
    "stein general": (
        lambda r, m, n: Stein(
            opposite(r, -np.diag(np.arange(m) + 2.0)), strict(r, n) + np.diag(np.arange(n) / 2.0)
        ),
        "of B is 1",
    ),
    "two terms": (
        lambda r, m, n: TwoTerms(
            np.diag(np.arange(m) + 1.0), np.eye(n), np.eye(m), opposite(r, np.diag(np.arange(n) + 1.0))
        ),
        "add up to 0",
    ),
    "B and C": (
        lambda r, m, n: TwoTerms(normal(r, m, m), strict(r, n), flat(r, m), normal(r, n, n)),
        "C and B are both singular",
    ),
    "pencil": (
        lambda r, m, n: TwoTerms(
            normal(r, m, m) * (np.arange(m) > 0), normal(r, n, n),
            normal(r, m, m) * (np.arange(m) > 0), normal(r, n, n),
        ),
        "det(A − λC) is zero for every λ",
    ),
    "transposed": (
        lambda r, m, n: TransposedSylvester(np.diag(np.arange(m) + 2.0), np.diag(np.arange(m) * 5 + 1.0)),
        "is 1",
    ),
    "T-Lyapunov": (
        lambda r, m, n: (lambda a: TransposedSylvester(a, -a.T))(normal(r, m, m)),
        "A − λB'",
    ),
    "three terms": (
        lambda r, m, n: Several(3, [normal(r, k, k) * (np.arange(k) > 0) for k in (m, n, m, n, m, n)]),
        "has not full rank",
    ),
    "left": (lambda r, m, n: TwoSided(flat(r, m), None, (m, n)), "has rank"),
    "two-sided": (lambda r, m, n: TwoSided(normal(r, m, m), normal(r, n, n + 2)), "not square"),
}  # fmt: skip


@pytest.mark.parametrize("size", [(2, 3), (5, 4), (13, 9)])
@pytest.mark.parametrize("kind", SINGULAR)
def test_a_singular_equation_is_refused_with_its_reason(kind: str, size: tuple[int, int]) -> None:
    rng = np.random.default_rng([size[0], size[1], 5])
    make, reason = SINGULAR[kind]
    equation = make(rng, *size)
    dense = equation.to_dense()
    reached = equation.apply(rng.standard_normal(equation.shape))
    for c, solutions in ((rng.standard_normal(equation.right_shape), "none"), (reached, "many")):
        if kind == "two-sided" and solutions == "many":
            assert equation.solve(c).unique
            continue
        with pytest.raises(SingularEquationError) as caught:
            equation.solve(c)
        assert reason in caught.value.message
        assert caught.value.solutions == solutions
        found = equation.solve(c, least_squares=True)
        best = np.linalg.lstsq(dense, c.ravel(order="F"), rcond=1e-11)[0].reshape(equation.shape, order="F")
        np.testing.assert_allclose(found.value, best, rtol=1e-8, atol=1e-8)
        assert found.consistent is (solutions == "many")
        assert found.unique is (kind == "two-sided")


@pytest.mark.parametrize("gap", [1e-6, 1e-9, 1e-11])
@pytest.mark.parametrize("kind", ["sylvester", "stein", "two terms"])
def test_nearly_singular_equations_are_solved_and_say_so(kind: str, gap: float) -> None:
    rng = np.random.default_rng(3)
    a = strict(rng, 6) + np.diag([1.0, 2, 3, 4, 5, 6])
    b = strict(rng, 5) + np.diag([-1 - gap, 7, 8, 9, 10])
    if kind == "sylvester":
        equation: LinearSystem = Sylvester(a, b)
    elif kind == "stein":
        equation = Stein(a, -b)
    else:
        equation = TwoTerms(a, np.eye(5), np.eye(6), b)
    c = rng.standard_normal((6, 5))
    found = equation.solve(c)
    assert equation.residual(found.value, c) < 1e-13
    true = 1 / np.linalg.cond(equation.to_dense())
    assert 0.2 < equation.reciprocal_condition / true < 5


def test_null_spaces_give_what_the_dense_matrix_gives() -> None:
    rng = np.random.default_rng(8)
    a = normal(rng, 12, 12)
    for equation in (
        Sylvester(a, opposite(rng, a)),
        Stein(np.diag(np.arange(1, 9.0)), strict(rng, 8) / 9 + np.eye(8) / 2),
        Sylvester(np.diag([1.0, 2, 3, 4]), -np.diag([1.0, 1, 2, 5])),
    ):
        for c in (rng.standard_normal(equation.shape), equation.apply(rng.standard_normal(equation.shape))):
            np.testing.assert_allclose(
                equation._by_null_spaces(c), equation._by_dense(c), rtol=1e-8, atol=1e-8
            )


def test_far_from_normal_is_found_singular() -> None:
    a = np.eye(30) - 2 * np.triu(np.ones((30, 30)), 1)
    with pytest.raises(SingularEquationError, match="far from normal"):
        Sylvester(a, a).solve(np.random.default_rng(0).standard_normal((30, 30)))


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: Sylvester(np.ones((2, 3)), np.eye(2)), ShapeError, "A must be square; it is 2×3"),
        (lambda: Sylvester(np.eye(2), np.ones(3)), ShapeError, "B must have two axes"),
        (lambda: Stein(np.eye(2) * 1j, np.eye(2)), ArgumentError, "A is complex"),
        (lambda: Stein([["a"]], np.eye(2)), ArgumentError, "A is no array of numbers"),
        (lambda: Sylvester(np.eye(2), np.eye(2)).solve(np.ones((3, 2))), ShapeError, "C must be 2×2"),
        (lambda: Sylvester(np.eye(1), np.eye(2)).solve([[1, np.nan]]), DomainError, r"nan at \(1, 2\)"),
        (lambda: Sylvester([[1, np.inf], [1, 1]], np.eye(2)), DomainError, r"inf at \(1, 2\)"),
        (lambda: TwoTerms(np.eye(2), np.eye(2), np.eye(3), [[1.0]]), ShapeError, "C must be 2×2, as A says"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_name(call: Callable[[], object], kind: type, words: str) -> None:
    with pytest.raises(kind, match=words):
        call()


def test_single_precision_stays_and_what_is_empty_is_solved() -> None:
    rng = np.random.default_rng(1)
    a, b, c = (normal(rng, 6, 6).astype(np.float32) for _ in range(3))
    for equation in (Sylvester(a, b), Stein(a, b), TwoTerms(a, b, c, a), TwoTerms(a, b, c, a, by_qz=True)):
        found = equation.solve(c).value
        assert found.dtype == np.float32
        assert equation.residual(found, c) < 1e-5
    assert Sylvester(np.zeros((0, 0)), np.eye(2)).solve(np.zeros((0, 2))).value.shape == (0, 2)
    assert Stein(np.zeros((0, 0)), np.zeros((0, 0))).solve(np.zeros((0, 0))).value.shape == (0, 0)


def test_integers_are_numbers() -> None:
    assert Sylvester([[2]], [[3]]).solve([[10]]).value.tolist() == [[2.0]]


def test_the_form_chooses_the_solver() -> None:
    rng = np.random.default_rng(4)
    a, b, eye = normal(rng, 4, 4), normal(rng, 4, 4), np.eye(4)
    for plain, coefficients, kind in (
        (2, [a, eye, eye, b], Sylvester),
        (2, [eye, b, a, eye], Sylvester),
        (3, [a, eye, eye, b, b, eye], Sylvester),
        (2, [eye, eye, a, b], Stein),
        (2, [a, b, b, a], TwoTerms),
        (1, [a, b], TwoSided),
        (1, [a, eye, eye, b], TransposedSylvester),
        (0, [a, b], OfTranspose),
        (3, [a, b, b, a, a, a], Several),
    ):
        found = system_of(plain, coefficients)
        assert type(found) is kind
        x = normal(rng, 4, 4)
        expected = Several(plain, coefficients).apply(x)
        np.testing.assert_allclose(found.apply(x), expected, atol=1e-12)


def test_large_equations_of_three_terms_are_iterated() -> None:
    rng = np.random.default_rng(5)
    n = 45
    a, b = (np.diag(np.arange(n) + 1.0) + normal(rng, n, n) / 10 for _ in range(2))
    equation = Several(2, [a, np.eye(n), np.eye(n), b, normal(rng, n, n) / 9, normal(rng, n, n) / 9])
    c = normal(rng, n, n)
    x = equation.solve(c).value
    assert np.linalg.norm(equation.apply(x) - c) < 1e-11 * np.linalg.norm(c)
    y = equation.solve_adjoint(c)
    assert np.linalg.norm(equation.apply_adjoint(y) - c) < 1e-11 * np.linalg.norm(c)
    assert equation.method.startswith("GMRES on the structured operator, preconditioned by term 1 and 2")


def test_transposed_equations_to_twelve_digits() -> None:
    rng = np.random.default_rng(6)
    for n in (3, 24, 60):
        equation = TransposedSylvester(normal(rng, n, n), normal(rng, n, n))
        c = normal(rng, n, n)
        assert np.linalg.norm(equation.apply(equation.solve(c).value) - c) < 1e-12 * np.linalg.norm(c)


@pytest.mark.parametrize("n", [1, 2, 5, 41, 90])
def test_a_symmetric_right_side_of_a_lyapunov_equation(n: int) -> None:
    rng = np.random.default_rng(n)
    a, c = normal(rng, n, n), symmetric(rng, n)
    x = Sylvester(a, a.T).solve(c).value
    assert np.array_equal(x, x.T)
    assert np.linalg.norm(a @ x + x @ a.T - c) < 1e-13 * n * np.linalg.norm(a) * np.linalg.norm(x)


def test_terms_that_cancel_are_not_put_together() -> None:
    """I X + X B for B = −I but for rounding is as singular as its terms say, not as I + B."""
    one = np.eye(3)
    near = system_of(2, [one, one, one, -one + 1e-15 * np.diag([1.0, 2, 3])])
    with pytest.raises(SingularEquationError):
        near.solve(one)
    exact = system_of(2, [one, one, one, -one])
    with pytest.raises(SingularEquationError, match="it has no solution"):
        exact.solve(one)
    far = system_of(2, [one, one, one, -one + 1e-3 * np.diag([1.0, 2, 3])])
    np.testing.assert_allclose(far.solve(one).value, np.diag([1000, 500, 1000 / 3]))


@pytest.mark.parametrize(("count", "n"), [(1, 4), (2, 4), (3, 4), (1, 45), (2, 45)])
def test_terms_that_all_have_the_transpose(count: int, n: int) -> None:
    """Aⱼ Xᵀ Bⱼ was put on vec(X): GMRES gave up at n = 300 for Xᵀ A = B."""
    rng = np.random.default_rng(5)
    pairs = [(normal(rng, n, n), normal(rng, n, n)) for _ in range(count)]
    equation = system_of(0, [part for pair in pairs for part in pair])
    x = normal(rng, n, n)
    c = sum((a @ x.T @ b for a, b in pairs[1:]), pairs[0][0] @ x.T @ pairs[0][1])
    assert np.allclose(equation.solve(c).value, x, atol=1e-7)
    assert np.allclose(equation.apply(x), c)
    y = equation.solve_adjoint(x)
    assert np.allclose(equation.apply_adjoint(y), x, atol=1e-7)
    dense = sum((np.kron(a, b.T) for a, b in pairs[1:]), np.kron(pairs[0][0], pairs[0][1].T))
    assert np.allclose(equation.reciprocal_condition, 1 / np.linalg.cond(dense), rtol=3)


def test_a_transposed_equation_that_is_singular_names_the_coefficient_and_takes_least_squares() -> None:
    z = np.array([[1.0, 2.0], [2.0, 4.0]])
    equation = system_of(0, [np.eye(2), z], ["eye(m)", "A B"], "X' (A B) = C")
    with pytest.raises(SingularEquationError, match=r"singular: \(A B\)' \(2×2\) has rank 1"):
        equation.solve(np.eye(2))
    found = equation.solve(np.eye(2), least_squares=True)
    assert np.allclose(found.value, np.linalg.pinv(z).T)


@pytest.mark.parametrize("inverted", ["B and C", "A and D", "none"])
def test_a_term_with_x_and_one_with_its_transpose(inverted: str) -> None:
    """A X B + C Xᵀ D = E with n² unknowns too many for their matrix: GMRES gave up at n = 60."""
    n = 42
    rng = np.random.default_rng(6)
    a, b, c, d = (normal(rng, n, n) for _ in range(4))
    if inverted != "B and C":
        b[:, 0] = 0
    if inverted != "A and D":
        d[:, 0] = 0
    if inverted == "none":
        # As little of the second term as an iteration asks for.
        a, b, c, d = np.eye(n), np.eye(n), 1e-2 * flat(rng, n), 1e-2 * flat(rng, n)
    equation = system_of(1, [a, b, c, d])
    assert isinstance(equation, Several if inverted == "none" else OneOfEach)
    x = normal(rng, n, n)
    e = a @ x @ b + c @ x.T @ d
    assert equation.residual(equation.solve(e).value, e) < 1e-13
    y = equation.solve_adjoint(x)
    assert np.linalg.norm(equation.apply_adjoint(y) - x) < 1e-7 * np.linalg.norm(x)


def test_the_adjoint_of_a_large_t_sylvester_equation() -> None:
    """It was iterated for in vain, so that the solution had no derivative from n = 41 on."""
    n = 80
    rng = np.random.default_rng(7)
    equation = TransposedSylvester(normal(rng, n, n), normal(rng, n, n))
    g = normal(rng, n, n)
    y = equation.solve_adjoint(g)
    assert np.linalg.norm(equation.apply_adjoint(y) - g) < 1e-9 * np.linalg.norm(g)


def test_where_the_iteration_does_not_come_near_the_matrix_is_formed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three terms of which none outweighs the others: GMRES gave up at n = 60."""
    monkeypatch.setattr(iterated, "DENSE", 100)
    rng = np.random.default_rng(8)
    equation = Several(3, [normal(rng, 16, 16) for _ in range(6)])
    x = normal(rng, 16, 16)
    c = equation.apply(x)
    found = equation.solve(c)
    assert equation.residual(found.value, c) < 1e-12
    assert equation.method == "LU factorisation of the matrix on vec(X)"
