"""What may make a right side right that is wrong as read: rows, λ for λI, definitions that are not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from matgrad.core.lazy import regex
from matgrad.core.words import Phrase, phrase
from matgrad.language.latex.lexer import cut
from matgrad.refereeing.formulas import Tokens, name_end, names_used, plain
from matgrad.refereeing.found import Found
from matgrad.refereeing.judging import judge
from matgrad.refereeing.stacks import likely_stacks
from matgrad.refereeing.subjects import Subject

SAID = regex(
    r"singular[-\s]value decomposition|\bSVD\b|(?:row|column|doubly)[-\s]stochastic|奇异值分解|随机矩阵"
)
"""What is said of matrices in words, and is not used."""
SUMS_TO_ONE = regex(
    r"one-?hot|sums? (?:up )?to (?:one|1|\$1\$)|simplex|probability (?:vector|distribution)|stochastic vector"
    r"|\\sum(?![A-Za-z])(?:_\{[^{}]*\}|_\w)?(?:\^\{[^{}]*\}|\^\w)?[^=$&{}]{0,20}=\s*1\b"
    r"|(?:\\mathbf\s*\{?1\}?|\\(?:one|ones|bone)\b)\s*\^[^=$]{0,24}=\s*1\b|独热|之和为\s*\$?1",
    re.IGNORECASE,
)
CURVED = regex(
    r"Riemannian|\btangent(?:ial)?\s+(?:space|vector|bundle|plane)|on the (?:unit )?(?:hyper)?sphere"
    r"|Stiefel|Grassmann\w*|(?:on|of) the manifold|黎曼|切空间|球面",
    re.IGNORECASE,
)
"""What a derivative is along a curved set, which is another one than in the whole space."""
_INDICES = regex(r"[^A-Za-z]*[ijklmnpqrs](?:[^A-Za-z]+[ijklmnpqrs])*[^A-Za-z]*")


def with_other_readings(subject: Subject, right: Tokens, found: Found) -> Found:
    """What is found of a wrong right side: ambiguous where a reading that is not said makes it right."""
    if name := _not_read(subject, right):
        reason = phrase("{name} is defined by its entries, which was not read", name=name)
        return replace(found, status="ambiguous", reason=reason)
    for other, side, reason in _other_readings(subject, right):
        if judge(other, side).status == "verified":
            return replace(found, status="ambiguous", reason=reason)
    return found


def _other_readings(subject: Subject, right: Tokens) -> Iterator[tuple[Subject, Tokens, Phrase]]:
    """The readings that a document does not say but authors use, each with what it takes for granted."""
    for one in likely_stacks([right, *subject.texts()], {}):
        for stack in (one, replace(one, is_rows=False)):
            other = subject.stacked(right, {one.member: stack})
            if other is None:
                continue
            matrix, member = plain(one.matrix), one.member
            if stack.is_rows:
                reason = phrase(
                    "right where the rows of {matrix} are called {member}, which is not said",
                    matrix=matrix,
                    member=member,
                )
            else:
                reason = phrase(
                    "right where the columns of {matrix} are called {member}, which is not said",
                    matrix=matrix,
                    member=member,
                )
            yield other, right, reason
    for name, side in _with_identities(right):
        yield subject, side, phrase("right where {name} stands for {name}·I", name=name)


def _not_read(subject: Subject, right: Tokens) -> str:
    """A matrix that the right side alone has, and whose entries are defined in a way that was not read."""
    own = {key for tokens in [*subject.texts(), *subject.variables] for key, _, _ in names_used(tokens)}
    for key, start, end in names_used(right):
        is_free = key not in own and subject.known.latest(key) is None and end == name_end(right, start)
        below = [
            one.partition(f"{key} _ ")[2] for one in subject.known.definitions if one.startswith(f"{key} _ ")
        ]
        if is_free and any(_INDICES.fullmatch(one) for one in below):
            return plain(right[start:end])
    return ""


def _with_identities(right: Tokens) -> Iterator[tuple[str, Tokens]]:
    """A right side in which a letter that stands alone in a sum is that times the identity matrix."""
    for key, start, end in names_used(right):
        is_letter = end == name_end(right, start) and (key[0].islower() or not key[0].isalpha())
        before = start > 0 and right[start - 1].is_sign("+-(")
        after = end < len(right) and right[end].is_sign("+-)")
        is_in_sum = start > 0 and (right[start - 1].is_sign("+-") or (after and right[end].is_sign("+-")))
        if is_letter and before and after and is_in_sum:
            unit = [t.placed(right[start].span) for t in cut(r"{I}")]
            yield plain(right[start:end]), [*right[:end], *unit, *right[end:]]
