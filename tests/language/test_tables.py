"""The tables of the grammar are kept between processes, and what cannot be read is built again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

READ = "import matgrad as mg; print(mg.parse('x\\' A x + 1', 'A: n×n, x: n'))"


def reads(folder: Path) -> str:
    """What a fresh process prints that keeps its caches in a folder."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", READ], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0
    assert not done.stderr
    return done.stdout


def test_tables_are_kept(tmp_path: Path) -> None:
    first = reads(tmp_path)
    (kept,) = (tmp_path / "matgrad").iterdir()
    made = kept.stat().st_mtime_ns
    assert reads(tmp_path) == first
    assert kept.stat().st_mtime_ns == made


@pytest.mark.parametrize("broken", [b"", b"nonsense", b"0" * 64 + b"\n\x80\x04."])
def test_broken_tables_are_built_again(tmp_path: Path, broken: bytes) -> None:
    first = reads(tmp_path)
    (kept,) = (tmp_path / "matgrad").iterdir()
    kept.write_bytes(broken)
    assert reads(tmp_path) == first
    assert len(kept.read_bytes()) > 10_000


def test_no_folder_is_needed(tmp_path: Path) -> None:
    file = tmp_path / "taken"
    file.write_text("a file, and no folder")
    assert reads(file) == reads(tmp_path)
