"""Letters of places inside diag and tr in an answer: ``diag(1/x_i)`` is the matrix with 1/x_i at i, i."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set

from matgrad.checking.answer_places import bound_in, letters_below
from matgrad.checking.other_readings import rewritten
from matgrad.core.errors import ParseError
from matgrad.core.words import phrase
from matgrad.language import syntax as s

_DIAGONALS = frozenset(("diag", "Diag", "diagm"))
_TRACES = frozenset(("tr", "Tr", "trace", "Trace"))


def diagonals_written_out(
    tree: s.Node,
    bindings: Mapping[str, s.Node],
    text: str,
    letters: Set[str],
    is_number: Callable[[s.Node], bool],
) -> tuple[s.Node, dict[str, s.Node]]:
    """An answer in which a diagonal told by its entries is that of a vector: diag(x_i) is diag(Σ_i x_i e_i).

    Parameters
    ----------
    tree : Node
        The syntax tree of the answer.
    bindings : dict of str to Node
        Those of the names that it defines.
    text : str
        What was written.
    letters : set of str
        The letters that may stand for places, and that no sum binds.
    is_number : callable
        Whether a piece is a number: the x_i of a family of vectors is none, and diag(x_i) is as it stands.

    Raises
    ------
    ParseError
        For the trace of an entry, and diag of one with several indices: another matrix is meant.
    """

    def change(node: s.Node) -> s.Node:
        if not isinstance(node, s.Call) or node.function.text not in _DIAGONALS | _TRACES:
            return node
        if len(node.args) != 1 or node.keywords:
            return node
        (inside,) = node.args
        free = {letter for piece in s.walk(inside) for letter in letters_below(piece)} & letters
        free -= bound_in(inside)
        if not free or not is_number(inside):
            return node
        index, written = min(free), text[slice(*inside.span)]
        if node.function.text in _TRACES:
            sign = r"\sum" if "\\" in text else "sum"
            raise ParseError(
                phrase(
                    "the trace of {entry}, which is a number for every {index}", entry=written, index=index
                ),
                fix=phrase("{sum} where their sum is meant", sum=f"{sign}_{index} ({written})"),
                text=text,
                span=node.span,
            )
        if len(free) > 1:
            raise ParseError(
                phrase("diag of {entry}, a number with several indices", entry=written),
                fix=phrase("{entry} alone, or an entry with one index in diag", entry=written),
                text=text,
                span=node.span,
            )
        place = s.Name(inside.span, index)
        at_place = s.Product(inside.span, [("", inside), ("", s.UnitSign(inside.span, place))])
        column = s.Indexed(inside.span, "sum", (s.Bound(inside.span, place),), (), at_place)
        return s.Call(node.span, s.Name(node.function.span, "diag"), (column,))

    return rewritten(tree, change), {name: rewritten(part, change) for name, part in bindings.items()}
