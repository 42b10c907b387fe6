"""Documents set by pdflatex under amsmath alone, and what it complains of."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

HAS_TEX = shutil.which("pdflatex") is not None
WHY_NOT = "pdflatex is not here: texlive-latex-base"


def _run(source: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "p.tex").write_text(source, encoding="utf-8")
        subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-draftmode", "p.tex"], cwd=folder, capture_output=True
        )
        return Path(folder, "p.log").read_text(encoding="utf-8", errors="replace")


def complaints(
    pieces: Sequence[str], width: float, kind: str = "article", packages: str = "amsmath"
) -> list[tuple[int, str]]:
    """Errors and overfull boxes of a document in a column of so many points, with the place of the piece."""
    body = "\n\n".join(
        rf"\typeout{{PIECE {place}}}" + "\n" + piece + "\n\n" + (r"\clearpage" if kind == "article" else "")
        for place, piece in enumerate(pieces)
    )
    column = rf"\setlength{{\textwidth}}{{{width}pt}}\setlength{{\textheight}}{{4000pt}}"
    log = _run(
        rf"\documentclass{{{kind}}}\usepackage{{{packages}}}{column if kind == 'article' else ''}\hfuzz=0.5pt"
        "\n\\begin{document}\n" + body + "\n\\end{document}\n"
    )
    found, place = [], -1
    for line in log.splitlines():
        mark = re.match(r"PIECE (\d+)", line)
        if mark:
            place = int(mark[1])
        elif line.startswith(("!", r"Overfull \hbox", "Missing character")):
            found.append((place, line))
    return found


def widths(formulas: Sequence[str]) -> dict[int, float]:
    """How wide TeX sets formulas, in points."""
    boxes = "\n".join(
        rf"\setbox0\hbox{{$\displaystyle {formula}$}}\typeout{{W {place} \the\wd0}}"
        for place, formula in enumerate(formulas)
    )
    log = _run(
        "\\documentclass{article}\\usepackage{amsmath,amssymb}\n\\begin{document}\n"
        + boxes
        + "\n\\end{document}"
    )
    return {int(place): float(size) for place, size in re.findall(r"W (\d+) ([\d.]+)pt", log)}
