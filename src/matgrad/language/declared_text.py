"""Variables as the declarations that say what they are."""

from __future__ import annotations

from collections.abc import Iterable

from matgrad.core.dims import ONE
from matgrad.core.expr import Symbol
from matgrad.core.facts import Fact, fact_words
from matgrad.language.declared_body import WORDS
from matgrad.ops.indices.members import Family


def range_texts(symbols: Iterable[Symbol]) -> list[str]:
    """The declarations of the indices of families: ``i = 1..N``."""
    families = [symbol for symbol in symbols if isinstance(symbol, Family)]
    return list(dict.fromkeys(f"{letter} = 1..{last}" for f in families for letter, last in f.ranges))


def declaration_text(symbol: Symbol) -> str:
    """The declaration that :func:`parse_declarations` reads back to the same variable."""
    if isinstance(symbol, Family):
        member = Symbol.stand_in(symbol.label, *symbol.member_shape, symbol.member_facts)
        letters = [letter for letter, _ in symbol.ranges]
        below = "".join(letters) if all(len(letter) == 1 for letter in letters) else "_".join(letters)
        return declaration_text(member).replace(":", f"_{below}:", 1)
    words = fact_words(symbol.facts)
    if symbol.is_scalar:
        if symbol.facts & Fact.INTEGER:
            words = ["integer", *(word for word in words if word != "integer")]
        else:
            words = ["scalar", *words]
        return f"{symbol.label}: {' '.join(words)}"
    sizes = [f"({dim})" if str(dim).startswith("R^") else str(dim) for dim in symbol.shape]
    sizes = [
        f"({size})" if len(d.terms) > 1 and size[0] != "(" else size
        for d, size in zip(symbol.shape, sizes, strict=True)
    ]
    alone = symbol.columns is ONE and not (symbol.rows.symbols & WORDS)
    return " ".join([f"{symbol.label}: {symbol.rows if alone else '×'.join(sizes)}", *words])
