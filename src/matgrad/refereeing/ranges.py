r"""How far indices run where nothing says it: one size for all that is counted alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from matgrad.core.records import dataclass
from matgrad.language.latex.lexer import Token, cut
from matgrad.refereeing.declared_in_words import Said
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
    is_turned,
    key_of,
    last_sign,
    name_end,
    plain,
    skip,
    trimmed,
)

_INDICES = frozenset("ijklmnrst")
_SUMS = ("sum", "prod")
_UNSAID = ("n_9", "m_9", "p_9", "q_9", "r_9", "s_9")
"""The sizes of ranges that nobody says, as no author writes them."""


@dataclass(frozen=True)
class Ranges:
    """The last value of each index, and what the members that they count are."""

    lasts: Mapping[str, str]
    said: Mapping[str, Said]


@dataclass(frozen=True)
class _Sum:
    r"""A sum with a condition below it: its indices, the relation between them, and where it ends."""

    letters: tuple[Token, ...]
    relation: str
    last: str
    end: int


def unsaid_ranges(
    texts: Sequence[Tokens], vectors: Mapping[str, str], said: Mapping[str, Said]
) -> Ranges | None:
    r"""The ranges of the indices of sums that have none: in ``\sum_j x_j y_{ij}`` that of j.

    Letters that count the same members have the same range. ``None`` where no sum lacks one, or where two
    ranges are written for one letter.

    Parameters
    ----------
    texts : sequence of tokens
        The formulas.
    vectors : mapping of str to str
        The names that are vectors because a function has them as its argument, as they are written.
    said : mapping of str to Said
        What is said of names.
    """
    classes = _Classes()
    lasts: dict[str, set[str]] = {}
    is_open = False
    for tokens in texts:
        for i, token in enumerate(tokens):
            if token.kind == "command" and token.text in _SUMS and (one := _sum_at(tokens, i)) is not None:
                is_open = is_open or not one.last
                for letter in one.letters:
                    classes.find(letter.text)
                    lasts.setdefault(letter.text, set()).update({one.last} if one.last else ())
                if one.relation and len(one.letters) == 2:
                    classes.join(one.letters[0].text, one.letters[1].text)
        for base, letters, _ in _members(tokens):
            for place, index in enumerate(letters):
                classes.join(index, f"{base} {place}")
    if not is_open:
        return None
    found: dict[str, str] = {}
    sizes: dict[str, str] = {}
    for name, own in lasts.items():
        root = classes.find(name)
        written = own.union(*(lasts[other] for other in lasts if classes.find(other) == root))
        if len(written) > 1:
            return None
        sizes.setdefault(root, written.pop() if written else _UNSAID[len(sizes) % len(_UNSAID)])
        found[name] = sizes[root]
    found |= {one: sizes[root] for one in classes.letters() if (root := classes.find(one)) in sizes}
    return Ranges(found, _said_of_members(texts, found, vectors, said))


def _said_of_members(
    texts: Sequence[Tokens], lasts: Mapping[str, str], vectors: Mapping[str, str], said: Mapping[str, Said]
) -> dict[str, Said]:
    """What members are of which nothing is said: entries, numbers with two indices, vectors in products."""
    found: dict[str, Said] = {}
    declared: set[tuple[str, int]] = set()
    vectorial = {
        base
        for tokens in texts
        for base, letters, (start, end) in _members(tokens)
        if len(letters) == 1 and (_is_transposed(tokens, end) or _is_in_bars(tokens, start))
    }
    for tokens in texts:
        for base, letters, (start, end) in _members(tokens):
            key, name = key_of(tokens[start:end]), plain(tokens[start:end])
            if (base, len(letters)) in declared:
                continue  # what one member is all are
            known = said.get(key) or said.get(base)
            if len(letters) == 2 and known is not None and "symmetric" in known.facts and not known.shape:
                size = rf"{lasts[letters[0]]} \times {lasts[letters[0]]}" if letters[0] in lasts else ""
                found[base] = Said(base, known.name, size, known.facts)
            elif known is not None and (known.shape or known.facts):
                continue
            elif base in vectorial and len(letters) == 1:
                found[key] = Said(key, name, facts=("vector",))
                declared.add((base, 1))
            elif base in vectors and len(letters) == 1 and letters[0] in lasts:
                found[base] = Said(base, vectors[base], lasts[letters[0]])
            elif len(letters) == 2 and all(letter in lasts for letter in letters):
                found[key] = Said(key, name, "scalar")
                declared.add((base, 2))
    return found


def with_ranges(tokens: Sequence[Token], lasts: Mapping[str, str]) -> Tokens:
    """Tokens in which every sum over an index says how far it runs."""
    out: Tokens = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        one = _sum_at(tokens, i) if token.kind == "command" and token.text in _SUMS else None
        if one is None or one.last or not all(letter.text in lasts for letter in one.letters):
            out.append(token)
            i += 1
            continue
        out += [t.placed(token.span) for t in cut(_written(token.text, one, lasts))]
        i = one.end
    return out


def _written(sign: str, one: _Sum, lasts: Mapping[str, str]) -> str:
    r"""A sum with its range: ``\sum_{j=1,j\neq i}^{n}``."""
    letters = [t.text for t in one.letters]
    if one.relation in ("<", "≤"):
        return rf"\{sign}_{{1\le {letters[0]}{one.relation} {letters[1]}\le {lasts[letters[1]]}}}"
    if one.relation == "≠":
        j, i = letters
        return rf"\{sign}_{{{j}=1,{j}\neq {i}}}^{{{lasts[j]}}}"
    return "".join(rf"\{sign}_{{{letter}=1}}^{{{lasts[letter]}}}" for letter in letters)


def _sum_at(tokens: Sequence[Token], i: int) -> _Sum | None:
    """The sum that starts at a place, where indices alone stand below it."""
    at = i + 1
    if at < len(tokens) and tokens[at].is_command("limits", "nolimits"):
        at += 1
    if at >= len(tokens) or not tokens[at].is_sign("_"):
        return None
    inside, end = argument(tokens, at + 1)
    bare = [t for t in inside if t.kind != "blank" and not t.is_sign(",") and not t.is_command(",", "!")]
    last = ""
    behind = skip(tokens, end)
    if behind < len(tokens) and tokens[behind].is_sign("^"):
        above, end = argument(tokens, behind + 1)
        last = plain(above)
    if not bare or not _is_index(bare[0]):
        return None
    if len(bare) == 3 and bare[1].is_sign("=") and bare[2].text == "1" and last:
        return _Sum((bare[0],), "", last, end)
    relation = ""
    if len(bare) == 3 and _is_index(bare[2]):
        relation = _relation(bare[1])
        bare = [bare[0], bare[2]] if relation else []
        if relation in (">", "≥"):
            relation, bare = {">": "<", "≥": "≤"}[relation], bare[::-1]
    if not bare or len(bare) > 2 or not all(map(_is_index, bare)) or (last and len(bare) > 1):
        return None
    return _Sum(tuple(bare), relation, last, end)


def _relation(token: Token) -> str:
    if token.is_sign("<>≠≤≥"):
        return token.text
    return {
        "lt": "<",
        "gt": ">",
        "neq": "≠",
        "ne": "≠",
        "le": "≤",
        "leq": "≤",
        "leqslant": "≤",
        "ge": "≥",
        "geq": "≥",
    }.get(token.text if token.kind == "command" else "", "")


def _is_index(token: Token) -> bool:
    return token.kind == "letter" and token.text in _INDICES


def _members(tokens: Sequence[Token]) -> Iterator[tuple[str, list[str], tuple[int, int]]]:
    """The names with indices below them: the base, the letters, and where each starts and ends."""
    i = 0
    while i < len(tokens):
        end = name_end(tokens, i)
        below = last_sign(tokens[i:end], "_") if end > i else -1
        if below > 0:
            inside, behind = argument(tokens[i:end], below + 1)
            letters = [t for t in trimmed(inside) if not t.is_sign(",") and t.kind != "blank"]
            if letters and len(letters) <= 2 and all(map(_is_index, letters)) and behind == end - i:
                yield key_of(tokens[i : i + below]), [t.text for t in letters], (i, end)
        i = max(end, i + 1)


def _is_transposed(tokens: Sequence[Token], end: int) -> bool:
    at = skip(tokens, end)
    return at < len(tokens) and (
        tokens[at].is_sign("'") or (tokens[at].is_sign("^") and is_turned(argument(tokens, at + 1)[0]))
    )


def _is_in_bars(tokens: Sequence[Token], start: int) -> bool:
    """Whether a place is within the bars of a norm."""
    bars = sum(t.is_command("|", "Vert", "lVert", "rVert") or t.is_sign("‖") for t in tokens[:start])
    return bars % 2 == 1


class _Classes:
    """Letters and places of names that are counted alike."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def find(self, one: str) -> str:
        """The first of those that are counted as this one is."""
        self._above.setdefault(one, one)
        while self._above[one] != one:
            one = self._above[one]
        return one

    def join(self, one: str, other: str) -> None:
        """Take in that two are counted alike."""
        first, second = self.find(one), self.find(other)
        if first != second:
            self._above[second] = first

    def letters(self) -> list[str]:
        """All letters that were taken in."""
        return [one for one in self._above if len(one) == 1]
