"""Libraries and names of packages are loaded when they are first asked for."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from matgrad.core.lazy import DeferredModule, names_of_stub


def test_what_is_asked_for_is_that_of_the_library() -> None:
    deferred = DeferredModule("math")
    assert deferred.sqrt is math.sqrt
    assert deferred.__dict__["sqrt"] is math.sqrt, "found without another look into the library"


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="no_such_function"):
        _ = DeferredModule("math").no_such_function


def test_names_of_a_stub_are_loaded_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = ModuleType("package")
    monkeypatch.setitem(sys.modules, "package", package)
    (tmp_path / "__init__.pyi").write_text(
        "from math import hypot as hypot, sqrt as sqrt\n", encoding="utf-8"
    )
    load, names = names_of_stub("package", str(tmp_path / "__init__.py"))
    assert names() == ["hypot", "sqrt"]
    assert not hasattr(package, "sqrt")
    assert load("sqrt") is math.sqrt
    assert vars(package)["sqrt"] is math.sqrt, "found without another look into the stub"
    with pytest.raises(AttributeError, match="module 'package' has no attribute 'exp'"):
        load("exp")


def test_packages_load_nothing_by_themselves() -> None:
    program = (
        "import sys; from matgrad import checking, compilation, exercises, explanation, optimization;"
        "print(*(name for name in sys.modules if name.startswith(tuple(f'matgrad.{package}.' for package in"
        "('checking', 'compilation', 'exercises', 'explanation', 'optimization')))));"
        "checking.Verdict; print('matgrad.checking.verdict' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n") == ["", "True", ""]


@pytest.mark.parametrize(
    "module", ["numeric.evaluate", "verify.derivative_check", "verify.equality", "language.interpretation"]
)
def test_what_computes_loads_no_library(module: str) -> None:
    program = (
        f"import sys, matgrad.{module};"
        "print(*sorted(sys.modules.keys() & {'numpy', 'scipy', 'mpmath', 'lark'}))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
