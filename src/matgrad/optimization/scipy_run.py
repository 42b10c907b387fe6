"""One run of a method of SciPy, in which only errors of ours and of the user's own code come out."""

from __future__ import annotations

import re
import traceback
import warnings
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

from matgrad.core.errors import ArgumentError, EvaluationError, MatgradError
from matgrad.core.suggestions import nearest
from matgrad.core.words import phrase
from matgrad.optimization.methods import Method


class UnboundedError(Exception):
    """The function falls without end; the argument is the point where that is seen."""


class StoppedError(Exception):
    """A callback asked to stop; the argument is the point that was reached."""


_WORDS = frozenset(("factorization_method",))
"""Options of SciPy whose value is a word."""


def check_settings(tol: Any, options: Any) -> None:
    """Refuse tolerances and values of options that SciPy would take for something else, or stumble over.

    Raises
    ------
    ArgumentError
        Naming the option.
    """
    if tol is not None and not (_is_real(tol) and 0 <= tol < np.inf):
        raise ArgumentError(
            phrase("the tolerance is a number from 0 up, not {tol}", tol=repr(tol)), fix="tol=1e-8"
        )
    if options is None:
        return
    if not isinstance(options, Mapping):
        raise ArgumentError(
            phrase("options are given by name, not as {options}", options=repr(options)),
            fix='{"maxiter": 100}',
        )
    for name, value in options.items():
        if not isinstance(name, str):
            raise ArgumentError(
                phrase("options go by their names, not by {name}", name=repr(name)), fix='{"maxiter": 100}'
            )
        words = isinstance(value, str) and name in _WORDS
        if not (_is_real(value) or words or callable(value) or _are_real(value)):
            raise ArgumentError(
                phrase("the option {name} is a number, not {value}", name=name, value=repr(value)),
                fix=phrase("leave {name} out, or give a number", name=name),
            )


def _is_real(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating, np.bool_)) and value == value


def _are_real(value: Any) -> bool:
    return isinstance(value, (np.ndarray, list, tuple)) and np.asarray(value).dtype.kind in "biuf"


def run_scipy(function: Callable[..., Any], start: Any, method: Method, arguments: Mapping[str, Any]) -> Any:
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
            return run(function, start, method=method.name, **arguments)
    except UnboundedError as fall:
        result: Any = OptimizeResult()
        result.update(x=fall.args[0], fun=-np.inf, success=False, status=-1, message="The function falls.")
        return result
    except StoppedError as stop:
        result = OptimizeResult()
        result.update(x=stop.args[0], fun=function_value(function, stop.args[0]), success=False, status=99)
        result.message = "The callback stopped it."
        return result
    except OptimizeWarning as warning:
        raise _unknown_option(method, str(warning).partition(":")[2].strip()) from None
    except MatgradError:
        raise
    except Exception as error:
        if not _is_of_scipy(error):
            raise
        unknown = re.search(r"unexpected keyword argument '(\w+)'", str(error))
        if (
            isinstance(error, TypeError)
            and unknown is not None
            and unknown[1] in arguments.get("options", {})
        ):
            raise _unknown_option(method, unknown[1]) from None
        kind = ArgumentError if isinstance(error, (TypeError, ValueError, KeyError)) else EvaluationError
        raise kind(
            phrase("{method} of SciPy fails: {error}", method=method.name, error=error),
            fix=phrase("other options, or another method"),
        ) from error


def function_value(function: Callable[..., Any], z: Any) -> float:
    """The value of a function that may give its gradient beside it."""
    found = function(z)
    return float(found[0] if isinstance(found, tuple) else found)


def _unknown_option(method: Method, unknown: str) -> ArgumentError:
    known = [name for name in _options(method) if name not in unknown.split(", ")]
    near = nearest(unknown.split(",")[0], known)
    return ArgumentError(
        phrase(
            "{method} knows no option {unknown}; it knows {known}",
            method=method.name,
            unknown=unknown,
            known=", ".join(known),
        ),
        fix=near or phrase("leave {unknown} out", unknown=unknown),
    )


_NO_OPTIONS = frozenset(
    ("fun", "x0", "args", "method", "bounds", "options", "callback", "res", "constraints")
)
"""Names that SciPy's documentation of options lists beside them."""


def _options(method: Method) -> list[str]:
    """The options that SciPy's documentation lists for a method."""
    from scipy.optimize import show_options

    listed: Callable[..., str] = show_options
    text = re.split(r"\n\s*(?:Returns|Notes|References)\n", listed("minimize", method.name, disp=False))[0]
    names = re.findall(r"^\s*(\w+) : ", text, re.MULTILINE)
    return [name for name in dict.fromkeys([*names, *method.common]) if name not in _NO_OPTIONS]


def _is_of_scipy(error: Exception) -> bool:
    """Whether an error was raised by SciPy or NumPy, and not by what they call."""
    raised = PurePath(traceback.extract_tb(error.__traceback__)[-1].filename).parts
    return "scipy" in raised or "numpy" in raised
