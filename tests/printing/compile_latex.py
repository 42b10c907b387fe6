"""Compile pieces of LaTeX with KaTeX (node) and pdflatex, where these are installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

_KATEX = """
const katex = require("katex");
const pieces = JSON.parse(require("fs").readFileSync(0, "utf8"));
const failed = [];
pieces.forEach((piece, i) => {
  try { katex.renderToString(piece, {displayMode: true, strict: "error", throwOnError: true}); }
  catch (error) { failed.push([i, String(error.message)]); }
});
console.log(JSON.stringify(failed));
"""


def has_katex(folder: Path | None = None) -> bool:
    """Whether node finds KaTeX, in a folder with node_modules or where NODE_PATH says."""
    if shutil.which("node") is None:
        return False
    return subprocess.run(["node", "-e", 'require("katex")'], cwd=folder, capture_output=True).returncode == 0


def katex_failures(pieces: Sequence[str], folder: Path | None = None) -> list[tuple[int, str]]:
    """The places of the pieces that KaTeX refuses, each with its message."""
    run = subprocess.run(
        ["node", "-e", _KATEX],
        input=json.dumps(list(pieces)),
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return [(int(place), str(message)) for place, message in json.loads(run.stdout)]


def pdflatex_failures(pieces: Sequence[str]) -> list[tuple[int, str]]:
    """The places of the pieces at which pdflatex stops, each with its message."""
    body = "\n".join(
        rf"\typeout{{PIECE {i}}}" + "\n" + (piece if piece.startswith(r"\begin{align") else rf"\[{piece}\]")
        for i, piece in enumerate(pieces)
    )
    source = (
        "\\documentclass{article}\n\\usepackage[utf8]{inputenc}\\usepackage{amsmath,amssymb}\n"
        "\\setlength{\\textwidth}{100cm}\n\\begin{document}\n" + body + "\n\\end{document}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pieces.tex").write_text(source, encoding="utf-8")
        subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-draftmode", "pieces.tex"],
            cwd=folder,
            capture_output=True,
        )
        log = Path(folder, "pieces.log").read_text(encoding="utf-8", errors="replace")
    failed, place = [], -1
    for line in log.splitlines():
        mark = re.match(r"PIECE (\d+)", line)
        if mark:
            place = int(mark[1])
        elif line.startswith(("!", "Missing character")):
            failed.append((place, line))
    return failed
