"""What an author typed comes back: definitions, names of functions, accents, the form of the function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import matgrad as mg
from matgrad.cli.as_typed import as_typed
from matgrad.compilation.backends import code_for
from matgrad.core.author_names import named_by_author
from matgrad.printing import latex, unicode

RESULTS = [
    ("log det(R) where R = A X A' + S", "X", "A: m×n, X: n×n, S: m×m", "∂f/∂X = AᵀR⁻ᵀA where R = AXAᵀ + S"),
    ("norm(r)^2 where r = A x - b", "x", None, "∂f/∂x = 2Aᵀr where r = Ax − b"),
    ("norm(r)^2 where r = b - A x", "x", None, "∂f/∂x = −2Aᵀr where r = b − Ax"),
    ("norm(ŷ - y)^2 where ŷ = X w", "w", None, "∂f/∂w = 2Xᵀ(ŷ − y) where ŷ = Xw"),
    ("L(w) = norm(X w - y)^2", "w", None, "∂L/∂w = 2Xᵀ(Xw − y)"),
    ("x' A x where B = A", "x", "A: n×n", "∂f/∂x = (A + Aᵀ)x"),
    ("c'x - lambda (sum(x) - 1)", "x", None, "∂f/∂x = c − λ𝟏"),
    ("sum(s) where s = sin(x)", "x", None, "∂f/∂x = cos(x)"),
]


@pytest.mark.parametrize(("text", "wrt", "given", "line"), RESULTS, ids=[case[0] for case in RESULTS])
def test_definitions_come_back_in_results(text: str, wrt: str, given: str | None, line: str) -> None:
    result = mg.derive(text, wrt, given=given)
    assert result.line() == line
    assert result.verification.verified


def test_a_definition_is_the_same_in_every_medium() -> None:
    result = mg.derive("norm(r)^2 where r = A x - b", "x")
    assert result.right_side("text") == "2 A' r where r = A x - b"
    assert "r = A x - b" in result.right_side("latex")
    assert result.right_side("numpy") == "2 * A.T @ (A @ x - b)"


@pytest.mark.parametrize("method", ["differential", "definition", "chain"])
@pytest.mark.parametrize("definition", ["X w - y", "y - X w"])
def test_definitions_name_the_steps(method: str, definition: str) -> None:
    derivation = mg.explain(f"L(w) = norm(r)^2 where r = {definition}", "w", method=method)
    text = derivation.text("unicode")
    assert (
        f"r {':' * (method != 'differential')}= {definition.replace(' w', 'w').replace('-', '−')}"
        in " ".join(text.split())
    )
    assert "∂L/∂w" in text


ACCENTS = [("y_hat", "ŷ", r"\hat{y}"), ("x_bar", "x̄", r"\bar{x}"), ("X_tilde", "X̃", r"\tilde{X}"),
           ("theta_hat", "θ̂", r"\hat{\theta}"), ("mu_hat_1", "μ̂₁", r"\hat{\mu}_{1}"),
           ("theta_1", "θ₁", r"\theta_{1}"), ("loss_hat", "loss_hat", r"\hat{\mathrm{loss}}")]  # fmt: skip


@pytest.mark.parametrize(("name", "shown", "written"), ACCENTS)
def test_accents_stand_over_their_letters(name: str, shown: str, written: str) -> None:
    x = mg.vector(name, "n")
    assert (unicode(x), latex(x)) == (shown, written)
    assert mg.parse(shown, f"{name}: n") is x
    assert mg.gradient(f"{name}' {name}", shown, given=f"{name}: n") is mg.gradient(x.T @ x, x)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x' A x", None),
        ("x'*A*x", None),
        ("x.T @ A @ x", None),
        ("f = x' A x", None),
        ("norm(A x - b)^2", None),
        ("c'x - t(sum(x) - 1)", "c'x - t(sum(x) - 1)"),
        ("f(x) = x'A x/2 + b'x", "x'A x/2 + b'x"),
        ("norm(r)^2 where r = A x - b", "norm(r)^2 where r = A x - b"),
        ("np.sum((A @ x - b) ** 2)", "np.sum((A @ x - b) ** 2)"),
    ],
)
def test_the_function_is_echoed_as_typed_where_it_reads_otherwise(text: str, shown: str | None) -> None:
    read = mg.interpret(text, "t: scalar")
    assert as_typed(read, "unicode") == shown
    assert as_typed(read, "latex") is None


def test_names_alike_are_asked_for_in_any_spelling() -> None:
    ask: Callable[..., object] = mg.gradient
    assert ask("lambda x'x", "λ") is ask("lambda x'x", "lambda")
    assert ask("theta_1 x'x", "θ₁") is ask("theta_1 x'x", "theta1")


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch", "julia", "matlab"])
def test_definitions_name_values_in_code(backend: str) -> None:
    if backend in ("jax", "torch"):
        pytest.importorskip(backend)
    result = mg.derive("log det(R) where R = A X A' + S", "X", given="A: m×n, X: n×n, S: m×m")
    with named_by_author(result.names):
        code = code_for([result.function, result.expr], backend)  # type: ignore[list-item]
    assert "    R = S + A" in code or "\nR = S + A" in code
    with named_by_author({"A": result.names["R"]}):
        assert "A_ = S + A" in code_for([result.function], backend)
    assert "R = " not in code_for([result.function], backend)


def test_compiled_texts_have_the_names_of_their_definitions() -> None:
    fn = mg.compile("norm(r)^2 + sum(r) where r = A x - b")
    A, x, b = np.arange(6.0).reshape(2, 3), np.ones(3), np.ones(2)
    assert fn(A=A, x=x, b=b) == np.sum((A @ x - b) ** 2) + np.sum(A @ x - b)
    assert "r = " in fn.source


def test_a_check_answers_in_the_names_of_the_text() -> None:
    text = "log det(S) + m' inv(S) m where S = K + s I, m = y - X b"
    given = "K: n×n spd, s: scalar positive, y: n, X: n×p, b: p"
    verdict = mg.check(text, "b", "-X' inv(S) m", given=given)
    assert not verdict.correct
    assert verdict.suggestion == "∂f/∂b = −2XᵀS⁻¹m where S = K + sI, m = y − Xb"
