"""What is refused of indices: places beyond the ends, and names that would not change with an index."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from matgrad.core.dims import ONE, Dim
from matgrad.core.errors import ShapeError, UnknownNameError
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.host import Host
from matgrad.language.inference import sole_unknown
from matgrad.language.offered_members import either_kind
from matgrad.language.ranges import Range

INDEX_LETTERS = frozenset("ijklmn")
"""Letters that nobody takes for a label of a name."""


def beyond(host: Host, read: str, letter: str, shift: Dim, ends: tuple[Dim, Dim], item: s.Node) -> ShapeError:
    """The error for a member before the first or after the last one."""
    end, length = ends
    if not shift.is_integer:
        fix = phrase("a range of {letter} within which there is one", letter=letter)
    elif int(shift) < 0:
        fix = phrase("a sum over {letter} from {first} on", letter=letter, first=1 - shift)
    else:
        fix = phrase("a sum over {letter} that ends at {last}", letter=letter, last=length - shift)
    return ShapeError(
        phrase(
            "there is no {read}, which is read where {letter} is {end}: they run from 1 to {length}",
            read=read,
            letter=letter,
            end=end,
            length=length,
        ),
        fix=fix,
        text=host.text,
        span=item.span,
    )


def check_one(
    host: Host, bound: Mapping[str, Range], whole: str, items: Sequence[s.Node], place: tuple[int, int]
) -> None:
    """Refuse a declared ``x_t`` below a sum over t whose members are not counted from 1.

    Raises
    ------
    UnknownNameError
        With the declaration of the members: as one variable it would be the same for every t.
    """
    letters = _letters(items)
    index = next((letter for letter in letters if letter in bound), None)
    if index is None or (len(letters) > 1 and not all(letter in bound for letter in letters)):
        return
    declared = phrase("declare {index} = 1..N, and write sum_{{{index}=1}}^N", index=index)
    if bound[index].first is not ONE:
        declared = phrase("members are counted from 1; {remedy}", remedy=declared)
    raise UnknownNameError(
        phrase("{whole} is declared as one variable, and {index} runs in this sum", whole=whole, index=index),
        fix=declared,
        text=host.text,
        span=place,
    )


def check_bound(
    host: Host, bound: Mapping[str, Range], name: str, items: Sequence[s.Node], place: tuple[int, int]
) -> None:
    """Refuse an undeclared ``x_i`` below a sum over i: as a variable of that name it would not change.

    Raises
    ------
    UnknownNameError
        With the declarations of a number and of a vector for every i.
    """
    letters = _letters(items)
    index = next((letter for letter in letters if letter in bound), None)
    ranges = host.scope.declarations.ranges
    known: Collection[str] = {*bound, *ranges, *INDEX_LETTERS}
    if index is None or not all(letter in known for letter in letters):
        return
    whole = f"{name}_{''.join(letters)}"
    ends = {letter: _end_of(bound, letter) for letter in letters if letter not in ranges or letter == index}
    raise UnknownNameError(
        phrase(
            "{whole} is not declared, and may be a number, a vector or a matrix for every {index}",
            whole=whole,
            index=index,
        ),
        fix=either_kind(name, letters, ends),
        text=host.text,
        span=place,
    )


def _letters(items: Sequence[s.Node]) -> list[str]:
    return [item.text if isinstance(item, s.Name) else "" for item in items]


def _end_of(bound: Mapping[str, Range], letter: str) -> Dim | str:
    """How far an index runs, where the sum says it."""
    last = bound[letter].last if letter in bound else None
    return "N" if last is None or sole_unknown(last) is not None else last
