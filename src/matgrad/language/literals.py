"""Matrices that are written out: entries with blanks between them, and letters that are entries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from matgrad.language import syntax as s
from matgrad.language.letters_by_place import turned_by
from matgrad.language.names import is_capital, is_greek, is_letter
from matgrad.language.places import name_of
from matgrad.language.syntax import inner

Rows = tuple[tuple[s.Node, ...], ...]


def rows_of(node: s.Blocks, scalars: Collection[str] = ()) -> Rows:
    """The rows of ``[a b; c d]``, where blanks separate entries as in MATLAB.

    In one row they do so between numbers, written or known by name; between other operands a product may be
    meant, as in ``[X' X]^-1``.
    """
    rows = node.rows
    entries = [entry for row in rows for entry in row]
    counts = {len(side_by_side(entry)) for entry in entries}
    if any(len(row) != 1 for row in rows) or len(counts) != 1 or counts == {1}:
        return rows
    apart = tuple(tuple(side_by_side(entry)) for entry in entries)
    parts = [inner(part) for row in apart for part in row]
    if len(rows) > 1 or all(
        isinstance(p, s.Num) or (isinstance(p, s.Name) and p.text in scalars) for p in parts
    ):
        return apart
    return rows


def side_by_side(entry: s.Node) -> list[s.Node]:
    """The plain operands that stand side by side; the entry alone where it has any sign of a product."""
    if not isinstance(entry, s.Product):
        return [entry]
    factors = [factor for _, factor in entry.factors]
    plain = all(
        not operator and isinstance(f, (s.Name, s.Num, s.Transposed)) for operator, f in entry.factors
    )
    return factors if plain else [entry]


def letters_of_literals(trees: Iterable[s.Node], turned: Collection[str]) -> set[str]:
    """Letters that are numbers as entries.

    They are those of a matrix written out with rows and columns, and of all beside it, and those in one line
    with a row: the c of [A b; b' c].
    """
    blocks = [node for tree in trees for node in s.walk(tree) if isinstance(node, s.Blocks)]
    if not any(_is_written_out(node, turned) for node in blocks):
        lines = [row for node in blocks for row in rows_of(node) if any(map(_is_row, row))]
        names = (name_of(entry) for row in lines for entry in row)
        return {name for name in names if name is not None and is_letter(name) and not is_capital(name)}
    return {name for node in blocks for row in rows_of(node) for entry in row for name in _letters(entry)}


def _is_written_out(node: s.Blocks, turned: Collection[str]) -> bool:
    """Whether a matrix has several rows and columns, and no vector or matrix among its entries."""
    rows = rows_of(node)
    if len(rows) == 1 and all(isinstance(entry, s.Blocks) for entry in rows[0]):
        rows = tuple(entry.rows[0] for entry in rows[0] if isinstance(entry, s.Blocks))
    if len(rows) < 2 or min(map(len, rows)) < 2:
        return False
    parts = [part for row in rows for entry in row for part in s.walk(entry)]
    names = [part.text for part in parts if isinstance(part, s.Name)]
    is_block = any(turned_by(part) is not None for part in parts)
    return not is_block and not any(is_capital(name) or name in turned for name in names)


def _is_row(entry: s.Node) -> bool:
    """Whether an entry is a letter that is transposed."""
    turned = turned_by(entry)
    name = None if turned is None else name_of(turned)
    return name is not None and not is_capital(name)


def _letters(entry: s.Node) -> Iterator[str]:
    """The lower-case letters in an entry."""
    for part in s.walk(entry):
        if (
            isinstance(part, s.Name)
            and is_letter(part.text)
            and not is_capital(part.text)
            and not is_greek(part.text)
        ):
            yield part.text
