"""One run of a method of SciPy, in which only errors of ours and of the user's own code come out."""

from __future__ import annotations

import re
import traceback
import warnings
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import PurePath
from typing import Any

import numpy as np

from matgrad.core.errors import ArgumentError, EvaluationError, MatgradError


class UnboundedError(Exception):
    """The function falls without end; the argument is the point where that is seen."""


def run_scipy(function: Callable[..., Any], start: Any, method: str, arguments: Mapping[str, Any]) -> Any:
    """Call :func:`scipy.optimize.minimize`.

    Raises
    ------
    ArgumentError
        For options that the method does not know, or values that it cannot take.
    EvaluationError
        Where the method breaks down.
    """
    from scipy.optimize import OptimizeResult, OptimizeWarning, minimize

    # SciPy's types tell apart each way in which a function may come with its derivatives.
    run: Callable[..., Any] = minimize
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", "Unknown solver options", OptimizeWarning)
            return run(function, start, method=method, **arguments)
    except UnboundedError as fall:
        result: Any = OptimizeResult()
        result.update(x=fall.args[0], fun=-np.inf, success=False, status=-1, message="The function falls.")
        return result
    except OptimizeWarning as warning:
        unknown = str(warning).partition(":")[2].strip()
        known = _options(method)
        close = get_close_matches(unknown.split(",")[0], known, n=1)
        raise ArgumentError(
            f"{method} knows no option {unknown}; it knows {', '.join(known)}",
            fix=close[0] if close else f"leave {unknown} out",
        ) from None
    except MatgradError:
        raise
    except Exception as error:
        if not _is_of_scipy(error):
            raise
        kind = ArgumentError if isinstance(error, (TypeError, ValueError, KeyError)) else EvaluationError
        raise kind(f"{method} of SciPy fails: {error}", fix="other options, or another method") from error


def _options(method: str) -> list[str]:
    """The options that SciPy's documentation lists for a method."""
    from scipy.optimize import show_options

    listed: Callable[..., str] = show_options
    names = re.findall(r"^\s*(\w+) : ", listed("minimize", method, disp=False), re.MULTILINE)
    return list(dict.fromkeys([*names, "maxiter", "disp"]))


def _is_of_scipy(error: Exception) -> bool:
    """Whether an error was raised by SciPy or NumPy, and not by what they call."""
    raised = PurePath(traceback.extract_tb(error.__traceback__)[-1].filename).parts
    return "scipy" in raised or "numpy" in raised
