"""Importing the package loads nothing that only some of its functions need."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("numpy", "scipy", "lark", "mpmath", "rich", "typer", "sympy")


def test_import_is_light() -> None:
    program = f"import sys, matgrad; print(*sorted(sys.modules.keys() & set({HEAVY!r})))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_a_derivation_loads_no_arithmetic() -> None:
    program = (
        "import sys, matgrad as mg; x = mg.vector('x', 'n'); print(mg.gradient(x.T @ x, x, verify=False));"
        f"print(*sorted(sys.modules.keys() & set({HEAVY!r})))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:2] == ["2 x", ""]


def test_the_languages_are_loaded_when_a_text_is_read() -> None:
    program = (
        "import sys, matgrad; parts = ('language', 'verify.sampling', 'numeric.evaluate', 'explanation');"
        "print(*[m for m in sys.modules for p in parts if m.startswith(f'matgrad.{p}') and m != 'matgrad.language'"
        " and m != 'matgrad.explanation'])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
