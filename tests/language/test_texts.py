"""Every text of the golden cases and of the registry is read, and what is printed is read back."""

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from matgrad.language import interpret, parse
from matgrad.ops.registry import FUNCTIONS, Function

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.toml"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
def test_golden_texts(path: Path) -> None:
    for case in tomllib.loads(path.read_text("utf-8"))["case"]:
        found = interpret(case["expression"], case.get("given"))
        assert parse(str(found.expr), found.declarations()) is found.expr, case["name"]
        if "answer" in case:
            declared: Any = case.get("given") or found.symbols.values()
            answer = interpret(case["answer"], declared)
            assert parse(str(answer.expr), answer.declarations()) is answer.expr, case["name"]


@pytest.mark.parametrize("function", dict.fromkeys(FUNCTIONS.values()), ids=lambda f: f.name)
def test_examples_of_functions(function: Function) -> None:
    found = interpret(function.example, function.given)
    assert parse(str(found.expr), found.declarations()) is found.expr
    for alias in function.aliases:
        renamed = function.example.replace(f"{function.name}(", f"{alias}(")
        assert parse(renamed, function.given) is found.expr


def test_reading_takes_milliseconds() -> None:
    text, given = "sum(softplus(X w)) - y' X w + (lambda/2) norm(w)^2", "X: n×d, w: d, y: n, lambda: scalar"
    parse(text, given)
    durations = []
    for _ in range(20):
        start = time.process_time()
        parse(text, given)
        durations.append(time.process_time() - start)
    assert sorted(durations)[10] < 0.02
