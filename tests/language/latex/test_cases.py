"""Formulas as posts and papers have them, against NumPy; what is to be asked about is asked about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
from scipy import linalg, special

import matgrad as mg
from matgrad.language import interpret

CASES = [
    json.loads(line)
    for name in (
        "cases.jsonl",
        "papers.jsonl",
        "statistics.jsonl",
        "engineering.jsonl",
        "fields.jsonl",
        "habits.jsonl",
    )
    for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
]


def arrays(case: dict[str, Any], draw: np.random.Generator) -> dict[str, Any]:
    """A point at which a case is evaluated, with what is declared of its variables."""
    found = {}
    for name, shape in case["variables"].items():
        sizes = [int(eval(str(d), {}, dict(case["dims"]))) for d in shape]
        low, high = case.get("ranges", {}).get(name, (-1, 1))
        value = np.asarray(draw.uniform(low, high, sizes))
        match case["props"].get(name):
            case "positive":
                value = np.abs(value) + 0.3
            case "SPD":
                value = value @ value.swapaxes(-1, -2) + np.eye(sizes[-1])
            case "diagonal":
                value = np.diag(np.abs(np.diag(value)) + 0.3)
            case "symmetric":
                value = value + value.T
        found[name] = value
    return found


@pytest.mark.parametrize("case", [c for c in CASES if not c["refuse"]], ids=lambda case: case["latex"])
def test_values(case: dict[str, Any]) -> None:
    try:
        expr = interpret(case["latex"], case["given"], macros=case.get("macros")).expr
    except mg.MatgradError:
        assert case.get("may_ask")
        return
    for seed in range(2):
        point = arrays(case, np.random.default_rng(seed))
        names = {"lambda_" if name == "lambda" else normalize("NFKC", name): v for name, v in point.items()}
        wanted = eval(case["np"], {"np": np, "special": special, "linalg": linalg, **names, **case["dims"]})
        assert np.allclose(np.ravel(mg.evaluate(expr, point)), np.ravel(wanted), rtol=1e-9)


@pytest.mark.parametrize("case", [c for c in CASES if c["refuse"]], ids=lambda case: case["latex"])
def test_refusals(case: dict[str, Any]) -> None:
    with pytest.raises(mg.MatgradError) as caught:
        interpret(case["latex"], case["given"])
    assert caught.value.span is not None
    assert caught.value.fix or not case["readings"]


@pytest.mark.parametrize(
    "case", [c for c in CASES if not c["refuse"] and not c.get("may_ask")], ids=lambda case: case["latex"]
)
def test_derivatives_are_verified(case: dict[str, Any]) -> None:
    read = interpret(case["latex"], case["given"], macros=case.get("macros"))
    if read.expr.is_scalar and "family" not in case["tags"]:
        assert mg.gradient(read.expr, case["wrt"]) is not None
