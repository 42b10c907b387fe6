"""What a question about undeclared members offers: A_ij: scalar, u_i: n, i = 1..N, j = 1..M."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from matgrad.core.words import Phrase, alternatives, phrase
from matgrad.language import syntax as s
from matgrad.language.member_kinds import MATRIX, SCALAR, VECTOR, kinds_of_members
from matgrad.language.names import is_capital
from matgrad.language.sum_heads import EXTREMA

Member = tuple[str, tuple[str, ...]]
"""A name and the letters of its places."""

_ENDS = "NMKLJ"
_RUNNING = frozenset("ijkl")


def letters_below(node: s.Indexed, index: str) -> tuple[list[str], set[str]]:
    """The letters that run in a sum and in those inside it, and which of the others say how far."""
    inner = [part for part in s.walk(node) if isinstance(part, s.Indexed)]
    bounds = [bound for part in inner for bound in part.bounds]
    names = [n for part in inner for c in part.conditions for n in s.walk(c) if isinstance(n, s.Name)]
    letters = [index, *(bound.index.text for bound in bounds)]
    letters += [name.text for name in names if name.text in _RUNNING]
    return letters, {bound.index.text for bound in bounds if bound.last is not None} - {index}


def kind_offered(member: Member, said: str | None, of_numbers: bool) -> str:
    """What a member is offered as: what its places say, and else a number where it has two indices."""
    if said is not None:
        return said
    if len(member[1]) > 1 or of_numbers:
        return SCALAR
    return MATRIX if is_capital(member[0]) else VECTOR


def either_kind(name: str, letters: Sequence[str], ends: Mapping[str, object]) -> str | Phrase:
    """The declarations of what a member may be, with how far its indices run."""
    whole = f"{name}_{''.join(letters)}"
    kinds = [MATRIX] if is_capital(name) and len(letters) == 1 else []
    kinds += [SCALAR, *([VECTOR] if not kinds and len(letters) == 1 else [])]
    run = ", ".join(f"{letter} = 1..{end}" for letter, end in ends.items())
    return alternatives(
        phrase("declare {whole}: {kind}, {run}", whole=whole, kind=kind, run=run) for kind in kinds
    )


def declaration_offered(
    node: s.Indexed, members: Sequence[Member], letters: Sequence[str], declared: Collection[str]
) -> str:
    """The declaration of undeclared members, and of the ranges of their indices that are not declared.

    Parameters
    ----------
    node : Indexed
        The sum, product or extremum that they stand below.
    members : sequence of (name, letters)
        Members in the order in which they are read; letters that nothing binds are written as they are.
    letters : sequence of str
        The indices of the sums around and inside the body.
    declared : collection of str
        The indices whose range is declared.
    """
    kinds = kinds_of_members([node.body], {*letters, *declared})
    of_numbers = node.kind in EXTREMA
    found: dict[tuple[str, int], str] = {}
    together: dict[str, str] = {}
    """Of each index the one that runs as far: i for the j of x_i − x_j."""
    seen: dict[tuple[str, int], list[str]] = {}
    for base, own in members:
        kind = kind_offered((base, own), kinds.get((base, own)), of_numbers)
        text = f"{base}_{''.join(own)}: {kind}"
        if found.setdefault((base, len(own)), text) != text and kinds.get((base, own)) is not None:
            found[base, len(own)] = f"{found[base, len(own)].partition(':')[0]}: {kind}"
        for place, letter in enumerate(own):
            seen.setdefault((base, place), []).append(letter)
    for same in seen.values():
        for letter in same[1:]:
            together[_first(together, letter)] = _first(together, same[0])
    wanted = [letter for letter in dict.fromkeys(letters) if letter not in declared]
    ends: dict[str, str] = {}
    for letter in wanted:
        ends.setdefault(_first(together, letter), _ENDS[min(len(ends), len(_ENDS) - 1)])
    ranges = [f"{letter} = 1..{ends[_first(together, letter)]}" for letter in wanted]
    return ", ".join([*found.values(), *ranges])


def _first(together: dict[str, str], letter: str) -> str:
    while together.get(letter, letter) != letter:
        letter = together[letter]
    return letter
