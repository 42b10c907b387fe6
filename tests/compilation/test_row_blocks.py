"""Long data in blocks of rows: the same results as of all rows at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends.numpy import writer
from matgrad.compilation.plan import row_blocks

XYW = "X: n×p, y: n, w: p"
CASES = [
    ("sum(log(1 + exp(-y .* (X*w))))", XYW, "w", 1),
    ("sum(exp(X*w)) - y'*X*w", XYW, "w", 1),
    ("norm(X*w - y)^2", XYW, "w", 1),
    ("norm(X*w - y)^2", XYW, "X", 1),
    ("sum(log(1 + (X*w - y).^2/nu))", XYW + ", nu: scalar positive", "w", 1),
    ("-sum(Y .* row_log_softmax(X*W))", "X: n×p, W: p×k, Y: n×k", "W", 1),
    ("sum(row_logsumexp(X*M' + ones(n)*c'))", "X: n×p, M: k×p, c: k", "M", 1),
    ("tr((X - ones(n)*m')*P*(X - ones(n)*m')')", "X: n×p, m: p, P: p×p symmetric", "m", 1),
    ("sum(C .* (X ./ (sqrt(row_mean(X.^2) + e)*ones(p)')))", "X: n×p, C: n×p, e: scalar positive", "X", 1),
    (
        "sum(C .* ((X - row_mean(X)*ones(p)') ./ (sqrt(row_var(X) + e)*ones(p)')))",
        "X: n×p, C: n×p, e: scalar positive", "X", 1,
    ),
    (
        "sum(C .* ((X - ones(n)*column_mean(X)) ./ (ones(n)*sqrt(column_var(X) + e))))",
        "X: n×p, C: n×p, e: scalar positive", "X", 3,
    ),
    ("sum(W*H - Y .* log(W*H))", "Y: k×n, W: k×p positive, H: p×n positive", "H", 1),
    ("sum(relu(1 - y .* (X*w)))", XYW, "w", 1),
]  # fmt: skip


def arrays(function: Any, rng: np.random.Generator, dtype: Any = float) -> dict[str, Any]:
    sizes = {"n": 211, "p": 3, "k": 2}
    return {
        name: np.asarray(rng.uniform(0.5, 1.5, symbol_shape(symbol, sizes)), dtype)[()]
        if name != "P"
        else np.eye(3)
        for name, symbol in function.signature.symbols.items()
    }


def symbol_shape(symbol: Any, sizes: dict[str, int]) -> tuple[int, ...]:
    if symbol.is_scalar:
        return ()
    shape = tuple(dim.value(sizes) for dim in symbol.shape)
    return shape[:1] if symbol.is_vector else shape


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of the smallest size, from the smallest arrays on."""
    monkeypatch.setattr(row_blocks, "LARGE", 1)
    monkeypatch.setattr(row_blocks, "BLOCK", 1)
    monkeypatch.setattr(row_blocks, "AGAIN", 10)


def both(
    text: str, given: str, wrt: str, monkeypatch: pytest.MonkeyPatch, change: Any = None
) -> tuple[Any, Any]:
    """The results in blocks, and at once, with the source of the former."""
    read = mg.interpret(text, given)
    variable = read.symbols[wrt]
    exprs = [read.expr, mg.gradient(read.expr, variable, verify=False)]
    if variable.is_vector:
        exprs.append(mg.hessian(read.expr, variable, verify=False))
    blocked = mg.compile(exprs, more=list(read.symbols.values()))
    given_arrays = arrays(blocked, np.random.default_rng(0))
    if change is not None:
        given_arrays = {name: change(a) for name, a in given_arrays.items()}
    found = blocked(**given_arrays)
    with monkeypatch.context() as context:
        context.setattr(row_blocks, "LARGE", 1 << 60)
        plain = mg.compile(exprs, more=list(read.symbols.values()))
        wanted = plain(**given_arrays)
    assert "for start in range(" not in plain.source
    return (found, blocked.source), wanted


def same(found: Any, wanted: Any, tolerance: float = 1e-13) -> None:
    for mine, other in zip(found, wanted, strict=True):
        assert np.shape(mine) == np.shape(other)
        assert np.asarray(mine).dtype == np.asarray(other).dtype
        np.testing.assert_allclose(mine, other, rtol=tolerance, atol=tolerance * np.abs(other).max())


@pytest.mark.parametrize(("text", "given", "wrt", "passes"), CASES)
def test_as_at_once(
    text: str, given: str, wrt: str, passes: int, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found, source), wanted = both(text, given, wrt, monkeypatch)
    assert source.count("for start in range(") == passes
    same(found, wanted)


@pytest.mark.parametrize(
    "change",
    [
        np.asfortranarray,
        lambda a: a[:, None] if np.ndim(a) == 1 else a,
        lambda a: np.repeat(a, 2, axis=0)[::2] if np.ndim(a) else a,
        lambda a: np.asarray(a)[..., None][..., 0],
    ],
    ids=["by columns", "columns", "strided", "views"],
)
@pytest.mark.parametrize(("text", "given", "wrt", "passes"), CASES[:6] + CASES[8:12])
def test_whatever_lies_in_memory(
    text: str, given: str, wrt: str, passes: int, change: Any, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found, source), wanted = both(text, given, wrt, monkeypatch, change)
    assert source.count("for start in range(") == passes
    same(found, wanted)


@pytest.mark.parametrize(("text", "given", "wrt", "passes"), CASES)
def test_in_place(
    text: str, given: str, wrt: str, passes: int, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As large blocks are written: steps in the memory of others, results where they belong."""
    monkeypatch.setattr(writer, "REUSED", 1)
    (found, source), wanted = both(text, given, wrt, monkeypatch)
    assert source.count("for start in range(") == passes
    assert ("out=out1" in source) == (wrt == "X")
    same(found, wanted)


def test_single_precision(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for text, given, wrt, _ in CASES[:9]:
        (found, _), wanted = both(text, given, wrt, monkeypatch, lambda a: np.asarray(a, np.float32)[()])
        same(found, wanted, 2e-6)


def test_results_are_new_arrays(small: None) -> None:
    fn = mg.compile([mg.parse("exp(X)", "X: n×p"), mg.parse("2 X' X", "X: n×p")])
    X = np.random.default_rng(0).uniform(size=(300, 3))
    first = fn(X=X)
    kept = [a.copy() for a in first]
    second = fn(X=X)
    for a in (*first, *second):
        assert not np.shares_memory(a, X)
    for a, b, before in zip(first, second, kept, strict=True):
        assert not np.shares_memory(a, b)
        b += 1
        np.testing.assert_array_equal(a, before)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("row_softmax(X*X')", "X: n×p"),  # n×n is no block of rows
        ("inv(X'*X)*X'", "X: n×p"),
        ("norm(X)", "X: n×p"),
        ("max(X)", "X: n×p"),
        ("cumsum(x)", "x: n"),
    ],
)
def test_what_does_not_come_apart(text: str, given: str, small: None) -> None:
    read = mg.interpret(text, given)
    fn = mg.compile(read.expr)
    X = np.random.default_rng(0).uniform(size=(150, 3)) if "X" in text else np.arange(150.0)
    found = fn(**{next(iter(read.symbols)): X})
    np.testing.assert_allclose(found, mg.evaluate(read.expr, {next(iter(read.symbols)): X}), rtol=1e-11)


def test_names_of_the_user_are_kept(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "sum(log(1 + (part_1*start - stop).^2))"
    (found, source), wanted = both(text, "part_1: n×p, start: p, stop: n", "start", monkeypatch)
    assert "def compute(part_1, start, stop):" in source
    same(found, wanted)


def test_the_last_block_is_shorter(small: None) -> None:
    fn = mg.compile(mg.parse("sum(exp(x))", "x: n"))
    for n in (128, 129, 159, 160, 161, 192, 193):
        x = np.linspace(0, 1, n)
        assert float(fn(x=x)) == pytest.approx(float(np.exp(x).sum()), rel=1e-14)


def test_the_plan_says_so() -> None:
    read = mg.interpret("norm(X*w - y)^2", XYW)
    fn = mg.compile([read.expr, mg.gradient(read.expr, "w")])
    rng = np.random.default_rng(0)
    for n in (50, 200_001):
        fn(X=rng.normal(size=(n, 4)), w=rng.normal(size=4), y=rng.normal(size=n))
        said = [choice for choice in fn.plan.choices if "that stay in the cache, in one pass" in choice.rule]
        assert len(said) == (n > 50)
        # Of every block the sums are counted, so that they add up to at least those of the whole.
        assert all(fn.plan.flops == c.otherwise <= c.flops < 1.01 * c.otherwise for c in said)
