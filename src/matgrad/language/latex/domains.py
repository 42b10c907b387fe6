r"""What stands beside a formula and says where names are from: ``y_i \in \{0, 1\}``, ``i = 1, \dots, n``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matgrad.core.errors import ParseError
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token, cut
from matgrad.language.latex.looks import joined, say_something
from matgrad.language.latex.plain import plain_text
from matgrad.language.latex.said_facts import fact_said, without_filling

_IN = regex(r"\\in(?![A-Za-z])")
_CONSTANTS = frozenset(("const", "constant", "constants", "cst"))
_DOTS = ("dots", "ldots", "cdots", "dotsc")


def without_domains(
    pieces: Sequence[Sequence[Token]], is_known: Callable[[str], bool]
) -> list[Sequence[Token] | None]:
    r"""The statements of a text, with ``None`` for those that only say where a name is from.

    Of ``X \in ℝ^{m×n}`` the name must be known, as it is declared by that: see :func:`members_in`.
    """
    kept: list[Sequence[Token] | None] = list(pieces)
    for i, piece in enumerate(pieces):
        if _is_range(pieces[i : i + 3]):
            kept[i : i + 3] = [None, None, None]
        if len(pieces) > 1 and (_is_bound(piece) or fact_said(piece) is not None):
            kept[i] = None
            continue
        at = _member_sign(piece)
        if at is None or len(pieces) == 1:
            continue
        is_space = any(t.kind == "double" and t.text == "R" for t in piece[at:])
        if is_space and not is_known(_name(piece[:at])):
            continue
        kept[i] = None
        back = i - 1
        while back >= 0 and kept[back] is not None and _is_plain_name(pieces[back]) and len(pieces) > 2:
            kept[back] = None
            back -= 1
    return kept if any(piece is not None for piece in kept) else list(pieces)


def without_constant(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without the ``+ const.`` at their end, which no derivative shows."""
    found = list(tokens)
    while found and (found[-1].kind in ("row", "gap") or found[-1].is_sign(".,;&")):
        found.pop()
    is_constant = (
        bool(found) and found[-1].kind == "word" and found[-1].text.strip(" ,.;:").lower() in _CONSTANTS
    )
    return found[:-2] if is_constant and len(found) > 2 and found[-2].is_sign("+") else list(tokens)


@dataclass(frozen=True, slots=True)
class Member:
    r"""A name that a text says is from ℝ^{m×n} or 𝕊ⁿ₊, and the words beside that: ``symmetric``."""

    declared: str
    name: str
    place: tuple[int, int]
    before: tuple[str, ...]
    after: tuple[str, ...]


def members_in(text: str) -> list[Member]:
    r"""What a formula says of where its names are from: ``\text{where } W \in \mathbb R^{d \times k}``.

    Examples
    --------
    >>> members_in(r"\|X - W\|_F^2,\quad W \in \mathbb{R}^{d\times k}")[0].declared
    'W ∈ ℝ^(d× k)'
    >>> members_in(r"\log\det S, \quad S \in \mathbb{S}^n_{++}")[0].declared
    'S: n×n'
    >>> members_in(r"x^\top A x \text{ where } A \in \mathbb R^{3 \times 3} \text{ is symmetric}")[0].after
    ('symmetric',)
    """
    if not _IN.search(text):
        return []
    try:
        tokens = [t for t in say_something(cut(text), text) if t.kind != "gap"]
    except ParseError:
        return []  # What is wrong is said where the formula itself is read, with its macros.
    found: list[Member] = []
    depth = 0
    for i, token in enumerate(tokens):
        depth += (token.kind == "open" or token.is_sign("{")) - (token.kind == "close" or token.is_sign("}"))
        space = tokens[i + 1 : i + 2]
        if token.text != "∈" or token.kind != "relation" or depth or not (space and space[0].text in _SPACES):
            continue
        start = i
        while start and not (tokens[start - 1].kind in ("word", "row") or tokens[start - 1].is_sign(",;&.")):
            start -= 1
        end = _space_end(tokens, i + 1)
        # Of T = Tᵀ ∈ ℝ^{n×n} the name is what stands first.
        until = next((k for k in range(start, i) if tokens[k].text == "="), i)
        if start < until and _is_plain_name(tokens[start:until]):
            place = joined(tokens[start:until])
            name, where = (plain_text(text[slice(*at)]).strip() for at in (place, joined(tokens[i:end])))
            before, after = _said_beside(tokens, start, end)
            declared = f"{name} {where}"
            if space[0].text == "S":
                symmetric = _symmetric_space(tokens[i + 2 : end], text)
                if symmetric is None:
                    continue
                order, fact = symmetric
                declared, after = f"{name}: {order}×{order}", fact
            found.append(Member(declared, name.strip("{} "), place, _facts_said(before), _facts_said(after)))
    return found


_SPACES = ("R", "S")
_OF_SIGN = {"+": "positive semidefinite", "++": "positive definite"}
"""Of the symmetric matrices; 𝕊ⁿ without a sign may as well be a sphere."""
_BETWEEN = regex(r"\b(?:and|with|where|for|if|while|let|then)\b|[,;.]")
_NEGATIONS = frozenset(("not", "non", "no", "neither", "nor", "without", "never", "necessarily"))


def _clauses(token: Token) -> list[str]:
    """The parts of what is said between two formulas: the first is of the one, the last of the other."""
    return _BETWEEN.split(token.text.lower()) if token.kind == "word" else [""]


def _said_beside(tokens: Sequence[Token], start: int, end: int) -> tuple[str, str]:
    """What words say of a name before its ∈ and behind its space."""
    before = _clauses(tokens[start - 1])[-1] if start else ""
    if end == len(tokens) or tokens[end].kind != "word":
        return before, ""
    goes_on = end + 1 < len(tokens) and tokens[end + 1].kind in ("letter", "command")
    return before, _clauses(tokens[end])[0] if goes_on else tokens[end].text


def _facts_said(text: str) -> tuple[str, ...]:
    """The words of a clause that may be facts; none of one that denies something."""
    words = without_filling(text)
    return () if _NEGATIONS.intersection(words) else tuple(words)


def _space_end(tokens: Sequence[Token], start: int) -> int:
    """Where ℝ^{m×n} or 𝕊ⁿ₊ ends that starts at a place."""
    end = start + 1
    while end < len(tokens) and tokens[end].is_sign("^_"):
        end += 1
        level = 0
        while end < len(tokens):
            level += tokens[end].is_sign("{") - tokens[end].is_sign("}")
            end += 1
            if level == 0:
                break
    return end


def _symmetric_space(scripts: Sequence[Token], text: str) -> tuple[str, str] | None:
    """The order of the matrices in 𝕊ⁿ₊ or 𝕊ⁿ₊₊ and what they are, by what stands above and below."""
    above: list[Token] = []
    below: list[Token] = []
    part = above
    for token in scripts:
        if token.is_sign("^_"):
            part = above if token.text == "^" else below
        elif not token.is_sign("{}"):
            part.append(token)
    fact = _OF_SIGN.get("".join(t.text for t in below))
    if fact is None or not above:
        return None
    return plain_text(text[slice(*joined(above))]).strip(), fact


def _member_sign(piece: Sequence[Token]) -> int | None:
    """The place of the ∈ of ``x ∈ S``, where nothing but a name stands before it."""
    at = next((i for i, t in enumerate(piece) if t.kind == "relation"), None)
    if at is None or piece[at].text not in "∈∼∀" or not _is_plain_name(piece[:at]):
        return None
    return at if piece[at].text == "∈" else None


def _is_bound(piece: Sequence[Token]) -> bool:
    r"""Whether a statement says that a letter is positive or the like: ``\lambda > 0``."""
    at = next((i for i, t in enumerate(piece) if t.kind == "relation"), None)
    if at is None or piece[at].text not in "<>≤≥" or not _is_plain_name(piece[:at]):
        return False
    return [t.kind for t in piece[at + 1 :]] == ["number"]


def _is_plain_name(tokens: Sequence[Token]) -> bool:
    """Whether tokens are names with their scripts, and no expression."""
    letters = [t for t in tokens if t.kind == "letter" or (t.kind == "command" and t.text in c.LETTERS)]
    allowed = all(
        t in letters
        or t.kind in ("number", "word", "open", "close")
        or t.is_sign("{}_^,")
        or (t.kind == "command" and (t.text in c.ACCENTS or t.text in c.SILENT_ACCENTS or t.text == "forall"))
        for t in tokens
    )
    return bool(letters) and allowed


def _name(tokens: Sequence[Token]) -> str:
    """The name that stands before ∈, without its indices."""
    names = [t for t in tokens if t.kind == "letter" or (t.kind == "command" and t.text in c.LETTERS)]
    return c.LETTERS.get(names[0].text, names[0].text) if names else ""


def _is_range(pieces: Sequence[Sequence[Token]]) -> bool:
    r"""Whether three statements are ``i = 1``, ``\dots`` and ``n``."""
    if len(pieces) < 3 or len(pieces[0]) < 3 or len(pieces[2]) > 3:
        return False
    first, dots = pieces[0], pieces[1]
    front = [t for t in first if not t.is_command("forall")]
    is_start = len(front) == 3 and front[0].kind == "letter" and front[1].text == "="
    return is_start and front[2].kind == "number" and len(dots) == 1 and dots[0].is_command(*_DOTS)
