"""Linear matrix equations in JAX and PyTorch beyond the smallest: solved by NumPy, differentiated as such.

Values and all derivatives are those of the linear system on vec(X), which the libraries differentiate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends.base.library.host_equations import DENSE

jax = pytest.importorskip("jax")
torch = pytest.importorskip("torch")

from matgrad.compilation.backends.jax import functions as in_jax  # noqa: E402
from matgrad.compilation.backends.torch import functions as in_torch  # noqa: E402

Array = Any
M, N = 9, 11
FORMS = ["sylvester", "stein", "two terms", "terms with Xᵀ", "adjoint", "rectangular", "adjoint with Xᵀ"]


@pytest.fixture(autouse=True)
def double() -> Any:
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def data(form: str) -> list[Array]:
    """The coefficients and behind them the right side."""
    rng = np.random.default_rng(len(form))

    def square(n: int, shift: float = 0.0) -> Array:
        return shift * np.eye(n) + rng.standard_normal((n, n)) / n**0.5

    if form in ("sylvester", "stein"):
        return [square(M, 3 * (form == "sylvester")), square(N) / 2, rng.standard_normal((M, N))]
    if form in ("two terms", "adjoint"):
        return [square(M, 2), square(N, 2), square(M), square(N), rng.standard_normal((M, N))]
    if form == "rectangular":
        # Of X, 12×9, there are as many equations in 9×12.
        return [rng.standard_normal(s) for s in ((9, 12), (9, 12), (9, 12), (9, 12), (9, 12))]
    return [square(N, 3), square(N, 1), square(N), square(N), rng.standard_normal((N, N))]


def solver(functions: Any, form: str) -> Callable[..., Any]:
    if form in ("sylvester", "stein"):
        return getattr(functions, form)  # type: ignore[no-any-return]
    plain = 1 if "Xᵀ" in form else 2

    def solve(*given: Any) -> Any:
        return functions.solve_equation((plain, *given[:-1]), given[-1], adjoint="adjoint" in form)

    return solve


def losses(form: str) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    """In JAX and PyTorch, and by the linear system in JAX."""
    shape = jax.eval_shape(solver(in_jax._shared, form), *data(form)).shape
    w = np.random.default_rng(1).standard_normal(shape)
    one, other, dense = (solver(f, form) for f in (in_jax, in_torch, in_jax._shared))
    return (
        lambda *given: (one(*given) ** 2 * w).sum(),
        lambda *given: (other(*given) ** 2 * torch.tensor(w)).sum(),
        lambda *given: (dense(*given) ** 2 * w).sum(),
    )


def near(found: Any, expected: Any) -> None:
    size = float(np.max(np.abs(expected)))
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=1e-6, atol=1e-7 * size)


@pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning")
@pytest.mark.parametrize("form", FORMS)
def test_values_and_derivatives(form: str) -> None:
    given = data(form)
    assert given[-1].size > DENSE
    changes = [np.random.default_rng(k).standard_normal(x.shape) for k, x in enumerate(given)]
    one, other, dense = losses(form)
    places = tuple(range(len(given)))
    near(jax.jit(one)(*given), dense(*given))
    expected = jax.grad(dense, places)(*given)
    tensors = [torch.tensor(x, requires_grad=True) for x in given]
    value = other(*tensors)
    near(value.detach(), dense(*given))
    value.backward()
    for found, tensor, right in zip(jax.jit(jax.grad(one, places))(*given), tensors, expected, strict=True):
        near(found, right)
        near(tensor.grad, right)
    # Forward mode, and forward over reverse.
    free, free_changes = tuple(torch.tensor(x) for x in given), tuple(torch.tensor(x) for x in changes)
    expected = jax.jvp(dense, tuple(given), tuple(changes))[1]
    near(jax.jvp(one, tuple(given), tuple(changes))[1], expected)
    near(torch.func.jvp(other, free, free_changes)[1], expected)
    second = jax.jvp(jax.grad(dense), tuple(given), tuple(changes))[1]
    near(jax.jvp(jax.grad(one), tuple(given), tuple(changes))[1], second)
    near(torch.func.jvp(torch.func.grad(other), free, free_changes)[1], second)


@pytest.mark.parametrize("form", ["sylvester", "terms with Xᵀ"])
def test_many_at_once(form: str) -> None:
    *coefficients, c = data(form)
    many = np.stack([c, 2 * c, -c])
    one = solver(in_jax, form)
    expected = one(*coefficients, c)
    found = jax.vmap(lambda right: one(*coefficients, right))(many)
    near(found, np.stack([expected, 2 * expected, -expected]))
    tensors = [torch.tensor(x) for x in coefficients]
    other = torch.func.vmap(lambda right: solver(in_torch, form)(*tensors, right))(torch.tensor(many))
    near(other, found)


def test_singular_equations() -> None:
    """Under tracing there are no errors, only what is no number."""
    a = np.diag(np.arange(1.0, 11.0))
    c = np.ones((10, 10))
    assert np.isnan(np.asarray(jax.jit(in_jax.sylvester)(a, -a, c))).all()
    with pytest.raises(mg.DomainError, match="add up to 0"):
        in_torch.sylvester(torch.tensor(a), torch.tensor(-a), torch.tensor(c))
    assert np.isnan(np.asarray(in_jax.sylvester(np.full((10, 10), np.nan), a, c))).all()


@pytest.mark.parametrize("backend", ["jax", "torch"])
@pytest.mark.parametrize(
    "text",
    ["A X + X B = C", "X = A X B + C", "A X B + C X D = E", "A X + X' B = C", "A X B + C X D + X F = E"],
)
def test_solutions_and_gradients_compiled(text: str, backend: str) -> None:
    q = mg.equation(text, "X", verify=False)
    names = sorted({*text} & {*"ABCDEF"})
    f = mg.sum(q.expr @ q.expr.T)
    exprs = [f, *(mg.gradient(f, name, verify=False) for name in names)]
    rng = np.random.default_rng(3)
    arrays = {name: rng.standard_normal((12, 12)) / 5 + 2 * np.eye(12) * (name in "AB") for name in names}
    if text.startswith("X ="):
        arrays["A"] = arrays["A"] / 9
    for found, e in zip(mg.compile(exprs, backend=backend)(**arrays), exprs, strict=True):
        near(found, mg.evaluate(e, arrays))
