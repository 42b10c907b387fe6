"""Identities between families of operations: stated once, found by the heads that they join.

``log det X`` is a log over a determinant, ``X⁻¹ X²`` a product of an inverse and a power: neither family
knows the other. What the two make together is stated above both, under the pair of heads, with its
name and its source as a rule has them; a constructor asks here for what its operands make.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from matgrad.core.expr import Data, Expr
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase

Rewrite = Callable[..., Expr | None]
"""Takes the operands and the data of an operation; ``None`` where the condition of the identity fails."""
R = TypeVar("R", bound=Rewrite)


@dataclass(frozen=True, slots=True)
class Identity:
    """A named identity between an operation and its operands.

    Attributes
    ----------
    outer : type of Expr
        The operation.
    inner : tuple of type of Expr
        The heads of its operands: the only one or the first, or the two that stand side by side;
        ``Expr`` stands for any.
    rewrite : callable
        What the operation is on such operands; ``None`` where the condition does not hold.
    reason : Phrase
        Its name and where it is written, as a step of a derivation shows them.
    operands : tuple of str
        Operands that meet the condition, in the text language, for the test of both sides.
    given : str
        The declarations of those.
    data : tuple
        The data of the operation on those operands.
    """

    outer: type[Expr]
    inner: tuple[type[Expr], ...]
    rewrite: Rewrite
    reason: Phrase
    operands: tuple[str, ...]
    given: str
    data: Data = ()


IDENTITIES: list[Identity] = []
"""All identities, in the order in which they are stated."""

_COMPOSED: dict[tuple[type[Expr], type[Expr]], Rewrite] = {}
_JOINED: dict[tuple[type[Expr], type[Expr]], Rewrite] = {}
_OF_HEADS: dict[tuple[type[Expr], type[Expr]], tuple[Rewrite, ...]] = {}
"""For pairs of heads that were met: what is stated of them, then of the left one, then of the right one."""


def identity(
    outer: type[Expr],
    *inner: type[Expr],
    reason: Phrase,
    on: tuple[str, ...],
    given: str,
    data: Data = (),
    neighbours: bool = False,
) -> Callable[[R], R]:
    """State an identity; the function below it is the rewriting.

    Parameters
    ----------
    outer, *inner : type of Expr
        The heads that it joins.
    reason : Phrase
        What it is called, and where it is written.
    on, given : tuple of str, str
        Operands on which it holds, and their declarations.
    data : tuple
        The data of the operation on those.
    neighbours : bool
        Whether :func:`joined` finds it: it holds of factors wherever they stand side by side.

    Raises
    ------
    ValueError
        Where two identities of one operand join the same two heads.
    """

    def state(rewrite: R) -> R:
        if len(inner) == 1:
            if (outer, inner[0]) in _COMPOSED:
                raise ValueError(f"two identities join {outer.name} and {inner[0].name}")
            _COMPOSED[outer, inner[0]] = rewrite
        if neighbours:
            _JOINED[inner[0], inner[1]] = rewrite
            _OF_HEADS.clear()
        IDENTITIES.append(Identity(outer, inner, rewrite, reason, on, given, data))
        return rewrite

    return state


def composed(outer: type[Expr], operand: Expr, *more: object) -> Expr | None:
    """What an operation is on an operand of another family; ``None`` where no identity says."""
    rewrite = _COMPOSED.get((outer, type(operand)))
    return None if rewrite is None else rewrite(operand, *more)


def joined(left: Expr, right: Expr) -> Expr | None:
    """What two factors of a product make that stand side by side; ``None`` where no identity says."""
    heads = type(left), type(right)
    rewrites = _OF_HEADS.get(heads)
    if rewrites is None:
        stated = (heads, (heads[0], Expr), (Expr, heads[1]))
        rewrites = _OF_HEADS[heads] = tuple(_JOINED[pair] for pair in stated if pair in _JOINED)
    for rewrite in rewrites:
        result = rewrite(left, right)
        if result is not None:
            return result
    return None


def step(node: Expr) -> tuple[Expr, Phrase] | None:
    """Apply one identity at the top of an operation that is written as it stands, for a derivation.

    Parameters
    ----------
    node : Expr
        An operation made without its canonical form, as ``Log.intern((det(X),))``.

    Returns
    -------
    tuple of (Expr, Phrase), or None
        What it is, and why; ``None`` where no identity holds.
    """
    heads = tuple(type(arg) for arg in node.args)
    of_node = [known for known in IDENTITIES if known.outer is type(node)]
    for known in of_node:
        if _fit(known.inner, heads):
            result = known.rewrite(*node.args, *(node.data if len(known.inner) == 1 else ()))
            if result is not None and result is not node:
                return result, known.reason
    for place in range(len(heads) - 1 if len(heads) > 2 else 0):
        # Two factors among others that stand side by side.
        pair = node.args[place : place + 2]
        for known in of_node:
            if len(known.inner) == 2 and _fit(known.inner, heads[place : place + 2]):
                result = known.rewrite(*pair)
                if result is not None:
                    rest = (*node.args[:place], result, *node.args[place + 2 :])
                    made = node.rebuild if result.is_scalar else node.intern
                    return made(rest, node.data), known.reason
    return None


def _fit(inner: tuple[type[Expr], ...], heads: tuple[type[Expr], ...]) -> bool:
    return (len(inner) == 1 or len(inner) == len(heads)) and all(
        wanted is Expr or wanted is head for wanted, head in zip(inner, heads, strict=False)
    )
