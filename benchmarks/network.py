"""The gradient of a deep network: whether time and size grow with the depth and no faster."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter

import matgrad as mg
from matgrad.core.expr import postorder
from matgrad.printing import latex, text, unicode

REPEATS = 5


@dataclass(frozen=True)
class Depth:
    """What a gradient of that many layers costs."""

    layers: int
    build_ms: float
    derive_ms: float
    nodes: int
    print_ms: float


def network(layers: int) -> tuple[mg.Expr, mg.Symbol]:
    """‖h_L − y‖² with h_{i+1} = tanh(W_i h_i + b_i), and its first weights."""
    first = mg.matrix("W0", "n", "n")
    h: mg.Expr = mg.vector("x", "n")
    for i in range(layers):
        weights = mg.matrix(f"W{i}", "n", "n")
        h = mg.tanh(weights @ h + mg.vector(f"b{i}", "n"))
    return mg.norm(h - mg.vector("y", "n")) ** 2, first


def network_text(layers: int) -> str:
    """The same as one text, all layers inside one another."""
    inside = "x"
    for i in range(layers):
        inside = f"tanh(W{i} {inside} + b{i})"
    return f"norm({inside} - y)^2"


def network_shapes(layers: int) -> str:
    """The declarations of the text."""
    return ", ".join(["x: n", "y: n", *(f"W{i}: n×n, b{i}: n" for i in range(layers))])


def measure(depths: tuple[int, ...]) -> list[Depth]:
    """Measure the depths in turn, round by round, so that a busy machine slows all of them alike."""
    build: dict[int, list[float]] = {depth: [] for depth in depths}
    derive: dict[int, list[float]] = {depth: [] for depth in depths}
    nodes: dict[int, int] = {}
    written: dict[int, float] = {}
    for _ in range(REPEATS):
        for depth in depths:
            start = perf_counter()
            loss, variable = network(depth)
            built = perf_counter()
            gradient = mg.gradient(loss, variable, verify=False)
            derive[depth].append(perf_counter() - built)
            build[depth].append(built - start)
            if depth not in nodes:
                nodes[depth] = len(postorder(gradient))
                start = perf_counter()
                for medium in (text, unicode, latex):
                    medium(gradient)
                written[depth] = perf_counter() - start
    return [
        Depth(d, 1e3 * median(build[d]), 1e3 * median(derive[d]), nodes[d], 1e3 * written[d]) for d in depths
    ]


def from_text(layers: int) -> tuple[float, bool]:
    """Milliseconds to read the network from text, and whether it is the one built in Python."""
    source, shapes = network_text(layers), network_shapes(layers)
    start = perf_counter()
    read = mg.parse(source, shapes)
    taken = 1e3 * (perf_counter() - start)
    return taken, read is network(layers)[0]
