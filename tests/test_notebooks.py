"""The notebooks run from top to bottom and print what stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parent.parent / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def printed(notebook: Any) -> list[tuple[str, str]]:
    """Each cell of code with what it prints."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [(cell.source, "".join(out.get("text", "") for out in cell.outputs)) for cell in cells]


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_notebook_prints_what_stands_in_it(path: Path) -> None:
    written: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    run: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(run, timeout=300, kernel_name="python3").execute()
    assert printed(run) == printed(written)
    assert all(cell.execution_count for cell in run.cells if cell.cell_type == "code" and cell.source)
