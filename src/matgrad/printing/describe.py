"""Variables with their spaces: A ∈ ℝ^{m×n}, x ∈ ℝⁿ."""

from __future__ import annotations

from collections.abc import Iterable

from matgrad.core.dims import ONE, SCALAR, Dim, Shape
from matgrad.core.expr import Symbol
from matgrad.core.facts import fact_words
from matgrad.core.words import Phrase
from matgrad.ops.indices.members import Family
from matgrad.ops.named_functions import Signature
from matgrad.printing.brackets import Level, Piece
from matgrad.printing.latex import Latex, dim_latex
from matgrad.printing.medium import Medium
from matgrad.printing.names import latex_name, superscript, unicode_name
from matgrad.printing.unicode import Unicode, dim_text


def describe_symbols(symbols: Iterable[Symbol], medium: str = "unicode", language: str = "en") -> str:
    """Say which space each variable is from; those of one space together.

    Parameters
    ----------
    symbols : iterable of Symbol
        The variables.
    medium : str
        ``"unicode"`` or ``"latex"``.
    language : str
        ``"en"`` or ``"zh"``: of the words for what is known of them.

    Examples
    --------
    >>> import matgrad as mg
    >>> describe_symbols([mg.matrix("A", "m", "n"), mg.vector("x", "n")])
    'A ∈ ℝ^{m×n}, x ∈ ℝⁿ'
    """
    latex = medium == "latex"
    symbols = list(symbols)
    groups: dict[tuple[object, ...], list[Symbol]] = {}
    for symbol in symbols:
        own: tuple[object, ...] = (symbol.shape, symbol.facts)
        if isinstance(symbol, Family):
            own = (symbol.member_shape, symbol.member_facts, "family")
        groups.setdefault(own, []).append(symbol)
    described = []
    for group in groups.values():
        names = ", ".join(_name(symbol, latex) for symbol in group)
        facts = group[0].member_facts if isinstance(group[0], Family) else group[0].facts
        said = fact_words(facts, language, of_number=_shape_of(group[0]) == SCALAR)
        words = Phrase(", ", context="a list").text(language).join(said)
        space = _space(_shape_of(group[0]), latex)
        if latex:
            described.append(rf"{names} \in {space}" + (rf" \text{{ {words}}}" if words else ""))
        else:
            described.append(f"{names} ∈ {space}" + (f" {words}" if words else ""))
    return ", ".join([*described, *_ranges(symbols, latex)])


def _shape_of(symbol: Symbol) -> Shape:
    """The shape of a variable, or of a member of a family."""
    return symbol.member_shape if isinstance(symbol, Family) else symbol.shape


def _name(symbol: Symbol, latex: bool) -> str:
    """A variable, or a member of a family, as it is written."""
    name = latex_name(symbol.label) if latex else unicode_name(symbol.label)
    if not isinstance(symbol, Family):
        return name
    letters = [letter for letter, _ in symbol.ranges]
    if symbol.above:
        medium: Medium = Latex() if latex else Unicode()
        places = [Dim.symbol(letter) for letter in letters]
        return medium.member(Piece(name, Level.ATOM), places, symbol.above).text
    below = "".join(letters) if all(len(letter) == 1 for letter in letters) else ",".join(letters)
    return f"{name}_{{{below}}}" if latex or len(below) > len(letters) else f"{name}_{below}"


def _ranges(symbols: Iterable[Symbol], latex: bool) -> list[str]:
    """Where the indices of families run."""
    found = dict.fromkeys(pair for symbol in symbols if isinstance(symbol, Family) for pair in symbol.ranges)
    if latex:
        return [rf"{letter} = 1, \dots, {dim_latex(last)}" for letter, last in found]
    return [f"{letter} = 1…{dim_text(last)}" for letter, last in found]


def describe_function(
    name: str, signature: Signature | None, medium: str = "unicode", language: str = "en"
) -> str:
    """Say what a function that is only a name takes and gives: ``f: ℝⁿ → ℝ``."""
    latex = medium == "latex"
    arrow, times = (r" \to ", r" \times ") if latex else (" → ", " × ")
    taken, given = ([SCALAR], SCALAR) if signature is None else (signature.arguments, signature.result)
    space = f"{times.join(_space(shape, latex) for shape in taken)}{arrow}{_space(given, latex)}"
    words = (
        []
        if signature is None
        else fact_words(signature.facts, language, of_number=signature.result == SCALAR)
    )
    said = Phrase(", ", context="a list").text(language).join(words)
    said = (rf" \text{{ {said}}}" if latex else f" {said}") if said else ""
    return f"{latex_name(name) if latex else unicode_name(name)}: {space}{said}"


def _space(shape: Shape, latex: bool) -> str:
    field = r"\mathbb{R}" if latex else "ℝ"
    if shape == SCALAR:
        return field
    sizes = shape[:1] if shape[1] is ONE else shape
    if latex:
        product = r" \times ".join(_factor(dim_latex(d), d) for d in sizes)
        return f"{field}^{{{product}}}"
    text = "×".join(_factor(dim_text(d), d) for d in sizes)
    return field + (superscript(text) or f"^{{{text}}}")


def _factor(text: str, dim: Dim) -> str:
    return f"({text})" if len(dim.terms) > 1 else text
