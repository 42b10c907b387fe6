"""The least change of an author's line that makes it right: a sign, a transpose, a factor, an order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from matgrad.core.errors import MatgradError
from matgrad.core.records import dataclass
from matgrad.language.latex.lexer import cut
from matgrad.refereeing.authors_style import transpose_of
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
    is_space,
    is_turned,
    name_end,
    plain,
    skip,
    terms_of,
)
from matgrad.refereeing.found import Found
from matgrad.refereeing.judging import judge
from matgrad.refereeing.subjects import Subject

MOST = 16
"""The most changes that are tried."""

_NUMBERS = ("2", r"\tfrac{1}{2}", "4", r"\tfrac{1}{4}")
_FRACTIONS = ("frac", "tfrac", "dfrac")


@dataclass(frozen=True)
class Change:
    """Some tokens of a line put in place of others: from the first place to before the second."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Mended:
    """A line that was made right: its tokens, and what was changed where in the document."""

    tokens: Tokens
    changes: tuple[Change, ...]


def mended(subject: Subject, right: Tokens, found: Found) -> Mended | None:
    """The right side with the least change that makes it right; ``None`` where none of them does."""
    verdict = found.verdict
    if verdict is None or not right:
        return None
    sign = transpose_of([*right, *subject.body])
    for number, edits in enumerate(_edits(right, verdict.mistake, sign)):
        if number >= MOST:
            break
        try:
            tokens = _changed(right, edits)
        except MatgradError:
            continue
        if judge(subject, tokens).status == "verified":
            return Mended(tokens, tuple(_in_document(right, edit) for edit in edits))
    return None


def _edits(right: Tokens, mistake: str, sign: str) -> Iterator[tuple[Change, ...]]:
    """The changes to try, by the places of tokens; the likeliest first."""
    if mistake in ("sign", "term_sign"):
        yield from _signs(right, is_whole=mistake == "sign")
    elif mistake in ("factor_transpose", "term_transpose", "transposes"):
        yield from _transposes(right, sign)
    elif mistake == "factor":
        yield from _numbers(right, 0, len(right))
    elif mistake in ("term_factor", "lost_term"):
        terms = terms_of(right)
        for start, end in terms:
            yield from _numbers(right, start, end)
    elif mistake == "swapped":
        yield from _swaps(right)


def _signs(right: Tokens, *, is_whole: bool) -> Iterator[tuple[Change, ...]]:
    if is_whole:
        if right[0].is_sign("-"):
            yield (Change(0, 1, ""),)
        elif len(terms_of(right)) == 1:
            yield (Change(0, 0, "-"),)
        else:
            yield (Change(0, 0, "-("), Change(len(right), len(right), ")"))
    if not is_whole and not right[0].is_sign("+-"):
        yield (Change(0, 0, "-"),)
    for i, token in enumerate(right):
        if token.is_sign("+"):
            yield (Change(i, i + 1, "-"),)
        elif token.is_sign("-"):
            yield (Change(i, i + 1, "+" if i else ""),)


def _transposes(right: Tokens, sign: str) -> Iterator[tuple[Change, ...]]:
    i = 0
    while i < len(right):
        end = name_end(right, i)
        if end == i:
            i += 1
            continue
        after = skip(right, end)
        if after < len(right) and right[after].is_sign("^"):
            inside, behind = argument(right, after + 1)
            if is_turned(inside):
                yield (Change(end, behind, ""),)
        elif after < len(right) and right[after].is_sign("'"):
            yield (Change(after, after + 1, ""),)
        else:
            yield (Change(end, end, "'" if sign == "'" else f"^{sign}"),)
        i = end


def _numbers(right: Tokens, start: int, end: int) -> Iterator[tuple[Change, ...]]:
    """Numbers put before a term, or taken away from it."""
    at = skip(right, start)
    while at < end and right[at].is_sign("+-"):
        at = skip(right, at + 1)
    if at >= end:
        return
    if right[at].kind == "number":
        yield (Change(at, at + 1, ""),)
    elif right[at].kind == "command" and right[at].text in _FRACTIONS:
        _, behind = argument(right, at + 1)
        yield (Change(at, argument(right, behind)[1], ""),)
    is_sum = start == 0 and end == len(right) and len(terms_of(right)) > 1
    for number in _NUMBERS:
        if is_sum:
            yield (Change(0, 0, f"{number} ("), Change(len(right), len(right), ")"))
        else:
            yield (Change(at, at, f"{number} "),)


def _swaps(right: Tokens) -> Iterator[tuple[Change, ...]]:
    """Neighbours, each a name with what is above it, in the other order."""
    factors: list[tuple[int, int]] = []
    i = 0
    while i < len(right):
        end = name_end(right, i)
        if end == i:
            if not is_space(right[i]):
                factors.append((-1, -1))
            i += 1
            continue
        after = skip(right, end)
        if after < len(right) and right[after].is_sign("^"):
            end = argument(right, after + 1)[1]
        while end < len(right) and right[end].is_sign("'"):
            end += 1
        factors.append((i, end))
        i = end
    for (a, b), (c, d) in pairwise(factors):
        if a >= 0 and c >= 0:
            first, second = plain(right[a:b]), plain(right[c:d])
            yield (Change(a, b, second + " "), Change(c, d, first))


def _changed(right: Tokens, edits: Sequence[Change]) -> Tokens:
    """The tokens with some changes made."""
    out: Tokens = []
    place = 0
    for edit in edits:
        out += right[place : edit.start]
        near = right[min(edit.start, len(right) - 1)].span
        out += [token.placed(near) for token in cut(edit.text)]
        place = edit.end
    return [*out, *right[place:]]


def _in_document(right: Tokens, edit: Change) -> Change:
    """A change by the places in the document."""
    if edit.start < edit.end:
        inside = right[edit.start : edit.end]
        return Change(inside[0].span[0], inside[-1].span[1], edit.text)
    # What a macro with an argument stands for ends where the argument does.
    before = [token.span[1] for token in right[: edit.start]]
    at = max(before) if before else right[0].span[0]
    return Change(at, at, edit.text)
