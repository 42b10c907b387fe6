"""Declarations of functions, ``f: n -> scalar``, ``g: (n, m) -> p``, and the names of their derivatives."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from matgrad.core.dims import Dim
from matgrad.core.errors import DeclarationError
from matgrad.core.facts import ALONG_DIAGONALS, LINEAR_STRUCTURE, Fact, fact_words
from matgrad.core.lazy import regex
from matgrad.core.words import phrase, together
from matgrad.ops.named_functions import Signature

_ARROW = regex(r"\s*(?:->|→|⟶|↦|\\to\b)\s*")
_DERIVATIVE = regex(r"(?:(?P<kind>grad|H|J)(?P<at>[1-9]{0,2})|D(?P<order>[1-9]+))_(?P<base>\w+)")
_SIGN = regex(r"(?:∇(?P<square>²?)|∂)(?P<at>[₁-₉]*)")
_DIGITS = str.maketrans("₁₂₃₄₅₆₇₈₉", "123456789")
_KEPT = LINEAR_STRUCTURE | Fact.POSITIVE_DEFINITE | Fact.POSITIVE_SEMIDEFINITE | Fact.INVERTIBLE
_KEPT = (_KEPT | Fact.POSITIVE | Fact.NONNEGATIVE) & ~ALONG_DIAGONALS
"""What may be declared of the values of a function: the function that stands in for it has it too."""

Declared = tuple[Dim | None, Dim | None, Fact]


class Derivative(NamedTuple):
    """A name that stands for a derivative: of which function, by which arguments."""

    base: str
    order: tuple[int, ...]


def is_signature(body: str) -> bool:
    """Whether a declaration says what goes to what."""
    return _ARROW.search(body) is not None


def sides(body: str) -> list[str]:
    """The shapes that a signature names: of the arguments, then of the result."""
    taken, *rest = _ARROW.split(body, maxsplit=1)
    return [*_arguments(taken), *rest]


def read_signature(name: str, body: str, shape: Callable[[str], Declared]) -> Signature:
    """Read ``(n, m) -> p``.

    Parameters
    ----------
    name : str
        The name of the function.
    body : str
        What stands after the colon.
    shape : callable
        Reads a shape with its facts.

    Raises
    ------
    DeclarationError
        For a shape that is left open, and facts that are not known of values of functions.
    """
    *taken, given = sides(body)
    example = f"{name}: n -> scalar, {name}: scalar -> n×n, {name}: (n, m) -> p"
    if _ARROW.search(given) or not taken or not all(part.strip() for part in (*taken, given)):
        raise DeclarationError(
            phrase("{name} is declared neither a variable nor a function", name=name), fix=example
        )
    shapes = []
    for part in (*taken, given):
        rows, columns, facts = shape(part)
        if rows is None or columns is None:
            raise DeclarationError(phrase("{part} says no shape here", part=repr(part.strip())), fix=example)
        shapes.append(((rows, columns), facts))
    facts = shapes[-1][1]
    strange = fact_words(facts & ~(_KEPT | Fact.CONSTANT))
    if strange or any(f & ~(_KEPT | Fact.INTEGER) for _, f in shapes[:-1]):
        raise DeclarationError(
            phrase(
                "functions with values that are {strange} are not known",
                strange=together(strange) or phrase("of that kind"),
            ),
            fix=example,
        )
    return Signature(tuple(s for s, _ in shapes[:-1]), shapes[-1][0], facts)


def _arguments(text: str) -> list[str]:
    """The shapes of several arguments, in a bracket or with × between sets: (n, m), ℝ^n × ℝ^m."""
    text = text.strip()
    if text[:1] == "(" and text[-1:] == ")" and "," in text:
        return _at_commas(text[1:-1])
    if len(re.findall("[ℝR]\\s*\\^", text)) > 1:
        return re.split(r"\s*×\s*(?=[ℝR])", text)
    return [text]


def _at_commas(text: str) -> list[str]:
    """The pieces between commas outside brackets."""
    pieces, depth, start = [], 0, 0
    for i, character in enumerate(text + ","):
        depth += (character in "([{") - (character in ")]}")
        if i == len(text) or (character == "," and not depth):
            pieces.append(text[start:i])
            start = i + 1
    return pieces


def derivative_name(name: str, functions: Collection[str]) -> Derivative | None:
    """The derivative that a name stands for: J_g, grad_f, grad2_f, H12_f or D112_f of a declared function."""
    match = _DERIVATIVE.fullmatch(name)
    if match is None or match["base"] not in functions or name in functions:
        return None
    if match["order"]:
        return Derivative(match["base"], tuple(int(digit) - 1 for digit in match["order"]))
    times = 2 if match["kind"] == "H" else 1
    at = match["at"] or "1" * times
    if len(at) == 1:
        at *= times
    return Derivative(match["base"], tuple(int(digit) - 1 for digit in at)) if len(at) == times else None


def derivative_in_signs(name: str) -> str:
    """The name in plain text of what is written ∇f, ∇²f, ∇₂f and ∂₁₂g; other names as they are."""
    match = _SIGN.match(name)
    if match is None:
        return name
    at, base = match["at"].translate(_DIGITS), name[match.end() :]
    if name[0] == "∂":
        return f"D{at}_{base}"
    return f"{'H' if match['square'] else 'grad'}{at}_{base}"
