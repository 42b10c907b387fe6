"""Derivations and results of golden cases compile as they are, and no line is wider than its column."""

from __future__ import annotations

import random
from functools import cache

import pytest

import matgrad as mg
from matgrad.explanation import Derivation
from matgrad.typesetting.atoms import width
from tests.explanation.every_case import derive
from tests.golden.loader import cases
from tests.typesetting import tex

pytestmark = pytest.mark.skipif(not tex.HAS_TEX, reason=tex.WHY_NOT)

METHODS = ("differential", "chain", "definition")


@cache
def drawn() -> tuple[tuple[Derivation, mg.Result], ...]:
    """A hundred golden cases with their derivations, each by one of the methods that it has."""
    chosen = random.Random(20261127).sample(list(cases()), 100)
    out = []
    for place, case in enumerate(chosen):
        try:
            out.append(derive(case, METHODS[place % 3]))
        except mg.MatgradError:
            out.append(derive(case, "differential"))
    return tuple(out)


@pytest.mark.parametrize("size", [345, 240])
def test_a_hundred_derivations_fit_both_columns(size: float) -> None:
    style = mg.LatexStyle(width=size)
    pieces = [derivation.latex(citations=True, style=style) for derivation, _ in drawn()]
    pieces += [result.latex(style) for _, result in drawn()]
    assert len(pieces) == 200
    assert [(pieces[place], said) for place, said in tex.complaints(pieces, size)] == []


@pytest.mark.parametrize(
    "words",
    [
        "two columns, bold, transpose T, numbered",
        "aligned, italic d, transpose '",
        "aligned, numbered, width 300",
        r"transpose mathsf{T}, bold, italic d",
    ],
)
def test_every_style_compiles_and_fits(words: str) -> None:
    style = mg.LatexStyle.of(words)
    pieces = [derivation.latex(citations=True, style=style) for derivation, _ in drawn()[:40]]
    pieces += [result.latex(style) for _, result in drawn()[:40]]
    assert [(pieces[place], said) for place, said in tex.complaints(pieces, style.width + 0.1)] == []


def test_slides_show_a_line_at_a_time() -> None:
    style = mg.LatexStyle.of("beamer")
    short = [derivation for derivation, _ in drawn() if len(derivation.lines) <= 6][:12]
    pieces = [derivation.latex(style=style) for derivation in short]
    assert all(piece.count(r"\onslide") == len(d.lines) for piece, d in zip(pieces, short, strict=True))
    found = tex.complaints(pieces, style.width, "beamer")
    if any("not found" in said for _, said in found):
        pytest.skip("the beamer class or a file of it is not here: latex-beamer, texlive-pictures")
    assert [(pieces[place], said) for place, said in found] == []


def test_widths_are_those_of_tex() -> None:
    formulas = sorted({line.right.write("latex") for derivation, _ in drawn() for line in derivation.lines})
    measured = tex.widths(formulas)
    assert len(measured) == len(formulas) > 300
    off = {
        formula: (measured[place], width(formula))
        for place, formula in enumerate(formulas)
        if not 0.9 * measured[place] - 3 <= width(formula) <= 1.12 * measured[place] + 6
    }
    low = [1 for place, formula in enumerate(formulas) if width(formula) < 0.95 * measured[place] - 1]
    assert off == {}
    assert len(low) <= 0.02 * len(formulas)
