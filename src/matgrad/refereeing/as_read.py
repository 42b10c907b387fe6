r"""What authors leave to the reader, written out: ``\operatorname{diag}(1/x_i)``, quotients of vectors."""

from __future__ import annotations

from collections.abc import Sequence, Set

from matgrad.language.latex.lexer import Token, cut
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
    group_end,
    is_turned,
    is_upright_d,
    key_of,
    last_sign,
    name_end,
    skip,
    trimmed,
)

_FRACTIONS = ("frac", "dfrac", "tfrac", "nicefrac")
_INDICES = frozenset("ijklrs")


def with_diagonals(tokens: Sequence[Token]) -> Tokens:
    r"""Tokens in which a diagonal of entries is one of a vector: diag(1/x_i) is diag(Σ_i (1/x_i) e_i).

    So it is where one index stands in the brackets that no sum binds.
    """
    out: Tokens = []
    i = 0
    while i < len(tokens):
        start = _behind_diag(tokens, i)
        if not start:
            out.append(tokens[i])
            i += 1
            continue
        end = group_end(tokens, start)
        inside = with_diagonals(tokens[start + 1 : end - 1])
        index = _free_index(inside, tokens)
        if index:
            is_sized = bool(inside) and inside[-1].is_command("right", "bigr", "Bigr")
            body = inside[:-1] if is_sized else inside
            near = tokens[start].span
            inside = [
                *_at(rf"\sum_{{{index}}}(", near),
                *body,
                *_at(rf")e_{{{index}}}", near),
                *inside[len(body) :],
            ]
        out += [*tokens[i : start + 1], *inside, tokens[end - 1]]
        i = end
    return out


def _behind_diag(tokens: Sequence[Token], i: int) -> int:
    """The place of the bracket behind the name of a diagonal matrix that starts at a place; 0 for none."""
    token = tokens[i]
    at = i + 1
    if token.kind == "command" and token.text in ("operatorname", "mathrm", "text"):
        word, at = argument(tokens, i + 1)
        if "".join(t.text for t in word).lower() != "diag":
            return 0
    elif not token.is_command("diag", "Diag"):
        return 0
    at = skip(tokens, at)
    if at < len(tokens) and tokens[at].is_command("left", "big", "Big", "bigl", "Bigl"):
        at = skip(tokens, at + 1)
    is_bracket = at < len(tokens) and tokens[at].is_sign("([")
    return at if is_bracket and group_end(tokens, at) <= len(tokens) else 0


def _free_index(inside: Sequence[Token], around: Sequence[Token]) -> str:
    """The one index below the names in a bracket that no sum around binds; empty for none or several."""
    bound = {
        trimmed(argument(around, i + 2)[0])[0].text
        for i, t in enumerate(around[:-2])
        if t.is_command("sum", "prod") and around[i + 1].is_sign("_") and trimmed(argument(around, i + 2)[0])
    }
    found = set()
    for i, token in enumerate(inside):
        if token.is_sign("_") and i:
            below = trimmed(argument(inside, i + 1)[0])
            if len(below) == 1 and below[0].kind == "letter" and below[0].text in _INDICES:
                found.add(below[0].text)
    has_e = any(t.kind == "letter" and t.text == "e" for t in inside)
    return found.pop() if len(found) == 1 and not found & bound and not has_e else ""


def entry_by_entry(tokens: Sequence[Token]) -> Tokens:
    r"""Tokens in which quotients and powers are taken entry by entry: ``\frac{1}{1+e^{-x}}`` of vectors."""
    out: Tokens = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        is_fraction = token.kind == "command" and token.text in _FRACTIONS
        if is_fraction and tokens[i + 1 : i + 2] and tokens[i + 1].kind != "number":  # no \\frac12
            above, at = argument(tokens, i + 1)
            below, end = argument(tokens, at)
            if all(t.kind == "number" for t in below):
                out += [
                    token,
                    *_at("{", token.span),
                    *entry_by_entry(above),
                    *_at("}{", token.span),
                    *below,
                    *_at("}", token.span),
                ]
            else:
                out += [
                    *_at("((", token.span),
                    *entry_by_entry(above),
                    *_at(r")\oslash (", token.span),
                    *entry_by_entry(below),
                    *_at("))", token.span),
                ]
            i = end
        elif token.is_sign("/") and _is_by_a_name(tokens, i + 1):
            out += _at(r"\oslash ", token.span)
            i += 1
        elif token.is_sign("^") and _is_power(tokens, i):
            inside, end = argument(tokens, i + 1)
            out += [token, *_at(r"{\circ ", token.span), *inside, *_at("}", token.span)]
            i = end
        else:
            out.append(token)
            i += 1
    return out


def _is_by_a_name(tokens: Sequence[Token], i: int) -> bool:
    """Whether what stands behind a slash may be a vector: a name, or a bracket."""
    at = skip(tokens, i)
    return at < len(tokens) and (tokens[at].is_sign("(") or name_end(tokens, at) > at)


def _is_power(tokens: Sequence[Token], i: int) -> bool:
    """Whether an exponent is a number above something that may be a vector: no transpose, inverse or e^x."""
    inside, _ = argument(tokens, i + 1)
    bare = trimmed(inside)
    before = tokens[i - 1] if i else None
    is_base = before is not None and (before.is_sign(")]}") or before.kind in ("letter", "command"))
    is_number = bool(bare) and all(
        t.kind == "number" or t.is_sign("-/{}") or t.is_command("frac", "tfrac") for t in bare
    )
    return is_base and is_number and not is_turned(inside) and key_of(bare) != "- 1"


def with_adjoints(tokens: Sequence[Token], named: Sequence[str]) -> Tokens:
    r"""Tokens with the transpose for the star of a matrix, ``A^{*}``, where no A^* is spoken of."""
    out: Tokens = []
    i = 0
    while i < len(tokens):
        end = name_end(tokens, i)
        key = key_of(tokens[i:end])
        is_matrix = key.endswith(" ^ *") and key[0].isupper() and len(key.removesuffix(" ^ *").split()) == 1
        if end > i and is_matrix and key not in named:
            at = max(k for k in range(i, end) if tokens[k].is_sign("^"))
            out += [*tokens[i:at], *_at(r"^{\top}", tokens[at].span)]
            i = end
        else:
            out.append(tokens[i])
            i += 1
    return out


def with_labels(tokens: Sequence[Token], keys: Set[str]) -> Tokens:
    r"""Tokens in which what stands at some names is a label, and no index or exponent.

    So ``\\breve D`` stands for ``D_x``, and ``\\check P`` for a defined ``P^+``.
    """
    out: Tokens = []
    i = 0
    while i < len(tokens):
        end = name_end(tokens, i)
        if end > i and (key := key_of(tokens[i:end])) in keys:
            at = last_sign(tokens[i:end], "^" if key[-3:] in _LABELS else "_") + i
            base = tokens[i : at if at >= i else end]
            span = (tokens[i].span[0], tokens[end - 1].span[1])
            out += [*_at(_LABELS.get(key[-3:], r"\breve{"), span), *base, *_at("}", span)]
            i = end
        else:
            out.append(tokens[i])
            i += 1
    return out


_LABELS = {"^ +": r"\check{", "^ -": r"\grave{"}


def without_brackets_of_changes(tokens: Sequence[Token]) -> Tokens:
    r"""Tokens without the brackets around a change alone: A(dX) is a product, and no value of a function."""
    out: Tokens = []
    i = 0
    while i < len(tokens):
        end = group_end(tokens, i) if tokens[i].is_sign("(") else i
        inside = trimmed(tokens[i + 1 : end - 1]) if end > i else []
        start = skip(inside, is_upright_d(inside, 0)) if inside else 0
        is_change = start and start < len(inside) and name_end(inside, start) == len(inside)
        if is_change and not (end < len(tokens) and tokens[end].is_sign("^_'")):
            out += [*_at(r"\,", tokens[i].span), *inside, *_at(r"\,", tokens[end - 1].span)]
            i = end
        else:
            out.append(tokens[i])
            i += 1
    return out


def _at(text: str, span: tuple[int, int]) -> Tokens:
    """Tokens that stand at a place of the document."""
    return [token.placed(span) for token in cut(text)]
