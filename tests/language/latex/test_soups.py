"""No text whatever gives a traceback."""

from __future__ import annotations

import contextlib
import random

import pytest
from hypothesis import given, settings, strategies as st

import matgrad as mg
from matgrad.language.latex import commands as c
from tests.language.latex.reading import formulas

GIVEN = "A: n×n, X: m×n, x: n, y: n, t: scalar, x_i: scalar, i = 1..n, f: function"
PIECES = [
    "x", "A", "X", "y", "t", "f", "i", "1", "2", "{", "}", "(", ")", "[", "]", "^", "_", "'", "&", "\\\\",
    "+", "-", "=", ",", ".", "|", "\\|", "\\left", "\\right", "\\frac", "\\sqrt", "\\sum", "\\prod",
    "\\begin{pmatrix}", "\\end{pmatrix}", "\\begin{aligned}", "\\end{aligned}", "\\text{where}",
    "\\newcommand", "\\def", "#1", "$", "%", "\n", " ", "*", "/", ":", ";", "!", "<", "\\mid", "\\over",
    "ᵀ", "²", "½", "‖", "（", "\\,", "\\quad", "\\top", "!",
]  # fmt: skip
COMMANDS = sorted(
    {
        *c.LETTERS, *c.VARIANTS, *c.ACCENTS, *c.SILENT_ACCENTS, *c.LOOKS, *c.WORDS, *c.COMMAND_FUNCTIONS,
        *c.OPERATORS, *c.RELATIONS, *c.BARS, *c.OPENING, *c.CLOSING, *c.SPACES, *c.NO_FUNCTIONS, *c.KEPT_LAST,
        *c.DROPPED_ARGUMENT, *c.OTHERS,
    }
)  # fmt: skip


def read(text: str) -> None:
    """Read a text; only errors of ours may come out."""
    with contextlib.suppress(mg.MatgradError):
        mg.parse(text, GIVEN, syntax="latex")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(COMMANDS).map("\\{}".format)), max_size=14)
)
def test_soups_of_tokens(pieces: list[str]) -> None:
    read(" ".join(pieces))
    read("".join(pieces))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_any_text(text: str) -> None:
    read(text)
    with contextlib.suppress(mg.MatgradError):
        mg.parse(text, GIVEN)


@pytest.mark.parametrize("seed", range(8))
def test_formulas_with_something_wrong(seed: int) -> None:
    """Pieces taken out, doubled and exchanged."""
    draw = random.Random(seed)
    for formula in draw.sample(formulas("formulas.txt"), 40):
        text = formula.latex
        at, other = sorted((draw.randrange(len(text)), draw.randrange(len(text))))
        for changed in (text[:at] + text[other:], text[:other] + text[at:], text[at:] + text[:at]):
            with contextlib.suppress(mg.MatgradError):
                mg.parse(changed, formula.given, syntax="latex")


@pytest.mark.parametrize(
    "text", ["{" * 5000 + "x" + "}" * 5000, "(" * 3000 + "x", r"\sqrt{" * 2000 + "x" + "}" * 2000]
)
def test_depth_is_no_limit(text: str) -> None:
    read(text)


def test_length_is_one() -> None:
    with pytest.raises(mg.ParseError, match="at most"):
        mg.parse(r"\alpha + " * 100_000, syntax="latex")
