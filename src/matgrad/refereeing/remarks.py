r"""What the words within a formula say of its names: ``\mathbf W \text{ symmetric}``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matgrad.core.errors import MatgradError
from matgrad.language.latex.lexer import cut
from matgrad.refereeing.declared_in_words import Said, Sentence, said_in
from matgrad.refereeing.formulas import Tokens
from matgrad.refereeing.rows import Statement


def remarks_of(statements: Sequence[Statement]) -> list[Said]:
    r"""What the words of a formula say of its names: ``\mathbf W \text{ symmetric}``."""
    found: list[Said] = []
    for statement in statements:
        for remark in statement.remarks:
            formulas: list[Tokens] = [] if statement.is_equation else [statement.sides[0]]

            def mark(match: re.Match[str], formulas: list[Tokens] = formulas) -> str:
                try:
                    formulas.append(cut(match[1]))
                except MatgradError:
                    return " "
                return f" ⟦{len(formulas) - 1}⟧ "

            words = re.sub(r"\$([^$]*)\$", mark, remark)
            words = words if statement.is_equation else f"⟦0⟧ {words}"
            found += said_in(Sentence(words, 0, 0), formulas)
    return found
