"""All that the page does, in an interpreter that has two libraries, none of them NumPy or SciPy."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = 4
LIBRARIES = ("lark", "mpmath")
"""What travels with the page beside this package."""


@pytest.fixture
def libraries(tmp_path: Path) -> Path:
    """A folder with the two libraries and nothing else."""
    for name in LIBRARIES:
        spec = find_spec(name)
        assert spec is not None
        assert spec.submodule_search_locations is not None
        (tmp_path / name).symlink_to(next(iter(spec.submodule_search_locations)))
    return tmp_path


@pytest.mark.parametrize("part", range(PARTS))
def test_the_table_is_answered_on_exact_arithmetic_alone(part: int, libraries: Path) -> None:
    # -I -S leave the interpreter with its standard library.
    paths = [str(libraries), str(ROOT / "src"), str(ROOT)]
    start = (
        f"import sys; sys.path[:0] = {paths!r}; sys.argv = ['bare', '{part}', '{PARTS}']; "
        "import runpy; runpy.run_module('tests.page.bare', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start], capture_output=True, text=True, check=False, cwd=libraries
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["found"] == []
    assert said["asked"] > 250
    assert said["wrong"] == []
