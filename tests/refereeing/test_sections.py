"""Sections as papers, lecture notes and notebooks have them, some with a planted mistake."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import matgrad as mg
from matgrad.refereeing import Claim

HERE = Path(__file__).parent
CASES: dict[str, dict[str, Any]] = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))


def where(claim: Claim) -> str:
    place = claim.place
    return str(place.line) if place.cell is None else f"{place.cell}:{place.line}"


@pytest.mark.parametrize("name", CASES)
def test_a_section_is_judged_as_expected(name: str) -> None:
    case = CASES[name]
    report = mg.audit(HERE / "sections" / case["file"])
    found = {
        status: {where(c): c.mistake for c in report.claims if c.status == status}
        for status in ("wrong", "ambiguous")
    }
    assert found["wrong"] == case.get("wrong", {}), report
    assert found["ambiguous"] == case.get("ambiguous", {}), report
    not_understood = [where(c) for c in report.claims if c.status == "not understood"]
    assert not_understood == case.get("not_understood", []), report
    assert report.counts["verified"] == case["verified"], report


def test_every_section_has_its_expectation() -> None:
    files = {path.name for path in (HERE / "sections").iterdir()}
    assert files == {case["file"] for case in CASES.values()}


@pytest.mark.parametrize(
    "name", [n for n, case in CASES.items() if case.get("wrong") and "ipynb" not in case["file"]]
)
def test_what_is_corrected_is_right(name: str) -> None:
    path = HERE / "sections" / CASES[name]["file"]
    text = path.read_text(encoding="utf-8").replace(r"\end{document}", "")
    wrong = mg.audit(path).wrong
    wrong = tuple(claim for claim in wrong if claim.corrected)
    if not wrong:
        pytest.skip("the right line is not told")
    added = "".join(f"\n\nThe right one is\n$$\n{claim.corrected}\n$$\n" for claim in wrong)
    again = mg.audit(text + added, kind=path.suffix[1:])
    assert all(claim.status == "verified" for claim in again.claims[-len(wrong) :]), again
