"""Input that cannot be understood: a clear message, exit status 2, never a traceback."""

from __future__ import annotations

import json
import pkgutil
from importlib import import_module

import pytest

import matgrad
from matgrad.core.errors import MatgradError
from tests.cli.conftest import Run

# Expression, declarations, and what the message has to name.
BAD_INPUT = (
    ("frobnicate(X)", "X: n×n", ("frobnicate",)),
    ("A X", "A: m×n, X: p×q", ("A", "X", "m×n", "p×q")),
    ("A + X", "A: m×n, X: n×m", ("m×n", "n×m")),
    ("inv(X)", "X: m×n", ("X", "m×n")),
    ("det(X)", "X: 2×3", ("X", "2×3")),
    ("log(det(X))", "X: m×n", ("X", "m×n")),
    ("tr(X", "X: n×n", ()),
    ("tr(X))", "X: n×n", ()),
    ("(X", "X: n×n", ()),
    ("X +", "X: n×n", ()),
    ("", "", ()),
    ("   ", "", ()),
    ("$#!", "", ()),
    ("__import__('os').system('true')", "", ()),
    ("tr(X)\u0000", "X: n×n", ()),
    ("X.__class__", "X: n×n", ()),
    ("lambda: X", "X: n×n", ()),
    ("tr(X)", "X: n×", ()),
    ("tr(X)", "X: n×n frobbed", ("frobbed",)),
    ("tr(X)", "X: n×n, X: m×m", ("X",)),
    ("tr(X)", "X: m×n", ("m×n",)),
    ("trace(X, X)", "X: n×n", ("trace",)),
    ("9" * 100_000, "", ()),
    ("(" * 20_000 + "x" + ")" * 20_000, "", None),
    ("tr(" * 5_000 + "X" + ")" * 4_999, "X: n×n", ()),
    (" + ".join(["x"] * 25_000) + " +", "", ()),
    ("\u202e\ufffd", "", ()),
)


@pytest.fixture(scope="module")
def answers(matgrad: Run) -> list[dict[str, object]]:
    """All of the table in one process."""
    lines = [json.dumps({"expression": e, "given": g, "verify": False}) for e, g, _ in BAD_INPUT]
    done = matgrad("diff", "--format", "json", "-", stdin="\n".join(lines))
    assert done.returncode == 2
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_bad_input_gets_its_answer(answers: list[dict[str, object]]) -> None:
    assert [answer["input_line"] for answer in answers] == list(range(1, len(BAD_INPUT) + 1))


@pytest.mark.parametrize("index", range(len(BAD_INPUT)))
def test_bad_input(answers: list[dict[str, object]], index: int) -> None:
    expression, _, words = BAD_INPUT[index]
    if words is None:  # deep but well formed: answered or refused, as long as it is clear
        return
    error = answers[index].get("error")
    assert isinstance(error, dict), f"{expression[:60]} was answered"
    assert error["exit_status"] == 2
    assert error["kind"] != "internal"
    assert 0 < len(error["message"]) < 1000
    for word in words:
        assert word in error["message"]
    if error["span"] is not None:
        start, end = error["span"]
        assert 0 <= start <= end <= len(error["text"])


def test_an_error_shows_the_place_and_a_fix(matgrad: Run) -> None:
    done = matgrad("diff", "tr(A X)", "--given", "A: m×n, X: p×q")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert "  tr(A X)\n" in done.stderr
    assert "^" in done.stderr
    assert "Try: " in done.stderr


def test_the_carets_stay_readable_in_long_text(matgrad: Run) -> None:
    done = matgrad("diff", "-", stdin="x + " * 25_000 + "@@")
    assert done.returncode == 2
    assert len(done.stderr) < 2000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing command"),
        (("frobnicate",), "frobnicate"),
        (("diff", "x", "--wrr", "x"), "there is no option --wrr"),
        (("diff", "x", "y"), "in quotes"),
        (("diff", "x", "--form", "beautiful"), "beautiful"),
        (("diff", "x", "--order", "0"), "order"),
        (("diff", "x", "--order", "two"), "order"),
        (("diff", "x", "--format", "yaml"), "yaml"),
    ],
)
def test_usage_errors(matgrad: Run, arguments: tuple[str, ...], message: str) -> None:
    done = matgrad(*arguments)
    assert done.returncode == 2
    if arguments:
        assert done.stdout == ""
        assert message in done.stderr


def test_error_kinds_are_documented() -> None:
    from pathlib import Path

    from matgrad.cli.record import error_kind

    for module in pkgutil.walk_packages(matgrad.__path__, "matgrad."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    page = Path(__file__).parents[2].joinpath("docs", "json.md").read_text(encoding="utf-8")
    kinds = {error_kind(kind("")) for kind in _subclasses(MatgradError)}
    assert all(f"`{kind}`" in page for kind in kinds), kinds


def _subclasses(kind: type[MatgradError]) -> set[type[MatgradError]]:
    children = set(kind.__subclasses__())
    return children.union(*map(_subclasses, children))
