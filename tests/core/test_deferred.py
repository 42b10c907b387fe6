"""Libraries are imported when something of them is first asked for."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

from matgrad.core.lazy import DeferredModule


def test_what_is_asked_for_is_that_of_the_library() -> None:
    deferred = DeferredModule("math")
    assert deferred.sqrt is math.sqrt
    assert deferred.__dict__["sqrt"] is math.sqrt, "found without another look into the library"


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="no_such_function"):
        _ = DeferredModule("math").no_such_function


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
