"""Every differential that a derivation prints is one, with its signs: read again as an answer."""

from __future__ import annotations

import re

import pytest

import matgrad as mg

LINE = re.compile(r"\s*\d+\s+(?:df\s*)?=\s+(.*?)(?:\s{3,}.*)?$")

DIFFERENCES = [
    ("norm(W a - W q)^2", "W"),
    ("norm(W a - W q)", "W"),
    ("(a-q)' W' W (a-q)", "W"),
    ("norm(L' a - L' q)^2", "L"),
    ("exp(-norm(W x - W y)^2/2)", "W"),
    ("log(1 + norm(X a - X q)^2)", "X"),
    ("norm(X N - Y N)^2", "N"),
    ("norm(W L a - W L q)^2", "W"),
    ("norm(W L a - W L q)^2", "L"),
    ("tr((A-B)' X (A-B))", "X"),
    ("(a-q)' S (q-a)", "S"),
    ("(a-q)' inv(X) (q-a)", "X"),
]


@pytest.mark.parametrize(("function", "variable"), DIFFERENCES)
def test_a_pair_of_differences_turns_together(function: str, variable: str) -> None:
    derivation = str(mg.explain(function, variable, method="differential"))
    found = [match[1] for match in map(LINE.match, derivation.splitlines()) if match]
    changes = [right for right in found if f"d{variable}" in right and "d(" not in right]
    assert changes
    for right in changes:
        assert mg.check(function, variable, f"df = {right}").correct, right
