"""A derivation takes the verified answer: what was derived for it is not derived again."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import pytest

import matgrad as mg
from matgrad.explanation import derivation_of
from matgrad.explanation.derivation import METHODS
from matgrad.results import derive

PLAIN = ("x' A x", "log(det(X' A X))", "sum(log(1 + exp(X w)))", "norm(A x - b)^2", "tr(A X B X')")


class Calls:
    """What the functions of two modules were called with, wherever they were imported."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: Counter[tuple[Any, ...]] = Counter()
        for module, name in (
            ("matgrad.rewrite.simplify", "simplify"),
            ("matgrad.calculus.pullback", "pullback"),
        ):
            real = getattr(sys.modules[module], name)

            def counted(*args: Any, real: Any = real, name: str = name) -> Any:
                self.seen[name, *(arg for arg in args if not isinstance(arg, list))] += 1
                return real(*args)

            for other in list(sys.modules.values()):
                if (
                    getattr(other, "__name__", "").startswith("matgrad")
                    and getattr(other, name, None) is real
                ):
                    monkeypatch.setattr(other, name, counted)

    def of(self, name: str, *first: Any) -> int:
        """How often a function was called, with these first arguments."""
        return sum(n for key, n in self.seen.items() if key[: 1 + len(first)] == (name, *first))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", PLAIN)
def test_nothing_is_derived_twice(text: str, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = mg.interpret(text)
    variable = read.symbols.get("X", read.symbols.get("x")) if "w" not in read.symbols else read.symbols["w"]
    assert variable is not None
    derivation_of(derive(read.expr, variable, verify=False), method=method)  # everything is imported
    calls = Calls(monkeypatch)
    result = derive(read.expr, variable)
    derivation_of(result, method=method)
    assert max(calls.seen.values()) == 1
    assert calls.of("pullback", result.derivatives.plain, variable) == 1
    if method == "differential":
        assert calls.of("simplify") == 2


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_derived_twice_in_a_hessian(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = mg.interpret("log(det(X' X))")
    calls = Calls(monkeypatch)
    derivation_of(derive(read.expr, read.symbols["X"], order=2, verify=False), method=method)
    assert max(calls.seen.values()) == 1
