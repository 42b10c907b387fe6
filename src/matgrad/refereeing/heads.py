"""The name and the arguments that stand left of the equals sign of a definition."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.language.latex.lexer import Token
from matgrad.refereeing.formulas import Tokens, group_end, name_end, parted, skip, trimmed


def head_of(side: Sequence[Token]) -> tuple[Tokens, tuple[Tokens, ...]] | None:
    r"""The name and the parameters that a left side is: of ``f(x; \\theta)``; ``None`` for anything else."""
    bare = [t for t in trimmed(side) if not t.is_command("left", "right", "bigl", "bigr", "big")]
    end = name_end(bare, 0)
    if not end:
        letters = [t for t in bare if t.kind == "letter"]
        end = len(letters) if len(letters) > 1 and letters == bare[: len(letters)] else 0
    else:
        word = end
        while (
            word < len(bare)
            and bare[word].kind == "letter"
            and bare[word].glued
            and bare[word].text.isupper()
        ):
            word += 1
        end = max(end, word)
    if not end:
        return None
    at = skip(bare, end)
    if at >= len(bare):
        return list(bare[:end]), ()
    if not bare[at].is_sign("([") or group_end(bare, at) != len(bare):
        return None
    names = parted(
        bare[at + 1 : -1], lambda t: t.is_sign(",;|") or t.is_command("mid", "vert", "|", "Vert", "parallel")
    )
    return list(bare[:end]), tuple(trimmed(name) for name in names)
