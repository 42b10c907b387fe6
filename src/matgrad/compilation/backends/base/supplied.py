"""Functions that are only names, in compiled code: whoever compiles hands over what they compute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from matgrad.compilation.backends.base.signature import held_shape
from matgrad.compilation.ir.program import Program
from matgrad.core.errors import ArgumentError, EvaluationError
from matgrad.core.expr import Expr, postorder
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.ops.named_functions import Applied, code_name, only_named, text_name

Functions = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Supplied:
    """The functions that are only names in some expressions, with what they compute.

    Attributes
    ----------
    nodes : dict of str to Expr
        For each name in code one of its applications.
    functions : dict of str to callable
        What each computes.
    """

    nodes: dict[str, Expr] = field(default_factory=dict)
    functions: dict[str, Callable[..., Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, exprs: Sequence[Expr], functions: Functions) -> Supplied:
        """What the functions in some expressions compute.

        Raises
        ------
        EvaluationError
            Where one is missing.
        ArgumentError
            Where one is no function.
        """
        for word, function in functions.items():
            if not callable(function):
                raise ArgumentError(
                    phrase(
                        "{word} is not a Python function but {name}",
                        word=repr(word),
                        name=type(function).__name__,
                    )
                )
        nodes = called_in(exprs)
        found: dict[str, Callable[..., Any]] = {}
        missing: list[str] = []
        for word, node in nodes.items():
            given = [name for name in (word, text_name(node)) if name in functions]
            if given:
                found[word] = functions[given[0]]
            else:
                missing.append(word)
        if missing:
            name = next(name for name, _ in only_named([nodes[missing[0]]]))
            words = ", ".join(f'"{word}": {word}' for word in nodes)
            raise EvaluationError(
                phrase(
                    "{name} is only the name of a function; no value is known of {missing}",
                    name=name,
                    missing=", ".join(missing),
                ),
                fix=phrase("functions={{{words}}} with Python functions, where it is compiled", words=words),
            )
        return cls(nodes, found)

    def scope(
        self, program: Program, called: Mapping[str, str], read: Callable[[str, Any], Any]
    ) -> dict[str, Callable[..., Any]]:
        """The functions by their names in the code, with values that are seen to have their shapes.

        Parameters
        ----------
        program : Program
            What the code computes.
        called : mapping of str to str
            What each is called in the code.
        read : callable
            Makes an array of a value, given the name of the function.
        """
        made = {}
        for word, name in called.items():
            node = self.nodes[word]
            shape = (node.rows.value(program.sizes), node.columns.value(program.sizes))
            is_entrywise = is_of_numbers(node)
            made[name] = _checked(self.functions[word], word, node, None if is_entrywise else shape, read)
        return made


def called_in(exprs: Sequence[Expr]) -> dict[str, Expr]:
    """The functions that are only names in some expressions, by their names in code."""
    found = {code_name(node): node for _, node in only_named(postorder(list(exprs)))}
    return dict(sorted(found.items(), key=lambda item: (_order(item[1]), item[0])))


def _order(node: Expr) -> int:
    """How often a function is differentiated."""
    return len(node.order) if isinstance(node, Applied) else int(node.data[1])


def is_of_numbers(node: Expr) -> bool:
    """Whether what is applied is a function of numbers, which code calls with arrays as well."""
    return not isinstance(node, Applied) or node.is_of_numbers


def declared_lines(exprs: Sequence[Expr]) -> list[str]:
    """What text that calls functions says of them: each with the shapes that it takes and gives."""
    lines = []
    for word, node in called_in(exprs).items():
        signature = node.called if isinstance(node, Applied) else "scalar -> scalar, entry by entry"
        lines.append(f"{word}: {signature}")
    return lines


def _checked(
    function: Callable[..., Any],
    word: str,
    node: Expr,
    shape: tuple[int, int] | None,
    read: Callable[[str, Any], Any],
) -> Callable[..., Any]:
    """A function whose values are seen to be arrays of a shape: by default that of its first argument."""

    def called(*arguments: Any) -> Any:
        value = read(word, function(*arguments))
        expected = tuple(getattr(arguments[0], "shape", ())) if shape is None else held_shape(shape)
        given = tuple(value.shape)
        if given == expected:
            return value
        if given == shape or (expected == () and given in ((1,), (1, 1))):
            return value.reshape(expected)
        wanted = f"{expected}, as its argument" if shape is None else f"{expected}"
        raise EvaluationError(
            phrase(
                "{word} gave an array of the shape {given}; {node} has the shape {wanted}",
                word=word,
                given=given,
                node=node.describe(),
                wanted=wanted,
            ),
            fix=f"np.vectorize({word})" if shape is None else None,
        )

    return called
