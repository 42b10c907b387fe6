r"""Whether a text is LaTeX: whether it holds a command, and not only the backslash of MATLAB's ``A\b``."""

from __future__ import annotations

from matgrad.core.lazy import regex
from matgrad.language.latex import commands as c

_COMMAND = regex(r"\\([A-Za-z]+)(\s*\{)?|\\[{}|,;!]")
_STEP = r"\w(?:[+-]\d)?"
_LAYER = regex(rf"[A-Za-z0-9}}]\^\{{(?:\({_STEP}\)|\[{_STEP}\]|-)\}}|_\{{{_STEP}\|{_STEP}\}}")
"""Labels above a letter, W^{(1)} and W^{[l]}, and x_{k|k-1}, which plain text hardly has."""
_PLAIN_SIGN = regex(r"(?<![\\\w])(?:sum|prod|mean)_|(?<![\\\w])(?:norm|dot|inner|sigmoid|softmax)\(")
"""Signs and functions as plain text spells them."""
_TABLES = (
    c.SPACES, c.DROPPED_ARGUMENT, c.KEPT_LAST, c.LOOKS, c.WORDS, c.ACCENTS, c.SILENT_ACCENTS, c.LETTERS,
    c.VARIANTS, c.COMMAND_FUNCTIONS, c.NO_FUNCTIONS, c.OPERATORS, c.RELATIONS, c.OPENING, c.CLOSING, c.BARS,
    c.TRANSPOSE_COMMANDS, c.OTHERS, c.UNREAD,
)  # fmt: skip
_COMMANDS = frozenset(name for table in _TABLES for name in table)


def is_latex(text: str) -> bool:
    """Whether a text holds a command of LaTeX, or stands between its dollar signs."""
    stripped = text.strip()
    if stripped.startswith(("$", r"\(", r"\[")):
        return True
    if _LAYER.search(text) and not _PLAIN_SIGN.search(text):
        return True
    for match in _COMMAND.finditer(text):
        name = match[1]
        if name is None or (len(name) > 1 and name in _COMMANDS) or (len(name) > 1 and match[2]):
            return True
    return False
