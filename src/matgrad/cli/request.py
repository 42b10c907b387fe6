"""A problem as the command line states it: read from the options or from a line of input."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from matgrad.calculus.presentation import Convention, Layout
from matgrad.core.errors import ArgumentError
from matgrad.core.records import dataclass
from matgrad.core.suggestions import meant
from matgrad.core.words import LANGUAGES, phrase

Form = Literal["auto", "gradient", "differential", "jacobian", "components"]
Syntax = Literal["auto", "numpy", "matlab", "latex"]
Method = Literal["differential", "definition", "chain"]
if TYPE_CHECKING:
    Language = str
else:
    # Those that have a catalogue of words, whichever they are.
    Language = Literal[LANGUAGES]


@dataclass(frozen=True, slots=True)
class Request:
    """An expression, the variables to differentiate by, and how to present the answer.

    Steps are shown where a method for them is named.
    """

    expression: str
    wrt: tuple[str, ...] = ()
    given: str = ""
    at: str = ""
    order: int = 1
    form: Form = "auto"
    layout: Layout = "numerator"
    convention: Convention = "subspace"
    syntax: Syntax = "auto"
    macros: str = ""
    verify: bool = True
    method: Method | None = None
    lang: Language = "en"
    latex: str = ""


def macros_of(option: str) -> str:
    """The macros of an option: definitions, or the text of a file of that name.

    Raises
    ------
    ValueError
        When it holds no definition, and no file of that name can be read.
    """
    if not option or "\\" in option:
        return option
    try:
        return Path(option).read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise ValueError(f"{option} is no definition, and no file that can be read") from None


LONGEST = 10_000
"""Texts of more characters than this are no formula that was meant."""


def require_short(text: str, longest: int = LONGEST) -> None:
    """Refuse a text that is too long to be a formula.

    Raises
    ------
    ArgumentError
        Where it is.
    """
    if len(text) > longest:
        raise ArgumentError(
            phrase(
                "this text has {count} characters; a formula has at most {longest}",
                count=len(text),
                longest=longest,
            ),
            fix=phrase("a shorter one"),
        )


def names(text: str) -> tuple[str, ...]:
    """Read the names of variables and of parts between commas outside brackets: ``X[1, :], y`` are two.

    The dollars around a formula of LaTeX are none of a name.
    """
    pieces, depth, start = [], 0, 0
    for i, character in enumerate(text + ","):
        depth += (character in "([{") - (character in ")]}")
        if i == len(text) or (character == "," and depth <= 0):
            pieces.append(text[start:i].strip(" \t\n$"))
            start = i + 1
    return tuple(piece for piece in pieces if piece)


def request_from_line(line: str, common: Request) -> Request:
    """Read a line of input: an expression, or a JSON object with the fields of a problem.

    Parameters
    ----------
    line : str
        The line.
    common : Request
        What the line leaves open is as it is here.

    Raises
    ------
    ArgumentError
        When the JSON is not well formed, or a field is unknown or has a value it cannot have.
    """
    text = line.strip()
    if not text.startswith("{"):
        return replace(common, expression=text)
    try:
        data = json.loads(text, object_pairs_hook=_each_once)
    except RecursionError:
        raise ArgumentError(phrase("this line is JSON nested too deeply")) from None
    except ValueError as error:
        raise ArgumentError(
            phrase("this line starts as JSON but is none: {error}", error=error), fix=_JSON_EXAMPLE
        ) from None
    if "expression" not in data:
        raise ArgumentError(phrase("the JSON object has no field 'expression'"), fix=_JSON_EXAMPLE)
    return replace(common, **read_fields(data, PROBLEM))


def _each_once(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """The fields of an object; one that is there twice has two meanings."""
    found = dict(fields)
    if len(found) < len(fields):
        names = [name for name, _ in fields]
        twice = next(name for name in names if names.count(name) > 1)
        raise ArgumentError(phrase("the field {twice} is there twice", twice=repr(twice)), fix=_JSON_EXAMPLE)
    return found


_JSON_EXAMPLE = '{"expression": "tr(A X)", "wrt": "X"}'


Reader = Callable[[Any], Any]
"""Reads the value of a field; a ``ValueError`` says what it would have to be."""


def one_text(value: Any) -> str:
    """A text."""
    if isinstance(value, str):
        return value
    raise ValueError(phrase("a string"))


def some_names(value: Any) -> tuple[str, ...]:
    """Names of variables, in one text or each by itself."""
    if isinstance(value, str):
        return names(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ValueError(phrase("a string or a list of strings"))


def _order(value: Any) -> int:
    """The order of a derivative."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ValueError(phrase("a whole number from 1"))


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(phrase("true or false"))


def one_of(choices: Any) -> Reader:
    """One of the words of a ``Literal``."""

    def read(value: Any) -> Any:
        if value in get_args(choices):
            return value
        raise ValueError(phrase("one of {names}", names=", ".join(get_args(choices))))

    return read


def _method(value: Any) -> Any:
    return None if value is None else one_of(Method)(value)


PROBLEM: dict[str, Reader] = {
    "expression": one_text,
    "wrt": some_names,
    "given": one_text,
    "at": one_text,
    "order": _order,
    "form": one_of(Form),
    "layout": one_of(Layout),
    "convention": one_of(Convention),
    "syntax": one_of(Syntax),
    "macros": one_text,
    "verify": _truth,
    "method": _method,
    "lang": one_of(Language),
    "latex": one_text,
}


def read_fields(data: Mapping[str, Any], readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Read the fields of an object.

    Raises
    ------
    ArgumentError
        For a field that there is no reader of, or a value that its reader does not take.
    """
    return {name: _field(name, value, readers) for name, value in data.items()}


def _field(name: str, value: Any, readers: Mapping[str, Reader]) -> Any:
    if name not in readers:
        raise ArgumentError(
            meant(phrase("a problem has no field '{name}'", name=name), name, readers),
            fix=phrase("one of {names}", names=", ".join(readers)),
        )
    try:
        return readers[name](value)
    except ValueError as error:
        raise ArgumentError(
            phrase(
                "the field '{name}' is {error}, not {value}",
                name=name,
                error=error.args[0],
                value=json.dumps(value, ensure_ascii=False)[:60],
            ),
            fix=_as_text(value),
        ) from None


def _as_text(value: Any) -> str | None:
    """Declarations that were sent as an object, as the text that declares the same."""
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
        return None
    return ", ".join(f"{name}: {one}" for name, one in value.items()) or None
