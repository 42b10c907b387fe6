"""PyTorch: values, transformations, types, and functions with matgrad's derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import matgrad as mg
from matgrad.api import torch_function
from matgrad.compilation.backends.torch.function import TorchFunction
from matgrad.core.errors import ArgumentError, EvaluationError
from tests.compilation.golden import TOPICS, disagreements

# PyTorch's forward mode warns of a part of PyTorch.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script`:DeprecationWarning")

LOSS = "sum(softplus(-y .* (X w))) + c/2*w'w"
GIVEN = "X: m×n, y: m, w: n, c: scalar"
RNG = np.random.default_rng(3)
DATA = {"X": RNG.normal(size=(7, 3)), "c": 0.3, "w": RNG.normal(size=3), "y": np.sign(RNG.normal(size=7))}


def plain(X: Any, c: Any, w: Any, y: Any) -> Any:
    """The loss in PyTorch's own words."""
    return torch.logaddexp(-y * (X @ w), torch.zeros(())).sum() + c / 2 * w @ w


def tensors(**options: Any) -> list[Any]:
    """The data in the order of the arguments."""
    return [torch.tensor(DATA[name], dtype=torch.float64, **options) for name in ("X", "c", "w", "y")]


@pytest.mark.parametrize("topic", TOPICS)
def test_golden_cases(topic: str) -> None:
    wrong = disagreements(topic, lambda point: TorchFunction(point.exprs)(**point.arrays))
    assert not wrong, "\n".join(wrong)


def test_functions_are_mapped_and_differentiated() -> None:
    f = mg.parse(LOSS, GIVEN)
    function = TorchFunction([f, mg.gradient(f, "w"), mg.hessian(f, "w")])
    at = tensors()
    _, gradient, hessian = function(*at)
    torch.testing.assert_close(gradient, torch.func.grad(plain, 2)(*at))
    torch.testing.assert_close(hessian, torch.func.hessian(plain, 2)(*at))
    torch.testing.assert_close(torch.func.jacfwd(function, 2)(*at)[0], gradient)
    several = torch.stack([at[2], 2 * at[2], -at[2]])
    mapped = torch.func.vmap(function, (None, None, 0, None))(at[0], at[1], several, at[3])
    for k in range(3):
        for value, alone in zip(mapped, function(at[0], at[1], several[k], at[3]), strict=True):
            torch.testing.assert_close(value[k], alone)


def test_factorisations_are_mapped() -> None:
    f = mg.parse("logdet(S) + x' inv(S) x + tr(inv(A))", "S: n×n spd, A: n×n, x: n")
    function = TorchFunction([f, mg.gradient(f, "S"), mg.gradient(f, "A")])
    X = RNG.normal(size=(4, 3, 3))
    S, A = torch.tensor(X @ X.transpose(0, 2, 1) + np.eye(3)), torch.tensor(X)
    x = torch.ones(3, dtype=torch.float64)
    mapped = torch.func.vmap(lambda s, a: function(S=s, A=a, x=x))(S, A)
    for k in range(4):
        for value, alone in zip(mapped, function(S=S[k], A=A[k], x=x), strict=True):
            torch.testing.assert_close(value[k], alone)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_results_have_the_type_of_the_arguments(dtype: Any) -> None:
    f = mg.parse(LOSS + " + norm(eye(n)*w)", GIVEN)
    arrays = {name: torch.tensor(value, dtype=dtype) for name, value in DATA.items() if name != "c"}
    value, gradient = TorchFunction([f, mg.gradient(f, "w")])(**arrays, c=0.3)
    assert value.dtype == gradient.dtype == dtype
    np.testing.assert_allclose(float(value), mg.evaluate(f, DATA), rtol=5e-2)


def test_results_lie_where_the_arguments_lie() -> None:
    # The meta device stands for every other: on it, nothing of the CPU may meet a tensor.
    f = mg.parse(LOSS + " + norm(eye(n)*w) + sum(kron(w, w)) + x[2]", GIVEN + ", x: n")
    arrays = {name: torch.tensor(value, device="meta") for name, value in DATA.items()}
    value, gradient = TorchFunction([f, mg.gradient(f, "w")])(**arrays, x=torch.zeros(3, device="meta"))
    assert value.device.type == gradient.device.type == "meta"
    with pytest.raises(EvaluationError, match="different devices: X on meta and w on cpu"):
        TorchFunction(mg.parse("X w", "X: m×n, w: n"))(X=arrays["X"], w=torch.zeros(3))


def test_shapes_as_they_come() -> None:
    F = mg.parse("X w + b*ones(m)", "X: m×n, w: n, b: scalar")
    function = TorchFunction(F)
    assert function(X=torch.ones(2, 3), w=torch.ones(3), b=1).shape == (2,)
    assert function(X=torch.ones(2, 3), w=torch.ones(3, 1), b=torch.ones(1, 1)).shape == (2, 1)
    assert function(X=torch.ones(1, 1), w=torch.ones(1), b=2.0).tolist() == [3.0]
    assert function(X=torch.ones(0, 3), w=torch.ones(3), b=1.0).shape == (0,)
    assert function(X=torch.ones(6, 4).T[::2, ::2], w=torch.ones(6)[::2], b=0).tolist() == [3, 3]


def test_extreme_arguments_stay_finite() -> None:
    f = mg.parse("sum(log(1 + exp(x))) + logsumexp(x)", "x: n")
    value, gradient = TorchFunction([f, mg.gradient(f, "x")])(x=[1e4, -1e4, 0.0])
    assert float(value) == pytest.approx(2e4 + np.log(2), rel=1e-12)
    assert bool(torch.isfinite(gradient).all())


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"X": np.ones((2, 3))}, "no array was given for w"),
        ({"X": np.ones((2, 3)), "w": np.ones(2)}, "w is declared n×1"),
        ({"X": np.ones((2, 3)), "w": np.ones(3), "W": 1}, "'W' is not an argument"),
        ({"X": np.ones((2, 3)), "w": "abc"}, "w is not a tensor"),
        ({"X": np.ones((2, 3)), "w": np.ones(3) * 1j}, "real numbers"),
    ],
)
def test_wrong_arguments_are_named(arrays: dict[str, Any], words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        TorchFunction(mg.parse("X w", "X: m×n, w: n"))(**arrays)


def test_the_matrix_power_of_a_tensor() -> None:
    power = TorchFunction(mg.parse("matrix_power(X, k)", "X: n×n, k: integer", syntax="numpy"))
    X = RNG.normal(size=(3, 3))
    for k in (-2, 0, 1, 5):
        np.testing.assert_allclose(power(X=X, k=k), np.linalg.matrix_power(X, k), rtol=1e-9)


def test_the_determinant_of_a_singular_matrix() -> None:
    X = torch.tensor([[1.0, 2.0], [2.0, 4.0]])
    assert float(TorchFunction(mg.parse("det(X)", "X: n×n"))(X=X)) == 0
    with pytest.raises(RuntimeError, match="zero"):
        TorchFunction(mg.parse("det(X) + sum(inv(X))", "X: n×n"))(X=X)


# ---- functions with matgrad's derivative ----------------------------------------------------------------

func = torch.func
TRANSFORMS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "value": lambda f, at: f(*at),
    "grad": lambda f, at: func.grad(f, (0, 1, 2, 3))(*at),
    "jvp": lambda f, at: func.jvp(f, tuple(at), tuple(at))[1],
    "hessian": lambda f, at: func.hessian(f, 2)(*at),
    "reverse over reverse": lambda f, at: func.jacrev(func.jacrev(f, 2), 2)(*at),
    "forward over forward": lambda f, at: func.jacfwd(func.jacfwd(f, 2), 2)(*at),
    "reverse over forward": lambda f, at: func.jacrev(func.jacfwd(f, 2), 2)(*at),
    "vmap": lambda f, at: func.vmap(func.grad(f, 2), (None, None, 0, None))(
        at[0], at[1], torch.stack([at[2], 2 * at[2]]), at[3]
    ),
    "Hessian-vector product": lambda f, at: torch.autograd.functional.hvp(
        lambda w: f(at[0], at[1], w, at[3]), at[2], at[2]
    ),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_wrapped_functions_under_every_transformation(name: str) -> None:
    f = torch_function(LOSS, given=GIVEN)
    at = tensors()
    torch.testing.assert_close(TRANSFORMS[name](f, at), TRANSFORMS[name](plain, at), rtol=1e-9, atol=1e-11)


def test_autograd_agrees_with_difference_quotients() -> None:
    f = torch_function(LOSS, given=GIVEN)
    at = tensors(requires_grad=True)
    assert torch.autograd.gradcheck(f, at)
    assert torch.autograd.gradgradcheck(f, at)
    F = torch_function("A X B", given="A: p×m, X: m×n, B: n×q")
    at = [torch.rand(s, dtype=torch.float64, requires_grad=True) for s in [(2, 3), (4, 2), (3, 4)]]
    assert torch.autograd.gradcheck(F, at)
    assert torch.autograd.gradgradcheck(F, at)


def test_a_function_that_returns_its_argument() -> None:
    f = torch_function("X'", given="X: m×n")
    X = torch.rand(2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(f, [X])
    assert f(X).data_ptr() != X.data_ptr()


def test_the_wrapped_derivative_is_the_one_derived() -> None:
    # Where the largest entry is attained twice PyTorch shares the gradient out; ours is that of the first.
    f = torch_function("max(x)", given="x: n")
    x = torch.tensor([1.0, 3.0, 3.0])
    assert func.grad(torch.amax)(x).tolist() == [0, 0.5, 0.5]
    assert func.grad(f)(x).tolist() == [0, 1, 0]


def test_a_training_loop() -> None:
    f = torch_function(LOSS, "w", given=GIVEN)
    X, c, w, y = tensors()
    w.requires_grad_()
    optimiser = torch.optim.LBFGS(
        [w], max_iter=100, tolerance_grad=1e-12, tolerance_change=0, line_search_fn="strong_wolfe"
    )

    def step() -> Any:
        optimiser.zero_grad()
        loss = f(X=X, c=c, w=w, y=y)
        loss.backward()
        return loss

    optimiser.step(step)
    best = mg.evaluate(mg.gradient(mg.parse(LOSS, GIVEN), "w"), {**DATA, "w": w.detach().numpy()})
    assert np.abs(best).max() < 1e-6


def test_what_is_not_among_wrt_is_refused() -> None:
    f = torch_function(LOSS, "w", given=GIVEN)
    at = tensors()
    at[0].requires_grad_()
    with pytest.raises(ArgumentError, match="by X is asked for"):
        f(*at).backward()
