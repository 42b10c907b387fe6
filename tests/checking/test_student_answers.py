"""Answers as students write them: no right one is rejected, no wrong one accepted, and the reason is told."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from typing import Any

import pytest

import matgrad as mg
from matgrad.checking import Verdict
from tests.checking.test_wrong_answers import FOLDER, REASONS

RIGHT = (
    "student_right_answers",
    "unseen_right_answers",
    "third_right_answers",
    "fourth_right_answers",
    "fifth_right_answers",
    "sixth_right_answers",
)
WRONG = {
    "student_wrong_answers": 0.95,
    "student_fresh_answers": 0.9,
    "unseen_wrong_answers": 0.95,
    "third_wrong_answers": 0.95,
    "fourth_wrong_answers": 0.95,
    "fifth_wrong_answers": 0.95,
    "sixth_wrong_answers": 0.95,
}
"""Each table of wrong answers, and the least part of it of which the right reason is told."""


def entries(name: str) -> list[tuple[str, dict[str, Any]]]:
    """The answers of a table, each with the section that it stands in."""
    table = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return [(section, entry) for section, content in table.items() for entry in content["case"]]


@cache
def _verdict(items: tuple[tuple[str, Any], ...]) -> Verdict:
    options = dict(items)
    f, wrt, answer = (options.pop(key) for key in ("f", "wrt", "answer"))
    options.pop("reason", None)
    return mg.check(f, wrt, answer, **options)


def verdict(entry: dict[str, Any]) -> Verdict:
    """What is said of an answer."""
    return _verdict(tuple(sorted(entry.items())))


def is_explained(entry: dict[str, Any]) -> bool:
    """Whether the right reason is told, and both of two mistakes."""
    found = verdict(entry).mistakes
    for reason in entry["reason"].split("|"):
        if reason == "any":
            return True
        kinds = [REASONS[kind] for kind in reason.split("+")]
        orders = [found] if len(kinds) == 1 else [found, found[::-1]]
        if any(
            len(order) == len(kinds) and all(m in kind for m, kind in zip(order, kinds, strict=True))
            for order in orders
        ):
            return True
        if reason == "sign+factor" and found == ("sign_and_factor",):
            return True
    return False


def _id(entry: dict[str, Any]) -> str:
    return f"{entry['f']} by {entry['wrt']}: {entry['answer']}"


@pytest.mark.parametrize("entry", [e for name in RIGHT for _, e in entries(name)], ids=_id)
def test_a_right_answer_is_right(entry: dict[str, Any]) -> None:
    found = verdict(entry)
    assert found.correct, str(found)


@pytest.mark.parametrize("entry", [e for name in WRONG for _, e in entries(name)], ids=_id)
def test_a_wrong_answer_is_wrong(entry: dict[str, Any]) -> None:
    assert not verdict(entry).correct


@pytest.mark.parametrize(("name", "least"), WRONG.items())
def test_the_right_reason_is_told_first(name: str, least: float, capsys: pytest.CaptureFixture[str]) -> None:
    table = entries(name)
    missed = [(section, entry) for section, entry in table if not is_explained(entry)]
    with capsys.disabled():
        print(f"\n{name}: the right reason first in {len(table) - len(missed)} of {len(table)}")
        for section, entry in missed if os.environ.get("SHOW_MISSED") else ():
            found = verdict(entry)
            print(
                f"  {section}: {_id(entry)}\n    due {entry['reason']}, said {found.mistakes}: {found.reason}"
            )
    assert len(missed) <= (1 - least) * len(table)
