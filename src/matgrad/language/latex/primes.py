"""The prime, which is a transpose to some and names a second variable to others."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.errors import MatgradError, ParseError, ShapeError
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.declarations import Declarations
from matgrad.language.wording import inner


def check_primes(trees: Sequence[s.Node], failure: MatgradError, declarations: Declarations) -> None:
    """Ask about ``x'`` where no shapes fit as long as it is the transpose.

    Raises
    ------
    ParseError
        With both readings, where a variable has a prime.
    """
    if not isinstance(failure, ShapeError):
        return
    for tree in trees:
        for node in s.walk(tree):
            if not isinstance(node, s.Transposed) or node.mark != "'":
                continue
            operand = inner(node.operand)
            if isinstance(operand, s.Name) and operand.text in declarations.entries:
                name = operand.text
                raise ParseError(
                    phrase(
                        "{name}' may be the transpose or a second variable, and as a transpose it "
                        "does not fit: {problem}",
                        name=name,
                        problem=failure.problem,
                    ),
                    fix=phrase(
                        r"declare {name}_prime for the variable, {name}^\top for the transpose", name=name
                    ),
                    text=failure.text,
                    span=node.span,
                )
