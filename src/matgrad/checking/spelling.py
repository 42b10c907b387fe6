"""Changed pieces of an answer as text, where on their own they mean nothing: √((A x)_i² + ε) has a free i."""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction

from matgrad.language import syntax as s
from matgrad.printing.names import unicode_name

_HALF = Fraction(1, 2)
_SIGNS = {"": " ", "*": " ", "@": " @ ", ".*": " ⊙ ", "⋅": " ⋅ ", "/": " / ", "./": " ⊘ "}


def spelled(node: s.Node, text: str, written: Container[int]) -> str:
    """A piece as text: what was written stands as it was, around what is changed.

    Parameters
    ----------
    node : Node
        The piece.
    text : str
        The answer.
    written : container of int
        The identities of the nodes that were read from the answer.
    """

    def factor(node: s.Node) -> str:
        # The braces of \\frac{…}{…} are no brackets once a piece leaves them.
        told = spell(node)
        inside = node.items[0] if isinstance(node, s.Group) and not node.is_list else None
        is_open = isinstance(inside, (s.Sum, s.Signed, s.Product, s.Power)) and not _is_enclosed(told)
        return f"({told})" if is_open else told

    def spell(node: s.Node) -> str:
        if id(node) in written:
            return " ".join(text[slice(*node.span)].split())
        match node:
            case s.Name(text=name):
                return unicode_name(name)
            case s.Num(value=value):
                return str(value)
            case s.Transposed(operand=operand):
                return f"{factor(operand)}ᵀ"
            case s.Power(base=base, exponent=s.Num(value=value)) if value == _HALF:
                return f"√{factor(base)}"
            case s.Power(operator=operator, base=base, exponent=exponent):
                return f"{factor(base)}{operator}{spell(exponent)}"
            case s.Call(function=function, args=args, keywords=()):
                inside = ", ".join(spell(arg) for arg in args)
                bare = len(args) == 1 and isinstance(args[0], s.Group) and not args[0].is_list
                return f"{function.text}{inside}" if bare else f"{function.text}({inside})"
            case s.Group(items=items, is_list=False):
                return f"({', '.join(map(spell, items))})"
            case s.Product(factors=[(_, first), *rest]):
                return factor(first) + "".join(_SIGNS.get(sign, f" {sign} ") + factor(f) for sign, f in rest)
            case s.Sum(terms=[(sign, first), *rest]):
                signed = "".join((" − " if sign < 0 else " + ") + spell(term) for sign, term in rest)
                return ("−" if sign < 0 else "") + spell(first) + signed
            case s.Signed(sign=sign, operand=operand):
                return ("−" if sign < 0 else "") + spell(operand)
            case s.Subscripted(base=base, items=items):
                return f"{base.text}_{''.join(map(spell, items))}"
            case s.Index(operand=operand, items=items):
                if text[: node.span[1]].endswith("]"):
                    return f"{spell(operand)}[{', '.join(map(spell, items))}]"
                return f"{spell(operand)}_{''.join(map(spell, items))}"
        return " ".join(text[slice(*node.span)].split())

    return spell(node)


def _is_enclosed(told: str) -> bool:
    """Whether one pair of brackets holds the whole of a text: (a + b), and not (a) + (b)."""
    plain = told.replace("\\left", "").replace("\\right", "").strip()
    depth = 0
    for place, character in enumerate(plain):
        depth += (character in "([{") - (character in ")]}")
        if not depth:
            return place == len(plain) - 1 and plain[:1] in ("(", "[")
    return False
