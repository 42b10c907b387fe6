r"""Names that an equation is solved for: "the state ``u`` solves ``K(\rho)u = f``" says that u is K⁻¹f."""

from __future__ import annotations

from matgrad.core.lazy import regex
from matgrad.language.latex.lexer import Token, cut
from matgrad.refereeing.formulas import (
    Tokens,
    is_letter,
    key_of,
    name_end,
    names_used,
    terms_of,
    trimmed,
    whole_name,
)
from matgrad.refereeing.known import Definition, Known
from matgrad.refereeing.rows import Statement

_SOLVES = regex(
    r"\b(?:solves?|solving|solution|satisf(?:y|ies)|equilibrium|state|governed|balance)\b|求解|满足|状态|平衡",
    0,
)
_SEEKS = regex(r"subject to|constrain|minimi[sz]|maximi[sz]|\bs\.t\.|if and only if|optimal|约束|最小|最大")


def solved_in(statement: Statement, words: str, known: Known, place: int) -> Definition | None:
    """The name that an equation is solved for, with what it is; ``None`` where the words do not say so."""
    if len(statement.sides) != 2 or statement.relations[0] != "=":
        return None
    if not _SOLVES.search(words) or _SEEKS.search(words):
        return None
    left, right = trimmed(statement.sides[0]), trimmed(statement.sides[1])
    start = _last_name(left)
    name, matrix = left[start:], trimmed(left[:start])
    key = key_of(name)
    if not start or not matrix or len(terms_of(left)) != 1 or not key[0].islower():
        return None
    used = {one for tokens in (matrix, right) for one, _, _ in names_used(tokens)}
    parameters = {key_of(p) for those in known.definitions.values() for d in those for p in d.parameters}
    is_matrix = any(key_of(matrix[a:b])[0].isupper() for _, a, b in names_used(matrix))
    if key in used or key in parameters or known.latest(key) is not None or not is_matrix:
        return None
    span = name[0].span
    body: list[Token] = [*_at("(", span), *matrix, *_at(")^{-1}(", span), *right, *_at(")", span)]
    return Definition(key, name, (), body, place)


def _last_name(tokens: Tokens) -> int:
    """Where the name starts that a product ends with; 0 for none."""
    for start in range(len(tokens) - 1, 0, -1):
        is_start = is_letter(tokens[start]) or tokens[start].kind == "command"
        if is_start and name_end(tokens, start) == len(tokens) and whole_name(tokens[start:]):
            before = tokens[start - 1]
            if before.kind == "command" and before.text in ("mathbf", "boldsymbol", "bm", "vec", "hat"):
                continue
            return start
    return 0


def _at(text: str, span: tuple[int, int]) -> list[Token]:
    return [token.placed(span) for token in cut(text)]
