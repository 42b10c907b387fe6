"""The value of functions that are only names, where the user hands over what they compute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from matgrad.core.dims import Dim, shape_text
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.lazy import DeferredModule
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.core.words import phrase
from matgrad.ops.named_functions import code_name, only_named, text_name

if TYPE_CHECKING:
    import numpy as np
else:
    np = DeferredModule("numpy")


def fill_in(
    expr: Expr, arrays: Mapping[Any, Any], evaluate: Callable[[Expr, Mapping[Any, Any]], Any]
) -> tuple[Expr, Mapping[Any, Any]]:
    """An expression in which the values that functions have stand for them, and these among the arrays.

    Parameters
    ----------
    expr : Expr
        The expression.
    arrays : mapping
        The arrays, and a Python function for each name of a function and of a derivative: ``f``, ``grad_f``.
    evaluate : callable
        Gives the value of the arguments.

    Raises
    ------
    EvaluationError
        Where one is missing, or gives a value of another shape.
    """
    named = list(only_named(postorder(expr)))
    if not named:
        return expr, arrays
    functions = {str(name): value for name, value in arrays.items() if callable(value)}
    given = {name: value for name, value in arrays.items() if not callable(value)}
    missing = [node for _, node in named if not any(word in functions for word in _words(node))]
    if missing:
        words = ", ".join(dict.fromkeys(_words(node)[0] for node in missing))
        raise EvaluationError(
            phrase(
                "{named} is only the name of a function; no value is known of {words}",
                named=named[0][0],
                words=words,
            ),
            fix=phrase("a Python function for {words} among the arrays", words=words),
        )
    stand_ins: dict[Expr, Symbol] = {}

    def with_values(root: Expr) -> Expr:
        return rewrite_bottom_up(root, stand_ins.get)

    for _, node in named:
        word = next(word for word in _words(node) if word in functions)
        values = [evaluate(with_values(arg), _used(with_values(arg), given)) for arg in node.args]
        value = np.asarray(functions[word](*values), dtype=float)
        symbol = Symbol.stand_in(f"{word.rstrip(chr(39))}#{len(stand_ins)}", *node.shape)
        _check(word, node, value)
        stand_ins[node] = symbol
        given[symbol.label] = value
    return with_values(expr), given


def _words(node: Expr) -> tuple[str, str]:
    """How a function is named among the arrays: as in text, or as in Python."""
    return text_name(node), code_name(node)


def _used(expr: Expr, given: Mapping[Any, Any]) -> dict[Any, Any]:
    """The arrays of the variables of an expression, and the sizes."""
    labels = {node.label for node in postorder(expr) if isinstance(node, Symbol)}
    return {
        key: value
        for key, value in given.items()
        if getattr(key, "label", str(key)) in labels or isinstance(key, Dim) or isinstance(value, int)
    }


def _check(word: str, node: Expr, value: Any) -> None:
    """Refuse a value that has the axes of another shape."""
    axes = 0 if node.is_scalar else 1 if node.is_vector else 2
    if value.ndim == 2 or value.ndim == axes or (node.is_scalar and value.size == 1):
        return
    raise EvaluationError(
        phrase(
            "{word} gave an array with {ndim} axes; {node} is {shape}",
            word=word,
            ndim=value.ndim,
            node=node.describe(),
            shape=shape_text(node.shape),
        )
    )
