r"""A formula as tokens: its text with the place of every character, its brackets, and the names in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token

Tokens = list[Token]

_FONTS = c.LOOKS - {"mathcal", "mathscr", "mathfrak", "cal"}
_SCRIPT_LETTERS = frozenset(("mathcal", "mathscr", "mathfrak", "cal"))
NAMING = frozenset(("operatorname", "mathrm", "text", "mathsf", "mathtt", "textrm", "mbox", "textsc", "rm"))
_SAYING_NOTHING = frozenset((*_FONTS, *NAMING, *c.SIZES, *c.SILENT_ACCENTS))
_SIGNS = {"star": "*", "ast": "*", "mid": "|", "vert": "|", "lvert": "|", "rvert": "|"}
_TURNED = frozenset((*c.TRANSPOSE_COMMANDS, "T"))


def opens(token: Token) -> bool:
    """Whether a token opens a bracket, braces of an argument, or an environment."""
    return token.is_sign("{([⟨") or token.is_command("{", "lbrace", "lbrack", "langle", "begin", "lfloor")


def closes(token: Token) -> bool:
    """Whether a token closes one."""
    return token.is_sign("})]⟩") or token.is_command("}", "rbrace", "rbrack", "rangle", "end", "rfloor")


def with_depth(tokens: Sequence[Token]) -> Iterator[tuple[int, Token, int]]:
    """The tokens with their places and how many brackets are open around each."""
    depth = 0
    for i, token in enumerate(tokens):
        if closes(token):
            depth -= 1
        yield i, token, depth
        if opens(token):
            depth += 1


def parted(tokens: Sequence[Token], parts: Callable[[Token], bool]) -> list[Tokens]:
    """The pieces between the tokens that part them, outside of all brackets."""
    pieces: list[Tokens] = [[]]
    for _, token, depth in with_depth(tokens):
        if depth <= 0 and parts(token):
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def terms_of(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Where the terms of a sum start and end."""
    cuts = [i for i, token, depth in with_depth(tokens) if depth <= 0 and i and token.is_sign("+-")]
    return list(zip([0, *cuts], [*cuts, len(tokens)], strict=True))


def last_sign(tokens: Sequence[Token], sign: str) -> int:
    """The place of the last such sign outside of all brackets; -1 where there is none."""
    return max((i for i, t, depth in with_depth(tokens) if depth <= 0 and t.is_sign(sign)), default=-1)


def trimmed(tokens: Sequence[Token], signs: str = ".,;") -> Tokens:
    """The tokens without blanks, gaps and punctuation at both ends."""
    found = list(tokens)
    while found and (is_space(found[-1]) or found[-1].is_sign(signs)):
        found.pop()
    while found and (is_space(found[0]) or found[0].is_sign(signs)):
        found.pop(0)
    return found


def is_space(token: Token) -> bool:
    """Whether a token is only a space, or changes how large the formula is set."""
    return token.kind == "blank" or (token.kind == "command" and token.text in c.SPACES) or token.is_sign("&")


def group_end(tokens: Sequence[Token], start: int) -> int:
    """The place behind the bracket that opens at a place; the end where it is never closed."""
    depth = 0
    for i in range(start, len(tokens)):
        depth += opens(tokens[i]) - closes(tokens[i])
        if depth == 0:
            return i + 1
    return len(tokens)


def skip(tokens: Sequence[Token], i: int) -> int:
    """The place of the next token that is no space."""
    while i < len(tokens) and is_space(tokens[i]):
        i += 1
    return i


def argument(tokens: Sequence[Token], i: int) -> tuple[Tokens, int]:
    """The argument of a command from a place on, without its braces, and the place behind it."""
    i = skip(tokens, i)
    if i >= len(tokens):
        return [], i
    if tokens[i].is_sign("{"):
        end = group_end(tokens, i)
        return list(tokens[i + 1 : end - 1]), end
    first = tokens[i]
    if first.kind == "command" and first.text in (*_FONTS, *c.ACCENTS, *NAMING):
        _, end = argument(tokens, i + 1)
        return list(tokens[i:end]), end
    return [first], i + 1


def text_of(tokens: Sequence[Token]) -> tuple[str, list[int]]:
    """The text of some tokens, and the place in the document of each of its characters."""
    pieces: list[str] = []
    places: list[int] = []
    for token in tokens:
        piece = _piece(token)
        before = pieces[-1] if pieces else ""
        if before.startswith("\\") and before[-1:].isalpha() and piece[:1].isalpha():
            piece = " " + piece
        pieces.append(piece)
        length = token.span[1] - token.span[0]
        places += [token.span[0] + min(k, max(length - 1, 0)) for k in range(len(piece))]
    return "".join(pieces), places


def _piece(token: Token) -> str:
    if token.kind == "command":
        return "\\" + token.text
    return {"row": r"\\ ", "blank": " ", "parameter": "#" + token.text}.get(token.kind, token.text)


def plain(tokens: Sequence[Token]) -> str:
    """The text of some tokens alone."""
    return text_of(tokens)[0].strip()


def key_of(tokens: Sequence[Token]) -> str:
    """What tells names apart: fonts, braces and sizes are looks, but a script letter is another one."""
    found: list[str] = []
    for token in tokens:
        if is_space(token) or token.is_sign("{}"):
            continue
        if token.kind == "command":
            name = token.text
            if name in _SAYING_NOTHING:
                continue
            found.append("cal" if name in _SCRIPT_LETTERS else _SIGNS.get(name, c.ACCENTS.get(name, name)))
        else:
            found.append(token.text)
    return " ".join(found)


def is_letter(token: Token) -> bool:
    """Whether a token is a letter of a name, Latin or Greek."""
    if token.kind == "command":
        return token.text in c.LETTERS or token.text in c.VARIANTS
    return token.kind == "letter"


def name_end(tokens: Sequence[Token], i: int) -> int:
    r"""The place behind the name that starts at a place, scripts included; the same place for none.

    ``\hat{\mathbf x}_i``, ``W^{(1)}``, ``\mathcal L``, ``\operatorname{loss}`` and ``x^\star`` are names;
    the ``^\top``, ``^{-1}`` and ``^2`` behind one are no part of it.
    """
    end = _core_end(tokens, i)
    if end == i:
        return i
    while end < len(tokens):
        after = skip(tokens, end)
        if after >= len(tokens):
            break
        if tokens[after].is_sign("_"):
            end = argument(tokens, after + 1)[1]
        elif tokens[after].is_sign("^"):
            inside, behind = argument(tokens, after + 1)
            if not _is_label(inside):
                break
            end = behind
        else:
            break
    return end


def _core_end(tokens: Sequence[Token], i: int) -> int:
    """The place behind the letter of a name, with its fonts and accents."""
    if i >= len(tokens):
        return i
    token = tokens[i]
    if token.kind == "command" and token.text in (
        "operatorname",
        "mathrm",
        "text",
        "mathsf",
        "mathtt",
        "textrm",
    ):
        inside, end = argument(tokens, i + 1)
        word = "".join(t.text for t in inside if t.kind in ("letter", "number"))
        return end if word.isidentifier() and len(word) == len(trimmed(inside)) and word != "d" else i
    if token.kind == "command" and (
        token.text in c.LOOKS or token.text in c.ACCENTS or token.text in c.SILENT_ACCENTS
    ):
        at = skip(tokens, i + 1)
        if at < len(tokens) and tokens[at].is_sign("{"):
            end = group_end(tokens, at)
            inside = trimmed(tokens[at + 1 : end - 1])
            return end if inside and name_end(inside, 0) == len(inside) else i
        end = _core_end(tokens, at)
        return end if end > at else i
    if token.is_sign("{"):
        end = group_end(tokens, i)
        inside = trimmed(tokens[i + 1 : end - 1])
        return end if inside and name_end(inside, 0) == len(inside) else i
    return i + 1 if is_letter(token) else i


def _is_label(inside: Sequence[Token]) -> bool:
    """Whether what stands above a letter belongs to its name."""
    bare = [t for t in inside if not is_space(t)]
    if not bare:
        return False
    if bare[0].is_sign("([") and bare[-1].is_sign(")]"):
        return True
    return len(bare) == 1 and (bare[0].is_sign("*+-'") or bare[0].is_command("star", "ast", "prime"))


def is_turned(inside: Sequence[Token]) -> bool:
    r"""Whether an exponent is the sign of a transpose: ``\top``, ``T``, ``\mathrm{T}``, ``'``."""
    bare = [t for t in inside if not is_space(t) and not t.is_sign("{}")]
    bare = [t for t in bare if not (t.kind == "command" and (t.text in NAMING or t.text in c.LOOKS))]
    return len(bare) == 1 and (bare[0].text in _TURNED or bare[0].is_sign("⊤'"))


def whole_name(tokens: Sequence[Token]) -> bool:
    """Whether some tokens are one name and nothing else."""
    bare = trimmed(tokens)
    return bool(bare) and name_end(bare, 0) == len(bare)


def names_used(tokens: Sequence[Token]) -> Iterator[tuple[str, int, int]]:
    """The key of every name in some tokens, with the places where it starts and ends."""
    i = 0
    while i < len(tokens):
        core = _core_end(tokens, i)
        if core == i:
            i += 1
            continue
        end = name_end(tokens, i)
        yield key_of(tokens[i:end]), i, end
        if end > core:
            yield key_of(tokens[i:core]), i, core
        i = core


def letters_alone(tokens: Sequence[Token]) -> list[str]:
    """The single letters that stand as factors, neither below nor above anything, and are bound by no sum."""
    bound = {
        t.text
        for i, token in enumerate(tokens)
        if token.is_command("sum", "prod") and i + 1 < len(tokens) and tokens[i + 1].is_sign("_")
        for t in argument(tokens, i + 2)[0]
    }
    found: list[str] = []
    i = 0
    while i < len(tokens):
        if tokens[i].is_sign("_^"):
            i = argument(tokens, i + 1)[1]
            continue
        end = name_end(tokens, i)
        key = key_of(tokens[i:end])
        is_in_word = tokens[i].kind == "letter" and (
            tokens[i].glued or (end < len(tokens) and tokens[end].kind == "letter" and tokens[end].glued)
        )
        if end > i and len(key) == 1 and key not in bound and not is_in_word:
            found.append(key)
        i = max(end, i + 1)
    return found


def stands_below_bars(tokens: Sequence[Token], start: int) -> bool:
    r"""Whether a name is that of a norm, as the F of ``\|X\|_F``, and not used as a name."""
    before = [t for t in tokens[:start] if not t.is_sign("{") and t.kind != "blank"][-2:]
    return len(before) == 2 and before[1].is_sign("_") and before[0].text in _BARS


def is_below(tokens: Sequence[Token], start: int) -> bool:
    """Whether a name stands below another one, as a label: the θ of K_θ."""
    at = start - 1
    while at > 0 and (tokens[at].kind == "blank" or tokens[at].is_sign("{")):
        at -= 1
    is_script = at > 0 and tokens[at].is_sign("_")
    return is_script and (tokens[at - 1].kind == "letter" or tokens[at - 1].is_sign("}"))


NO_WEIGHTS = frozenset(("F", "H", "op", "HS", "L", "X", "TV", "p", "max"))
"""What stands below the bars of a norm and is the name of that norm."""
_BARS = frozenset(("|", "‖", "Vert", "rVert", "vert", "rvert"))


def is_upright_d(tokens: Sequence[Token], i: int) -> int:
    r"""The place behind the sign of a change, ``\partial``, ``d`` or ``\mathrm{d}``; the same for none."""
    if i >= len(tokens):
        return i
    token = tokens[i]
    if token.is_command("partial", "dd") or (token.kind == "letter" and token.text in "d∂"):
        return i + 1
    if token.kind == "command" and token.text in ("mathrm", "operatorname", "text", "rm", "mathsf", "mathop"):
        inside, end = argument(tokens, i + 1)
        return end if [t.text for t in trimmed(inside)] == ["d"] else i
    return i
