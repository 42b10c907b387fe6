"""How costs grow: for each kind of work its time at several sizes, and the exponent of a power law.

    .venv/bin/python benchmarks/growth.py                       # every row
    .venv/bin/python benchmarks/growth.py residual --limit 60   # the rows that have a word in their names
    .venv/bin/python benchmarks/growth.py --json growth.json

Times are those of the processor, so that other work on the machine hardly counts. Each size is measured in a
process of its own, from nothing; a row ends where one size takes longer than the limit. The exponent is the
slope of the last sizes in logarithms: 1 where the cost grows as the size does.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import log
from pathlib import Path
from time import process_time
from typing import Any

LIMIT = 40.0
"""Seconds of processor time for one size."""

FITTED = 3
"""The exponent is fitted to the largest sizes, so many of them: small ones are mostly constant costs."""


@dataclass(frozen=True)
class Row:
    """One kind of work: what it is, at which sizes, and the exponent that it is to grow with at most.

    That is 1 and a little, or 2 where the size of the result is the square of that of the problem: the
    gradient of a product of n factors has n terms of n factors, and k×k blocks are k² of them.
    """

    name: str
    sizes: tuple[int, ...]
    prepare: Callable[[int], Any]
    work: Callable[[Any], Any]
    wanted: float
    in_memory: bool = False
    """Whether what is measured is the memory that stays afterwards, in MB, and not the time."""


@dataclass
class Figures:
    """What was measured of a row."""

    name: str
    seconds: dict[int, float]
    exponent: float | None
    wanted: float


# ---- networks ----------------------------------------------------------------------------------


def _residual(layers: int) -> Any:
    """‖h_L − y‖² with h = tanh(W h) + h, and its first weights."""
    import matgrad as mg

    h: Any = mg.vector("x", "n")
    for i in range(layers):
        h = mg.tanh(mg.matrix(f"W{i}", "n", "n") @ h) + h
    return mg.norm(h - mg.vector("y", "n")) ** 2, mg.matrix("W0", "n", "n")


def _plain(layers: int) -> Any:
    """The same without h."""
    import matgrad as mg

    h: Any = mg.vector("x", "n")
    for i in range(layers):
        h = mg.tanh(mg.matrix(f"W{i}", "n", "n") @ h)
    return mg.norm(h - mg.vector("y", "n")) ** 2, mg.matrix("W0", "n", "n")


def _text(layers: int) -> Any:
    """A residual network as definitions in a text, one a layer."""
    lines = [f"h{i + 1} = tanh(W{i} h{i}) + h{i}" for i in range(layers)]
    shapes = ", ".join(["h0: n", "y: n", *(f"W{i}: n×n" for i in range(layers))])
    return f"norm(h{layers} - y)^2 where " + ", ".join(lines), shapes


def _derive(problem: Any) -> Any:
    import matgrad as mg

    return mg.gradient(*problem, verify=False)


def _derive_verified(problem: Any) -> Any:
    import matgrad as mg

    return mg.gradient(*problem)


def _derived(make: Callable[[int], Any]) -> Callable[[int], Any]:
    return lambda size: _derive(make(size))


def _print(gradient: Any) -> Any:
    from matgrad import printing

    return printing.line(gradient, "unicode")


def _second(layers: int) -> Any:
    return _hessian(_residual(layers))


def _explain(problem: Any) -> Any:
    import matgrad as mg

    return mg.explain(*problem).text("unicode")


def _compile(gradient: Any) -> Any:
    import numpy as np

    import matgrad as mg
    from matgrad.core.expr import symbols_of

    fn = mg.compile(gradient)
    return fn(
        **{
            name: np.full((2, 2) if s.columns == s.rows else 2, 0.1)
            for name, s in symbols_of(gradient).items()
        }
    )


def _parse(texts: Any) -> Any:
    import matgrad as mg

    return mg.parse(*texts)


def _hessian(problem: Any) -> Any:
    import matgrad as mg

    return mg.hessian(*problem, verify=False)


# ---- other shapes ------------------------------------------------------------------------------


def _factors(count: int) -> Any:
    """aᵀ(tanh(B₁x) ⊙ … ⊙ tanh(B_k x)), and x."""
    import matgrad as mg

    x, whole = mg.vector("x", "n"), mg.vector("a", "n")
    for i in range(count):
        whole = whole * mg.tanh(mg.matrix(f"B{i}", "n", "n") @ x)
    return mg.sum(whole), x


def _blocks(count: int) -> Any:
    """‖[A_ij X …] y‖² with k×k blocks, and X."""
    import matgrad as mg

    x = mg.matrix("X", "n", "n")
    rows = [[mg.matrix(f"A{i}_{j}", "n", "n") @ x for j in range(count)] for i in range(count)]
    whole = mg.block(rows)
    return mg.norm(whole) ** 2, x


def _stacked(count: int) -> Any:
    """‖[x₁; …; x_k]‖² of k different dimensions, and x₁."""
    import matgrad as mg

    parts = [mg.vector(f"x{i}", f"n{i}") for i in range(count)]
    whole = mg.vstack(*parts)
    weights = mg.matrix("W", "m", whole.rows)
    return mg.norm(weights @ mg.tanh(whole)) ** 2, parts[0]


def _traces(count: int) -> Any:
    """tr(X A₁ X A₂ …), and X."""
    import matgrad as mg

    x = mg.matrix("X", "n", "n")
    whole: Any = x
    for i in range(count):
        whole = whole @ mg.matrix(f"A{i}", "n", "n") @ x
    return mg.trace(whole), x


def _several(count: int) -> Any:
    """‖tanh(W_k … tanh(W₁x)) − y‖², and all the W."""
    import matgrad as mg

    h: Any = mg.vector("x", "n")
    weights = []
    for i in range(count):
        weights.append(mg.matrix(f"W{i}", "n", "n"))
        h = mg.tanh(weights[-1] @ h)
    return mg.norm(h - mg.vector("y", "n")) ** 2, tuple(weights)


def _dropped(count: int) -> Any:
    """Problems derived, printed and dropped; what was found of the last 4096 names is kept."""
    import matgrad as mg

    for i in range(count):
        x = mg.vector(f"x{i}", "n")
        str(mg.gradient(mg.norm(mg.matrix(f"A{i}", "m", "n") @ x) ** 2, x, verify=False))
    return None


ROWS = (
    Row("residual network: build", (100, 200, 400, 800), lambda n: n, _residual, 1.0),
    Row("residual network: read", (50, 100, 200, 400), _text, _parse, 1.0),
    Row("residual network: derive", (100, 200, 400, 800), _residual, _derive, 1.0),
    Row("residual network: derive and verify", (50, 100, 200, 400), _residual, _derive_verified, 1.0),
    Row("residual network: compile", (50, 100, 200, 400), _derived(_residual), _compile, 1.0),
    Row("residual network: print", (10, 50, 100, 200), _derived(_residual), _print, 1.0),
    Row("residual network: explain", (25, 50, 100, 200), _residual, _explain, 1.2),
    Row("residual network: Hessian", (4, 8, 16, 32, 50), _residual, _hessian, 2.0),
    Row("residual network: print the Hessian", (8, 16, 32, 50), _second, _print, 1.2),
    Row("plain network: derive", (100, 200, 400, 800), _plain, _derive, 1.0),
    Row("plain network: print", (50, 100, 200, 400), _derived(_plain), _print, 1.0),
    Row("plain network: explain", (25, 50, 100, 200), _plain, _explain, 1.2),
    Row("product of tanh factors", (12, 25, 50, 100), _factors, _derive, 2.2),
    Row("blocks, k×k", (4, 8, 16, 32), _blocks, _derive, 2.2),
    Row("stacked dimensions", (10, 20, 40, 80), _stacked, _derive, 1.2),
    Row("tr(X A₁ X A₂ …)", (12, 25, 50, 100), _traces, _derive, 2.2),
    Row("gradients by k variables", (25, 50, 100, 200), _several, _derive, 1.2),
    Row("gradients by k variables: derive and verify", (25, 50, 100, 200), _several, _derive_verified, 1.2),
    Row("problems dropped", (100, 200, 400), lambda n: n, _dropped, 1.0),
    Row("problems dropped: MB that stay", (5000, 10000, 20000), lambda n: n, _dropped, 0.1, in_memory=True),
)


def measured(row: Row, size: int) -> float:
    """The seconds of processor time that a row takes at a size, best of what a short time allows."""
    import matgrad as mg

    mg.gradient("norm(A x - b)^2", "x")  # what is loaded once
    prepared = row.prepare(size)
    start = _resident() if row.in_memory else process_time()
    kept = row.work(prepared)
    taken = (_resident() if row.in_memory else process_time()) - start
    del kept
    return taken


def _resident() -> float:
    """The memory of this process in MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() / 1e6


def exponent(seconds: dict[int, float]) -> float | None:
    """The slope of the last sizes in logarithms, by least squares; ``None`` for fewer than two."""
    points = [(log(size), log(max(s, 1e-6))) for size, s in sorted(seconds.items())][-FITTED:]
    if len(points) < 2:
        return None
    x0, y0 = (sum(p[i] for p in points) / len(points) for i in range(2))
    return sum((x - x0) * (y - y0) for x, y in points) / sum((x - x0) ** 2 for x, _ in points)


def in_a_process(row: Row, size: int, limit: float) -> float | str:
    """The seconds that a row takes at a size in a new process, or why it has no figure."""
    command = [sys.executable, __file__, "--one", row.name, str(size)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=4 * limit, check=False)
    except subprocess.TimeoutExpired:
        return f"> {limit:.0f} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["failed"])[-1][:60]
    return float(done.stdout)


def report(row: Row, limit: float) -> Figures:
    """Measure a row and print its line."""
    seconds: dict[int, float] = {}
    shown = []
    for size in row.sizes:
        taken = in_a_process(row, size, limit)
        shown.append(f"{size}: {taken:.3g}" if isinstance(taken, float) else f"{size}: {taken}")
        if isinstance(taken, str) or taken > limit:
            break
        seconds[size] = taken
    found = exponent(seconds)
    slope = "–" if found is None else f"{found:.2f}"
    print(f"{row.name:46}{slope:>6}{row.wanted:>7.1f}   {'   '.join(shown)}", flush=True)
    return Figures(row.name, seconds, found, row.wanted)


def main() -> None:
    """Print a line for each row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*", help="rows that have one of these words in their names")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for one size")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--one", nargs=2, metavar=("ROW", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        name, size = options.one
        print(measured(next(row for row in ROWS if row.name == name), int(size)))
        return
    rows = [row for row in ROWS if not options.words or any(word in row.name for word in options.words)]
    print(f"{'':46}{'exp.':>6}{'wanted':>7}   seconds at each size")
    figures = [report(row, options.limit) for row in rows]
    if options.json:
        options.json.write_text(json.dumps([asdict(f) for f in figures], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
