"""Left sides and annotations: ∂u/∂wᵀ, ∂f/∂pᵀ · ∂p/∂uᵀ, (m×n)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matgrad import printing
from matgrad.core.arrays import Array
from matgrad.core.dims import ONE, SCALAR, Dim, Shape
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.explanation.families import NOWHERE, Places
from matgrad.explanation.lines import MEDIA, Formula, Label, Point, Side, Written, substance
from matgrad.printing.brackets import Level, Piece
from matgrad.printing.index_names import WrittenMember, written
from matgrad.printing.latex import dim_latex
from matgrad.printing.names import latex_name, unicode_name
from matgrad.printing.scripts import attached, ready_for_index
from matgrad.printing.shapes import parts_of
from matgrad.printing.unicode import dim_text

_SHAPE_SIGNS: dict[str, tuple[str, Callable[[Dim], str]]] = {
    "latex": (r" \times ", dim_latex),
    "unicode": ("×", dim_text),
    "text": (" x ", str),
}


def symbol_label(symbol: Symbol) -> Label:
    """A name as a side that is only written; that of a member with its letters."""
    if isinstance(symbol, WrittenMember):
        return Label(*(printing.line(symbol, medium, names=False) for medium in MEDIA))
    return Label(unicode_name(symbol.label), latex_name(symbol.label), symbol.label)


def expression_label(expr: Expr, as_typed: bool = False) -> Label:
    """An expression as a side that is only written."""
    return Label(*(printing.line(expr, medium, names=False, as_typed=as_typed) for medium in MEDIA))


def entry_label(name: Label, indices: str) -> Label:
    """An entry of what has a name: X_kl; a name with an index of its own is put in brackets."""
    if not indices:
        return name
    unicode = ready_for_index(name.unicode)
    return Label(f"{unicode}_{indices}", attached(name.latex, "_", indices), f"{name.text}_{indices}")


def quotient(top: Label, bottom: Label) -> Label:
    """∂f/∂x as a side that is only written."""
    return Label(
        f"∂{top.unicode}/∂{bottom.unicode}",
        rf"\frac{{\partial {top.latex}}}{{\partial {bottom.latex}}}",
        f"d{top.write('text')}/d{bottom.write('text')}",
    )


@dataclass(frozen=True, slots=True)
class Worded:
    """A side that is words: what a point is, or why there is none.

    Attributes
    ----------
    phrase : Phrase
        The words.
    language : str
        The language in which they are said.
    """

    phrase: Phrase
    language: str

    def write(self, medium: str) -> str:
        """The words; in LaTeX they stand upright."""
        said = self.phrase.text(self.language)
        return rf"\text{{{said}}}" if medium == "latex" else said


@dataclass(frozen=True, slots=True)
class Partial:
    """∂vec(U)/∂vec(X)ᵀ, the matrix of a derivative on vec; ∂f/∂X, the gradient in the shape of X.

    Attributes
    ----------
    top : Label
        The name of what is differentiated.
    top_shape : Shape
        Its shape; a column is not stacked.
    bottom : Symbol
        With respect to what.
    turned : bool
        Denominator layout: ∂vec(U)ᵀ/∂vec(X).
    whole : bool
        In the shape of the function or the variable, without vec.
    held : tuple of Symbol
        What is held constant, where that is not clear.
    """

    top: Label
    top_shape: Shape
    bottom: Symbol
    turned: bool = False
    whole: bool = False
    held: tuple[Symbol, ...] = ()

    def write(self, medium: str) -> str:
        """The quotient in a medium."""
        top, bottom = self.top.write(medium), symbol_label(self.bottom).write(medium)
        if not self.whole:
            top = _stacked(top, self.top_shape, medium)
            bottom = _stacked(bottom, self.bottom.shape, medium)
            if self.turned and self.top_shape != (ONE, ONE):
                top = _transposed(top, medium)
            if not self.turned and not self.bottom.is_scalar:
                bottom = _transposed(bottom, medium)
        held = ", ".join(symbol_label(symbol).write(medium) for symbol in self.held)
        if medium == "latex":
            quotient = rf"\frac{{\partial {top}}}{{\partial {bottom}}}"
            return rf"\left.{quotient}\right|_{{{held}}}" if held else quotient
        if medium == "unicode":
            quotient = f"∂{top}/∂{bottom}"
        else:
            # A word does not stick to the d: d vec(F), but dF.
            above, below = (" " * self._is_stacked(shape) for shape in (self.top_shape, self.bottom.shape))
            quotient = f"d{above}{top}/d{below}{bottom}"
        return f"{quotient}|_{held}" if held else quotient

    @property
    def reads_as_gradient(self) -> bool:
        """Whether it is written as the gradient is, of a scalar function: ∂f/∂x, without vec or transpose."""
        plain = self.turned or self.bottom.is_scalar
        is_column = self.bottom.columns is ONE and self.top_shape == SCALAR
        return not self.held and (self.whole or (plain and is_column))

    def _is_stacked(self, shape: Shape) -> bool:
        return not self.whole and shape[1] is not ONE


def _stacked(name: str, shape: Shape, medium: str) -> str:
    if shape[1] is ONE:
        return name
    return rf"\operatorname{{vec}}({name})" if medium == "latex" else f"vec({name})"


def _transposed(name: str, medium: str) -> str:
    return (
        attached(name, "^", r"\top")
        if medium == "latex"
        else f"{name}ᵀ"
        if medium == "unicode"
        else f"{name}'"
    )


@dataclass(frozen=True, slots=True)
class Paths:
    """Sums of products of derivatives with their shapes: ∂f/∂uᵀ · ∂u/∂wᵀ, where 1×n = (1×m)(m×n)."""

    paths: tuple[tuple[Written, ...], ...]
    whole: Shape
    shapes: tuple[tuple[Shape, ...], ...]
    sums: tuple[Places, ...] = ()

    def write(self, medium: str) -> str:
        """The sum and, behind it, that all shapes conform."""
        dot = r" \, " if medium == "latex" else " · " if medium == "unicode" else " * "
        sums = self.sums or (NOWHERE,) * len(self.paths)
        products = [dot.join(part.write(medium) for part in path) for path in self.paths]
        total = " + ".join(
            _summed(product, places, medium) for product, places in zip(products, sums, strict=True)
        )
        factors = " + ".join(
            "".join(f"({_shape(s, medium)})" for s in path) if len(path) > 1 else _shape(path[0], medium)
            for path in self.shapes
        )
        if all(shape == SCALAR for path in self.shapes for shape in path):
            return total
        return _beside(total, f"{_shape(self.whole, medium)} = {factors}", medium)


def _summed(text: str, places: Places, medium: str) -> str:
    """A term with the sign of a sum over letters."""
    if not places.letters:
        return text
    bounds = [(letter, ONE, last, True) for letter, last in zip(places.letters, places.lasts, strict=True)]
    pen = printing.medium_of(medium)
    return pen.over("sum", bounds, places.conditions, Piece(text, Level.ATOM)).text


@dataclass(frozen=True, slots=True)
class Sized:
    """An expression with its shape: Xw   (m×1)."""

    expr: Expr
    as_typed: bool = False

    def write(self, medium: str) -> str:
        """The expression in a medium and its shape in brackets; among numbers no shape is said."""
        text = Formula(self.expr, self.as_typed).write(medium)
        if all(node.is_scalar for node in postorder(written(self.expr))):
            return text
        return _beside(text, f"({_shape(self.expr.shape, medium)})", medium)


@dataclass(frozen=True, slots=True)
class Added:
    """Terms side by side, as they came from the paths."""

    terms: tuple[Expr, ...]

    def write(self, medium: str) -> str:
        """The terms with their signs."""
        return printing.terms(self.terms, medium)

    def evaluate(self, point: Point) -> Array:
        """Their sum."""
        total = point.value(self.terms[0])
        for term in self.terms[1:]:
            total = point.xp.add(total, point.value(term))
        return total


@substance.register
def _(side: Added) -> object:
    return tuple(parts_of(term) for term in side.terms)


def added(terms: Sequence[Expr]) -> Side:
    """Terms side by side; a single one is a formula."""
    return Formula(terms[0]) if len(terms) == 1 else Added(tuple(terms))


@dataclass(frozen=True, slots=True)
class Deferred:
    """A value for a claim, whose expression is made when it is tried and never written."""

    make: Callable[[], Expr]

    def write(self, medium: str) -> str:
        """The expression in a medium."""
        return Formula(self.make()).write(medium)

    def evaluate(self, point: Point) -> Array:
        """Its value."""
        return point.value(self.make())


@dataclass(frozen=True, slots=True)
class Applied:
    """A matrix on vec applied to a column; in denominator layout it is transposed first."""

    matrix: Side
    column: Expr
    turned: bool

    def write(self, medium: str) -> str:
        """The matrix and the column side by side."""
        return f"{self.matrix.write(medium)} {Formula(self.column).write(medium)}"

    def evaluate(self, point: Point) -> Array:
        """The product."""
        xp = point.xp
        matrix = self.matrix.evaluate(point)
        return xp.matmul(xp.transpose(matrix) if self.turned else matrix, point.value(self.column))


def _beside(text: str, remark: str, medium: str) -> str:
    return rf"{text} \qquad {remark}" if medium == "latex" else f"{text}   {remark}"


def _shape(shape: Sequence[Dim], medium: str) -> str:
    sign, write = _SHAPE_SIGNS[medium]
    return sign.join(f"({write(d)})" if len(d.terms) > 1 else write(d) for d in shape)
