"""Notations turned into what a printer does: text between arguments, and the level each place asks for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from matgrad.core.lazy import regex
from matgrad.printing.brackets import Level

_TOKEN = regex(r"\{\{|\{(?P<place>\d+|\*)\}|\}\}|.", re.DOTALL)
_INFIX = regex(r"\{0\} (\S+) \{1\}")
_CLOSED = regex(r"(?:\\?[A-Za-z_{}\\λσΦ₁]+)?(?:\\left)?[(\[|‖]|\\begin|𝟏")
_CHAINED = regex(r"\\[A-Za-z]+\\(?!left)[A-Za-z]+")
"""A function of a function without brackets: what follows log det(A) would be read as part of its inside."""
_CALL = regex(r"[A-Za-z]{2}[A-Za-z ]*\(")
_ASSOCIATIVE_OF_PRODUCTS = frozenset({"⊗", r"\otimes"})
"""Infix operators whose operands may be products without brackets, as in Bᵀ ⊗ XA."""


class Slot(NamedTuple):
    """The place of an argument. ``place`` is −1 for all arguments, separated by commas."""

    place: int
    level: Level


class Template(NamedTuple):
    """A notation taken apart.

    ``texts`` stand before, between and after the ``slots``; ``infix`` is the operator where the
    whole is one operator between its operands; ``is_call`` says whether it is a word with brackets behind it.
    """

    texts: tuple[str, ...]
    slots: tuple[Slot, ...]
    level: Level
    infix: str | None
    is_call: bool = False


@lru_cache(maxsize=4096)
def template(source: str, count: int) -> Template:
    """Take the notation of an operation with that many arguments apart.

    A place next to brackets, bars or commas takes any argument as it is; a place with a
    superscript, a prime or an index attached takes only an atom; a place beside an infix
    operator takes only what binds tighter than the operator; a place behind a word takes a product.
    Doubled braces stand for braces, as in :meth:`str.format`; a template without doubled ones has
    its braces as they are.
    """
    doubled = "{{" in source
    texts: list[str] = [""]
    slots: list[Slot] = []
    for match in _TOKEN.finditer(source):
        index = match["place"]
        if index is not None and (index == "*" or int(index) < count):
            slots.append(
                Slot(
                    -1 if index == "*" else int(index),
                    _demand(source[: match.start()], source[match.end() :]),
                )
            )
            texts.append("")
        else:
            token = match[0]
            texts[-1] += token[0] if doubled and token in ("{{", "}}") else token
    infix = _INFIX.fullmatch(source)
    if infix is not None:
        level = Level.PRODUCT if infix[1] in _ASSOCIATIVE_OF_PRODUCTS else Level.POSTFIX
        slots = [Slot(slot.place, level) for slot in slots]
    is_call = _CALL.fullmatch(texts[0]) is not None and texts[-1] == ")"
    level = _own_level(source, infix is not None)
    return Template(tuple(texts), tuple(slots), level, infix[1] if infix else None, is_call)


def _demand(before: str, after: str) -> Level:
    """The level that a place asks for, from what stands on both sides of it."""
    right = after.replace("}}", "}").lstrip()
    if right and not right.startswith(
        (")", "]", "|", "‖", ",", ";", "}", ">", "=", "+", "−", "-", "&", "\\")
    ):
        return Level.POSTFIX if after[0] == " " else Level.ATOM
    if not after and before.endswith(" "):
        return Level.PRODUCT
    left = before.replace("{{", "{").rstrip()
    if not left or left.endswith(("(", "[", "|", "‖", ",", ";", "{", "}", "&", "\\\\")):
        return Level.SUM
    return Level.POSTFIX


def _own_level(source: str, infix: bool) -> Level:
    if infix:
        return Level.OPERATOR
    if source.startswith(("Σ", r"\sum")):
        return Level.SUM
    if source.startswith("{0}"):
        return Level.POSTFIX
    if _CHAINED.match(source):
        return Level.PRODUCT
    return Level.ATOM if _CLOSED.match(source) or " " not in source else Level.PRODUCT
