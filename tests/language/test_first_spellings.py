"""What people type first, often without declarations: read as meant, or asked about with an answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from tests.language.latex.test_cases import arrays

CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("first_spellings.jsonl").read_text(encoding="utf-8").splitlines()
]


def name(case: dict[str, Any]) -> str:
    """A case by its text and what is declared."""
    return f"{case['text']} :: {case['given']}"


@pytest.mark.parametrize("case", [c for c in CASES if not c["refuse"]], ids=name)
def test_what_is_read_has_the_value_meant(case: dict[str, Any]) -> None:
    expr = mg.parse(case["text"], case["given"])
    point = arrays(case, np.random.default_rng(1))
    names = {"lambda_" if name == "lambda" else name: value for name, value in point.items()}
    wanted = eval(case["np"], {"np": np, **names, **case["dims"]})
    sizes = {d: n for d, n in case["dims"].items() if d not in point}
    try:
        found = mg.evaluate(expr, point)
    except mg.MatgradError:
        found = mg.evaluate(expr, {**sizes, **point})
    assert np.allclose(np.ravel(found), np.ravel(wanted), rtol=1e-9)


@pytest.mark.parametrize("case", [c for c in CASES if c["refuse"]], ids=name)
def test_what_is_asked_about_says_where(case: dict[str, Any]) -> None:
    with pytest.raises(mg.MatgradError) as caught:
        mg.parse(case["text"], case["given"])
    assert caught.value.span is not None
