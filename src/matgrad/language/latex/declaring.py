r"""The names of declarations that are written in LaTeX: ``W_{ih}``, ``\hat{x}``, ``x^{(i)}``, ``k_*``."""

from __future__ import annotations

from matgrad.core.errors import MatgradError
from matgrad.core.lazy import regex
from matgrad.language import syntax as s
from matgrad.language.latex.statements import read_latex
from matgrad.language.names import Vocabulary, plain
from matgrad.language.places import shift_label

_MARKS = regex(r"[_^{}\\'’′]")
_STAR = regex(r"[_^](?:\{\s*(?:\*|\\star|\\ast)\s*\}|\*|\\star|\\ast)$")
_TWO_STARS = regex(r"_\{\s*(?:\*|\\star|\\ast)\s*(?:\*|\\star|\\ast)\s*\}$|_\*\*$")
_PRIME = regex(r"(?:['’′]|\^\\prime|\^\{\\prime\})$")


def name_in_latex(text: str) -> str | None:
    """The name that a text in LaTeX is; ``None`` where it is no name."""
    bare = text.strip()
    if not _MARKS.search(bare):
        return None
    marked = (pattern.sub("", bare) for pattern in (_STAR, _PRIME, _TWO_STARS))
    for rest, label in zip(marked, ("star", "prime", "starstar"), strict=True):
        if rest != bare:
            base = rest if rest.isidentifier() else name_in_latex(rest)
            return None if base is None else f"{base}_{label}"
    try:
        (statement,) = read_latex(bare, Vocabulary(), frozenset())
    except (MatgradError, ValueError):
        return None
    tree = statement.tree
    if isinstance(tree, s.Subscripted):
        words = [_word(item) for item in tree.items]
        return None if None in words else f"{tree.base.text}_{''.join(filter(None, words))}"
    return plain(tree.text) if isinstance(tree, s.Name) and statement.name is None else None


def _word(node: s.Node) -> str | None:
    """An index as a part of a name."""
    if isinstance(node, s.Num) and node.value.denominator == 1:
        return str(node.value)
    if isinstance(node, s.Product) and all(operator == "" for operator, _ in node.factors):
        words = [_word(factor) for _, factor in node.factors]
        return None if None in words else "".join(filter(None, words))
    return node.text if isinstance(node, s.Name) else shift_label(node)
