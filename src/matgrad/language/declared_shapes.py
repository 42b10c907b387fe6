"""The shapes of declarations: ``m×n``, ``n``, ``ℝ^{m×n}`` and ``(m, n)``."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from fractions import Fraction

from matgrad.core.dims import ONE, Dim
from matgrad.core.errors import DeclarationError, MatgradError, ParseError
from matgrad.core.lazy import regex
from matgrad.core.suggestions import nearest
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.declared_body import FACT_WORDS, NAME, check_no_words, split_shape
from matgrad.language.declared_sizes import JOINED, check_hyphen, check_joined
from matgrad.language.dimension import check_whole, read_dimension
from matgrad.language.names import Vocabulary, is_letter
from matgrad.language.reader import read_tree
from matgrad.language.tokens import tokenize
from matgrad.ops.registry import FUNCTIONS

_SPACE = regex(r"[ℝR](?:\s*\^\s*(?P<power>.+)|(?P<raised>[⁰¹²³⁴-⁹ⁿᵐᵏᵖᵈʰ×ˣ]+))$", re.DOTALL)
_CHINESE_WORD = regex(r"矩阵|方阵|向量|标量|对称|正定|对角|正交|\w[阶维]$")
"""Words that say something of a matrix, and are no part of the name of a dimension."""
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵐᵏᵖᵈʰˣ", "0123456789nmkpdh×")


def segments(text: str) -> Iterator[tuple[int, str]]:
    """The pieces between commas, semicolons and new lines outside brackets, with their places."""
    start = depth = 0
    for i, character in enumerate(text + "\n"):
        depth += (character in "([{") - (character in ")]}")
        if (depth == 0 and character in ",;\n") or i == len(text):
            piece = text[start:i]
            if piece.strip():
                yield start + len(piece) - len(piece.lstrip()), piece.strip()
            start = i + 1


def read_shape(text: str, whole: str, place: int) -> tuple[tuple[Dim, Dim], int]:
    """Read ``m×n``, ``n``, ``ℝ^{m×n}`` or ``(m, n)``: rows and columns, and how many of them are written."""
    space = _SPACE.match(text)
    if space is not None and space["raised"] is not None:
        text = space["raised"].translate(_RAISED)
    elif space is not None:
        text, place = space["power"].strip(), place + space.start("power")
        if text[0] in "{(" and text[-1] in "})" and _closes_at_end(text):
            text, place = text[1:-1], place + 1
    parts = _split_shape(text)
    if len(parts) == 1 or any("x" in part for _, part in parts):
        check_joined(text, parts, whole, place)
    if len(parts) > 2:
        raise DeclarationError(
            phrase("a matrix has two dimensions, not {count}", count=len(parts)), fix="A: m×n"
        )
    dims = [read_dim(part, whole, place + offset) for offset, part in parts]
    return (dims[0], dims[1] if len(dims) == 2 else ONE), len(dims)


def _closes_at_end(text: str) -> bool:
    """Whether the bracket that opens a text is closed by its last character."""
    depth = 0
    for i, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if not depth:
            return i == len(text) - 1
    return False


def _split_shape(text: str) -> list[tuple[int, str]]:
    """Cut a shape at its ``×``, ``x`` or ``by``, or at the comma of a pair."""
    joined = JOINED.match(text)
    if joined is not None and text not in FUNCTIONS:
        return [(0, joined[1]), (joined.start(2), joined[2])]
    parts = split_shape(text)
    if len(parts) == 1 and text[:1] in tuple("([") and text[-1] in ")]" and _closes_at_end(text):
        inner = list(segments(text[1:-1]))
        if len(inner) > 1 or text[1:-1].rstrip().endswith(","):
            return [(offset + 1, part) for offset, part in inner]
    return parts


_PLAIN_SIZE = regex(r"\s*([A-Za-z]|[0-9]{1,9})\s*")


def read_dim(part: str, whole: str, place: int) -> Dim:
    """Read one dimension."""
    where = (place, place + len(part))
    words = part.split()
    if len(words) > 1 and all(NAME.match(w) for w in words):
        near = [nearest(w, [*FACT_WORDS, "scalar", "vector", "function"]) for w in words]
        wrong = next((i for i, found in enumerate(near) if found), 1 if words[0] in part else 0)
        fix = (near[wrong] or "").replace("_", " ") or "symmetric, positive definite, diagonal, …"
        raise DeclarationError(
            phrase("{word} is not a fact matgrad knows", word=repr(words[wrong])),
            fix=fix,
            text=whole,
            span=where,
        )
    check_hyphen(part, whole, where)
    if not part.strip():
        raise DeclarationError(phrase("a dimension is missing"), fix="A: m×n", text=whole, span=where)
    try:
        plain_size = _PLAIN_SIZE.fullmatch(part)
        if plain_size is not None:
            # The parser of expressions need not be built for a letter or a number.
            at = (plain_size.start(1), plain_size.end(1))
            node: s.Node = (
                s.Num(at, Fraction(int(plain_size[1])))
                if plain_size[1].isdigit()
                else s.Name(at, plain_size[1])
            )
            return check_whole(read_dimension(node, part, lambda n: _named_dim(n, part)), node, part)
        tokens = tokenize(part)
        for left, right in itertools.pairwise(tokens):
            if left.type == right.type == "NAME" and (left.end_pos or 0) < (right.start_pos or 0):
                raise ParseError(phrase("nothing joins {left} and {right}", left=left, right=right))
        tree = read_tree(
            tokens, Vocabulary(variables={str(t) for t in tokens if t.type == "NAME" and is_letter(t)}), part
        )
        dim = read_dimension(tree, part, lambda node: _named_dim(node, part))
        return check_whole(dim, tree, part)
    except MatgradError as error:
        better = (
            error.remedy if isinstance(error, ParseError) and error.remedy else phrase("n, 3, m*n or n+1")
        )
        message = phrase("{part} is not a dimension", part=repr(part.strip()))
        raise DeclarationError(message, fix=better, text=whole, span=where) from None


def _named_dim(node: s.Name, part: str) -> Dim:
    def refuse(word: str) -> None:
        raise ParseError(
            phrase("{word} cannot be the name of a dimension", word=word),
            fix=phrase("another name"),
            text=part,
            span=node.span,
        )

    check_no_words([node.text], refuse)
    if _CHINESE_WORD.search(node.text):
        raise ParseError(
            phrase(""),
            fix=phrase("words in English: A: n×n symmetric, x: n, t: scalar"),
            text=part,
            span=node.span,
        )
    near = nearest(node.text, [w for w in FACT_WORDS if len(w) > 4] + ["scalar", "vector", "matrix"], 0.75)
    if near and len(node.text) > 4:
        raise ParseError(
            phrase("{node} is not a dimension", node=repr(node.text)),
            fix=near.replace("_", " "),
            text=part,
            span=node.span,
        )
    return Dim.of(node.text)


def is_of_numbers(text: str) -> bool:
    """Whether a shape is written as a space of real numbers: ℝ^{m×n}."""
    return _SPACE.match(text) is not None
