"""Functions as text for other languages, for sizes that are not known: what MATLAB and Julia share."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar

from matgrad.compilation.backends.base.names import Names, remark, spelling
from matgrad.compilation.backends.base.pieces import ADDED, ATOM, NEGATIVE, PRODUCT, RAISED, Piece
from matgrad.compilation.ir.notation import Notation
from matgrad.compilation.ir.numbers import Scalar, literal, magnitude
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import NUMBER, ONES, TRANSPOSE
from matgrad.compilation.plan.symbolic import SymbolicProgram, symbolic_program
from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr

LONGEST_LINE = 70
"""A value used once is written where it is used, up to this many characters."""

_NAMING = frozenset(
    {"part", "take_rows", "take_columns", "column_max", "total", "item", "gram", "weighted_gram"}
)
"""Primitives whose operand must have a name: it is indexed, or written twice."""


def number_text(value: Scalar) -> Piece:
    """A number as these languages write it."""
    text, sign = literal(magnitude(value)), "-" if value < 0 else ""
    level = PRODUCT if " / " in text else NEGATIVE if sign else ATOM
    return Piece(sign + text, level)


class TextSource(ABC):
    """Writes a program as a function in a language with matrices; one method for each primitive.

    Parameters
    ----------
    symbolic : SymbolicProgram
        What to write.
    results : sequence of str
        What the results are called.
    name : str
        What the function is called.
    """

    comment: ClassVar[str]
    """What starts a comment."""

    end: ClassVar[str]
    """What ends a statement."""

    longest: ClassVar[int | None] = None
    """How many characters of a name count."""

    reserved: ClassVar[frozenset[str]]
    """Words that no variable may be called."""

    helpers: ClassVar[Mapping[str, str]]
    """Functions that the language lacks, by name."""

    def __init__(self, symbolic: SymbolicProgram, results: Sequence[str], name: str = "compute") -> None:
        self.symbolic = symbolic
        self.program = symbolic.program
        self.notation_names: dict[Value, str] = {}
        self.notation = Notation(self.notation_names)
        self.names: dict[str, str] = {}
        self.used = Names({*self.reserved, *self.helpers}, self.identifier, self.longest)
        self.name = self.used.claim_function(name)
        for label in self.program.inputs:
            self.names[label] = self.used.claim(label)
        self.results = [self.used.claim(result) for result in results]
        self.pieces: dict[Value, Piece] = {}
        self.lines: list[str] = []
        self.needed: dict[str, None] = {}
        self.uses = self.program.uses()
        self.size_names: dict[str, str] = {}

    # ---- names ----------------------------------------------------------------------------------------

    def identifier(self, name: str) -> str:
        """A name in letters that the language accepts."""
        return spelling(name)

    def fresh(self, value: Value) -> str:
        """A name for a value."""
        letter = {"scalar": "s", "vector": "v", "matrix": "M", "factorisation": "F"}[value.kind]
        return self.used.fresh(letter)

    # ---- sizes ----------------------------------------------------------------------------------------

    def size(self, dim: Dim) -> str:
        """A dimension as the code computes it."""
        return self.dim_text(str(self._renamed(dim)))

    def _renamed(self, dim: Dim) -> str:
        text = str(dim)
        for name in sorted(dim.symbols, key=len, reverse=True):
            if name not in self.size_names:
                known = self.symbolic.sizes.get(name)
                same = known is not None and str(known) == name
                self.size_names[name] = self.names[name] if same else self.used.claim(name)
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", self.size_names[name], text)
        return text

    def dim_text(self, text: str) -> str:
        """A polynomial in the language."""
        return text

    def rows(self, value: Value) -> str:
        """The number of rows."""
        return self.size(self.symbolic.shapes[value][0])

    def columns(self, value: Value) -> str:
        """The number of columns."""
        return self.size(self.symbolic.shapes[value][1])

    def size_lines(self) -> tuple[list[str], list[str]]:
        """The lines that find the sizes, and those sizes that must be given."""
        for dim in self.symbolic.sizes.values():
            self._renamed(dim)
        lines, given = [], []
        for dim_name, name in self.size_names.items():
            shown = next(
                ((s.label, axis) for s in self.symbolic.symbols.values() for axis in (0, 1)
                 if str(s.shape[axis]) == dim_name),
                None,
            )  # fmt: skip
            if shown is None:
                given.append(name)
            else:
                symbol = self.symbolic.symbols[shown[0]]
                found = self.size_of(self.names[shown[0]], shown[1], symbol.is_vector)
                lines.append(f"{name} = {found}{self.end}")
        for name, dim in self.symbolic.sizes.items():
            if str(dim) != name:
                lines.append(f"{self.names[name]} = {self.size(dim)}{self.end}")
        return lines, given

    @abstractmethod
    def size_of(self, name: str, axis: int, vector: bool) -> str:
        """Read a size off an argument."""

    # ---- the whole text -------------------------------------------------------------------------------

    def text(self) -> str:
        """The function as source text."""
        for value in self.program.values:
            self._write(value)
        for result, output in zip(self.results, self.program.outputs, strict=True):
            if self.pieces[output].text != result:
                self.assign(result, self.pieces[output])
        head, given = self.size_lines()
        arguments = [self.names[n] for n in self.symbolic.symbols] + given
        return self.function(self.name, arguments, [*self.openings(), *head, *self.lines])

    def openings(self) -> list[str]:
        """Lines that bring the arguments into the form that the code expects."""
        return []

    @abstractmethod
    def function(self, name: str, arguments: Sequence[str], body: Sequence[str]) -> str:
        """Put the function together, with the helpers that it needs."""

    def assign(self, name: str, piece: Piece, note: str = "") -> None:
        """Write a statement."""
        line = f"{name} = {piece.bare}{self.end}"
        note = remark(note)
        if not note:
            self.lines.append(line)
        elif len(line) + len(note) < LONGEST_LINE + 30:
            self.lines.append(f"{line}  {self.comment} {note}")
        else:
            self.lines += [f"{self.comment} {note}", line]

    def _write(self, value: Value) -> None:
        method = getattr(self, value.op.name, None)
        if method is None:
            raise ArgumentError(f"{value.op.words} has no counterpart in this language")
        piece: Piece = method(value, *[self.pieces[arg] for arg in value.args])
        named = {user.op.name for user in self.program.values if value in user.args} & _NAMING
        if named <= {"gram", "weighted_gram"} and re.fullmatch(r"\w+'", piece.text):
            named = set()
        plain = piece.level == ATOM and re.fullmatch(r"[\w.]+", piece.text)
        result = value in self.program.outputs
        short = len(piece.text) <= LONGEST_LINE and self.uses[value] <= 1 and not named and not result
        turned = value.op is TRANSPOSE and not named
        if plain or value.op is NUMBER or short or turned or value.kind == "factorisation":
            self.pieces[value] = piece
            return
        outputs = self.program.outputs
        name = self.results[outputs.index(value)] if value in outputs else self.fresh(value)
        self.assign(name, piece, self.notation.of(value))
        self.pieces[value] = Piece(name)
        self.notation_names[value] = name

    def helper(self, name: str, *arguments: object) -> Piece:
        """A call of a function that the language lacks."""
        self.needed[name] = None
        return Piece(f"{name}({', '.join(map(str, arguments))})")

    # ---- what both languages write in the same way ------------------------------------------------------

    def input(self, value: Value) -> Piece:
        return Piece(self.names[value.params[0]])

    def number(self, value: Value) -> Piece:
        return number_text(value.params[0])

    def constant(self, value: Value) -> Piece:
        rows = [" ".join(f"({p})" if p.level == PRODUCT else str(p) for p in map(number_text, row))
                for row in value.params[0]]  # fmt: skip
        return Piece(f"[{'; '.join(rows)}]")

    def sum(self, value: Value, *terms: Piece) -> Piece:
        text, is_number = "", True
        filled = any(arg.op is not ONES for arg in value.args)
        pairs = zip(value.params, value.args, terms, strict=True)
        for coefficient, arg, term in sorted(pairs, key=lambda triple: bool(triple[0] < 0)):
            spread = filled and arg.op is ONES
            part = number_text(abs(coefficient)) if spread else self.times(abs(coefficient), term)
            of_number = spread or arg.kind == "scalar"
            sign = "-" if coefficient < 0 else "+"
            if not text:
                text = part.at(PRODUCT) if sign == "+" else f"-{part.at(RAISED)}"
            else:
                text += f" {self.operator(sign, is_number, of_number)} {part.at(PRODUCT)}"
            is_number = is_number and of_number
        return Piece(text, ADDED)

    def operator(self, sign: str, left_is_number: bool, right_is_number: bool) -> str:
        """+ or − between two operands, either of which may be a number and the other an array."""
        return sign

    def times(self, factor: Scalar, a: Piece) -> Piece:
        """A number times a piece."""
        if factor == 1:
            return a
        if a.text == "1":
            return number_text(factor)
        if isinstance(factor, Fraction) and factor.numerator == 1:
            return Piece(f"{a.at(PRODUCT)} / {literal(Fraction(factor.denominator))}", PRODUCT)
        return Piece(f"{number_text(factor)} * {a.at(NEGATIVE)}", PRODUCT)

    def scale(self, value: Value, a: Piece) -> Piece:
        factor = value.params[0]
        part = self.times(abs(factor), a)
        return part if factor > 0 else Piece(f"-{part.at(RAISED)}", NEGATIVE)

    def scalar_times(self, value: Value, scalar: Piece, a: Piece) -> Piece:
        return Piece(f"{scalar.at(PRODUCT)} * {a.at(NEGATIVE)}", PRODUCT)

    def hadamard(self, value: Value, *factors: Piece) -> Piece:
        return self.dotted(value, "*", *factors)

    def dotted(self, value: Value, operator: str, *factors: Piece) -> Piece:
        """Factors joined by an operator that acts entry by entry."""
        sign = f" {operator} " if value.kind == "scalar" else f" .{operator} "
        first, *others = factors
        return Piece(sign.join([first.at(PRODUCT), *(f.at(NEGATIVE) for f in others)]), PRODUCT)

    def scale_rows(self, value: Value, v: Piece, a: Piece) -> Piece:
        return self.dotted(value, "*", v, a)

    def scale_columns(self, value: Value, a: Piece, v: Piece) -> Piece:
        turned = v if value.args[1].kind == "scalar" else Piece(f"{v.at(ATOM)}'")
        return self.dotted(value, "*", a, turned)

    def gram(self, value: Value, a: Piece) -> Piece:
        if a.level == ATOM and a.text.endswith("'"):
            return Piece(f"{a.at(ATOM)[:-1]} * {a.at(NEGATIVE)}", PRODUCT)
        return Piece(f"{a.at(ATOM)}' * {a.at(NEGATIVE)}", PRODUCT)

    def weighted_gram(self, value: Value, a: Piece, d: Piece) -> Piece:
        return Piece(f"{a.at(ATOM)}' * ({d.at(PRODUCT)} .* {a.at(NEGATIVE)})", PRODUCT)

    def kron(self, value: Value, a: Piece, b: Piece) -> Piece:
        return Piece(f"kron({a}, {b})")

    def transpose(self, value: Value, a: Piece) -> Piece:
        return Piece(f"{a.at(ATOM)}'")

    def tril(self, value: Value, a: Piece) -> Piece:
        return Piece(f"tril({a})")

    def grid(self, value: Value, *blocks: Piece) -> Piece:
        width = value.params[0]
        texts = [block.bare if block.level == ATOM else f"({block})" for block in blocks]
        rows = [" ".join(texts[i : i + width]) for i in range(0, len(texts), width)]
        return Piece(f"[{'; '.join(rows)}]")

    def log_cosh(self, value: Value, a: Piece) -> Piece:
        return self.helper("log_cosh", a)

    def adjugate(self, value: Value, factor: Piece, a: Piece) -> Piece:
        return self.helper("adjugate", a)

    def det_hessian(self, value: Value, factor: Piece, a: Piece) -> Piece:
        return self.helper("det_hessian", a)

    def pinv(self, value: Value, a: Piece) -> Piece:
        return self.helper("deflated_pinv", a, value.params[0]) if value.params[0] else Piece(f"pinv({a})")

    def norms(self, value: Value, a: Piece) -> Piece:
        if value.params[0]:
            return self.helper("row_norms", a)
        return self.norm(value.args[0], a)

    @abstractmethod
    def norm(self, matrix: Value, a: Piece) -> Piece:
        """The norm of all entries."""

    def over_norms(self, value: Value, a: Piece, norms: Piece) -> Piece:
        return self.helper("over_norms", a, norms)

    def unit(self, value: Value) -> Piece:
        return self.helper("unit_vector", self.size(self.symbolic.params[value][0] + 1), self.rows(value))

    def places(self, value: Value) -> Piece:
        """The places of the ones of a selection matrix."""
        kind, *sizes = self.symbolic.params[value]
        return self.helper(f"{kind}_places", *(self.size(dim) for dim in sizes))

    def selection(self, value: Value) -> Piece:
        return self.helper("selection_matrix", self.places(value), self.columns(value))

    def scatter_rows(self, value: Value, a: Piece) -> Piece:
        chosen = self.helper("selection_matrix", self.places(value), self.rows(value))
        return Piece(f"{chosen}' * {a.at(NEGATIVE)}", PRODUCT)

    def require_gaps(self, value: Value, a: Piece, column: Piece) -> Piece:
        only = value.params[0]
        # Places count from 1, those from the end from −1 down, 0 stands for all.
        return self.helper("require_gaps", a, column, 0 if only is None else only + (only >= 0))

    def require_nonzero(self, value: Value, a: Piece, column: Piece) -> Piece:
        return self.helper("require_nonzero", a, column)


class TextFunction:
    """A function as text, to be pasted; it cannot be called here.

    Parameters
    ----------
    writer : type of TextSource
        The language.
    exprs : Expr or sequence of Expr
        What the function computes.
    name : str
        What it is called.
    results : sequence of str, optional
        What the results are called.

    Attributes
    ----------
    source : str
        The text.

    Raises
    ------
    ArgumentError
        Where the code depends on sizes that are not known, or a name is none.
    """

    def __init__(
        self,
        writer: type[TextSource],
        exprs: Expr | Sequence[Expr],
        *,
        name: str = "compute",
        results: Sequence[str] | None = None,
    ) -> None:
        wanted = [exprs] if isinstance(exprs, Expr) else list(exprs)
        called = [f"result{k + 1}" for k in range(len(wanted))] if results is None else list(results)
        for word in (name, *called):
            if not isinstance(word, str) or not re.fullmatch(r"[A-Za-z]\w*", word, re.ASCII):
                raise ArgumentError(f"{word!r} is not a name for a function or a result", fix='"gradient"')
        self.source = writer(symbolic_program(wanted), called, name).text()

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        return self.source

    def __call__(self, /, *args: Any, **named: Any) -> Any:
        """Refuse: this is text.

        Raises
        ------
        ArgumentError
            Always.
        """
        raise ArgumentError("this is text for another language; it cannot be called here", fix="fn.source")
