r"""``\min_w`` in front of a function: what is asked of which function, by which variables."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.language.points_asked import point_asked


@pytest.mark.parametrize(
    ("text", "function", "variables", "constraints"),
    [
        (r"\min_w \|y - Xw\|^2", r"\|y - Xw\|^2", ("w",), ()),
        (r"\min_{w \in \mathbb{R}^n} \|y - Xw\|^2", r"\|y - Xw\|^2", ("w",), ()),
        (r"\hat\beta = \arg\min_\beta \|y - X\beta\|^2", r"\|y - X\beta\|^2", (r"\beta",), ()),
        (r"\operatorname*{argmin}_{W, b} \|X W - b\|^2", r"\|X W - b\|^2", ("W", "b"), ()),
        (r"\underset{x}{\min}\; x^T P x \quad \text{s.t.}\quad A x = b", "x^T P x", ("x",), ("A x = b",)),
        (
            "min_w norm(y - X w)^2 subject to A w = b, C w = d",
            "norm(y - X w)^2",
            ("w",),
            ("A w = b", "C w = d"),
        ),
        ("norm(y - X w)^2", "norm(y - X w)^2", (), ()),
        ("max_i x_i", "max_i x_i", (), ()),
    ],
)
def test_taken_apart(
    text: str, function: str, variables: tuple[str, ...], constraints: tuple[str, ...]
) -> None:
    found = point_asked(text)
    assert (found.function.strip(), found.variables, found.constraints) == (function, variables, constraints)


def test_answered() -> None:
    assert str(mg.stationary(r"\min_w \|y - X w\|_2^2")) == "w = (XᵀX)⁻¹Xᵀy"
    found = mg.stationary(r"\min_x x^\top P x \quad\text{s.t.}\quad A x = b", given="P: n×n spd")
    assert str(found) == "x = P⁻¹Aᵀ(AP⁻¹Aᵀ)⁻¹b"
    assert str(mg.stationary(r"\hat\beta = \arg\min_\beta \|y - X\beta\|^2")) == "β = (XᵀX)⁻¹Xᵀy"
