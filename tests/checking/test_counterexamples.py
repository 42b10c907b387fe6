"""The numbers of a counterexample never look like another mistake than the one that is made."""

from __future__ import annotations

from typing import Any

import pytest

import matgrad as mg
from matgrad.checking.counterexample import MULTIPLES, TURNED
from tests.checking.test_student_answers import _id, entries, verdict

Rows = list[list[float]]


def read(text: str) -> Rows:
    """The numbers of a value as it is written: 3, (1, 2), [1 2; 3 4]."""
    text = text.replace("−", "-")
    if text.startswith("["):
        return [[float(x) for x in row.split()] for row in text[1:-1].split(";")]
    return [[float(x)] for x in text.strip("()").split(",")]


def turned(rows: Rows) -> Rows:
    """The transpose."""
    return [list(row) for row in zip(*rows, strict=True)]


@pytest.mark.parametrize("entry", [e for _, e in entries("unseen_wrong_answers")][::3], ids=_id)
def test_an_example_suggests_no_other_mistake(entry: dict[str, Any]) -> None:
    found = verdict(entry)
    example = found.counterexample
    if example is None:
        return
    given, due, made = read(example.given), read(example.due), set(found.mistakes)
    assert given != due
    pairs = [(x, y) for a, b in zip(given, due, strict=True) for x, y in zip(a, b, strict=True)]
    if len(pairs) > 1 and not made & MULTIPLES:
        ratios = {round(4 * x / y, 2) if y else None for x, y in pairs}
        assert len(ratios) > 1 or not ratios <= {-8, -4, -2, 1, 2, 4, 8, 12, 16}, str(example)
    if len(given) == len(given[0]) > 1 and not made & TURNED:
        assert turned(given) != due, str(example)
    if any(word in entry.get("given", "") for word in ("sym", "spd", "diagonal")):
        return
    for value in example.values.values():
        rows = read(value)
        assert len(rows) != len(rows[0]) or len(rows) == 1 or rows != turned(rows), str(example)


@pytest.mark.parametrize(
    ("f", "x", "answer", "given"),
    [
        ("tr(A X^3)", "X", "3 A X^2", "A, X: n×n"),
        ("x' A x", "x", "2 A x", "A: n×n"),
        ("det(X)", "X", "X", "X: n×n"),
        ("a' inv(X) b", "X", "a b'", "X: n×n"),
    ],
)
def test_numbers_without_structure_have_none_by_chance(f: str, x: str, answer: str, given: str) -> None:
    example = mg.check(f, x, answer, given=given).counterexample
    assert example is not None
    for value in example.values.values():
        flat = [entry for row in read(value) for entry in row]
        assert len(set(flat)) == len(flat)
        assert not {0.0, 1.0, 2.0} & {abs(entry) for entry in flat}
