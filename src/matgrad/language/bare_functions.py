"""Functions without brackets: how far ``tr A B``, ``log det A B`` and ``log t/s`` reach, and ``sin^2 t``.

The types decide where only one reach has a value; where several have, it is asked about, each reach spelled
with its brackets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from matgrad.core.errors import ParseError
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase, alternatives, phrase
from matgrad.language import syntax as s
from matgrad.language.places import is_raised_function
from matgrad.language.wording import Wording

_QUOTIENTS = ("/", "./")
_CLOSED = (s.Group, s.Bars, s.Blocks, s.Index)
"""Arguments whose end is seen."""
_INVERSES = {
    "sin": "asin", "cos": "acos", "tan": "atan", "sinh": "asinh", "cosh": "acosh", "tanh": "atanh",
    "arcsin": "sin", "asin": "sin", "exp": "log", "log": "exp", "ln": "exp",
}  # fmt: skip
_ITERATED = frozenset(("exp",))
"""Functions whose raised 2 is read as often as one of the value as as one that is applied twice."""


def bare_call(node: s.Node) -> s.Call | None:
    """The function without brackets that a factor is, its sign and its raised exponent taken off."""
    while isinstance(node, s.Signed):
        node = node.operand
    if isinstance(node, s.Power) and is_raised_function(node):
        node = node.base
    return node if isinstance(node, s.Call) and node.bare else None


def reaches(text: str, factors: Sequence[tuple[str, s.Node]]) -> s.Node | None:
    """The readings of a product in which a function without brackets stands before another factor.

    Parameters
    ----------
    text : str
        The text, of which the spellings are made.
    factors : sequence of (str, Node)
        The factors, each with the operator before it.

    Returns
    -------
    Node or None
        The readings, between which the types decide; ``None`` where no function is without brackets.
    """
    for place, (_, factor) in enumerate(factors[:-1]):
        call = bare_call(factor)
        if call is None:
            continue
        behind = factors[place + 1 :]
        count = next((k for k, (operator, _) in enumerate(behind) if operator in _QUOTIENTS), len(behind))
        if not count:
            if not _touches_quotient(text, call, behind[0][1]):
                continue
            count = next((k for k, (o, _) in enumerate(behind) if k and o in _QUOTIENTS), len(behind))
        return _readings(text, factors, place, count)
    return None


def _touches_quotient(text: str, call: s.Call, below: s.Node) -> bool:
    """Whether ``log t/s`` leaves open where the function ends: ``log(t) / s`` and ``log |A|/2`` do not."""
    argument: s.Node = call
    while isinstance(argument, s.Call) and argument.bare:
        argument = argument.args[0]
    while isinstance(argument, (s.Power, s.Transposed)):
        argument = argument.base if isinstance(argument, s.Power) else argument.operand
    if isinstance(argument, (*_CLOSED, s.Call)):
        return False
    return below.span[0] == call.span[1] + 1 and text[call.span[1]] in "/÷"


def _readings(text: str, factors: Sequence[tuple[str, s.Node]], place: int, count: int) -> s.Node:
    """The product with the factors behind a function within it, or behind it."""
    factor = factors[place][1]
    rest, after = factors[place + 1 : place + 1 + count], factors[place + 1 + count :]
    end = rest[-1][1].span[1]
    call = bare_call(factor)
    assert call is not None
    span = (factors[0][1].span[0], factors[-1][1].span[1])

    def whole(taken: s.Node, others: Sequence[tuple[str, s.Node]]) -> s.Node:
        return s.Product(span, [*factors[:place], (factors[place][0], taken), *others, *after])

    trees, spellings = [], []
    for taken, argument in _reached(factor, rest, end):
        trees.append(whole(taken, ()))
        spellings.append(_spelled(text, call, argument, end))
    trees.append(whole(s.Group(factor.span, (factor,), False), rest))
    alone = text[slice(*call.span)] if call is not factor else text[slice(*factor.span)]
    spellings.append(f"({alone}){text[call.span[1] : end]}")
    return s.Either(
        span,
        tuple(trees),
        phrase("what {name} applies to is not clear here", name=call.function.text),
        alternatives(spellings) or "",
        by_shapes=True,
    )


def _spelled(text: str, call: s.Call, argument: s.Node, end: int) -> str:
    """The call with what it applies to, from an argument on, in brackets."""
    first = text[slice(*argument.span)]
    if bare_call(argument) is not None:
        first = f"({first})"
    return f"{text[call.span[0] : argument.span[0]].rstrip()}({first}{text[argument.span[1] : end]})"


def _reached(node: s.Node, rest: Sequence[tuple[str, s.Node]], end: int) -> Iterator[tuple[s.Node, s.Node]]:
    """A factor with the others inside it, the innermost function first, with the argument that they join."""
    span = (node.span[0], end)
    if isinstance(node, s.Signed):
        for taken, joined in _reached(node.operand, rest, end):
            yield replace(node, span=span, operand=taken), joined
    elif isinstance(node, s.Power) and is_raised_function(node):
        for taken, joined in _reached(node.base, rest, end):
            yield replace(node, span=span, base=taken), joined
    elif isinstance(node, s.Call) and node.bare:
        argument = node.args[0]
        for taken, joined in _reached(argument, rest, end):
            yield replace(node, span=span, args=(taken,)), joined
        first = argument
        if bare_call(argument) is not None:
            first = s.Group(argument.span, (argument,), False)
        product = s.Product((argument.span[0], end), [("", first), *rest])
        yield replace(node, span=span, args=(s.Group(product.span, (product,), False),)), argument


def check_raised(node: s.Power, text: str) -> None:
    """Refuse ``sin^-1 t``, the inverse function or the reciprocal, and ``exp^2 t``, a power or twice.

    Raises
    ------
    ParseError
        With the spelling of both.
    """
    call = node.base
    assert isinstance(call, s.Call)
    name = call.function.text
    argument = text[slice(*s.inner(call.args[0]).span)]
    exponent = node.exponent
    is_inverse = (
        isinstance(exponent, s.Signed)
        and exponent.sign < 0
        and isinstance(exponent.operand, s.Num)
        and exponent.operand.value == 1
    ) or (isinstance(exponent, s.Group) and text[slice(*exponent.span)].strip("{( )}") in ("-1", "−1"))
    value = f"{name}({argument})"
    fix: str | Phrase
    if is_inverse:
        question = phrase("{name}^-1 may be the inverse function or the reciprocal", name=name)
        fix = phrase("1/{value} for the reciprocal", value=value)
        if name in _INVERSES:
            fix = phrase(
                "{inverse}({argument}) for the inverse function, {fix}",
                inverse=_INVERSES[name],
                argument=argument,
                fix=fix,
            )
    elif name in _ITERATED:
        question = phrase(
            "a power of {name} may be one of its value, or say how often it is applied", name=name
        )
        power = text[exponent.span[0] : exponent.span[1]]
        fix = phrase(
            "{value}^{power} for the power, {name}({value}) for twice", value=value, power=power, name=name
        )
    else:
        return
    raise ParseError(question, fix=fix, text=text, span=(node.span[0], node.span[1]))


def check_beside(terms: Sequence[tuple[s.Node, Expr]], text: str) -> None:
    """Refuse ``tr A + B``, in which a number by its function stands beside a matrix.

    Raises
    ------
    ParseError
        With both readings.
    """
    for place, (node, value) in enumerate(terms[:-1]):
        last = node.factors[-1][1] if isinstance(node, s.Product) else node
        call = bare_call(last)
        if call is None or not value.is_scalar or all(v.is_scalar for _, v in terms[place + 1 :]):
            continue
        behind = next(t for t, v in terms[place + 1 :] if not v.is_scalar)
        end = behind.span[1]
        whole, alone = _spelled(text, call, call.args[0], end), text[slice(*call.span)]
        raise ParseError(
            phrase("what {name} applies to is not clear here", name=call.function.text),
            fix=phrase(
                "{whole} for all of it, ({alone}){rest} for a number added to every entry",
                whole=whole,
                alone=alone,
                rest=text[call.span[1] : end],
            ),
            text=text,
            span=(call.span[0], end),
        )


def raised_square(node: s.Power, say: Wording) -> ParseError:
    """The error for ``sin^2(X)`` of a square matrix: the square of every entry, or of the matrix."""
    call = node.base
    assert isinstance(call, s.Call)
    value, e = f"{call.function.text}({say.quote(s.inner(call.args[0]))})", say.exponent(node)
    return ParseError(
        phrase("the power of {value}, a square matrix, may be one of every entry", value=value),
        fix=phrase("{value}.^{e} for every entry, {value}^{e} for the matrix", value=value, e=e),
    )
