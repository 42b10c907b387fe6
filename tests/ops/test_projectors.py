"""What is known to be a projector is one, what is not is not, and what follows from it holds on arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.facts import Fact, closure
from matgrad.numeric.contradictions import contradiction
from matgrad.verify.equality import same_value

GIVEN = (
    "P: n×n idempotent, R: n×n projector, O: n×n orthogonal projector, X: n×k, W: n×k, Q: n×k orthonormal, "
    "V: n×n orthogonal, A: n×n invertible, B: n×n, S: n×n spd, K: k×k orthogonal projector, "
    "x: n, y: n, t: scalar, s: scalar positive"
)
RNG = np.random.default_rng(11)

ORTHOGONAL = [
    "O", "O'", "eye(n) - O", "X*pinv(X)", "pinv(X)*X", "pinv(X)'*X'", "X*inv(X'*X)*X'", "Q*Q'", "Q*K*Q'",
    "V*O*V'", "eye(n) - Q*Q'", "x*x'/(x'*x)", "ones(n)*ones(n)'/n", "eye(n) - ones(n, n)/n", "ones(3, 3)/3",
    "X*pinv(X'*X)*X'", "kron(O, X*pinv(X))", "eye(n) - X*inv(X'*X)*X'", "V*Q*Q'*V'",
]  # fmt: skip
OBLIQUE = [
    "P", "P'", "R", "eye(n) - P", "X*inv(W'*X)*W'", "X*inv(X'*S*X)*X'*S", "A*P*inv(A)", "inv(A)*O*A",
    "A*X*pinv(X)*inv(A)", "x*y'/(y'*x)", "kron(P, O)", "V*P*V'", "X*pinv(W'*X)*W'", "inv(A')*P*A'",
]  # fmt: skip
NEITHER = [
    "2*Q*Q'", "Q*Q' + eye(n)", "eye(n) + P", "eye(n) - 2*O", "P - eye(n)", "-P", "P*O", "O*P*O", "O + P",
    "t*O", "X*X'", "X*inv(X'*X + eye(k))*X'", "2*x*x'/(x'*x)", "x*x'", "ones(3, 3)/2", "X*pinv(X)*W*pinv(W)",
    "X*pinv(W)", "X*pinv(X'*W)*X'", "A*P*inv(A')", "A*P*A'", "P.*P", "P.^2", "pinv(P)", "X*inv(W'*X)*X'",
    "x*y'/(x'*x)", "s*X*pinv(X)", "P*B*P", "eye(n) - P - O", "2*eye(n) - P", "Q*S(1:k, 1:k)*Q'", "P/2",
    "eye(n) - s*O", "A*X*pinv(X)*A'", "X*inv(2*X'*X)*X'",
]  # fmt: skip


def array_of(text: str, sizes: dict[str, int]) -> Any:
    n, k = sizes["n"], sizes["k"]
    arrays: dict[str, Any] = {
        "P": oblique(n, 2), "R": oblique(n, 3), "O": orthogonal(n, 2), "K": orthogonal(k, 1),
        "X": RNG.normal(size=(n, k)), "W": RNG.normal(size=(n, k)), "B": RNG.normal(size=(n, n)),
        "Q": np.linalg.qr(RNG.normal(size=(n, k)))[0], "V": np.linalg.qr(RNG.normal(size=(n, n)))[0],
        "A": RNG.normal(size=(n, n)) + 3 * np.eye(n), "x": RNG.normal(size=n), "y": RNG.normal(size=n),
        "t": 0.7, "s": 1.3,
    }  # fmt: skip
    arrays["S"] = arrays["B"] @ arrays["B"].T + np.eye(n)
    expr = mg.parse(text, GIVEN)
    needed = {symbol.label for symbol in mg.interpret(text, GIVEN).symbols.values()}
    found = mg.evaluate(expr, sizes | {name: value for name, value in arrays.items() if name in needed})
    return np.atleast_2d(found)


def oblique(n: int, rank: int) -> Any:
    basis = RNG.normal(size=(n, n)) + 2 * np.eye(n)
    return basis @ np.diag(np.arange(n) < rank).astype(float) @ np.linalg.inv(basis)


def orthogonal(n: int, rank: int) -> Any:
    basis = np.linalg.qr(RNG.normal(size=(n, rank)))[0]
    return basis @ basis.T


@pytest.mark.parametrize("text", ORTHOGONAL)
def test_orthogonal_projectors_are_known(text: str) -> None:
    assert mg.parse(text, GIVEN).facts & Fact.ORTHOGONAL_PROJECTOR
    a = array_of(text, {"n": 5, "k": 3})
    assert np.allclose(a @ a, a)
    assert np.allclose(a, a.T)


@pytest.mark.parametrize("text", OBLIQUE)
def test_projectors_are_known_and_not_taken_to_be_symmetric(text: str) -> None:
    facts = mg.parse(text, GIVEN).facts
    assert facts & Fact.IDEMPOTENT
    assert not facts & (Fact.SYMMETRIC | Fact.ORTHOGONAL_PROJECTOR)
    a = array_of(text, {"n": 5, "k": 3})
    assert np.allclose(a @ a, a)
    assert not np.allclose(a, a.T)


@pytest.mark.parametrize("text", NEITHER)
def test_what_is_no_projector_is_not_taken_to_be_one(text: str) -> None:
    assert not mg.parse(text, GIVEN).facts & Fact.IDEMPOTENT
    a = array_of(text, {"n": 5, "k": 3})
    assert not np.allclose(a @ a, a)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("P*P", "P"),
        ("P^5", "P"),
        ("P*(eye(n) - P)", "zeros(n, n)"),
        ("(eye(n) - P)*P*x", "zeros(n)"),
        ("(eye(n) - P)^2", "eye(n) - P"),
        ("(P - eye(n))^3", "P - eye(n)"),
        ("(P - eye(n))^4", "eye(n) - P"),
        ("(2*P)^3", "8 P"),
        ("pinv(O)", "O"),
        ("O'", "O"),
        ("rank(P)", "tr(P)"),
        ("rank(eye(n) - P)", "n - tr(P)"),
        ("sqrtm(O)", "O"),
        ("norm(O*x)^2", "x' O x"),
        ("tr(O'*O)", "tr(O)"),
    ],
)
def test_what_follows_from_it(text: str, known: str) -> None:
    plain = mg.parse(text, GIVEN)
    assert mg.simplify(plain) is mg.simplify(mg.parse(known, GIVEN))
    if "rank" not in text:
        assert same_value(plain, mg.parse(known, GIVEN))


def test_an_inverse_of_a_projector_is_refused() -> None:
    with pytest.raises(mg.DomainError, match="singular unless it is the identity"):
        mg.parse("inv(P)", GIVEN)


@pytest.mark.parametrize(
    "words", ["orthogonal, projector", "projector invertible", "idempotent spd", "orthogonal idempotent"]
)
def test_a_projector_that_is_invertible_is_refused_with_the_fix(words: str) -> None:
    with pytest.raises(mg.DeclarationError, match="only the identity matrix is both") as caught:
        mg.parse("P*x", f"P: n×n {words}, x: n")
    assert caught.value.fix == "P: n×n orthogonal projector"


@pytest.mark.parametrize(
    "words", ["orthogonal projector", "symmetric projector", "symmetric idempotent", "orthogonal projection"]
)
def test_orthogonal_projectors_have_several_names(words: str) -> None:
    assert mg.interpret("P*x", f"P: n×n {words}, x: n").symbols["P"].declaration == (
        "P: n×n orthogonal projector"
    )


def test_arrays_are_held_to_it() -> None:
    oblique_text = "P: n×n idempotent, x: n"
    orthogonal_text = "P: n×n orthogonal projector, x: n"
    p, o, x = oblique(6, 2), orthogonal(6, 2), RNG.normal(size=6)
    for given, good, bad in (
        (oblique_text, p, p + 1e-4),
        (oblique_text, o, 2 * o),
        (orthogonal_text, o, p),
        (orthogonal_text, o, o @ o + 1e-5 * np.eye(6)),
    ):
        function = mg.compile(mg.parse("P*x", given))
        assert np.allclose(function(P=good, x=x), good @ x)
        with pytest.raises(
            mg.EvaluationError, match=r"P is declared (idempotent|orthogonal projector|symmetric)"
        ):
            function(P=bad, x=x)
        with pytest.raises(mg.EvaluationError, match="P is declared"):
            mg.evaluate(mg.parse("P*x", given), {"P": bad, "x": x})


def test_large_and_badly_conditioned_projectors_pass() -> None:
    tall, wide = RNG.normal(size=(300, 40)), RNG.normal(size=(300, 40))
    assert contradiction(closure(Fact.IDEMPOTENT), tall @ np.linalg.solve(wide.T @ tall, wide.T)) is None
    scaled = np.diag(10.0 ** np.linspace(-3, 3, 6))
    p = scaled @ oblique(6, 3) @ np.linalg.inv(scaled)
    assert contradiction(closure(Fact.IDEMPOTENT), p) is None


@pytest.mark.parametrize("text", ["tr(B*O)", "x'*O*y", "norm(O*B*x - y)^2", "norm(O*B*O - S)^2"])
def test_the_gradient_by_an_orthogonal_projector_is_tangent_and_right(text: str) -> None:
    """df along P(t) = R P Rᵀ for a turn R is ⟨G, dP⟩, and G is P G + G P."""
    n = 5
    arrays: dict[str, Any] = {
        "O": orthogonal(n, 2), "B": RNG.normal(size=(n, n)), "x": RNG.normal(size=n), "y": RNG.normal(size=n)
    }  # fmt: skip
    arrays["S"] = arrays["B"] @ arrays["B"].T + np.eye(n)
    f = mg.parse(text, GIVEN)
    needed = {symbol.label for symbol in mg.interpret(text, GIVEN).symbols.values()}
    at = {name: value for name, value in arrays.items() if name in needed}
    g, p = mg.evaluate(mg.gradient(f, "O"), at), at["O"]
    assert np.allclose(p @ g + g @ p, g)
    assert np.allclose(g, g.T)
    skew = RNG.normal(size=(n, n))
    skew -= skew.T

    def value(t: float) -> float:
        turn = np.linalg.solve(np.eye(n) - t * skew, np.eye(n) + t * skew)
        return float(mg.evaluate(f, at | {"O": turn @ p @ turn.T}))

    along = 2 * (skew @ p - p @ skew)
    h = 1e-5
    assert np.isclose((value(h) - value(-h)) / (2 * h), np.sum(g * along), rtol=1e-6)


def test_by_an_oblique_projector_there_is_a_differential_and_no_gradient() -> None:
    with pytest.raises(mg.NotDifferentiableError, match="no closed form of the gradient"):
        mg.gradient("tr(B*P)", "P", given=GIVEN)
    assert mg.derive("tr(B*P)", "P", given=GIVEN, form="differential").verification.verified
    with pytest.raises(mg.NotDifferentiableError, match="neither a subspace nor one smooth surface"):
        mg.gradient("tr(B*P)", "P", given="P: n×n orthogonal projector nonnegative, B: n×n")
    with pytest.raises(mg.ArgumentError, match="a projector, which moves on a curved set"):
        mg.minimize("tr(O*B)", "O", given=GIVEN, B=np.eye(3), x0=np.eye(3))
