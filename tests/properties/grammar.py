"""Random expressions as text, each beside what PyTorch computes for it.

The grammar knows nothing of the operations: each production says how it is typed and what PyTorch
computes. Sizes are drawn for the arrays, so that different names may have one size, and size 1.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

Env = Mapping[str, Any]
Shape = tuple[str, str]

ONE = "1"
VARIABLES: dict[str, tuple[str, Shape]] = {
    "A": ("", ("m", "n")),
    "B": ("", ("m", "n")),
    "C": ("", ("n", "p")),
    "X": ("", ("n", "n")),
    "Y": ("", ("m", "m")),
    "S": ("symmetric", ("n", "n")),
    "P": ("positive definite", ("n", "n")),
    "L": ("lower triangular", ("n", "n")),
    "D": ("diagonal", ("n", "n")),
    "K": ("skew", ("n", "n")),
    "x": ("", ("n", ONE)),
    "y": ("", ("n", ONE)),
    "u": ("", ("m", ONE)),
    "w": ("positive", ("n", ONE)),
    "t": ("", (ONE, ONE)),
    "s": ("", (ONE, ONE)),
}
"""Declared facts and shapes by name."""


@dataclass(frozen=True)
class Piece:
    """A text in brackets, where it needs some, and its value."""

    text: str
    value: Callable[[Env], Any]


def to_structure(facts: str, array: Any) -> Any:
    """The nearest array that has the linear part of the facts."""
    if facts in ("symmetric", "positive definite"):
        return (array + array.T) / 2
    if facts == "skew":
        return (array - array.T) / 2
    if facts == "lower triangular":
        return torch.tril(array)
    if facts == "diagonal":
        return array * torch.eye(array.shape[0], dtype=torch.float64)
    return array


def draw_array(facts: str, rows: int, columns: int, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Random data with the declared facts."""
    raw = rng.standard_normal((rows, columns))
    if facts == "positive":
        return np.abs(raw) + 0.2
    if facts == "positive definite":
        return raw @ raw.T + 0.5 * np.eye(rows)
    return np.asarray(to_structure(facts, torch.as_tensor(raw)))


def vec(a: Any) -> Any:
    """The columns under each other."""
    return a.T.reshape(-1, 1)


def kron(a: Any, b: Any) -> Any:
    """The Kronecker product."""
    table = a[:, None, :, None] * b[None, :, None, :]
    return table.reshape(a.shape[0] * b.shape[0], a.shape[1] * b.shape[1])


def scalar(a: Any) -> Any:
    """A number as a 1×1 array."""
    return a.reshape(1, 1)


def softmax(a: Any) -> Any:
    """The softmax of a column."""
    return torch.softmax(a, 0)


ENTRYWISE: dict[str, Callable[[Any], Any]] = {
    "sin({})": torch.sin,
    "cos({})": torch.cos,
    "tanh({})": torch.tanh,
    "sigmoid({})": torch.sigmoid,
    "softplus({})": lambda a: torch.logaddexp(a, torch.zeros_like(a)),
    "exp(-({}) .^ 2)": lambda a: torch.exp(-(a**2)),
    "exp({}/4)": lambda a: torch.exp(a / 4),
    "log(1 + ({}) .^ 2)": lambda a: torch.log(1 + a**2),
    "sqrt(2 + ({}) .^ 2)": lambda a: torch.sqrt(2 + a**2),
    "atan({})": torch.atan,
    "erf({})": torch.erf,
    "abs({})": torch.abs,
    "relu({})": torch.relu,
    "({}) .^ 2": lambda a: a**2,
    "({}) .^ 3": lambda a: a**3,
    "2*({})": lambda a: 2 * a,
    "({})/3": lambda a: a / 3,
    "-({})": lambda a: -a,
    "log1p(({}) .^ 2)": lambda a: torch.log1p(a**2),
    "1 ./ (1 + ({}) .^ 2)": lambda a: 1 / (1 + a**2),
    "cosh({}/3)": lambda a: torch.cosh(a / 3),
    "gelu({})": torch.nn.functional.gelu,
}
"""Functions of entries, by the text around them."""


class Grammar:
    """Draws expressions; what was drawn before may come again."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._drawn: dict[Shape, list[Piece]] = {}

    def _pick(self, *choices: Callable[[], Piece]) -> Piece:
        return self._rng.choice(choices)()

    def _join(self, text: str, value: Callable[..., Any], *parts: Piece) -> Piece:
        def combined(env: Env) -> Any:
            return value(*(part.value(env) for part in parts))

        return Piece(text.format(*(part.text for part in parts)), combined)

    def leaf(self, shape: Shape) -> Piece:
        """A variable, its transpose, or a constant of that shape."""
        fitting = [(name, False) for name, (_, s) in VARIABLES.items() if s == shape]
        fitting += [(name, True) for name, (_, s) in VARIABLES.items() if s == shape[::-1] and s != shape]
        if shape[0] == shape[1] != ONE and self._rng.random() < 0.1:
            name = shape[0]
            return Piece(f"eye({name})", lambda env: torch.eye(env[name], dtype=torch.float64))
        if fitting:
            name, turned = self._rng.choice(fitting)
            if turned:
                return Piece(f"{name}'", lambda env: env[name].T)
            return Piece(name, lambda env: env[name])
        return self._through(shape, 0)

    def _through(self, shape: Shape, depth: int) -> Piece:
        middle = self._rng.choice(
            [d for d in "mnp" if self._reaches(shape[0], d) and self._reaches(d, shape[1])]
        )
        left, right = self.draw((shape[0], middle), depth - 1), self.draw((middle, shape[1]), depth - 1)
        return self._join("({})*({})", torch.matmul, left, right)

    @staticmethod
    def _reaches(rows: str, columns: str) -> bool:
        return any(s in ((rows, columns), (columns, rows)) for _, s in VARIABLES.values()) or "n" in (
            rows,
            columns,
        )

    def draw(self, shape: Shape, depth: int) -> Piece:
        """An expression of that shape."""
        known = self._drawn.setdefault(shape, [])
        if known and self._rng.random() < 0.2:
            return self._rng.choice(known)
        if depth <= 0:
            return self.leaf(shape)
        piece = self.number(depth) if shape == (ONE, ONE) else self._matrix(shape, depth)
        known.append(piece)
        return piece

    def _matrix(self, shape: Shape, depth: int) -> Piece:
        rows, columns = shape

        def same(k: int = 1) -> list[Piece]:
            return [self.draw(shape, depth - 1) for _ in range(k)]

        def entrywise() -> Piece:
            text = self._rng.choice(list(ENTRYWISE))
            return self._join(text, ENTRYWISE[text], *same())

        def scaled() -> Piece:
            return self._join("({})*({})", torch.multiply, self.draw((ONE, ONE), depth - 1), *same())

        def blocks() -> Piece:
            a, b = (self._rng.choice("mn") for _ in range(2))
            parts = [self.draw(s, depth - 2) for s in ((rows, a), (rows, b), (a, columns), (b, columns))]
            return self._join(
                "[{}, {}]*[{}; {}]", lambda e, f, g, h: torch.hstack([e, f]) @ torch.vstack([g, h]), *parts
            )

        choices = [
            lambda: self._join("({} + {})", torch.add, *same(2)),
            lambda: self._join("({} - ({}))", torch.subtract, *same(2)),
            lambda: self._join("({}) .* ({})", torch.multiply, *same(2)),
            lambda: self._join("({})'", torch.t, self.draw(shape[::-1], depth - 1)),
            lambda: self._through(shape, depth),
            lambda: self._through(shape, depth),
            entrywise,
            entrywise,
            scaled,
        ]
        if depth > 1 and "p" not in shape:
            choices.append(blocks)
        if columns == ONE:
            choices += [
                lambda: self._join("softmax({})", softmax, *same()),
                lambda: self._join(
                    "row_sum({})", lambda a: torch.sum(a, 1, keepdim=True), self.draw((rows, "n"), depth - 1)
                ),
                lambda: self._join("({})[:, 1]", lambda a: a[:, :1], self.draw((rows, "n"), depth - 1)),
                lambda: (
                    self._join(
                        "diag({})", lambda a: torch.diag(a).reshape(-1, 1), self.draw((rows, rows), depth - 1)
                    )
                    if rows != "p"
                    else entrywise()
                ),
            ]
        if rows == columns != "p":
            choices += [
                lambda: self._join("inv({})", torch.linalg.inv, self.definite(rows, depth - 1)),
                lambda: self._join("inv({})", torch.linalg.inv, *same()),
                lambda: self.definite(rows, depth),
                lambda: self._join(
                    "diag({})", lambda a: torch.diag(a[:, 0]), self.draw((rows, ONE), depth - 1)
                ),
                lambda: self._join("sym({})", lambda a: (a + a.T) / 2, *same()),
                lambda: self._join("tril({})", torch.tril, *same()),
                lambda: self._join("({})^2", lambda a: a @ a, *same()),
                lambda: self._join("cholesky({})", torch.linalg.cholesky, self.definite(rows, depth - 1)),
            ]
        return self._pick(*choices)

    def definite(self, size: str, depth: int) -> Piece:
        """A positive definite expression."""
        columns = self._rng.choice(["m", "n"])
        inner = self.draw((size, columns), depth - 1)
        return self._pick(
            lambda: self._join(
                "(({0})*({0})' + eye(" + size + "))",
                lambda a: a @ a.T + torch.eye(a.shape[0], dtype=torch.float64),
                inner,
            ),
            lambda: self._join(
                "(({0})*({0})' + diag(exp({1})))",
                lambda a, b: a @ a.T + torch.diag(torch.exp(b[:, 0])),
                inner,
                self.draw((size, ONE), 0),
            ),
            lambda: Piece("P", lambda env: env["P"]) if size == "n" else self.definite(size, depth),
        )

    def number(self, depth: int) -> Piece:
        """A scalar expression."""
        rows, columns = self._rng.choice(
            [("m", "n"), ("n", "n"), ("n", "m"), ("n", "p"), ("n", ONE), ("m", ONE)]
        )
        size = self._rng.choice("mn")

        def any_(k: int = 1) -> list[Piece]:
            return [self.draw((rows, columns), depth - 1) for _ in range(k)]

        def square() -> Piece:
            return self.draw((size, size), depth - 1)

        def column() -> Piece:
            return self.draw((size, ONE), depth - 1)

        def numbers(k: int = 1) -> list[Piece]:
            return [self.draw((ONE, ONE), depth - 1) for _ in range(k)]

        def entrywise() -> Piece:
            text = self._rng.choice(list(ENTRYWISE))
            return self._join(text, ENTRYWISE[text], *numbers())

        def eigen(text: str, value: Callable[[Any], Any]) -> Callable[[], Piece]:
            def made() -> Piece:
                return self._join(
                    text, lambda a: scalar(value(torch.linalg.eigvalsh((a + a.T) / 2))), square()
                )

            return made

        def singular(text: str, value: Callable[[Any], Any]) -> Callable[[], Piece]:
            def made() -> Piece:
                return self._join(text, lambda a: scalar(value(torch.linalg.svdvals(a))), *any_())

            return made

        def of_kron() -> Piece:
            a, b, c, d = (self._rng.choice(["m", "n"]) for _ in range(4))
            left, right = self.draw((a, b), depth - 2), self.draw((c, d), depth - 2)
            return self._pick(
                lambda: self._join(
                    "norm(kron({}, {})*vec({}))",
                    lambda e, f, g: scalar(torch.linalg.norm(kron(e, f) @ vec(g))),
                    left,
                    right,
                    self.draw((d, b), depth - 2),
                ),
                lambda: self._join(
                    "sum(sin(kron({}, {})))",
                    lambda e, f: scalar(torch.sum(torch.sin(kron(e, f)))),
                    left,
                    right,
                ),
                lambda: self._join(
                    "vec({})'*vec({})",
                    lambda e, f: vec(e).T @ vec(f),
                    left,
                    self.draw((a, b), depth - 2),
                ),
            )

        return self._pick(
            lambda: self._join("tr({})", lambda a: scalar(torch.trace(a)), square()),
            lambda: self._join("det({})", lambda a: scalar(torch.linalg.det(a)), square()),
            lambda: self._join(
                "logdet({})", lambda a: scalar(torch.linalg.slogdet(a)[1]), self.definite(size, depth - 1)
            ),
            lambda: self._join("norm({})", lambda a: scalar(torch.sqrt(torch.sum(a**2))), *any_()),
            lambda: self._join("norm1({})", lambda a: scalar(torch.sum(torch.abs(a))), column()),
            lambda: self._join("norm_inf({})", lambda a: scalar(torch.max(torch.abs(a))), column()),
            lambda: self._join(
                "norm_p({}, 3)", lambda a: scalar(torch.sum(torch.abs(a) ** 3) ** (1 / 3)), column()
            ),
            lambda: self._join("sum({})", lambda a: scalar(torch.sum(a)), *any_()),
            lambda: self._join("mean({})", lambda a: scalar(torch.mean(a)), *any_()),
            lambda: self._join("max({})", lambda a: scalar(torch.max(a)), *any_()),
            lambda: self._join("({})'*({})", lambda a, b: a.T @ b, column(), column()),
            lambda: self._join("({0})'*({1})*({0})", lambda a, b: a.T @ b @ a, column(), square()),
            lambda: self._join("logsumexp({})", lambda a: scalar(torch.logsumexp(a, (0, 1))), column()),
            lambda: self._join("({})[1, 1]", lambda a: scalar(a[0, 0]), *any_()),
            lambda: self._join("({} + {})", torch.add, *numbers(2)),
            lambda: self._join("({})*({})", torch.multiply, *numbers(2)),
            lambda: self._join("({})/(1 + ({})^2)", lambda a, b: a / (1 + b**2), *numbers(2)),
            entrywise,
            eigen("lambda_max(sym({}))", torch.max),
            eigen("lambda_min(sym({}))", torch.min),
            eigen("sum(exp(eigenvalues(sym({}))/4))", lambda e: torch.sum(torch.exp(e / 4))),
            singular("nuclear_norm({})", torch.sum),
            singular("spectral_norm({})", torch.max),
            of_kron,
        )


def declarations(names: list[str]) -> str:
    """The declarations of the variables of these names."""
    parts = []
    for name in names:
        facts, (rows, columns) = VARIABLES[name]
        shape = "scalar" if rows == ONE else rows if columns == ONE else f"{rows}×{columns}"
        parts.append(f"{name}: {shape} {facts}".rstrip())
    return ", ".join(parts)
