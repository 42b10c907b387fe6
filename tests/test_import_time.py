"""Importing the package loads nothing that only some of its functions need."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("numpy", "scipy", "lark", "mpmath", "rich", "click", "sympy")


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
    program = "import sys, matgrad; print(*(m for m in sys.modules if m.startswith('matgrad.')))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    later = ("matgrad.language.", "matgrad.numeric.", "matgrad.verify.s", "matgrad.explanation.")
    assert not [module for module in run.stdout.split() if module.startswith(later)]
