"""What holds for the derivation of every golden case, whatever the method."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import matgrad as mg
from matgrad.core.errors import VerificationError
from matgrad.core.expr import Expr
from matgrad.explanation import Derivation, explain
from matgrad.explanation.entries import Indexed
from matgrad.explanation.families import ForEach
from matgrad.explanation.lines import LET, Formula, Line
from matgrad.explanation.sides import Sized
from tests.golden.loader import Case


def options_of(case: Case) -> dict[str, Any]:
    """What is asked for."""
    return {
        "form": case.form,
        "order": case.order,
        "layout": case.layout,
        "convention": case.convention,
    }


def derive(case: Case, method: str) -> tuple[Derivation, mg.Result]:
    """The derivation of a golden case by a method, and the engine's answer."""
    read = mg.interpret(case.expression, case.given or None)
    variable, options = read.symbols[case.wrt], options_of(case)
    return (
        explain(read.expr, variable, method=method, **options),
        mg.derive(read.expr, variable, verify=False, **options),
    )


def check(case: Case, method: str) -> None:
    """Every line is verified and has its reasons; the last one is the engine's answer."""
    derivation, answer = derive(case, method)
    verification = derivation.verify(points=1)
    assert verification.verified, verification.reason
    assert derivation.result is answer.expr or not isinstance(answer.expr, Expr)
    for line in derivation.lines[1:]:
        assert line.reasons or line.relation != "="
        assert line.claims or line.relation == LET
        for reason in line.reasons:
            assert reason.text()
            said = reason.text("zh")
            assert any("\u4e00" <= sign <= "\u9fff" for sign in said) or is_formula(said)
    last = derivation.lines[-1].right
    if isinstance(answer.expr, Expr):
        shown = Formula(last.expr) if isinstance(last, Sized) else last
        assert shown.write("unicode") == Formula(answer.expr).write("unicode")
    else:
        assert last.write("unicode") == answer.right_side("unicode")
    named = [line.left for line in derivation.lines if line.left is not None]
    assert named[-1].write("unicode") == answer.left_side("unicode")


def is_formula(text: str) -> bool:
    """Whether a reason is a formula alone, the same in every language."""
    return "=" in text and not set(re.findall(r"[a-z]{3,}", text)) - {"vec", "diag", "det", "adj", "sum"}


def transcripts(name: str) -> list[dict[str, Any]]:
    """The derivations that are kept as printed."""
    text = Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["case"])


def printed(case: dict[str, Any], method: str) -> str:
    """A derivation as it is printed."""
    read = mg.interpret(case["expression"], case["given"])
    options = {key: case[key] for key in ("form", "order", "layout", "convention", "language") if key in case}
    derivation = explain(read.expr, read.symbols[case["wrt"]], method=method, **options)
    return (
        derivation.latex()
        if case.get("medium") == "latex"
        else derivation.text(case.get("medium", "unicode"))
    )


def doubled(line: Line) -> Line | None:
    """The line with twice what it claims; ``None`` where it claims nothing that can be doubled."""
    if not line.claims:
        return None
    left, right = line.claims[0]
    if isinstance(right, Formula):
        return replace(line, claims=((left, Formula(right.expr + right.expr)),))
    if isinstance(right, ForEach) and isinstance(right.side, Formula):
        twice = Formula(right.side.expr + right.side.expr)
        return replace(line, claims=((left, replace(right, side=twice)),))
    if isinstance(right, Indexed) and right.terms:
        terms = tuple(replace(term, coefficient=2 * term.coefficient) for term in right.terms)
        return replace(line, claims=((left, replace(right, terms=terms)),))
    return None


def check_that_wrong_lines_are_found(derivation: Derivation) -> int:
    """Double what the lines claim, one after the other; each is refused by its number."""
    found = 0
    for number, line in enumerate(derivation.lines):
        wrong = doubled(line)
        if wrong is None:
            continue
        lines = (*derivation.lines[:number], wrong, *derivation.lines[number + 1 :])
        with pytest.raises(VerificationError, match=f"line {number + 1} "):
            replace(derivation, lines=lines).verify(points=1)
        found += 1
    return found
