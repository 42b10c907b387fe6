"""What ``make demo`` runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_answer_of_the_demo_is_verified() -> None:
    demo = subprocess.run(
        [sys.executable, "examples/demo.py"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert (demo.returncode, demo.stderr) == (0, "")
    assert demo.stdout.count("\n$ matgrad diff ") == demo.stdout.count("\nverified at ") > 3
