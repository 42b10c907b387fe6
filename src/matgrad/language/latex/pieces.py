r"""Where the statements of a text end: at commas, rows and words outside brackets."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.errors import ParseError
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token

_DEFINING_WORDS = frozenset(
    ("where", "with", "and", "for", "in which", "where we set", "given", "using", "let")
)
_CONSTRAINTS = frozenset(("subject to", "s.t", "such that", "s. t.", "st", "subj. to"))
_CONTINUING = frozenset("+-⋅*/:")


@dataclass(slots=True)
class Piece:
    """The tokens of one statement, and whether it stands behind ``where``."""

    tokens: list[Token]
    is_definition: bool


def split_statements(tokens: Sequence[Token], text: str) -> list[Piece]:
    """Split into statements at commas, rows and words outside brackets."""
    tokens = _with_remark_apart(tokens)
    pieces: list[Piece] = []
    current: list[Token] = []
    after_where = False
    depth = 0

    def finish() -> None:
        nonlocal current
        inside = without_edges(current)
        if inside:
            pieces.append(Piece(inside, after_where))
        current = []

    for i, token in enumerate(tokens):
        depth += (token.kind in ("open", "begin") or token.is_sign("{")) - (
            token.kind in ("close", "end") or token.is_sign("}")
        )
        if token.kind == "gap" or (token.is_sign("&") and depth == 0):
            continue
        if depth > 0:
            if token.kind == "row" and not _in_matrix(tokens, i):
                continue
            current.append(token)
            continue
        if token.kind == "word" and _word(token) in _CONSTRAINTS:
            raise ParseError(
                phrase("a problem with constraints is no expression"),
                fix=phrase("the function alone, with the constraint in its Lagrangian"),
                text=text,
                span=token.span,
            )
        if token.kind == "word" and token.text == "where" and _opens(tokens, i + 1):
            current.append(token)
            continue
        if token.kind == "word" and _word(token).split()[0] in _DEFINING_WORDS and (current or pieces):
            if _word(token) not in _DEFINING_WORDS and not _word(token).startswith(("where", "with", "and")):
                raise ParseError(
                    phrase("the words {token} cannot stand here", token=repr(token.text)),
                    text=text,
                    span=token.span,
                )
            finish()
            after_where = True
            continue
        if _is_plain_where(tokens, i) and (current or pieces):
            finish()
            after_where = True
            continue
        if current and _belongs_to_where(tokens, i):
            continue
        if token.is_sign(",;") and token.kind == "sign":
            finish()
            continue
        if token.kind == "row":
            if current and _starts_statement(tokens, i):
                finish()
            continue
        current.append(token)
    finish()
    return pieces


def _with_remark_apart(tokens: Sequence[Token]) -> Sequence[Token]:
    r"""The tokens, of which a last bracket that only says something is a statement: ``(A = A^\top)``."""
    if not tokens or tokens[-1].kind != "close" or tokens[-1].text != "(":
        return tokens
    depth, at = 0, len(tokens)
    while at and (depth or at == len(tokens)):
        at -= 1
        depth += (tokens[at].kind == "close") - (tokens[at].kind == "open")
    inside = tokens[at + 1 : -1]
    is_apart = at > 0 and tokens[at - 1].kind == "gap" and bool(inside)
    says = is_apart and (
        inside[-1].kind == "word" or any(t.text in "=≻⪰" for t in inside if t.kind == "relation")
    )
    return [*tokens[:at], Token("sign", ",", tokens[at].span), *inside] if says else tokens


def _opens(tokens: Sequence[Token], i: int) -> bool:
    """Whether a bracket opens at a place: ``where(c, a, b)`` is a function."""
    return i < len(tokens) and tokens[i].kind == "open"


def _word(token: Token) -> str:
    return token.text.strip(" ,.;:").lower()


def _is_plain_where(tokens: Sequence[Token], i: int) -> bool:
    """Whether the letters from here spell ``where``, typed without a font."""
    return _spells("where", tokens, i)


def _belongs_to_where(tokens: Sequence[Token], i: int) -> bool:
    """Whether this is a later letter of a ``where`` typed without a font."""
    return any(i >= k and _spells("where", tokens, i - k) for k in range(1, 5))


def _spells(word: str, tokens: Sequence[Token], i: int) -> bool:
    letters = tokens[i : i + len(word)]
    if len(letters) < len(word) or "".join(t.text for t in letters) != word:
        return False
    return all(t.kind == "letter" and t.glued for t in letters[1:]) and not letters[0].glued


def _in_matrix(tokens: Sequence[Token], i: int) -> bool:
    """Whether a row break lies within a matrix."""
    depth = 0
    for token in reversed(tokens[:i]):
        depth += (token.kind == "end") - (token.kind == "begin")
        if depth < 0:
            return True
    return False


def _starts_statement(tokens: Sequence[Token], i: int) -> bool:
    """Whether a new statement begins behind a row: one that has a name, and does not go on with a sign."""
    before = next((t for t in reversed(tokens[:i]) if not (t.kind in ("gap", "row") or t.is_sign("&"))), None)
    rest = [t for t in tokens[i:] if not (t.kind in ("gap", "row") or t.is_sign("&"))]
    if not rest:
        return False
    first = rest[0]
    if first.kind == "relation":
        return False
    is_sign = first.kind == "sign" and first.text in _CONTINUING
    is_operator = first.kind == "command" and (first.text in c.OPERATORS or first.text in ("pm", "mp"))
    if is_sign or is_operator:
        return False
    if before is not None:
        goes_on = before.kind == "sign" and before.text in _CONTINUING
        goes_on |= before.kind == "relation" or (before.kind == "command" and before.text in c.OPERATORS)
        if goes_on:
            return False
    end = next((k for k, t in enumerate(tokens[i + 1 :], i + 1) if t.kind == "row"), len(tokens))
    return bool(relations_in(tokens[i:end]))


def relations_in(tokens: Sequence[Token]) -> list[int]:
    """The places of the relations outside all brackets and scripts."""
    depth, found, bar = 0, [], False
    for i, token in enumerate(tokens):
        depth += (token.kind in ("open", "begin") or token.is_sign("{")) - (
            token.kind in ("close", "end") or token.is_sign("}")
        )
        if token.kind == "bar":
            bar = not bar
        if depth == 0 and token.kind == "relation" and token.text != "|":
            found.append(i)
    return found


def without_edges(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without the punctuation, the rows and the gaps at both ends."""
    found = list(tokens)
    while found and (
        found[-1].kind in ("row", "gap") or found[-1].is_sign(".,;&") or _is_empty_word(found[-1])
    ):
        found.pop()
    while found and (found[0].kind in ("row", "gap") or found[0].is_sign(".,;&")):
        found.pop(0)
    return found


def _is_empty_word(token: Token) -> bool:
    return token.kind == "word" and not any(character.isalnum() for character in token.text)
