"""What users hand over: an expression, its text or a plain function, and the name of a variable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from matgrad import language
from matgrad.core.axes import Axes
from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol, names_in, symbols_of
from matgrad.core.flags import require_flags as require_flags
from matgrad.core.labels import goes_by
from matgrad.core.lazy import cached_property, regex
from matgrad.core.records import dataclass
from matgrad.core.suggestions import nearest
from matgrad.core.words import Phrase, phrase
from matgrad.ops.indices.defined import DefinedMembers
from matgrad.ops.indices.members import Family
from matgrad.ops.operators import to_expr
from matgrad.ops.transpose import Transpose
from matgrad.printing.meanings import require_apart
from matgrad.printing.names import printed_as
from matgrad.results import Result
from matgrad.results.inner import verify_inner
from matgrad.results.parts import Part, part_of

Function = Expr | Callable[..., Any] | str
Variable = Expr | str
"""A variable, a part of one such as ``X[0, :]``, or the name of either."""
Several = tuple[Symbol | str, ...] | list[Symbol | str]
"""Several variables."""
Point = str | Mapping[Any, Any]
"""The values of variables at a point: ``"w = 0, X = I"``, or values by variable or name."""


def require_words(**options: Any) -> None:
    """Refuse what is no word where a word chooses; which words there are, the functions know.

    Raises
    ------
    ArgumentError
        When a choice is of another type, or an order is no whole number.
    """
    for name, value in options.items():
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (whole if name == "order" else isinstance(value, str)):
            kind = phrase("a whole number") if name == "order" else phrase("a word")
            raise ArgumentError(
                phrase("{name} is {kind}, not {value}", name=name, kind=kind, value=repr(value))
            )


def require_one(more: tuple[Any, ...], function: str) -> None:
    """Refuse a second variable where a function takes one, or several as a tuple.

    Raises
    ------
    ArgumentError
        Where there are more.
    """
    if more:
        raise ArgumentError(
            phrase("mg.{function} takes one variable", function=function),
            fix=phrase(
                'mg.gradient(f, ("x", "y")) for the gradient by each, mg.hessian(f, "x", '
                '"y") for the mixed second derivative, mg.hessian(f, ("x", "y")) for all '
                "blocks"
            ),
        )


@dataclass(frozen=True)
class Reading:
    """A function as it was understood.

    Attributes
    ----------
    expr : Expr
        The function.
    symbols : mapping of str to Symbol
        What is declared or inferred, where it was text or a Python function.
    bindings : mapping of str to Expr
        The names that its text gives to parts.
    axes : Axes
        How many axes arguments and result have, where it was a Python function.
    remarks : tuple of Phrase
        Where its text means something else than its usual reader may think.
    syntax : str
        The dialect of the text.
    called : str
        What the text calls the function: the L of ``L(w) = …``.
    members : tuple of DefinedMembers
        The names that its text defines with indices.
    source : Interpretation or None
        How its text was read.
    """

    expr: Expr
    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    bindings: Mapping[str, Expr] = field(default_factory=dict)
    axes: Axes = field(default_factory=Axes)
    remarks: tuple[Phrase, ...] = ()
    syntax: str = "matlab"
    called: str = ""
    members: tuple[DefinedMembers, ...] = ()
    source: language.Interpretation | None = None

    @cached_property
    def occurring(self) -> dict[str, Symbol]:
        """The variables of the function by name."""
        return symbols_of(self.expr)

    def part(self, x: Any) -> Symbol | Part:
        """The variable that is meant, or the part of one; errors as for :meth:`variable`."""
        found = self.find_part(x)
        return self.variable(x) if found is None else found

    def find_part(self, x: Any) -> Symbol | Part | None:
        """The variable that is meant, or the part of one; ``None`` where that is not clear.

        Of a member of a family, such as ``x_k``, it is the family.
        """
        if isinstance(x, Expr) and not isinstance(x, Symbol):
            return part_of(x, str(x))
        x = _plain_name(x)
        found = self.find(x)
        if found is None and isinstance(x, str):
            known = {**self.symbols, **self.occurring}
            member = named_member(x, known)
            return named_part(x, known, self.syntax) if member is None else member[0]
        return found

    def find(self, x: Any) -> Symbol | None:
        """The variable that is meant, and the only one where none is named; ``None`` where that is not clear.

        It may be declared only: then the function does not change with it. A name may be spelled in any way
        that is printed alike: λ is written lambda as well, and W₁ is written W1 or W_1.

        Raises
        ------
        NameClashError
            When the function has another variable of that name.
        """
        x = _plain_name(x)
        occurring = self.occurring
        if isinstance(x, Symbol):
            occurring.get(x.label, x).require(x)
            return x
        known = {**self.symbols, **occurring}
        if x is None:
            meant = list((occurring or self.symbols).values())
        elif not isinstance(x, str):
            meant = []
        elif x in known:
            meant = [known[x]]
        else:
            meant = [symbol for symbol in known.values() if printed_as(symbol.label) == printed_as(x)]
            meant = meant or [symbol for symbol in known.values() if goes_by(symbol.label, x)]
        return meant[0] if len(meant) == 1 else None

    def by_member(self, x: Any, result: Result) -> Expr | None:
        """The derivative by one member, or by two, where a text such as ``x_k`` asks for it.

        The indices that the text names stand in it, where nothing else in it has their names.

        Raises
        ------
        ArgumentError
            Where there is no such form.
        """
        known = {**self.symbols, **self.occurring}
        member = named_member(x, known) if isinstance(x, str) and x not in known else None
        if member is None:
            return None
        found, letters = result.by_member, member[1]
        if found is None:
            raise no_member_form(x, member[0])
        places = [name for place in found.places[0] for name in place.names]
        if names_in([found.expr]) & {letter for letter in letters if letter not in places}:
            return found.expr
        return found.expr.substitute(dict(zip(places, map(Dim.symbol, letters), strict=True)))

    def values(self, point: Any) -> dict[Symbol, Expr]:
        """The values that variables have at a point: a text of equations, or values by variable or name.

        Raises
        ------
        ArgumentError
            For what is neither, and a name that belongs to no variable.
        ParseError, ShapeError
            For a text that cannot be read, and a value of another shape than its variable.
        """
        known = {**self.symbols, **self.occurring}
        if point is None:
            return {}
        if isinstance(point, str):
            return language.read_point(point, known, self.syntax)
        if not isinstance(point, Mapping):
            raise ArgumentError(
                phrase("a point gives values to variables, and {point} does not", point=repr(point)),
                fix='"w = 0"',
            )
        found: dict[Symbol, Expr] = {}
        for name, value in point.items():
            symbol = self.variable(name)
            said = str(value) if isinstance(value, (int, float)) else value
            read = isinstance(said, str)
            found[symbol] = language.read_value(symbol, said, known, self.syntax) if read else to_expr(value)
        return found

    def variable(self, x: Any) -> Symbol:
        """The variable that is meant; see :meth:`find`.

        Raises
        ------
        ArgumentError
            When the name belongs to no variable, or none is named of several.
        NameClashError
            When the function has another variable of that name.
        """
        found = self.find(x)
        if found is not None:
            return found
        names = self.occurring
        listed = ", ".join(names) or phrase("none")
        if x is None:
            raise ArgumentError(
                phrase("with respect to what? The variables are {listed}", listed=listed),
                fix=phrase("name one of them"),
            )
        if not isinstance(x, str):
            several = phrase('mg.gradient(f, ("x", "y")) and mg.hessian(f, ("x", "y")) take several')
            raise ArgumentError(
                phrase("a derivative is taken with respect to a variable, not {x}", x=repr(x)),
                fix=several if isinstance(x, (tuple, list)) else 'mg.gradient(f, "x")',
            )
        near = nearest(x, names)
        raise ArgumentError(
            phrase(
                "{x} is not a variable of {expr}; its variables are: {listed}",
                x=x,
                expr=self.expr,
                listed=listed,
            ),
            fix=f'"{near}"' if near else None,
        )


def _plain_name(x: Any) -> Any:
    r"""A name as the language has it: W_sup1 for ``W^{(1)}`` and W⁽¹⁾, y_hat for ``\hat y``."""
    if not isinstance(x, str) or not any(mark in x for mark in ("\\", "^{", "_{", "⁽")):
        return x
    return language.name_in_latex(x) or language.plain_text(x)


def read_function(f: Function, given: Any = None) -> Reading:
    """Read an expression, the text of one, or a Python function, with what is declared."""
    if isinstance(f, Expr):
        require_apart([f])
        return Reading(f)
    if isinstance(f, str):
        text = language.interpret(f, given)
        verify_inner(text.derived)
        return Reading(
            text.expr,
            text.symbols,
            text.bindings,
            remarks=text.remarks,
            syntax=text.syntax,
            called=text.name or "",
            members=text.members,
            source=text,
        )
    if callable(f):
        traced = language.trace_function(f, given)
        return Reading(traced.expr, traced.symbols, axes=traced.axes)
    return Reading(to_expr(f))


def read_together(*functions: Function, given: Any = None) -> list[Reading]:
    """Read several functions in which a name stands for one variable.

    A text takes the variables of the others as they are.
    """
    if all(isinstance(f, Expr) for f in functions):
        readings = [Reading(f) for f in functions if isinstance(f, Expr)]
    else:
        readings = _read_in_turn(functions, given)
    require_apart([reading.expr for reading in readings])
    return readings


def _read_in_turn(functions: Sequence[Function], given: Any) -> list[Reading]:
    """Read texts last, so that they know the variables of the others."""
    known = {symbol.label: symbol for f in functions if isinstance(f, Expr) for symbol in _variables(f)}
    found: dict[int, Reading] = {}
    order = sorted(range(len(functions)), key=lambda i: isinstance(functions[i], str))
    for i in order:
        f = functions[i]
        if isinstance(f, str):
            reading = read_function(f, _together(given, known))
            known = {**reading.symbols, **known}
            found[i] = reading
        else:
            found[i] = read_function(f, given)
            known = {**{symbol.label: symbol for symbol in _variables(found[i].expr)}, **known}
    return [found[i] for i in range(len(functions))]


def _variables(expr: Expr) -> list[Symbol]:
    return list(symbols_of(expr).values())


def _together(given: Any, known: Mapping[str, Symbol]) -> Any:
    """What is declared, and the variables that are known besides."""
    if not known:
        return given
    return list({**known, **language.read_given(given).symbols}.values())


_MEMBER = regex(r"(?P<base>.+?)_\{?(?P<at>[^\W_\d]+(?:, *[^\W_\d]+)*)\}?")


def named_member(name: str, symbols: Mapping[str, Symbol]) -> tuple[Family, tuple[str, ...]] | None:
    """The family and the indices that a text such as ``x_k`` or ``w_{k,l}`` names, or nothing."""
    match = _MEMBER.fullmatch(name.strip())
    if match is None:
        return None
    for symbol in symbols.values():
        if isinstance(symbol, Family) and printed_as(symbol.label) == printed_as(match["base"]):
            at = match["at"].replace(" ", "")
            letters = at.split(",") if "," in at else list(at)
            return (symbol, tuple(letters)) if len(letters) == len(symbol.ranges) else None
    return None


def letters_asked(x: object, symbols: Mapping[str, Symbol]) -> tuple[str, ...]:
    """The indices of the member that is named as a variable: the t of ``z_t``; none for anything else."""
    member = named_member(x, symbols) if isinstance(x, str) and x not in symbols else None
    return () if member is None else tuple(letter for letter in member[1] if letter.isalpha())


def no_member_form(name: str, family: Family) -> ArgumentError:
    """What is said of a derivative that is not shown by one member of a family."""
    return ArgumentError(
        phrase("derivatives by {name} are gradients, Jacobians, and Hessians of scalar functions", name=name),
        fix=phrase("{family}, for all members at once", family=family.label),
    )


def named_part(name: str, symbols: Mapping[str, Symbol], syntax: str = "matlab") -> Part | None:
    """The part of a variable that a text names, such as ``X[1, :]``; nothing where it names none.

    Raises
    ------
    ArgumentError
        When what it names is no part of one variable.
    """
    found = language.read_part(name, symbols, syntax) if language.is_part(name) else None
    if found is None:
        return None
    name, expr = found[0] if "[" not in found[0] else str(found[1]), found[1]
    if isinstance(expr, Transpose) and isinstance(expr.args[0], Symbol):
        name = f"{expr.args[0].label}ᵀ"
    return part_of(expr, name)


def read_problem(
    f: Function, x: Variable | None, at: Variable | None, given: Any = None
) -> tuple[Expr, Symbol]:
    """Read a function and its variable, named in either of two places."""
    reading = read_function(f, given)
    return reading.expr, reading.variable(at if x is None else x)
