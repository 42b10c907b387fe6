"""What a derivative is called: ∂f/∂X, ∂²f/∂x∂xᵀ, ∂vec(F)/∂vec(X)ᵀ, d²F."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.ops.indices.members import Family
from matgrad.ops.named_functions import only_named
from matgrad.printing.medium import Medium
from matgrad.printing.names import latex_name, unicode_name
from matgrad.printing.scripts import attached
from matgrad.printing.unicode import Unicode

_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def left_side(
    form: str,
    function: Expr,
    variable: Symbol,
    order: int,
    layout: str | None,
    convention: str,
    medium: str,
    other: Symbol | None = None,
    called: str = "",
) -> str:
    """Write the left side of the equation that a result is.

    Parameters
    ----------
    form : str
        What the result is: gradient, derivative, jacobian, hessian, differential or components.
    function, variable : Expr, Symbol
        What was differentiated with respect to what.
    order : int
        How often.
    layout : str or None
        The layout of a Jacobian.
    convention : str
        ``"independent"`` where Jacobians are by the independent entries of a symmetric variable.
    medium : str
        ``"text"``, ``"unicode"``, ``"latex"`` or ``"numpy"``.
    other : Symbol, optional
        Of a mixed second derivative, the second variable.
    called : str, optional
        What its author called the function.
    """
    f = name_of(function, called, medium)
    if other is not None:
        return _mixed(f, variable, other, medium)
    if medium in ("text", "numpy"):
        return _plain(form, f, variable, order, medium)
    x = latex_name(variable.label) if medium == "latex" else unicode_name(variable.label)
    half = convention == "independent"
    writer = _Latex(f, x, half) if medium == "latex" else _Unicode(f, x, half)
    return writer.write(form, function, variable, order, layout)


def at_point(left: str, point: Sequence[tuple[Symbol, str]], medium: str) -> str:
    """The left side with the values of variables at which the derivative is taken."""
    if not point or medium == "numpy":
        return left
    labels = [symbol.label for symbol, _ in point]
    if medium != "text":
        labels = [latex_name(label) if medium == "latex" else unicode_name(label) for label in labels]
    values = ", ".join(f"{label} = {value}" for label, (_, value) in zip(labels, point, strict=True))
    if medium == "latex":
        return rf"\left. {left} \right|_{{{values}}}"
    return f"{left} at ({values})" if medium == "text" else f"{left}|_({values})"


def _mixed(f: str, first: Symbol, second: Symbol, medium: str) -> str:
    """∂²f/∂x ∂yᵀ."""
    if medium == "numpy":
        return "H"
    if medium == "text":
        return f"d^2 {f}/d{first.label} d{second.label}"
    writer: _Unicode = _Latex(f, "", False) if medium == "latex" else _Unicode(f, "", False)
    name = latex_name if medium == "latex" else unicode_name
    x, y = (writer.stacked(name(v.label), v.is_vector or v.is_scalar) for v in (first, second))
    y = y if second.is_scalar else writer.transposed(y)
    return writer.fraction(f"∂{writer.power(2)}{f}", f"∂{x} ∂{y}")


def left_side_by_member(
    function: Expr,
    members: Sequence[tuple[Symbol, Sequence[Dim]]],
    medium: Medium,
    form: str = "gradient",
    turned: bool = False,
    called: str = "",
) -> str:
    """∂f/∂x_k, ∂²f/∂x_k∂x_lᵀ of a family, ∂f/∂x_kᵀ of a vector f.

    Parameters
    ----------
    function : Expr
        What was differentiated.
    members : sequence of (Symbol, places)
        The family and the places of its member, or what has none; two for a second derivative.
    medium : Medium
        Where it is written.
    form : str
        ``"gradient"``, ``"jacobian"`` or ``"hessian"``.
    turned : bool
        Whether a Jacobian is in denominator layout.
    called : str, optional
        What its author called the function.
    """
    texts = []
    for variable, places in members:
        piece = medium.symbol(Symbol.stand_in(variable.label, ONE, ONE))
        above = variable.above if isinstance(variable, Family) else ""
        texts.append((medium.member(piece, places, above) if places else piece).text)
    latex = not isinstance(medium, Unicode)
    f = name_of(function, called, "text" if medium.is_source else "latex" if latex else "unicode")
    if medium.is_source:
        return f"d{f}/d{texts[0]}" if len(texts) == 1 else f"d^2 {f}/d{texts[0]} d{texts[1]}"
    writer: _Unicode = _Latex(f, texts[0], False) if latex else _Unicode(f, texts[0], False)
    if form == "gradient":
        return writer.quotient(1)
    shapes = [v.member_shape if isinstance(v, Family) else v.shape for v, _ in members]
    columns = [
        text if form == "hessian" else writer.stacked(text, shape[1] is ONE)
        for text, shape in zip(texts, shapes, strict=True)
    ]
    last = columns[-1] if shapes[-1] == (ONE, ONE) else writer.transposed(columns[-1])
    if form == "jacobian" and turned:
        top = writer.transposed(writer.stacked(f, function.is_vector or function.is_scalar))
        return writer.fraction(f"∂{top}", f"∂{columns[-1]}")
    if form == "jacobian":
        return writer.fraction(f"∂{writer.stacked(f, function.is_vector or function.is_scalar)}", f"∂{last}")
    return writer.fraction(f"∂{writer.power(2)}{f}", f"∂{columns[0]} ∂{last}")


def statement(
    form: str,
    function: Expr,
    variable: Symbol,
    layout: str | None,
    half: bool,
    medium: str,
    called: str = "",
) -> str:
    """What a Jacobian J or a Hessian H is, as an equation in differentials; empty for other forms.

    Parameters
    ----------
    form, function, variable, layout : str, Expr, Symbol, str or None
        As for :func:`left_side`.
    half : bool
        Whether the variable is given by vech, its independent entries.
    medium : str
        ``"text"`` for what can be typed; all others are written in Unicode.
    called : str, optional
        What its author called the function.
    """
    plain = medium == "text"
    f = name_of(function, called, "text" if plain else "unicode")
    x = variable.label if plain else unicode_name(variable.label)
    turned, squared = ("'", "^2") if plain else ("ᵀ", "²")
    change = f"d{x}" if variable.is_vector else f"{'vech' if half else 'vec'}(d{x})"
    if form == "hessian":
        return f"d{squared}{f} = {change}{turned} H {change}"
    if form != "jacobian":
        return ""
    value = f"d{f}" if function.is_vector or function.is_scalar else f"vec(d{f})"
    if layout == "denominator":
        return f"{change}{turned} J = {value}{turned}"
    return f"{value} = J {change}"


def name_of(function: Expr, called: str, medium: str) -> str:
    """What its author called a function, or else the usual name."""
    if not called or called in symbols_of(function):
        return function_name(function)
    if medium == "latex":
        return latex_name(called)
    return unicode_name(called) if medium == "unicode" else called


def function_name(function: Expr) -> str:
    """What a function is called: f where its values are numbers or columns, F where they are matrices.

    The next letters stand in where the expression has an f of its own.
    """
    nodes = postorder(function)
    taken = {node.label for node in nodes if isinstance(node, Symbol)} | {
        name for name, _ in only_named(nodes)
    }
    letters = "fghyuv" if function.is_scalar or function.is_vector else "FGHYUV"
    return next((letter for letter in letters if letter not in taken), letters[0])


def _plain(form: str, f: str, variable: Symbol, order: int, medium: str) -> str:
    x = variable.label
    if medium == "numpy":
        return {"differential": f"d{f}", "hessian": "H", "jacobian": "J"}.get(form, f"d{f}_d{x}")
    if form == "differential":
        return f"d{f}" if order == 1 else f"d^{order} {f}"
    if form == "components":
        return f"d{f}/d{x} by entries"
    power = "" if order == 1 else f"^{order}"
    return f"d{power} {f}/d{x}{power}" if order > 1 else f"d{f}/d{x}"


class _Unicode:
    """The left side for the terminal."""

    vec, vech, d = "vec", "vech", "d"

    def __init__(self, f: str, x: str, half: bool) -> None:
        self.f, self.x, self.half = f, x, half

    def write(self, form: str, function: Expr, variable: Symbol, order: int, layout: str | None) -> str:
        """Choose by the form."""
        if form == "differential":
            return self.differential(order)
        if form == "derivative":
            return self.quotient(order)
        if form == "hessian":
            return self.hessian(variable.is_vector)
        if form == "jacobian":
            return self.jacobian(function, variable, layout == "denominator")
        return self.quotient(1)

    def power(self, order: int) -> str:
        """The order of a derivative."""
        return "" if order == 1 else str(order).translate(_POWERS)

    def differential(self, order: int) -> str:
        """dF, d²F."""
        return f"{self.d}{self.power(order)}{self.f}"

    def quotient(self, order: int) -> str:
        """∂f/∂X."""
        return self.fraction(f"∂{self.power(order)}{self.f}", f"∂{self.x}{self.power(order)}")

    def fraction(self, top: str, bottom: str) -> str:
        """A quotient."""
        return f"{top}/{bottom}"

    def transposed(self, text: str) -> str:
        """A transpose."""
        return f"{text}ᵀ"

    def stacked(self, name: str, vector: bool, half: bool = False) -> str:
        """The column of the entries."""
        return name if vector else f"{self.vech if half else self.vec}({name})"

    def jacobian(self, function: Expr, variable: Symbol, turned: bool) -> str:
        """∂f/∂xᵀ in numerator layout, ∂fᵀ/∂x in denominator layout."""
        top = self.stacked(self.f, function.is_vector or function.is_scalar)
        if variable.is_row:
            column = self.transposed(self.x)
            above, below = (self.transposed(top), column) if turned else (top, self.x)
            return self.fraction(f"∂{above}", f"∂{below}")
        bottom = self.stacked(self.x, variable.is_vector, self.half)
        if turned:
            return self.fraction(f"∂{self.transposed(top)}", f"∂{bottom}")
        return self.fraction(f"∂{top}", f"∂{self.transposed(bottom)}")

    def hessian(self, vector: bool) -> str:
        """∂²f/∂x∂xᵀ."""
        x = self.stacked(self.x, vector, self.half)
        return self.fraction(f"∂{self.power(2)}{self.f}", f"∂{x} ∂{self.transposed(x)}")


class _Latex(_Unicode):
    """The left side in a textbook."""

    vec, vech, d = r"\operatorname{vec}", r"\operatorname{vech}", r"\mathrm{d}"

    def power(self, order: int) -> str:
        return "" if order == 1 else f"^{{{order}}}"

    def differential(self, order: int) -> str:
        return rf"\mathrm{{d}}{self.power(order)} {self.f}"

    def fraction(self, top: str, bottom: str) -> str:
        top, bottom = (part.replace("∂", r"\partial ") for part in (top, bottom))
        return rf"\frac{{{top}}}{{{bottom}}}"

    def transposed(self, text: str) -> str:
        return attached(text, "^", r"\top")
