r"""Claims in words: "the gradient of $f$ with respect to $x$ is $2Ax$", "its Hessian is given by $2A$"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.refereeing.declared_in_words import Sentence
from matgrad.refereeing.formulas import Tokens, key_of, trimmed, whole_name
from matgrad.refereeing.rows import Statement, statements_of
from matgrad.refereeing.written_derivatives import Notation, derivative_on_left

_NOUN = r"(?P<noun>gradient|(?:partial |total )?derivative|Hessian(?: matrix)?|Jacobian(?: matrix)?)"
_BY = r"(?:(?:with respect to|w\.\s?r\.\s?t\.|wrt|by|in)\s+(?:the \w+ )?⟦(?P<by>\d+)⟧)"
_IS = (
    r"\s*(?:is|reads|equals|becomes)(?:\s+(?:given by|simply|just|then|thus|therefore|hence|again|equal to|"
    r"now|found to be|easily seen to be))*\s*:?\s*⟦(?P<is>\d+)⟧"
    r"(?=\s*(?:[.,;:)]|$|and\b|where\b|with\b|which\b|so\b|for\b|⟦))"
)
_ENGLISH = regex(
    rf"\b(?P<whose>the|its|a|whose)\s+{_NOUN}(?:\s+of\s+(?:the \w+ )?⟦(?P<of>\d+)⟧)?(?:\s*,?\s*{_BY})?{_IS}",
    re.IGNORECASE,
)
_CHINESE = regex(
    r"(?:⟦(?P<of>\d+)⟧)?\s*(?:(?:关于|对于|对)\s*⟦(?P<by>\d+)⟧)?\s*(?P<whose>的|其)\s*"
    r"(?P<noun>梯度|偏?导数|黑塞矩阵|海森矩阵|雅可比矩阵)\s*(?:为|是|等于)\s*：?\s*⟦(?P<is>\d+)⟧"
)

SAME = regex(
    r"expand\w*|rewrit\w+|equivalently|can be written|written as|that is|simplif\w+|multiplying out|"
    r"展开|化简|改写|等价",
    re.IGNORECASE,
)
OF_ALL = regex(
    r"throughout|always|\b(?:paper|document|notes?|report|thesis|book|article|course|everywhere|chapters?)\b|全文|本文|本书|始终",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class InWords:
    """A claim in words.

    Attributes
    ----------
    notation : Notation
        The derivative; without a function where the sentence does not name it.
    number : int
        The number of the formula that it is said to be.
    sides : list of tokens
        What stands in that formula, side by side.
    """

    notation: Notation
    number: int
    sides: list[Tokens]


def claims_in_words(sentence: Sentence, formulas: Sequence[Tokens]) -> Iterator[InWords]:
    """The claims that a sentence makes in words; what is only given a name is none."""
    for pattern in (_ENGLISH, _CHINESE):
        for match in pattern.finditer(sentence.words):
            number = int(match["is"])
            statements = statements_of(formulas[number], "")
            if not statements or not _may_be_value(statements[0]):
                continue
            function = [] if match["of"] is None else _function(formulas[int(match["of"])])
            variable = [] if match["by"] is None else trimmed(formulas[int(match["by"])])
            if function is None or (variable and not whole_name(variable)):
                continue
            if not function and match["whose"].lower() == "a":
                continue
            notation = _notation(match["noun"].lower(), function, variable)
            yield InWords(notation, number, statements[0].sides)


def _notation(noun: str, function: Tokens, variable: Tokens) -> Notation:
    variables = (variable,) if variable else ()
    if noun.startswith("hessian") or noun in ("黑塞矩阵", "海森矩阵"):
        return Notation(function, variables, 2, "hessian", "words")
    if noun.startswith("jacobian") or noun == "雅可比矩阵":
        return Notation(function, variables, form="jacobian", kind="words")
    # A gradient has the shape of its variable; a derivative may be laid out in either way.
    kind = "nabla" if noun in ("gradient", "梯度") else "words"
    return Notation(function, variables, kind=kind)


def _function(tokens: Tokens) -> Tokens | None:
    """The function that a formula is: the left side of its definition; ``None`` for what is none."""
    statements = statements_of(tokens, "")
    if not statements:
        return None
    first = statements[0]
    return first.sides[0] if set(first.relations) <= {"=", ":="} else None


def _may_be_value(statement: Statement) -> bool:
    """Whether a formula is an expression, and no claim of its own, no size and no new name."""
    first = statement.sides[0]
    if any(relation != "=" for relation in statement.relations) or not first:
        return False
    if derivative_on_left(first, True) is not None or any(t.is_command("times", "to") for t in first):
        return False
    is_matrix_of = len(statement.sides) > 1 and key_of(first).startswith(("J _ ", "H _ "))
    return not whole_name(first) and not is_matrix_of
