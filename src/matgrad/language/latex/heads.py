r"""What stands left of an equals sign: the name of something, or a side of an equation."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.records import dataclass
from matgrad.language import syntax as s
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token

_STATED = frozenset(("tr", "Tr", "trace", "det", "vec", "diag", "logdet"))
"""Functions of which a formula states a value, and does not define them."""


@dataclass(slots=True)
class Head:
    """What stands left of an equals sign: a name, its arguments, its indices."""

    name: str
    span: s.Span
    indices: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    is_square: bool = False
    """Whether it is the square of the name that is given, as in ``\\sigma^2 = …``."""
    is_inverse: bool = False
    """Whether it is the inverse, as in ``S^{-1} = A + B``."""


def states(token: Token) -> bool:
    """Whether a token is a function of which a formula states a value."""
    return token.text in _STATED and token.kind in ("word", "command")


def is_equation(left: Sequence[Token], right: Sequence[Token]) -> bool:
    """Whether a product is said to be something, as in Ax = b and AX = XB, and no name is given.

    Words name as well: RSS = e'e; but no word names a single letter, or what it is itself made of.
    """
    if states(left[0]) and len(left) > 1:
        return True
    if len(left) < 2 or not all(t.kind == "letter" for t in left) or not left[0].text.isupper():
        return False
    solid = [t for t in right if not t.is_sign("{}.,;")]
    letters = [t.text for t in solid if t.kind == "letter"]
    is_bare = len(solid) == 1 or (len(letters) == len(solid) == 2 and len(left) == 2)
    word = "".join(t.text for t in left)
    return (
        is_bare
        or (not word.isupper() and len(left) < 4)
        or (bool(letters) and len(left) < 4 and not {t.text for t in left}.isdisjoint(letters))
    )


def is_member(left: Sequence[Token]) -> bool:
    r"""Whether the left side is one name with its scripts: x_{k+1}, P_{k|k-1}, z^{[1]}, \sigma_p^2."""
    depth, is_script, bases, scripts = 0, False, 0, 0
    for token in left:
        if depth == 0 and token.is_sign("_^"):
            is_script, scripts = True, scripts + 1
            continue
        if depth == 0 and token.is_sign("'"):
            continue
        if token.is_command(*c.TRANSPOSE_COMMANDS) or (is_script and token.text == "T"):
            return False
        is_accent = token.kind == "command" and (token.text in c.ACCENTS or token.text in c.SILENT_ACCENTS)
        opened = depth
        depth += token.is_sign("{") - token.is_sign("}")
        if is_script:
            is_script = depth > 0
        elif not is_accent and not token.is_sign("{}"):
            is_letter = token.kind in ("letter", "word") or (
                token.kind == "command" and token.text in c.LETTERS
            )
            if not is_letter or opened > 1:
                return False
            bases += 1
    return bases == 1 and scripts > 0 and not _is_inverse(left)


def _is_inverse(left: Sequence[Token]) -> bool:
    """Whether a side is an inverse, which names nothing."""
    above = next((i for i, t in enumerate(left) if t.is_sign("^")), None)
    if above is None:
        return False
    solid = [t for t in left[above + 1 :] if not t.is_sign("{}")]
    return bool(solid) and solid[0].is_sign("-")


def without_star(front: list[Token]) -> tuple[list[Token], str]:
    """A name on the left without the star of ``w^*``, and what the star adds to the name."""
    above = next((i for i, t in enumerate(front) if t.is_sign("^")), None)
    if not above:
        return front, ""
    script = [t for t in front[above + 1 :] if not t.is_sign("{}")]
    is_star = len(script) == 1 and (script[0].is_command("star", "ast") or script[0].is_sign("*"))
    return (front[:above], "_star") if is_star else (front, "")


def occurs(name: str, tokens: Sequence[Token]) -> bool:
    """Whether a name occurs among tokens: its letter, with its accent where it has one."""
    base, _, rest = name.partition("_")
    accents = {accent for accent, label in c.ACCENTS.items() if label == rest}
    for i, token in enumerate(tokens):
        text = c.LETTERS.get(token.text, token.text) if token.kind == "command" else token.text
        if base in (text, token.text, c.VARIANTS.get(token.text)) and token.kind in (
            "letter",
            "word",
            "command",
        ):
            if not rest:
                return True
            before = next((t for t in reversed(tokens[:i]) if not t.is_sign("{")), None)
            after = [t.text for t in tokens[i + 1 : i + 5]]
            if (
                (before is not None and before.text in accents)
                or rest in after
                or (after and after[0] == "_")
            ):
                return True
    return False


def plain_uses(tokens: Sequence[Token]) -> set[str]:
    """The letters that occur other than before a bracket."""
    found: set[str] = set()
    for i, token in enumerate(tokens):
        is_letter = token.kind in ("letter", "word") or (token.kind == "command" and token.text in c.LETTERS)
        if not is_letter:
            continue
        at = i + 1
        while at < len(tokens) and tokens[at].is_sign("'"):
            at += 1
        if at >= len(tokens) or tokens[at].kind != "open":
            found.add(c.LETTERS.get(token.text, token.text) if token.kind == "command" else token.text)
    return found


def bound_letters(tokens: Sequence[Token]) -> set[str]:
    """The letters that stand below sums and products."""
    found: set[str] = set()
    for i, token in enumerate(tokens):
        if not token.is_command("sum", "prod") or i + 1 >= len(tokens) or not tokens[i + 1].is_sign("_"):
            continue
        depth = 0
        for below in tokens[i + 2 :]:
            depth += below.is_sign("{") - below.is_sign("}")
            if below.kind == "letter":
                found.add(below.text)
            if depth <= 0:
                break
    return found


def exponential_of(name: str, tokens: Sequence[Token]) -> Token | None:
    """The first place where a name has an exponent other than a number, a transpose or a prime."""
    for i, token in enumerate(tokens[:-2]):
        if token.kind != "letter" or token.text != name or not tokens[i + 1].is_sign("^"):
            continue
        first = next((t for t in tokens[i + 2 : i + 5] if not t.is_sign("{}")), None)
        is_plain = first is None or first.kind == "number" or first.text in ("T", "'")
        if not is_plain and not first.is_command(*c.TRANSPOSE_COMMANDS, "prime"):  # type: ignore[union-attr]
            return token
    return None
