"""What users see of the package itself: documentation, signatures, and how things show themselves."""

from __future__ import annotations

import inspect
import re
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.ops.registry import FUNCTIONS

FUNCTIONS_OF_THE_PACKAGE = [name for name in mg.__all__ if inspect.isfunction(getattr(mg, name))]
CLASSES = [name for name in mg.__all__ if inspect.isclass(getattr(mg, name))]
DERIVING = ("derivative", "derive", "differential", "gradient", "hessian", "jacobian", "Derivative")
"""What is a formula of a textbook, with its source."""


def sections(documented: Any) -> dict[str, str]:
    """The sections of a docstring by their titles."""
    text = inspect.getdoc(documented) or ""
    parts = re.split(r"^(\w[\w ]*)\n-+$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_everything_is_a_function_or_a_class() -> None:
    assert sorted(FUNCTIONS_OF_THE_PACKAGE + CLASSES) == sorted(mg.__all__)


@pytest.mark.parametrize("name", FUNCTIONS_OF_THE_PACKAGE)
def test_functions_are_documented(name: str) -> None:
    function = getattr(mg, name)
    found = sections(function)
    assert list(found) == sorted(found, key=ORDER.index)
    assert {"Parameters", "Returns", "Raises", "Examples"} <= found.keys()
    named = re.findall(r"^\*{0,2}(\w[\w, *]*?)(?: : .*)?$", found["Parameters"], flags=re.MULTILINE)
    listed = {word.strip(" *") for names in named for word in names.split(",")}
    assert inspect.signature(function).parameters.keys() <= listed
    assert ">>>" in found["Examples"]


ORDER = ["Parameters", "Attributes", "Returns", "Raises", "Notes", "References", "Examples"]


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_documented(name: str) -> None:
    found = sections(getattr(mg, name))
    assert list(found) == sorted(found, key=ORDER.index)
    assert ">>>" in found["Examples"]
    assert issubclass(getattr(mg, name), mg.MatgradError) or found.keys() & {"Parameters", "Attributes"}


@pytest.mark.parametrize("name", DERIVING)
def test_derivatives_say_their_source_and_shapes(name: str) -> None:
    documented = getattr(mg, name)
    assert re.search(r"\(\d{4}\)", sections(documented)["References"])
    assert re.search(r"\w+×\w+", inspect.getdoc(documented) or "")


@pytest.mark.parametrize("name", sorted(name for name in FUNCTIONS if name.isascii()))
def test_functions_of_the_language_have_signatures(name: str) -> None:
    function, known = getattr(mg, name), FUNCTIONS[name]
    if name in mg.__all__:
        return
    assert list(inspect.signature(function).parameters) == [p.name for p in known.parameters]
    assert (function.__module__, function.__name__) == ("matgrad", name)
    assert inspect.getdoc(function)
    assert getattr(mg, name) is function


def test_functions_of_the_language_take_names() -> None:
    X = mg.matrix("X", "n", "n")
    assert mg.inv(x=X) is mg.inv(X)
    with pytest.raises(TypeError, match="argument"):
        mg.inv(y=X)


def shown() -> dict[str, Any]:
    """One of everything that public functions return."""
    S, x = mg.matrix("S", "n", "n", symmetric=True), mg.vector("x", "n")
    f = x.T @ S @ x
    result, derivation, verdict = mg.derive(f, x), mg.explain(f, x), mg.check(f, x, "3 S x")
    exercise = next(mg.practice("quadratic", seed=4))
    hessian = mg.hessian(f, x)
    factors, operator = (mg.compile(hessian, structure=word) for word in ("factors", "operator"))
    checked = mg.check_derivation("S: n×n symmetric, x: n\nf = x' S x\ndf = x' S dx")
    assert checked.first_wrong is not None
    things = [
        S, f, S.rows, result, result.question, result.verification, mg.derivative(f, x),
        mg.derive(f, x, form="components").expr, derivation, derivation.lines[1], verdict,
        verdict.counterexample, checked, checked.first_wrong, exercise, exercise.topic,
        mg.interpret("x' A x"), mg.compile([f, hessian]), mg.compile(f).plan, factors, operator,
        factors(S=np.eye(2), n=2), operator(S=np.eye(2), n=2), mg.minimize(f, x, S=np.eye(2), x0=[1, 1]),
    ]  # fmt: skip
    return {type(thing).__name__: thing for thing in things}


def test_everything_shows_itself() -> None:
    for name, thing in shown().items():
        text = repr(thing)
        assert text.strip(), name
        assert " at 0x" not in text, name
        assert "matgrad." not in text, name
        assert len(text) < 1000, name


@pytest.mark.parametrize("backend", ["jax", "torch", "dask"])
def test_functions_of_other_libraries_show_themselves(backend: str) -> None:
    pytest.importorskip(backend)
    function = mg.compile("x' A x", backend=backend)
    library = {"jax": "JAX", "torch": "PyTorch", "dask": "Dask"}[backend]
    assert repr(function) == f"<{library} function of A, x>"


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
def test_code_before_the_first_call_is_planned_once(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if backend != "numpy":
        pytest.importorskip(backend)
    function = mg.compile("A x", given="A: m×n, x: n", backend=backend)
    text = function.source
    assert text.startswith("# The sizes are still open")
    monkeypatch.setattr(function, "_written", None)
    assert function.source == text
