"""Networks: all gradients of three layers, and the Hessian of ten layers in one weight matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.runtime.case import Array, Arrays, Case, Dims, Outputs, growing

LAYERS = 10
WEIGHTS = tuple(f"W{i}" for i in range(1, LAYERS + 1))


def perceptron(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Inputs in columns, targets and three weight matrices."""
    n, m, c = dims["n"], dims["m"], dims["c"]
    return {
        "X": rng.standard_normal((n, m)),
        "Y": rng.standard_normal((c, m)),
        "W1": rng.standard_normal((n, n)) / np.sqrt(n),
        "W2": rng.standard_normal((n, n)) / np.sqrt(n),
        "W3": rng.standard_normal((c, n)) / np.sqrt(n),
    }


def backpropagation(X: Array, Y: Array, W1: Array, W2: Array, W3: Array) -> Outputs:
    """Backpropagation with the work on entries in place."""
    H1 = W1 @ X
    np.tanh(H1, out=H1)
    H2 = W2 @ H1
    np.tanh(H2, out=H2)
    R = W3 @ H2
    R -= Y
    value = np.vdot(R, R)
    R *= 2
    G3 = R @ H2.T
    D = W3.T @ R
    H2 *= H2
    D -= D * H2
    G2 = D @ H1.T
    D = W2.T @ D
    H1 *= H1
    D -= D * H1
    return value, D @ X.T, G2, G3


def perceptron_objective(F: Any, X: Any, Y: Any, W1: Any, W2: Any, W3: Any) -> Any:
    """‖W₃ tanh(W₂ tanh(W₁X)) − Y‖²."""
    return ((W3 @ F.tanh(W2 @ F.tanh(W1 @ X)) - Y) ** 2).sum()


def deep(rng: np.random.Generator, dims: Dims) -> Arrays:
    """One input, one-hot target and ten weight matrices, scaled so that no layer dies."""
    n = dims["n"]
    weights = {name: rng.standard_normal((n, n)) * np.sqrt(2 / n) for name in WEIGHTS}
    return {"x": rng.standard_normal(n), "t": np.eye(n)[rng.integers(n)], **weights}


def relu_factors(x: Array, t: Array, **weights: Array) -> Outputs:
    """xxᵀ and Jᵀ(diag(p) − ppᵀ)J, with J the Jacobian of the logits by the first layer's sum."""
    W = list(weights.values())
    h, masks = x, []
    for layer in W[:-1]:
        h = layer @ h
        masks.append(h > 0)
        h *= masks[-1]
    z = W[-1] @ h
    z -= z.max()
    p = np.exp(z, out=z)
    p /= p.sum()
    J = W[-1]
    for layer, mask in zip(W[-2:0:-1], masks[:0:-1], strict=True):
        J = (J * mask) @ layer
    J = J * masks[0]
    q = p @ J
    J *= np.sqrt(p)[:, None]
    B = J.T @ J
    B -= q[:, None] * q
    return x[:, None] * x, B


def relu_dense(x: Array, t: Array, **weights: Array) -> Outputs:
    """The Kronecker product of the two, by broadcasting."""
    A, B = relu_factors(x, t, **weights)
    n = len(x)
    return (np.multiply(A[:, None, :, None], B[:, None, :]).reshape(n * n, n * n),)


def relu_whole(arrays: Arrays, outputs: Outputs) -> Array:
    """What the two factors stand for."""
    return np.kron(*outputs)


def relu_objective(F: Any, x: Any, t: Any, **weights: Any) -> Any:
    """Cross-entropy of ten layers."""
    W = list(weights.values())
    h = x
    for layer in W[:-1]:
        h = F.relu(layer @ h)
    z = W[-1] @ h
    return F.logsumexp(z, 0) - t @ z


def relu_text() -> str:
    """The network as text, one binding a layer."""
    layers = ["h1 = relu(W1*x)"] + [f"h{i} = relu(W{i}*h{i - 1})" for i in range(2, LAYERS)]
    return f"logsumexp(z) - t'*z where {', '.join(layers)}, z = W{LAYERS}*h{LAYERS - 1}"


_RELU: dict[str, Any] = {
    "text": relu_text(),
    "given": "x: n, t: n, " + ", ".join(f"{name}: n×n" for name in WEIGHTS),
    "wanted": ("hessian",),
    "variables": ("W1",),
    "data": deep,
    "objectives": (relu_objective,),
    "tangent": lambda d: d["n"] ** 2,
}


def chain(dims: Dims) -> float:
    """Operations of the Jacobian by the first layer, and of the symmetric product."""
    return (2 * (LAYERS - 2) + 1) * dims["n"] ** 3


CASES = (
    Case(
        name="mlp",
        about="3-layer network: value, gradients",
        text="norm(W3*tanh(W2*tanh(W1*X)) - Y)^2",
        given="X: n×m, Y: c×m, W1: n×n, W2: n×n, W3: c×n",
        wanted=("value", "gradient"),
        variables=("W1", "W2", "W3"),
        sizes=growing((10, 30, 100, 300), m=2.0, c=10),
        quick=(10, 100),
        data=perceptron,
        by_hand={"in place": backpropagation},
        objectives=(perceptron_objective,),
        work=lambda d: (d["m"] * d["n"] * (10 * d["n"] + 6 * d["c"]), 8 * (2 * d["m"] * d["n"])),
    ),
    Case(
        name="relu",
        about="10-layer ReLU network: Hessian in W₁, dense",
        sizes=growing((10, 20, 50)),
        quick=(10, 50),
        by_hand={"broadcast": relu_dense},
        work=lambda d: (chain(d) + d["n"] ** 4, 8 * d["n"] ** 4),
        **_RELU,
    ),
    Case(
        name="relu-factors",
        about="10-layer ReLU network: Hessian in W₁, factors",
        form="factors",
        sizes=growing((10, 20, 50)),
        quick=(10, 50),
        by_hand={"factors": relu_factors},
        work=lambda d: (chain(d), 8 * LAYERS * d["n"] ** 2),
        whole=relu_whole,
        **_RELU,
    ),
)
