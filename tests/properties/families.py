"""Random formulas over families, each with its value by loops of plain NumPy.

The loops know nothing of matgrad: they are what the formulas are held against. They are analytic, so that
a step along the imaginary axis gives derivatives to the last digit.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

Arrays = dict[str, Any]
Value = Callable[[Mapping[str, Any], Mapping[str, int]], Any]

GIVEN = (
    "x_i: D, r_i = R[i,:]', y_i: scalar, p_i: scalar positive, w_ij: scalar, z_ij: D, Q_i: D×D spd, "
    "A_i: D×D, c_g: scalar, m_g: D, v: N, X: N×D, R: N×D, W: N×N, b: D, S: D×D spd, M: D×D, t: scalar, "
    "i = 1..N, j = 1..N, l = 1..N, g = 1..K"
)

_SHAPES = {
    "x": "ND", "R": "ND", "y": "N", "p": "N", "w": "NN", "z": "NND", "Q": "NDD", "A": "NDD", "c": "K",
    "m": "KD", "v": "N", "X": "ND", "W": "NN", "b": "D", "S": "DD", "M": "DD", "t": "",
}  # fmt: skip

MEMBERS = {"x": 1, "y": 1, "p": 1, "w": 2, "z": 2, "Q": 1, "A": 1, "c": 1, "m": 1}
"""How many indices the members of each family have."""

OTHER = {"i": "j", "j": "l", "l": "i", "g": "g"}
"""The indices under names that they could have had as well."""


def arrays(seed: int, sizes: Mapping[str, int]) -> Arrays:
    """Values of everything declared, and the sizes themselves."""
    rng = np.random.default_rng(seed)
    drawn: Arrays = dict(sizes)
    for name, axes in _SHAPES.items():
        array = rng.normal(size=tuple(sizes[axis] for axis in axes)) / 2
        if name == "p":
            array = rng.uniform(0.5, 1.5, size=array.shape)
        if name in "QS":
            array = array @ np.swapaxes(array, -1, -2) + np.eye(sizes["D"])
        drawn[name] = array
    return drawn


@dataclass(frozen=True)
class Piece:
    """A formula in brackets or of one letter, in two orders of its operands, and its value by loops."""

    text: str
    other: str
    value: Value = field(compare=False)


@dataclass(frozen=True)
class Formula:
    """A drawn formula: its text, the same in another order under other indices, and its value by loops."""

    text: str
    other: str
    body: Value = field(compare=False)
    kind: str = "scalar"

    def value(self, point: Arrays) -> Any:
        """The value at a point, by loops."""
        return self.body(point, {})

    @cached_property
    def names(self) -> list[str]:
        """The families and variables that occur."""
        found = _Recorder(arrays(0, {"N": 2, "K": 2, "D": 2}))
        self.body(found, {})
        return [name for name in found.used if name in _SHAPES]

    def slope(self, point: Arrays, name: str) -> Any:
        """The derivative of a scalar by every entry of an array."""
        base = np.asarray(point[name])
        slope = np.zeros(base.shape)
        for at in np.ndindex(base.shape):
            moved = base.astype(complex)
            moved[at] += 1e-40j
            slope[at] = np.imag(self.value({**point, name: moved})) / 1e-40
        return slope


class _Recorder(dict[str, Any]):
    """Arrays that remember which of them were read."""

    def __init__(self, values: Arrays) -> None:
        super().__init__(values)
        self.used: dict[str, int] = {}

    def __getitem__(self, name: str) -> Any:
        self.used[name] = 1
        return super().__getitem__(name)


class Drawing:
    """Draws formulas; the same random numbers give the same formula."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def formula(self, kind: str | None = None) -> Formula:
        """A sum, product or mean over one or two indices, perhaps inside a function or beside others."""
        kind = kind or self.rng.choice(["scalar"] * 4 + ["vector", "matrix"])
        piece = self._over(kind, [], depth=2)
        if self.rng.random() < 0.3:
            piece = self._joined(kind, [], piece, self._over(kind, [], depth=1))
        if kind == "scalar" and self.rng.random() < 0.3:
            piece = self._function(piece)
        return Formula(piece.text, piece.other, piece.value, kind)

    def small(self) -> Formula:
        """A scalar formula of little depth, whose second derivative is not long."""
        piece = self._over("scalar", [], depth=1)
        return Formula(piece.text, piece.other, piece.value)

    def _draw(self, kind: str, scope: list[str], depth: int) -> Piece:
        return getattr(self, f"_{kind}")(scope, depth)  # type: ignore[no-any-return]

    # sums, products and means

    def _over(self, kind: str, scope: list[str], depth: int) -> Piece:
        """One of them of a body that is drawn."""
        free = [name for name in "ijl" if name not in scope][: 3 - len(scope)]
        own = [name for name in scope if name != "g"]
        if "g" not in scope and self.rng.random() < 0.2:
            return self._sum_over(kind, scope, "g", None, depth)
        if not free:
            return self._draw(kind, scope, 0)
        i = free[0]
        if own and self.rng.random() < 0.5:
            j = self.rng.choice(own)
            sign = self.rng.choice(["!=", "<", ">", "<="])
            return self._sum_over(kind, scope, i, (i, sign, j), depth)
        if len(free) > 1 and not own and self.rng.random() < 0.4:
            j = free[1]
            sign = self.rng.choice([",", "<", "!="])
            return self._sum_over(kind, scope, i + j, (i, sign, j), depth)
        draw = self.rng.random()
        if kind == "scalar" and draw < 0.12:
            return self._product_over(scope, i, depth)
        if draw < 0.25:
            return self._mean_over(kind, scope, i, depth)
        return self._sum_over(kind, scope, i, None, depth)

    def _sum_over(
        self, kind: str, scope: list[str], names: str, condition: tuple[str, str, str] | None, depth: int
    ) -> Piece:
        below = f"{{{''.join(condition)}}}" if condition else names
        other = "".join(OTHER.get(letter, letter) for letter in below)
        body = self._draw(kind, [*scope, *names], depth)
        zero: Any = {"scalar": 0.0, "vector": "D", "matrix": "DD"}[kind]

        def value(point: Mapping[str, Any], at: Mapping[str, int]) -> Any:
            total = 0.0 if kind == "scalar" else np.zeros((point["D"],) * len(zero))
            for chosen in _choices(point, at, names):
                if condition is None or _holds(chosen, condition):
                    total = total + body.value(point, chosen)
            return total

        return Piece(f"(sum_{below} {body.text})", f"(sum_{other} {body.other})", value)

    def _product_over(self, scope: list[str], i: str, depth: int) -> Piece:
        body = self._scalar([*scope, i], depth - 1)

        def value(point: Mapping[str, Any], at: Mapping[str, int]) -> Any:
            whole = 1.0
            for chosen in _choices(point, at, i):
                whole = whole * (1 + np.tanh(body.value(point, chosen)) / 2)
            return whole

        text, other = f"(1 + tanh({body.text})/2)", f"(tanh({body.other})/2 + 1)"
        return Piece(f"(prod_{i} {text})", f"(prod_{OTHER[i]} {other})", value)

    def _mean_over(self, kind: str, scope: list[str], i: str, depth: int) -> Piece:
        body = self._draw(kind, [*scope, i], depth)

        def value(point: Mapping[str, Any], at: Mapping[str, int]) -> Any:
            values = [body.value(point, chosen) for chosen in _choices(point, at, i)]
            return sum(values[1:], values[0]) / len(values)

        return Piece(f"(mean_{i} {body.text})", f"(mean_{OTHER[i]} {body.other})", value)

    # scalars

    def _scalar(self, scope: list[str], depth: int) -> Piece:
        if depth <= 0:
            return self._scalar_leaf(scope)
        draw = self.rng.randrange(12)
        if draw < 3:
            return self._function(self._scalar(scope, depth - 1))
        if draw < 5:
            return self._joined(
                "scalar", scope, self._scalar(scope, depth - 1), self._scalar(scope, depth - 1)
            )
        if draw < 7:
            return self._scaled(self._scalar(scope, depth - 1), self._scalar(scope, depth - 1))
        if draw == 7 and len(scope) < 3:
            return self._over("scalar", scope, depth - 1)
        if draw == 8:
            return self._quotient(self._scalar(scope, depth - 1), self._scalar(scope, 0))
        if draw == 9:
            return self._of_vector(self._vector(scope, depth - 1), self._vector(scope, depth - 1))
        if draw == 10:
            return self._of_matrix(self._matrix(scope, depth - 1), scope)
        return self._scalar_leaf(scope)

    def _scalar_leaf(self, scope: list[str]) -> Piece:
        i, j, k = self._places(scope)
        if i is None and k is None:
            return self.rng.choice([_T, _B_B])
        leaves = [_T] if self.rng.random() < 0.15 else []
        if k is not None:
            leaves += [_read("c_{k}", lambda p, at: p["c"][at[k]], k=k)]
        if i is not None and j is not None:
            leaves += [
                _read("y_{i}", lambda p, at: p["y"][at[i]], i=i),
                _read("p_{i}", lambda p, at: p["p"][at[i]], i=i),
                _read("v_{i}", lambda p, at: p["v"][at[i]], i=i),
                _read("w_{i}{j}", lambda p, at: p["w"][at[i], at[j]], i=i, j=j),
                _read("W_{i}{j}", lambda p, at: p["W"][at[i], at[j]], i=i, j=j),
                _read("X[{i},1]", lambda p, at: p["X"][at[i], 0], i=i),
                _read("(X[{i},:] b)", lambda p, at: p["X"][at[i]] @ p["b"], i=i),
                _read("(p_{i}^v_{j})", lambda p, at: p["p"][at[i]] ** p["v"][at[j]], i=i, j=j),
                _read("(log(p_{i}))", lambda p, at: np.log(p["p"][at[i]]), i=i),
                _read("logdet(Q_{i})", lambda p, at: np.log(np.linalg.det(p["Q"][at[i]])), i=i),
                _read("({i} y_{j})", lambda p, at: (at[i] + 1) * p["y"][at[j]], i=i, j=j),
            ]
        return self.rng.choice(leaves)

    def _function(self, inner: Piece) -> Piece:
        shape, function = self.rng.choice(_FUNCTIONS)
        return Piece(
            shape.format(inner.text), shape.format(inner.other), lambda p, at: function(inner.value(p, at))
        )

    def _quotient(self, above: Piece, below: Piece) -> Piece:
        return Piece(
            f"({above.text}/(1 + {below.text}^2))",
            f"({above.other}/({below.other}^2 + 1))",
            lambda p, at: above.value(p, at) / (1 + below.value(p, at) ** 2),
        )

    def _scaled(self, scalar: Piece, other: Piece) -> Piece:
        """A scalar in front of something, or behind it."""
        return Piece(
            f"({scalar.text} {other.text})",
            f"({other.other} {scalar.other})",
            lambda p, at: scalar.value(p, at) * other.value(p, at),
        )

    def _of_vector(self, a: Piece, b: Piece) -> Piece:
        kind = self.rng.randrange(4)
        if kind == 0:
            return Piece(
                f"(norm({a.text})^2)", f"({a.other}'{a.other})", lambda p, at: a.value(p, at) @ a.value(p, at)
            )
        if kind == 1:
            return Piece(
                f"logsumexp({a.text})",
                f"logsumexp({a.other})",
                lambda p, at: np.log(np.sum(np.exp(a.value(p, at)))),
            )
        if kind == 2:
            return Piece(
                f"({a.text}' S {b.text})",
                f"({b.other}' S {a.other})",
                lambda p, at: a.value(p, at) @ (p["S"] + p["S"].T) @ b.value(p, at) / 2,
            )
        return Piece(
            f"({a.text}'{b.text})", f"({b.other}'{a.other})", lambda p, at: a.value(p, at) @ b.value(p, at)
        )

    def _of_matrix(self, a: Piece, scope: list[str]) -> Piece:
        if self.rng.random() < 0.5:
            text = "logdet({0} {0}' + eye(D))"
            return Piece(
                text.format(a.text),
                text.format(a.other),
                lambda p, at: np.log(np.linalg.det(a.value(p, at) @ a.value(p, at).T + np.eye(p["D"]))),
            )
        b = self._matrix(scope, 0)
        return Piece(
            f"tr({a.text} {b.text})",
            f"tr({b.other} {a.other})",
            lambda p, at: np.trace(a.value(p, at) @ b.value(p, at)),
        )

    # vectors and matrices

    def _vector(self, scope: list[str], depth: int) -> Piece:
        draw = self.rng.randrange(7) if depth > 0 else 9
        if draw < 2:
            return self._joined("vector", scope, self._vector(scope, depth - 1), self._vector(scope, 0))
        if draw == 2:
            return self._scaled(self._scalar(scope, depth - 1), self._vector(scope, depth - 1))
        if draw == 3:
            return self._product(self._matrix(scope, depth - 1), self._vector(scope, depth - 1))
        if draw == 4:
            inner = self._vector(scope, depth - 1)
            return Piece(
                f"tanh({inner.text})", f"tanh({inner.other})", lambda p, at: np.tanh(inner.value(p, at))
            )
        if draw == 5 and len(scope) < 3:
            return self._over("vector", scope, depth - 1)
        if draw == 6:
            inner = self._vector(scope, depth - 1)
            return Piece(
                f"softmax({inner.text})",
                f"softmax({inner.other})",
                lambda p, at: _softmax(inner.value(p, at)),
            )
        i, j, k = self._places(scope)
        is_alone = i is None and k is None
        leaves = [_read("b", lambda p, at: p["b"])] if is_alone or self.rng.random() < 0.2 else []
        if k is not None:
            leaves += [_read("m_{k}", lambda p, at: p["m"][at[k]], k=k)]
        if i is not None and j is not None:
            leaves += [
                _read("x_{i}", lambda p, at: p["x"][at[i]], i=i),
                _read("r_{i}", lambda p, at: p["R"][at[i]], i=i),
                _read("z_{i}{j}", lambda p, at: p["z"][at[i], at[j]], i=i, j=j),
                _read("(X[{i},:]')", lambda p, at: p["X"][at[i]], i=i),
                _read("(x_{i} - x_{j})", lambda p, at: p["x"][at[i]] - p["x"][at[j]], i=i, j=j),
            ]
        return self.rng.choice(leaves)

    def _matrix(self, scope: list[str], depth: int) -> Piece:
        draw = self.rng.randrange(6) if depth > 0 else 9
        if draw == 0:
            return self._joined("matrix", scope, self._matrix(scope, depth - 1), self._matrix(scope, 0))
        if draw == 1:
            return self._scaled(self._scalar(scope, depth - 1), self._matrix(scope, depth - 1))
        if draw == 2:
            a, b = self._vector(scope, depth - 1), self._vector(scope, depth - 1)
            return Piece(
                f"({a.text} {b.text}')",
                f"(({b.other} {a.other}')')",
                lambda p, at: np.outer(a.value(p, at), b.value(p, at)),
            )
        if draw == 3:
            return self._product(self._matrix(scope, depth - 1), self._matrix(scope, 0))
        if draw == 4 and len(scope) < 3:
            return self._over("matrix", scope, depth - 1)
        i, _, _ = self._places(scope)
        leaves = [_M, _read("inv(S)", lambda p, at: np.linalg.inv((p["S"] + p["S"].T) / 2))]
        if i is not None:
            leaves += [
                _read("Q_{i}", lambda p, at: p["Q"][at[i]], i=i),
                _read("A_{i}", lambda p, at: p["A"][at[i]], i=i),
                _read("(A_{i}')", lambda p, at: p["A"][at[i]].T, i=i),
                _read("inv(Q_{i})", lambda p, at: np.linalg.inv(p["Q"][at[i]]), i=i),
            ] * 2
        return self.rng.choice(leaves)

    def _joined(self, kind: str, scope: list[str], a: Piece, b: Piece) -> Piece:
        sign = self.rng.choice("+-")
        factor = 1 if sign == "+" else -1
        other = f"({b.other} + {a.other})" if sign == "+" else f"(-{b.other} + {a.other})"
        return Piece(
            f"({a.text} {sign} {b.text})", other, lambda p, at: a.value(p, at) + factor * b.value(p, at)
        )

    def _product(self, a: Piece, b: Piece) -> Piece:
        return Piece(
            f"({a.text} {b.text})", f"({a.other} {b.other})", lambda p, at: a.value(p, at) @ b.value(p, at)
        )

    def _places(self, scope: list[str]) -> tuple[str | None, str | None, str | None]:
        """An index of the data, another or the same one, and one of the few, as far as there are any."""
        own = [name for name in scope if name != "g"]
        k = "g" if "g" in scope and (not own or self.rng.random() < 0.6) else None
        return (self.rng.choice(own), self.rng.choice(own), k) if own else (None, None, k)


def _read(text: str, value: Value, **indices: str) -> Piece:
    """A leaf: a member, an entry, or what is made of one."""
    other = {letter: OTHER[name] for letter, name in indices.items()}
    return Piece(text.format(**indices), text.format(**other), value)


def _choices(point: Mapping[str, Any], at: Mapping[str, int], names: str) -> list[dict[str, int]]:
    """The values of some indices, beside those that others have."""
    choices: list[dict[str, int]] = [dict(at)]
    for name in names:
        count = point["K" if name == "g" else "N"]
        choices = [{**chosen, name: value} for chosen in choices for value in range(count)]
    return choices


def _holds(at: Mapping[str, int], condition: tuple[str, str, str]) -> bool:
    a, sign, b = at[condition[0]], condition[1], at[condition[2]]
    return {",": True, "<": a < b, ">": a > b, "<=": a <= b, "!=": a != b}[sign]


def _softmax(x: Any) -> Any:
    return np.exp(x) / np.sum(np.exp(x))


_T = Piece("t", "t", lambda p, at: p["t"])
_B_B = Piece("(b' b)", "(b'b)", lambda p, at: p["b"] @ p["b"])
_M = Piece("M", "M", lambda p, at: p["M"])
_FUNCTIONS: list[tuple[str, Callable[[Any], Any]]] = [
    ("sin({})", np.sin),
    ("tanh({})", np.tanh),
    ("sigmoid({})", lambda s: 1 / (1 + np.exp(-s))),
    ("({}^2)", lambda s: s**2),
    ("exp(-{}^2)", lambda s: np.exp(-(s**2))),
    ("log(1 + {}^2)", lambda s: np.log(1 + s**2)),
    ("sqrt(1 + {}^2)", lambda s: np.sqrt(1 + s**2)),
    ("(-{})", lambda s: -s),
    ("(3 {}/2)", lambda s: 3 * s / 2),
]
