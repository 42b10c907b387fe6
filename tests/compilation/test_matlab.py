"""MATLAB text, run by GNU Octave on every golden case."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends import compile_for
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, symbols_of
from tests.compilation.golden import TOPICS, Point, agrees, points

OCTAVE = shutil.which("octave-cli")
needs_octave = pytest.mark.skipif(
    OCTAVE is None, reason="GNU Octave is not installed: apt-get install octave"
)

SIZE_DEPENDENT = {
    "magnus_neudecker: M&N differential of the adjugate",
    "magnus_neudecker: M&N adjugate",
    "operations: operation: adjugate",
    "operations: operation: cofactor",
    "operations: operation: second derivative by a Toeplitz matrix",
    "operations: operation: matrix of the mean of each diagonal",
    "operations: operation: matrix of the mean of each cyclic diagonal",
}
"""Their code is made entry by entry or column by column: it has no text for every size."""


def literal(value: Any) -> str:
    """An array as MATLAB reads it."""
    array = np.asarray(value, dtype=float)
    axes = array.shape if array.ndim >= 2 else (array.size, 1)
    numbers = " ".join(repr(float(x)) for x in array.ravel(order="F"))
    return f"reshape([{numbers}], {', '.join(map(str, axes))})"


def octave(folder: Path, script: str) -> str:
    """Run a script in a folder of functions; what it prints."""
    (folder / "driver.m").write_text(script, encoding="utf-8")
    assert OCTAVE is not None
    done = subprocess.run(
        [OCTAVE, "--no-gui", "--no-init-file", "driver.m"], cwd=folder, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    return done.stdout


def calls(name: str, source: str, point: Point) -> list[str]:
    """A call of a function on the arrays of a point, with every result printed."""
    results = [f"r{k}" for k in range(len(point.exprs))]
    head = re.match(r"function [^\n]*\((.*)\)\n", source)
    assert head is not None
    sizes = head[1].split(", ")[len(symbols_of(point.exprs)) :] if head[1] else []
    arguments = [point.arrays[key] for key in [*symbols_of(point.exprs), *sizes]]
    lines = [f"[{', '.join(results)}] = {name}({', '.join(map(literal, arguments))});"]
    for result in results:
        lines.append(f"printf('{name} %d %d', size({result})); printf(' %.17g', {result}); printf('\\n');")
    return ["try", *lines, "catch problem", f"printf('{name} failed: %s\\n', problem.message);", "end"]


@needs_octave
@pytest.mark.parametrize("topic", TOPICS)
def test_golden_cases(topic: str, tmp_path: Path) -> None:
    script, waiting = ["warning('off', 'all');"], {}
    for number, point in enumerate(points(topic, "matlab")):
        if point.id in SIZE_DEPENDENT:
            continue
        name = f"case_{number}"
        results = [f"r{k}" for k in range(len(point.exprs))]
        source = compile_for(point.exprs, "matlab", name=name, results=results).source
        (tmp_path / f"{name}.m").write_text(source, encoding="utf-8")
        script += calls(name, source, point)
        waiting[name] = [(point, value) for value in point.values]
    wrong = []
    for line in octave(tmp_path, "\n".join(script) + "\n").splitlines():
        name, *rest = line.split(" ")
        point, expected = waiting[name].pop(0)
        if rest[0] == "failed:":
            wrong.append(f"{point.id}: {line}")
            waiting[name].clear()
            continue
        found = np.reshape([float(x) for x in rest[2:]], (int(rest[0]), int(rest[1])), order="F")
        if not agrees(found, np.reshape(expected, np.shape(expected) or (1, 1))):
            wrong.append(f"{point.id}: {found} is not {expected}")
    assert not wrong, "\n".join(wrong)
    assert not any(waiting.values())


@needs_octave
def test_one_text_for_every_size(tmp_path: Path) -> None:
    f = mg.parse("sum(softplus(-y .* (X w)))/m + norm(eye(n)*w)^2 + w[n]", "X: m×n, y: m, w: n")
    exprs = (f, mg.gradient(f, "w"), mg.hessian(f, "w"))
    source = compile_for(exprs, "matlab", name="loss", results=["r0", "r1", "r2"]).source
    (tmp_path / "loss.m").write_text(source, encoding="utf-8")
    rng = np.random.default_rng(2)
    for m, n in [(1, 1), (1, 4), (5, 1), (3, 3), (6, 2)]:
        arrays = {"X": rng.normal(size=(m, n)), "y": rng.normal(size=(m, 1)), "w": rng.normal(size=(n, 1))}
        values = tuple(mg.evaluate(expr, arrays) for expr in exprs)
        script = "\n".join(calls("loss", source, Point("sizes", exprs, arrays, values)))
        for line, value in zip(octave(tmp_path, script).splitlines(), values, strict=True):
            numbers = line.split()[1:]
            assert np.shape(np.atleast_2d(value)) == (int(numbers[0]), int(numbers[1]))
            found = np.array([float(x) for x in numbers[2:]])
            np.testing.assert_allclose(found, np.ravel(value, order="F"), rtol=1e-12)


@needs_octave
def test_a_negative_determinant_is_an_error(tmp_path: Path) -> None:
    expr: Expr = mg.parse("logdet(X)", "X: n×n")
    (tmp_path / "value.m").write_text(compile_for(expr, "matlab", name="value").source, encoding="utf-8")
    printed = octave(tmp_path, "try\nvalue([0 1; 1 0])\ncatch problem\ndisp(problem.message)\nend\n")
    assert printed == "the determinant is not positive and has no logarithm\n"


def test_names_are_ascii_and_free() -> None:
    expr = mg.parse("sum(exp(λ x)) + end1*sum(i)", "λ: scalar, x: n, end1: scalar, i: n")
    source = compile_for(expr, "matlab", results=["sum"]).source
    head = source.splitlines()[0]
    assert head.isascii()
    assert "lambda" in head
    assert head.startswith("function sum_ = compute(")
    assert "i_" in head


def test_what_depends_on_the_size_is_refused() -> None:
    with pytest.raises(ArgumentError, match="depends on the sizes") as caught:
        compile_for(mg.parse("frechet_matrix_expm(X)", "X: n×n"), "matlab")
    assert "3×3" in str(caught.value.fix)
    assert "det(" in compile_for(mg.parse("adjugate(X)", "X: 3×3"), "matlab").source
