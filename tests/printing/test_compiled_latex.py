"""The LaTeX of every golden case: by TeX's rules always; by KaTeX and pdflatex where these are installed.

``NODE_PATH`` says where node finds KaTeX. All steps of all cases are compiled where MATGRAD_LATEX=all.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress

import pytest

import matgrad as mg
from tests.golden.loader import Case, cases
from tests.printing.compile_latex import has_katex, katex_failures, pdflatex_failures
from tests.printing.latex_pieces import pieces
from tests.printing.latex_syntax import check_latex
from tests.properties.rooms.latex_output import problem

EVERY = 1 if os.environ.get("MATGRAD_LATEX") == "all" else 12
"""Of so many cases one shows its steps."""


def golden_pieces(case: Case, steps: bool) -> list[str]:
    """What a golden case prints in LaTeX."""
    options = {"order": case.order, "layout": case.layout, "convention": case.convention}
    form = "auto" if case.form == "hessian" else case.form
    return list(pieces(case.expression, case.given, case.wrt, steps=steps, form=form, **options))


@pytest.fixture(scope="module")
def golden() -> list[str]:
    found = [golden_pieces(case, place % EVERY == 0) for place, case in enumerate(cases())]
    return list(dict.fromkeys(piece for listed in found for piece in listed))


@pytest.fixture(scope="module")
def drawn() -> list[str]:
    """Pieces of random expressions in names with subscripts, Greek letters and words."""
    found: list[str] = []
    for seed in range(3000 if EVERY == 1 else 300):
        text, given, wrt = problem(seed)
        with suppress(mg.MatgradError):
            found += pieces(text, given, wrt, steps=seed % EVERY == 0)
    return list(dict.fromkeys(found))


def test_golden_cases_by_the_rules_of_tex(golden: list[str]) -> None:
    assert len(golden) > 1000
    for piece in golden:
        check_latex(piece)


@pytest.mark.skipif(not has_katex(), reason="node and KaTeX are not here: npm install katex, NODE_PATH")
def test_katex_compiles_everything(golden: list[str], drawn: list[str]) -> None:
    every = [*golden, *drawn]
    assert [(every[place], message) for place, message in katex_failures(every)] == []


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not here: texlive-latex-base")
def test_pdflatex_compiles_everything(golden: list[str], drawn: list[str]) -> None:
    every = [*golden, *drawn]
    assert [(every[place], message) for place, message in pdflatex_failures(every)] == []
