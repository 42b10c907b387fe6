"""From the syntax tree to the expression: every piece by the operation it names."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from matgrad.core.dims import ONE, Dim, same, shape_text
from matgrad.core.errors import MatgradError, ParseError, ShapeError, UnknownNameError
from matgrad.core.expr import Expr
from matgrad.language import syntax as s
from matgrad.language.inference import Unknowns
from matgrad.language.names import split_letters, unknown_variable
from matgrad.language.scope import Scope
from matgrad.ops import (
    arithmetic,
    hadamard,
    inverse,
    kronecker,
    leaves,
    operators,
    power,
    structure,
    transpose,
)
from matgrad.ops.registry import FUNCTIONS

Visit = Generator[s.Node, Any, Any]
"""What elaborating a node is: it asks for the values of its parts and returns its own."""

_MATLAB_ONLY = {".*": "*", "./": "/", "\\": "np.linalg.solve(A, b)"}


class Elaborator:
    """Elaborates the trees of one text.

    Parts are elaborated before the whole without recursion, so that depth is no limit.

    Parameters
    ----------
    text : str
        The text, for messages.
    scope : Scope
        What its names stand for.
    unknowns : Unknowns
        The dimensions that are open.
    is_numpy : bool
        Which dialect the operators are of.
    strict : bool
        Whether every variable must be declared.
    """

    def __init__(
        self, text: str, scope: Scope, unknowns: Unknowns, *, is_numpy: bool, strict: bool = False
    ) -> None:
        from matgrad.language.calls import Calls
        from matgrad.language.indices import Indices

        self.text = text
        self.scope = scope
        self.unknowns = unknowns
        self.is_numpy = is_numpy
        self.strict = strict
        self.values: dict[str, Expr] = {}
        calls, indices = Calls(self), Indices(self)
        self._visits: dict[type[s.Node], Callable[[Any], Visit]] = {
            s.Sum: self._sum,
            s.Product: self._product,
            s.Signed: self._signed,
            s.Power: self._power,
            s.Transposed: self._transposed,
            s.Group: self._group,
            s.Bars: self._bars,
            s.Blocks: self._blocks,
            s.Call: calls.call,
            s.Method: calls.method,
            s.Index: indices.index,
        }

    def run(self, root: s.Node) -> Any:
        """Elaborate a tree.

        Raises
        ------
        MatgradError
            Located in the text, when an operation refuses its operands.
        """
        frames: list[tuple[s.Node, Visit]] = []
        value: Any = None
        pending: s.Node | None = root
        while pending is not None or frames:
            node = pending if pending is not None else frames[-1][0]
            try:
                if pending is not None:
                    visit = self._visits.get(type(pending))
                    pending = None
                    if visit is None:
                        value = self._leaf(node)
                        continue
                    frames.append((node, visit(node)))
                    value = None
                pending = frames[-1][1].send(value)
            except StopIteration as finished:
                frames.pop()
                value = finished.value
            except MatgradError as error:
                raise error.located(self.text, node.span) from None
        return value

    def quote(self, node: s.Node, longest: int = 30) -> str:
        """The piece of text that a node was read from, cut where it is long."""
        piece = " ".join(self.text[slice(*node.span)].split())
        return piece if len(piece) <= longest else piece[: longest - 1] + "…"

    def operand(self, node: s.Node, value: Expr) -> str:
        """Name an operand and its shape for a message."""
        return f"{self.quote(node)} ({shape_text(value.shape)})"

    def expect(self, value: Any, node: s.Node) -> Expr:
        """Refuse what is no expression, such as the pair that slogdet gives."""
        if isinstance(value, Expr):
            return value
        raise ParseError(f"{self.quote(node)} is not a matrix or a number", text=self.text, span=node.span)

    # ---- leaves -----------------------------------------------------------------------------------

    def _leaf(self, node: s.Node) -> Expr:
        match node:
            case s.Num(value=value):
                return leaves.number(value)
            case s.Name():
                return self._named(node)
            case s.OnesSign(span=place):
                return leaves.ones(self.unknowns.dim(f"ones.{place[0]}"))
            case s.TransposeSign():
                raise ParseError("the sign of the transpose needs an operand before it", fix="X^⊤")
            case s.Slice():
                raise ParseError("a colon stands only in an index", fix="X[1:2, :]")
            case s.Text(value=value):
                raise ParseError(f"the word {value!r} is not an option of this function")
        raise ParseError(f"{self.quote(node)} cannot stand here")

    def _named(self, node: s.Name) -> Expr:
        """A name in the place of an operand."""
        name, scope = node.text, self.scope
        if name in self.values:
            return self.values[name]
        declared = scope.declarations.entries.get(name)
        if declared is not None and declared.is_function:
            raise UnknownNameError(f"{name} is declared a function and needs an argument", fix=f"{name}(x)")
        if declared is None:
            if name in scope.dimensions:
                return leaves.dimension(Dim.symbol(name))
            if name in ("pi", "π", "np.pi", "numpy.pi", "jnp.pi"):
                return leaves.pi()
            if name == "I":
                return leaves.eye(self.unknowns.dim(f"eye.{node.span[0]}"))
            self._check_undeclared(node)
        return scope.symbol(name, self.unknowns)

    def _check_undeclared(self, node: s.Name) -> None:
        """Refuse names that were hardly meant as the name of one variable."""
        name, scope = node.text, self.scope
        if name in scope.symbols:
            return
        known = [*scope.declarations.entries, *scope.bindings]
        if "." in name:
            raise UnknownNameError(f"{name} is not known", fix="np.pi, or a function such as np.exp(x)")
        if name in FUNCTIONS and name not in ("e", "σ"):
            parameters = ", ".join(p.name for p in FUNCTIONS[name].parameters)
            raise UnknownNameError(f"{name} is a function and needs an argument", fix=f"{name}({parameters})")
        if self.strict:
            raise unknown_variable(name, known, node.span, self.text)
        letters = split_letters(name)
        is_differential = name.startswith("d") and (
            name[1:] in known or name[1:] in scope.used or len(name) == 2
        )
        if letters and not is_differential:
            singles = {*scope.used, *known}
            if not name.islower() or all(letter in singles for letter in name):
                product = " @ ".join(letters.split()) if self.is_numpy else letters
                raise UnknownNameError(
                    f"{name} is not declared: is it one name, or a product?",
                    fix=f"{product} for the product, or declare {name}: {'n' if name.islower() else 'm×n'}",
                )

    # ---- sums -------------------------------------------------------------------------------------

    def _sum(self, node: s.Sum) -> Visit:
        values = []
        for _, term in node.terms:
            value = yield term
            values.append(self.expect(value, term))
        spread = self._spread_all(values) if self.is_numpy else _spread_scalars(values)
        terms = [arithmetic.scale(sign, value) for (sign, _), value in zip(node.terms, spread, strict=True)]
        try:
            return arithmetic.add(*terms)
        except ShapeError:
            raise self._sum_error(node, spread, values) from None

    def _spread_all(self, values: list[Expr]) -> list[Expr]:
        """Repeat scalars, rows and columns as NumPy does."""
        tall = next((v for v in values if v.rows is not ONE), values[0])
        wide = next((v for v in values if v.columns is not ONE), values[0])
        return [operators.spread(operators.spread(v, tall), wide) for v in values]

    def _sum_error(self, node: s.Sum, spread: list[Expr], values: list[Expr]) -> ShapeError:
        """Name the two terms that do not fit."""
        first = next(i for i, value in enumerate(values) if not value.is_scalar)
        a, left = spread[first], node.terms[first][1]
        for (sign, right), b, bare in zip(node.terms, spread, values, strict=True):
            if not (same(a.rows, b.rows) and same(a.columns, b.columns)):
                break
        verb = "add" if sign > 0 else "subtract"
        joined = f"{self.operand(left, values[first])} and {self.operand(right, bare)}"
        if sign < 0:
            joined = f"{self.operand(right, bare)} from {self.operand(left, values[first])}"
        fixes = []
        if a.shape == (b.columns, b.rows):
            fixes.append(self._transposed_text(right))
        elif not self.is_numpy and bare.is_vector and bare.rows is a.rows:
            fixes.append(f"{self._atom(right)} ones({a.columns})' to repeat the column")
        elif not self.is_numpy and bare.is_row and bare.columns is a.columns:
            fixes.append(f"ones({a.rows}) {self._atom(right)} to repeat the row")
        fixes += self._scalar_fixes((left, right))
        fix = " or ".join(fixes) or "declare both with the same shape"
        return ShapeError(
            f"cannot {verb} {joined}: the shapes differ",
            fix=fix,
            text=self.text,
            span=(left.span[0], right.span[1]),
        )

    def _signed(self, node: s.Signed) -> Visit:
        value = self.expect((yield node.operand), node.operand)
        return value if node.sign > 0 else arithmetic.scale(-1, value)

    # ---- products ---------------------------------------------------------------------------------

    def _product(self, node: s.Product) -> Visit:
        run = _Run(self)
        for operator, factor in node.factors:
            self._check_dialect(operator, factor)
            value = self.expect((yield factor), factor)
            if operator in ("", "@") or (operator == "*" and not self.is_numpy):
                run.append(factor, value)
                continue
            left, left_value = run.close()
            try:
                run = _Run(self, left, self._combine(operator, left_value, value))
            except ShapeError:
                raise self._combination_error(operator, left, left_value, factor, value) from None
            except MatgradError as error:
                raise error.located(self.text, (left.span[0], factor.span[1])) from None
            run.extend_span(factor)
        return run.close()[1]

    def _check_dialect(self, operator: str, factor: s.Node) -> None:
        place = (max(factor.span[0] - 1, 0), factor.span[1])
        if self.is_numpy:
            if operator in _MATLAB_ONLY:
                raise ParseError(
                    f"{operator} is not an operator of the NumPy dialect",
                    fix=_MATLAB_ONLY[operator],
                    text=self.text,
                    span=place,
                )
        elif operator == "@":
            raise ParseError(
                "@ is not an operator of the MATLAB dialect", fix="A*B or A B", text=self.text, span=place
            )

    def check_juxtaposition(self, left: s.Node, right: s.Node) -> None:
        """Refuse operands side by side in the NumPy dialect, and numbers side by side in both."""
        place = (left.span[0], right.span[1])
        if isinstance(right, s.Num) and isinstance(left, s.Num):
            a, b = self.quote(left), self.quote(right)
            raise ParseError(
                f"an operator is missing between {a} and {b}",
                fix=f"{a}*{b}, or [{a}, {b}]",
                text=self.text,
                span=place,
            )
        if self.is_numpy:
            raise ParseError(
                f"an operator is missing between {self.quote(left)} and {self.quote(right)}",
                fix=f"{self.quote(left)} @ {self.quote(right)} for the matrix product, * for entry by entry",
                text=self.text,
                span=place,
            )

    def _combine(self, operator: str, a: Expr, b: Expr) -> Expr:
        if operator == "*":
            return operators.elementwise_product(a, b)
        if operator == "/" and self.is_numpy:
            return Expr.operators.divide(a, b)
        if operator == "/":
            if not b.is_scalar:
                raise ShapeError("division by a matrix")
            return arithmetic.multiply(a, power.power(b, leaves.number(-1)))
        if operator in (".*", "./"):
            b = b if operator == ".*" else power.power(b, leaves.number(-1))
            return arithmetic.multiply(a, b) if a.is_scalar or b.is_scalar else hadamard.hadamard(a, b)
        if operator == "\\":
            return inverse.solve(a, b)
        if operator == "⊗":
            return kronecker.kron(a, b)
        return structure.cross(a, b)

    def _combination_error(self, operator: str, left: s.Node, a: Expr, right: s.Node, b: Expr) -> ShapeError:
        l_text, r_text = self._atom(left), self._atom(right)
        both = f"{self.operand(left, a)} {{}} {self.operand(right, b)}"
        place = (left.span[0], right.span[1])
        fixes: list[str] = []
        if operator == "/" and not self.is_numpy:
            if same(b.rows, b.columns):
                fixes.append(f"{l_text} inv({self.quote(right)})")
            if a.is_scalar or a.shape == b.shape:
                fixes.append(f"{l_text} ./ {r_text} for entry by entry")
            fixes += self._scalar_fixes((right,))
            message = f"cannot divide by {self.operand(right, b)}: it is not a scalar"
        elif operator == "\\":
            message = f"cannot solve with {both.format('and')}: the matrix must be square with as many rows as the right side"
            fixes.append(f"pinv({self.quote(left)}) {r_text} for least squares")
        elif operator == "×":
            message = f"a cross product needs two vectors of length 3, not {both.format('and')}"
            fixes.append(f"{l_text} {r_text} for the matrix product")
        else:
            verb = "divide" if operator in ("./", "/") else "multiply"
            message = f"cannot {verb} {both.format('by')} entry by entry: the shapes differ"
            if a.shape == (b.columns, b.rows):
                written = f" {operator} "
                fixes.append(f"{l_text}{written}{self._transposed_text(right)}")
            elif operator == ".*" and a.is_vector and a.rows is b.rows:
                fixes.append(f"diag({self.quote(left)}) {r_text} to scale the rows")
            elif operator == ".*" and b.is_vector and a.rows is b.rows:
                fixes.append(f"diag({self.quote(right)}) {l_text} to scale the rows")
            fixes += self._scalar_fixes((left, right))
        return ShapeError(message, fix=" or ".join(fixes) or None, text=self.text, span=place)

    def product_error(self, left: s.Node, a: Expr, right: s.Node, b: Expr) -> ShapeError:
        """The error for two neighbours in a product that do not conform."""
        times = " @ " if self.is_numpy else " "
        l_text, r_text = self._atom(left), self._atom(right)
        fixes = []
        if a.rows is b.rows:
            fixes.append(f"{self._transposed_text(left)}{times}{r_text}")
        if a.columns is b.columns:
            fixes.append(f"{l_text}{times}{self._transposed_text(right)}")
        if a.shape == b.shape:
            fixes.append(f"{l_text} {'*' if self.is_numpy else '.*'} {r_text} for entry by entry")
        fixes += self._scalar_fixes((left, right))
        if not fixes and b.columns is a.rows:
            fixes.append(f"{r_text}{times}{l_text}")
        counts = (
            f"{_count(a.columns, 'column')} {'meets' if a.columns is ONE else 'meet'} {_count(b.rows, 'row')}"
        )
        return ShapeError(
            f"cannot multiply {self.operand(left, a)} by {self.operand(right, b)}: {counts}",
            fix=" or ".join(fixes) or f"declare them so that {a.columns} = {b.rows}",
            text=self.text,
            span=(left.span[0], right.span[1]),
        )

    def _scalar_fixes(self, nodes: tuple[s.Node, ...]) -> list[str]:
        """Undeclared lower-case names count as vectors; they may have been meant as scalars."""
        names = [n.text for n in map(_inner, nodes) if isinstance(n, s.Name)]
        declared = self.scope.declarations.entries
        open_names = dict.fromkeys(
            n for n in names if n in self.scope.symbols and n not in declared and n[0].islower()
        )
        return [f"declare {name}: scalar" for name in open_names]

    def _atom(self, node: s.Node) -> str:
        """The text of a node, in brackets where it needs them as a factor."""
        text = self.quote(node)
        return f"({text})" if isinstance(node, (s.Sum, s.Signed, s.Product)) else text

    def _transposed_text(self, node: s.Node) -> str:
        mark = ".T" if self.is_numpy else "'"
        inner = _inner(node)
        if isinstance(inner, s.Transposed):
            return self.quote(inner.operand)
        return self._atom(inner) + mark if not isinstance(inner, s.Power) else f"({self.quote(inner)}){mark}"

    # ---- powers, transposes, bars, blocks -----------------------------------------------------------

    def _power(self, node: s.Power) -> Visit:
        turned = self._transposing_sign(node.exponent) if node.operator == "^" else 0
        if turned:
            base = self.expect((yield node.base), node.base)
            return transpose.transpose(inverse.inv(base) if turned < 0 else base)
        if self.is_numpy and node.operator != "**":
            b, e = self.quote(node.base), self.quote(node.exponent)
            raise ParseError(
                f"{node.operator} is not an operator of the NumPy dialect",
                fix=f"{b} ** {e} for entry by entry, np.linalg.matrix_power({b}, {e}) for the matrix power",
            )
        if not self.is_numpy and node.operator == "**":
            raise ParseError("** is not an operator of the MATLAB dialect", fix="^, or .^ for entry by entry")
        if isinstance(node.base, s.Name) and node.base.text == "e" and not self.scope.is_variable("e"):
            exponent = self.expect((yield node.exponent), node.exponent)
            return FUNCTIONS["exp"].build(exponent)
        base = self.expect((yield node.base), node.base)
        exponent = self.expect((yield node.exponent), node.exponent)
        if node.operator != "^":
            return Expr.operators.power(base, exponent)
        if not exponent.is_scalar:
            raise ShapeError(
                f"the exponent {self.operand(node.exponent, exponent)} is not a scalar",
                fix=" or ".join(self._scalar_fixes((node.exponent,)))
                or "expm(X) for the exponential of a matrix",
            )
        if base.is_scalar:
            return power.power(base, exponent)
        if base.is_vector or base.is_row or not same(base.rows, base.columns):
            b, e = self._atom(node.base), self.quote(node.exponent)
            fixes = [f"{b}.^{e} for entry by entry"]
            if e == "2":
                fixes.append(f"norm({self.quote(_inner(node.base))})^2 for the sum of squares")
            fixes += self._scalar_fixes((node.base,))
            raise ShapeError(
                f"a power needs a square matrix or a scalar; {self.operand(node.base, base)} is neither",
                fix=" or ".join(fixes),
            )
        return inverse.matrix_power(base, exponent)

    def _transposing_sign(self, exponent: s.Node) -> int:
        """1 for an exponent ``T``, -1 for ``-T``, 0 for any other."""
        sign = 1
        while isinstance(exponent, (s.Signed, s.Group)):
            if isinstance(exponent, s.Signed):
                sign *= exponent.sign
                exponent = exponent.operand
            else:
                exponent = exponent.items[0]
        if isinstance(exponent, s.TransposeSign):
            return sign
        if isinstance(exponent, s.Name) and exponent.text == "T":
            declared = self.scope.declarations.entries.get("T")
            is_number = declared is not None and declared.rows is ONE and declared.columns is ONE
            return 0 if is_number or "T" in self.scope.dimensions else sign
        return 0

    def _transposed(self, node: s.Transposed) -> Visit:
        value = self.expect((yield node.operand), node.operand)
        if self.is_numpy and node.mark in ("'", ".'", "’"):
            raise ParseError(
                "' is not the transpose in the NumPy dialect", fix=f"{self._atom(node.operand)}.T"
            )
        if not self.is_numpy and node.mark == ".T":
            raise ParseError(
                ".T is not the transpose in the MATLAB dialect", fix=f"{self._atom(node.operand)}'"
            )
        return transpose.transpose(value)

    def _group(self, node: s.Group) -> Visit:
        if node.is_list:
            raise ParseError(
                "a list of operands stands only as the argument of a function", fix="hstack(A, B) or [A, B]"
            )
        return (yield node.items[0])

    def _bars(self, node: s.Bars) -> Visit:
        value = self.expect((yield node.operand), node.operand)
        text = self.quote(node.operand)
        if not node.double:
            if value.is_scalar:
                return FUNCTIONS["abs"].build(value)
            if value.is_vector or value.is_row:
                raise ShapeError(
                    f"|{text}| of a vector may be its norm or its absolute values",
                    fix=f"norm({text}) or abs({text})"
                    + "".join(f" or {f}" for f in self._scalar_fixes((node.operand,))),
                )
            return FUNCTIONS["det"].build(value)
        is_matrix = not (value.is_scalar or value.is_vector or value.is_row)
        kind = node.kind
        if kind in ("", "F", "fro", "Fro"):
            return FUNCTIONS["norm"].build(value)
        if kind == "2":
            return FUNCTIONS["spectral_norm" if is_matrix else "norm"].build(value)
        if kind in ("*", "nuc", "tr"):
            return FUNCTIONS["nuclear_norm"].build(value)
        if is_matrix:
            raise ShapeError(
                f"the norm ‖{text}‖_{kind} of a matrix has more than one meaning",
                fix=f"norm1({text}) for the sum of the absolute entries, max(column_sum(abs({text}))) for the operator norm",
            )
        if kind == "1":
            return FUNCTIONS["norm1"].build(value)
        if kind in ("inf", "∞", "infty"):
            return FUNCTIONS["norm_inf"].build(value)
        if kind.isdigit():
            return FUNCTIONS["norm_p"].build(value, leaves.number(int(kind)))
        if kind == "p":
            p = yield s.Name(node.span, kind)
            return FUNCTIONS["norm_p"].build(value, p)
        raise ParseError(
            f"there is no norm ‖·‖_{kind}",
            fix=f"sqrt(x' {kind} x)" if kind[0].isupper() else "‖x‖, ‖x‖_1, ‖x‖_inf, ‖X‖_F, ‖X‖_*",
        )

    def _blocks(self, node: s.Blocks) -> Visit:
        self._check_rows(node)
        rows = node.rows
        if len(rows) == 1 and all(isinstance(e, s.Blocks) for e in rows[0]):
            rows = tuple(e.rows[0] for e in rows[0] if isinstance(e, s.Blocks))
        elif self.is_numpy and len(rows) == 1:
            rows = tuple((entry,) for entry in rows[0])
        table = []
        for row in rows:
            values = []
            for entry in row:
                value = yield entry
                values.append(self.expect(value, entry))
            table.append(values)
        numbers = [[e.value for e in row if isinstance(e, leaves.Number)] for row in table]
        if all(len(found) == len(row) for found, row in zip(numbers, table, strict=True)):
            return leaves.literal(numbers)
        return structure.grid(table)

    def _check_rows(self, node: s.Blocks) -> None:
        """Refuse rows whose entries seem to be separated by blanks: that is a product here."""
        if any(len(row) != 1 for row in node.rows):
            for entry in (e for row in node.rows for e in row):
                self._check_signs(entry)
            return
        entries = [row[0] for row in node.rows]
        counts = {_count_of_names(entry) for entry in entries}
        if counts != {1} and len(counts) == 1 and not self.is_numpy:
            raise ParseError(
                "blanks in square brackets mean a product here; separate entries by commas",
                fix="[" + "; ".join(self._comma_separated(e) for e in entries) + "]",
            )
        for entry in entries:
            self._check_signs(entry)

    def _comma_separated(self, entry: s.Node) -> str:
        return (
            ", ".join(self.quote(f) for _, f in entry.factors)
            if isinstance(entry, s.Product)
            else self.quote(entry)
        )

    def _check_signs(self, entry: s.Node) -> None:
        """Refuse ``[1 -2]``, which MATLAB reads as two entries."""
        if not isinstance(entry, s.Sum):
            return
        for (_, left), (_, right) in zip(entry.terms, entry.terms[1:], strict=False):
            between = self.text[left.span[1] : right.span[0]]
            if between[:1].isspace() and not between[-1:].isspace() and "(" not in between:
                raise ParseError(
                    f"is {self.quote(entry)} one entry or two?",
                    fix=f"{self.quote(left)}, {between.strip()}{self.quote(right)} for two, blanks on both sides of the sign for one",
                    text=self.text,
                    span=entry.span,
                )


class _Run:
    """Factors of a matrix product, collected so that a long product is multiplied once.

    A stretch that has become a scalar is closed off: ``x' y A`` is (x'y) A.
    """

    def __init__(self, elaborator: Elaborator, node: s.Node | None = None, value: Expr | None = None) -> None:
        self._elaborator = elaborator
        self._scalars: list[Expr] = []
        self._chain: list[tuple[s.Node, Expr]] = []
        self._last: s.Node | None = None
        self._span: s.Span | None = None
        if node is not None and value is not None:
            self.append(node, value)

    def append(self, node: s.Node, value: Expr) -> None:
        """Take in a factor."""
        if self._last is not None:
            self._check_side_by_side(node)
        self._span = node.span if self._span is None else (self._span[0], node.span[1])
        self._last = node
        if value.is_scalar:
            self._scalars.append(value)
            return
        if self._chain:
            left, a = self._chain[-1]
            if not same(a.columns, value.rows):
                raise self._elaborator.product_error(left, a, node, value)
        self._chain.append((node, value))
        if value.columns is ONE and self._chain[0][1].rows is ONE:
            self._scalars.append(arithmetic.multiply(*(v for _, v in self._chain)))
            self._chain = []

    def _check_side_by_side(self, node: s.Node) -> None:
        assert self._last is not None
        between = self._elaborator.text[self._last.span[1] : node.span[0]]
        if not between.strip(" \t\r\n\u00a0\u200b\u2061\u2062"):
            self._elaborator.check_juxtaposition(self._last, node)

    def extend_span(self, node: s.Node) -> None:
        """Count a divisor, or another operand by which the product was combined, to its text."""
        assert self._span is not None
        self._span = (self._span[0], node.span[1])
        self._last = node

    def close(self) -> tuple[s.Node, Expr]:
        """The product, and the text it stands for."""
        assert self._span is not None and self._last is not None
        node = self._last if self._last.span == self._span else s.Product(self._span, [])
        values = [*self._scalars, *(v for _, v in self._chain)]
        try:
            return node, values[0] if len(values) == 1 else arithmetic.multiply(*values)
        except MatgradError as error:
            raise error.located(self._elaborator.text, self._span) from None


def _spread_scalars(values: list[Expr]) -> list[Expr]:
    """Add scalars to every entry of the matrix beside them."""
    wide = next((v for v in values if not v.is_scalar), None)
    if wide is None:
        return values
    return [arithmetic.multiply(v, leaves.ones(*wide.shape)) if v.is_scalar else v for v in values]


def _inner(node: s.Node) -> s.Node:
    """What stands in round brackets."""
    while isinstance(node, s.Group) and not node.is_list:
        node = node.items[0]
    return node


def _count_of_names(entry: s.Node) -> int:
    """The number of plain operands side by side; 1 where there is any sign that a product is meant."""
    if not isinstance(entry, s.Product):
        return 1
    plain = all(
        not operator and isinstance(f, (s.Name, s.Num, s.Transposed)) for operator, f in entry.factors
    )
    return len(entry.factors) if plain else 1


def _count(dim: Dim, noun: str) -> str:
    return f"1 {noun}" if dim is ONE else f"{dim} {noun}s"
