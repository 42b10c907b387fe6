r"""Functions that a text defines beside its formula, ``h_\theta(x) = \theta^\top x``, put in where used.

They are put in as tokens, in brackets, before anything is read: what they are of needs no kind of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from matgrad.core.records import dataclass
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token

_INDICES = frozenset("ijklmnpqrst")


@dataclass(slots=True)
class _Definition:
    """A function: the tokens of its name, its parameters, and its value."""

    name: list[Token]
    parameters: list[Token]
    value: list[Token]


def with_functions(
    pieces: Sequence[Sequence[Token]], is_declared: Callable[[str], bool]
) -> list[Sequence[Token] | None]:
    r"""The statements of a text with its own functions put in; ``None`` for those that define them.

    A function that is declared, or used nowhere else, is left as it is.
    """
    found: list[Sequence[Token] | None] = list(pieces)
    for i in range(len(found)):
        piece = found[i]
        definition = _definition(piece) if piece is not None else None
        if definition is None or is_declared(_letter(definition.name[0])):
            continue
        others = [(k, tokens) for k, tokens in enumerate(found) if tokens is not None and k != i]
        expanded = [(k, _expanded(tokens, definition)) for k, tokens in others]
        if _uses(definition.value, definition) or all(tokens is None for _, tokens in expanded):
            continue
        for k, tokens in expanded:
            if tokens is not None:
                found[k] = tokens
        found[i] = None
    return found


def _definition(piece: Sequence[Token]) -> _Definition | None:
    """The function that a statement defines, if it is ``name(parameters) = value``."""
    at = next((i for i, t in enumerate(piece) if t.kind == "relation"), None)
    opened = next((i for i, t in enumerate(piece) if t.kind == "open"), None)
    if at is None or opened is None or not 0 < opened < at - 1 or piece[at].text != "=":
        return None
    if piece[at - 1].kind != "close" or piece[opened].text not in "([":
        return None
    name = [t for t in piece[:opened] if not t.is_sign("{}")]
    inside = [t for t in piece[opened + 1 : at - 1] if not t.is_sign("{}")]
    parameters = inside[::2]
    is_list = all(t.is_sign(",;") for t in inside[1::2]) and len(inside) % 2 == 1
    if not is_list or not all(_is_letter(t) for t in parameters) or not name or not _is_name(name):
        return None
    return _Definition(name, parameters, list(piece[at + 1 :]))


def _is_letter(token: Token) -> bool:
    return token.kind == "letter" or (token.kind == "command" and token.text in c.LETTERS)


def _is_name(tokens: Sequence[Token]) -> bool:
    """Whether tokens are one letter or word with what stands below or above it."""
    while len(tokens) > 1 and tokens[0].is_command(*c.ACCENTS, *c.SILENT_ACCENTS):
        tokens = tokens[1:]
    first, rest = tokens[0], tokens[1:]
    if not (_is_letter(first) or first.kind == "word"):
        return False
    return not rest or (rest[0].is_sign("_^") and all(_is_letter(t) or t.kind in ("number", "word")
                                                      or t.is_sign("_^,") for t in rest))  # fmt: skip


def _letter(token: Token) -> str:
    return c.LETTERS.get(token.text, token.text) if token.kind == "command" else token.text


def _uses(tokens: Sequence[Token], definition: _Definition) -> bool:
    return any(_match(tokens, i, definition) is not None for i in range(len(tokens)))


def _match(
    tokens: Sequence[Token], start: int, definition: _Definition
) -> tuple[int, dict[tuple[str, str], list[Token]]] | None:
    """Where a use that starts here ends, and what stands for each parameter and index."""
    at = start
    values: dict[tuple[str, str], list[Token]] = {}
    for place, wanted in enumerate(definition.name):
        while at < len(tokens) and place and tokens[at].is_sign("{}"):
            at += 1
        if at >= len(tokens):
            return None
        token = tokens[at]
        is_index = place > 0 and wanted.kind == "letter" and wanted.text in _INDICES
        if is_index and token.kind in ("letter", "number"):
            values[wanted.kind, wanted.text] = [token]
        elif (token.kind, token.text) != (wanted.kind, wanted.text):
            return None
        at += 1
    while at < len(tokens) and tokens[at].is_sign("}"):
        at += 1
    if at >= len(tokens) or tokens[at].kind != "open":
        return None
    arguments: list[list[Token]] = [[]]
    depth = 0
    for end in range(at, len(tokens)):
        token = tokens[end]
        depth += (token.kind == "open" or token.is_sign("{")) - (token.kind == "close" or token.is_sign("}"))
        if depth == 0:
            break
        if depth == 1 and token.is_sign(",;"):
            arguments.append([])
        elif end > at:
            arguments[-1].append(token)
    else:
        return None
    if len(arguments) != len(definition.parameters) or not all(arguments):
        return None
    for parameter, argument in zip(definition.parameters, arguments, strict=True):
        values[parameter.kind, parameter.text] = argument
    return end + 1, values


def _expanded(tokens: Sequence[Token], definition: _Definition) -> list[Token] | None:
    """The tokens with a function put in; ``None`` where it is not used."""
    out: list[Token] = []
    at, is_used = 0, False
    while at < len(tokens):
        match = _match(tokens, at, definition) if not (at and tokens[at - 1].is_sign("_^")) else None
        if match is None:
            out.append(tokens[at])
            at += 1
            continue
        is_used = True
        span = definition.value[0].span
        at, values = match
        out.append(Token("open", "(", span))
        for token in definition.value:
            value = values.get((token.kind, token.text))
            if value is None:
                out.append(token)
            elif len(value) == 1:
                out.append(replace(value[0], span=token.span))
            else:
                # In a script the braces say where it ends.
                is_script = out[-1].is_sign("_^")
                first, last = ("{", "}") if is_script else ("(", "(")
                kinds = ("sign", "sign") if is_script else ("open", "close")
                out += [Token(kinds[0], first, token.span), *value, Token(kinds[1], last, token.span)]
        out.append(Token("close", "(", definition.value[-1].span))
    return out if is_used else None
