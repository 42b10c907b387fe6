r"""Matrices whose rows or columns have names: ``$x_i^\top$, the rows of $X$``, ``X = [x_1, \dots, x_n]``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.language.latex.lexer import Token, cut
from matgrad.refereeing.declared_in_words import Said
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
    group_end,
    is_turned,
    key_of,
    last_sign,
    name_end,
    names_used,
    parted,
    plain,
    skip,
    trimmed,
    whole_name,
)
from matgrad.refereeing.known import Definition
from matgrad.refereeing.likely_kinds import last_of
from matgrad.refereeing.rows import statements_of

_KIND = r"\b(?P<kind>row|column)s?\b"
_PATTERNS = (
    regex(
        rf"⟦(?P<member>\d+)⟧(?:[^⟦.;]{{0,30}}⟦\d+⟧\s*-?\s*(?:th|st)?(?=\s*(?:row|column)))?[^⟦.;]{{0,45}}?{_KIND}(?:\s+vectors?)?\s+of\s+"
        r"(?:(?:an?|the|our)\s+)?(?:[\w-]+\s+){0,3}⟦(?P<matrix>\d+)⟧"
    ),
    regex(
        r"⟦(?P<matrix>\d+)⟧[^⟦.;]{0,40}\b(?:has|have|having|with|whose)\b(?:[^⟦.;]{0,12}⟦\d+⟧)?[^⟦.;]{0,15}"
        rf"{_KIND}(?:\s+vectors?)?(?:\s+(?:are|is|being|by|equal to))?\s+⟦(?P<member>\d+)⟧"
    ),
    regex(
        rf"{_KIND}(?:\s+vectors?)?\s+of\s+(?:(?:an?|the)\s+)?(?:[\w-]+\s+){{0,2}}⟦(?P<matrix>\d+)⟧\s*"
        r"(?:are|is|be|being|by|,|\(|as)[^⟦.;]{0,15}⟦(?P<member>\d+)⟧"
    ),
    regex(
        r"⟦(?P<matrix>\d+)⟧[^⟦.;]{0,40}⟦(?P<member>\d+)⟧[^⟦.;]{0,25}\bits\s+(?:⟦\d+⟧\s*-?\s*(?:th|st)?)?"
        rf"[^⟦.;]{{0,12}}?{_KIND}"
    ),
    regex(
        r"⟦(?P<matrix>\d+)⟧\s*的\s*(?:第\s*⟦\d+⟧\s*)?(?P<kind>行|列)(?:向量)?\s*(?:为|是|记为|记作)\s*⟦(?P<member>\d+)⟧"
    ),
    regex(r"⟦(?P<member>\d+)⟧\s*(?:为|是|表示)\s*⟦(?P<matrix>\d+)⟧\s*的\s*(?:第\s*⟦\d+⟧\s*)?(?P<kind>行|列)"),
)


@dataclass(frozen=True)
class Stack:
    """A matrix, and what one of its rows or columns is called: the base of x_i."""

    member: str
    matrix: Tokens
    is_rows: bool
    length: str = ""
    """How many rows or columns the matrix has; empty where that is not known."""

    def as_counted(self, texts: Sequence[Tokens], said: Mapping[str, Said], length: str) -> Said:
        r"""The matrix as large as sums over its rows say: with m rows where ``\sum_{i=1}^m (a_i^\top x)^2``.

        The rows are as long as is said of one of them, else of a length that is given.
        """
        members = {
            key: key.rpartition(" ")[2]
            for tokens in texts
            for key, _, _ in names_used(tokens)
            if key.startswith(f"{self.member} _ ") and len(key.split()) == 3
        }
        counts = [last for index in members.values() if (last := last_of(index, texts))]
        lengths = [said[key].shape for key in members if key in said and said[key].shape]
        sizes = [counts[0] if counts else "m_{9}", lengths[0] if lengths else length]
        name = plain(self.matrix)
        return Said(key_of(self.matrix), name, r" \times ".join(sizes if self.is_rows else sizes[::-1]))


def stacks_in_words(words: str, formulas: Sequence[Tokens]) -> Iterator[Stack]:
    """The matrices of whose rows or columns a sentence says how they are called."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(words):
            member = _member(formulas[int(match["member"])])
            statements = statements_of(formulas[int(match["matrix"])], "")
            matrix = statements[0].sides[0] if statements else []
            if member and whole_name(matrix) and _is_capital(matrix):
                yield Stack(member, matrix, match["kind"].lower() in ("row", "行"))


def likely_stacks(texts: Sequence[Tokens], said: Mapping[str, Stack]) -> Iterator[Stack]:
    """The matrices whose rows may be named as usual, x_i of X, where a document does not say it."""
    used: dict[str, Tokens] = {}
    for tokens in texts:
        for key, start, end in names_used(tokens):
            used.setdefault(key, list(tokens[start:end]))
    for key in used:
        base, _, below = key.partition(" _ ")
        matrix = used.get(base.upper()) if len(base) == 1 and base.islower() else None
        if matrix is not None and len(below) == 1 and base not in said:
            yield Stack(base, matrix, True)


def stack_of(definition: Definition) -> Stack | None:
    r"""What ``X = [x_1, \dots, x_n]^\top`` says of the rows or columns of X."""
    body = [t for t in definition.body if not t.is_command("left", "right", "bigl", "bigr", "big")]
    if not body or not body[0].is_sign("([") or definition.parameters:
        return None
    end = group_end(body, 0)
    is_turned_whole = False
    if end < len(body):
        if not body[end].is_sign("^'"):
            return None
        is_turned_whole = body[end].is_sign("'") or is_turned(argument(body, end + 1)[0])
        if not is_turned_whole:
            return None
    member = _member(body[1 : end - 1])
    return Stack(member, definition.left, is_turned_whole) if member else None


def _is_capital(name: Tokens) -> bool:
    """Whether a name is that of a matrix: a capital letter, Latin or Greek."""
    return key_of(name)[:1].isupper()


def _member(tokens: Tokens) -> str:
    r"""The base of the names in a list: x of ``x_1^\top, \dots, x_n^\top`` and of ``x_i \in \mathbb R^p``."""
    statements = statements_of(tokens, "")
    if not statements:
        return ""
    side = statements[0].sides[0]
    first = trimmed(
        parted(side, lambda t: t.is_sign(",，;") or t.is_command("dots", "ldots", "cdots", "mid"))[0]
    )
    end = name_end(first, 0)
    rest = trimmed(first[end:])
    below = last_sign(first[:end], "_")
    is_bare = not rest or rest[0].is_sign("'") or (rest[0].is_sign("^") and is_turned(argument(rest, 1)[0]))
    if not end or below <= 0 or not is_bare:
        return ""
    inside = [t for t in trimmed(argument(first, below + 1)[0]) if not t.is_sign(",")]
    is_index = len(inside) == 1 and inside[0].kind in ("letter", "number")
    base = key_of(first[:below])
    return base if is_index and len(base.split()) == 1 and not base[0].isupper() else ""


def with_stacks(tokens: Sequence[Token], stacks: Mapping[str, Stack]) -> Tokens:
    """Tokens with Xᵀe_i for x_i, or Xe_i where it is a column."""
    out: Tokens = []
    tokens = _with_ranges(tokens, stacks)
    i = 0
    while i < len(tokens):
        end = name_end(tokens, i)
        name = tokens[i:end]
        below = last_sign(name, "_")
        stack = stacks.get(key_of(name[:below])) if below > 0 else None
        inside = trimmed(argument(name, below + 1)[0]) if stack is not None else []
        if stack is not None and len(inside) == 1 and skip(name, argument(name, below + 1)[1]) == len(name):
            span = (tokens[i].span[0], tokens[end - 1].span[1])
            turned = r"^{\top}" if stack.is_rows else ""
            around = [t.placed(span) for t in cut(rf"({turned}e_{{{inside[0].text}}})")]
            out += [around[0], *(t.placed(span) for t in stack.matrix), *around[1:]]
            i = end
        else:
            out.append(tokens[i])
            i += 1
    return out


def has_e(tokens: Sequence[Token]) -> bool:
    """Whether a formula has an e that is no power of the number e, and no unit vector."""
    return any(
        t.kind == "letter"
        and t.text == "e"
        and not t.glued
        and not (tokens[i + 1 :] and tokens[i + 1].is_sign("^_"))
        for i, t in enumerate(tokens)
    )


def _with_ranges(tokens: Sequence[Token], stacks: Mapping[str, Stack]) -> Sequence[Token]:
    """Tokens in which the sums over rows and columns say over how many."""
    lengths: dict[str, str] = {}
    for key, start, end in names_used(tokens):
        base, _, below = key.partition(" _ ")
        if base in stacks and stacks[base].length and len(below) == 1 and below.isalpha() and end > start:
            lengths[below] = stacks[base].length
    out = list(tokens)
    i = 0
    while i < len(out):
        if out[i].is_command("sum", "prod") and i + 1 < len(out) and out[i + 1].is_sign("_"):
            inside, end = argument(out, i + 2)
            bare = trimmed(inside)
            at = skip(out, end)
            is_open = at >= len(out) or not out[at].is_sign("^")
            if len(bare) == 1 and bare[0].text in lengths and is_open:
                out = [*out[: i + 2], *_range(bare[0], lengths[bare[0].text]), *out[end:]]
        i += 1
    return out


def _range(letter: Token, length: str) -> Tokens:
    """The lower and the upper bound of a sum over an index."""
    return [token.placed(letter.span) for token in cut(rf"{{{letter.text}=1}}^{{{length}}}")]
