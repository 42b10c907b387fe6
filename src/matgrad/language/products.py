"""Products and quotients, from left to right; juxtaposition binds like ``*``, and ⊗ loosest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from matgrad.core.dims import ONE, Dim, same
from matgrad.core.errors import MatgradError, ParseError, ShapeError
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase, phrase
from matgrad.language import syntax as s
from matgrad.language.bare_exponents import check_exponents, check_matrix_exponent
from matgrad.language.bare_functions import reaches
from matgrad.language.close_factors import (
    check_capital_call,
    check_close,
    check_denominator,
    check_divided_array,
    check_latex_denominator,
    check_letter_for_sign,
    check_letter_for_transpose,
    check_sign_of_entries,
    check_star,
)
from matgrad.language.decisions import CHANGES
from matgrad.language.host import Host, Visit
from matgrad.language.latex.meanings import product_by_sign
from matgrad.language.letters_by_place import (
    divisors,
    is_column_of_ones,
    is_row_of_ones,
    with_denominators,
)
from matgrad.language.names import is_greek
from matgrad.language.places import is_indexed, name_of
from matgrad.language.sums import refuse_tables, spread_axes
from matgrad.language.two_readings import (
    check_application,
    check_change,
    check_factor,
    check_imaginary,
    check_letter_call,
    check_star_of_sympy,
)
from matgrad.language.wording import either, inner
from matgrad.ops import arithmetic, cross_product, hadamard, inverse, kronecker, leaves, operators, power
from matgrad.ops.indices.guard import Guard, guard
from matgrad.ops.transpose import transpose

_OF_ENTRIES_IN_NUMPY = {"*": "broadcast", "⋅": "broadcast", "∗": "broadcast", "/": "broadcast/"}
_IN_NUMPY = {".*": "{0} * {1}", "./": "{0} / {1}", "\\": "np.linalg.solve({0}, {1})"}


class Products:
    """Elaborates the products of one text."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def product(self, node: s.Product) -> Visit:
        """Elaborate a product; factors that one operator joins are multiplied at once.

        The Kronecker product binds loosest, as it is printed: I ⊗ AB is I ⊗ (AB).
        """
        factors = node.factors if self._host.is_numpy else with_denominators(node.factors)
        if any(operator in (".*", "./") for operator, _ in factors):
            self._host.of_entries.update(id(inner(factor)) for _, factor in factors)
        if not self._host.is_latex:
            check_close(factors, self._host.text, self._host.scope.is_variable("F"))
            check_letter_for_sign(factors, self._host.scope)
            if not self._host.is_numpy:
                check_letter_for_transpose(factors, self._host.scope, self._host.text)
            is_euler = not (self._host.scope.is_variable("e") or self._is_size("e"))
            check_exponents(factors, self._host.text, is_euler=is_euler)
        if (readings := reaches(self._host.text, factors)) is not None:
            return (yield readings)
        run: _Run | None = None
        kronecker_run: _Run | None = None
        before: tuple[str, s.Node] = ("", node)
        previous: Expr | None = None
        skipped = 0
        for place, (operator, factor) in enumerate(factors):
            if skipped:
                skipped -= 1
                continue
            if operator == "" and previous is not None:
                check_imaginary(before[1], factor, self._is_known)
            if operator == "" and self._is_ones(run, factor, node):
                value = self._host.filling_ones(factor)
            else:
                value = self._host.expect((yield factor), factor)
            if operator == "" and previous is not None:
                if self._host.is_latex:
                    self._check_change(before[1], factor, value)
                    check_latex_denominator(before, operator, factor, value)
                else:
                    check_matrix_exponent(before[1], previous, factors, place, value, self._host.text)
                    check_denominator(before, operator, factor, value, self._host.text, node.span[0])
                    if isinstance(before[1], s.Name) and not self._is_known(before[1].text):
                        check_capital_call(before[1], factor, value, self._host.text)
                self._check_letter(before[1], factor, place == 1 and id(node) in self._host.summed)
                if self._host.is_latex:
                    self._check_pi(before[1], factor, value)
                check_application(before[1], previous, factor, value, self._is_size)
                if is_row_of_ones(factor) and is_column_of_ones(before[1]):
                    # 𝟏𝟏ᵀ is square, of the size by which it is divided.
                    self._host.alike(previous.rows, value.columns)
                    for size in divisors(node):
                        if self._is_size(size):
                            self._host.alike(previous.rows, Dim.symbol(size))
            if run is not None and operator in (".*", "./") and self._is_sign_of_paper(run, factor):
                close = list(takewhile(lambda one: not one[0], factors[place + 1 :]))
                if close:
                    pieces = [("", factor), *close]
                    left = s.Product(run.span, list(factors[:place]))
                    check_sign_of_entries(
                        left, run.closed().value, pieces, value, self._host.scope, self._host.text
                    )
                    factor = s.Product((factor.span[0], close[-1][1].span[1]), pieces)
                    value, skipped = self._host.expect((yield factor), factor), len(close)
            before, previous = (operator, factor), value
            if run is None:
                run = _Run(self._host, factor, value)
                continue
            if operator == "⋅" and not self._host.is_numpy:
                column = yield from self._column(run, value, factors, place + 1)
                if column is not None:
                    # ω · Jω is ω · (Jω): a point between columns is their inner product.
                    value, skipped = column
                    factor = s.Product((factor.span[0], factors[place + skipped][1].span[1]), [])
                    before, previous = ("", factors[place + skipped][1]), value
            if (operator == "⋅" and self._is_point(run, factor)) or (
                operator in ("×", "∗") and self._host.is_latex
            ):
                run = self._by_sign(operator, run, factor, value)
                continue
            if operator == "∗" and not (self._host.is_numpy or self._host.scope.declarations.is_whole):
                check_star(run.last, run.closed().value, factor, value, self._host.text)
            if operator == "*" and self._host.is_numpy and run.matrix is not None and not value.is_scalar:
                check_star_of_sympy(run.last, factor, self._host.text)
            if operator == "/" and self._host.is_numpy:
                check_divided_array(run.closed().value, factors, place, value, self._host.text)
            kind = self._kind(operator, run, factor)
            if kind == "⊗":
                kronecker_run = run.closed() if kronecker_run is None else kronecker_run.joined(run)
                run = _Run(self._host, factor, value)
                continue
            if not run.takes(kind):
                run = run.closed()
            run.append(kind, factor, value)
        assert run is not None
        return (run if kronecker_run is None else kronecker_run.joined(run)).close()

    def _check_letter(self, left: s.Node, right: s.Node, leads: bool) -> None:
        """Ask about an undeclared Greek letter right before a bracket, which may be a function's."""
        name = name_of(left) if isinstance(left, (s.Name, s.Subscripted)) else None
        if name is None or not (isinstance(right, s.Group) and s.touches(left, right)):
            return
        if isinstance(left, s.Subscripted) and (not leads or self._is_member(left)):
            return
        is_member = isinstance(left, s.Name) and is_indexed(name, self._host.bound)
        if is_member and (self._is_declared(name) or isinstance(right.items[0], s.Sum)):
            return
        if (is_member or is_greek(name)) and name not in self._host.scope.declarations.entries:
            before, quoted = self._host.say.quote(left), self._host.say.quote(right)
            check_letter_call(name, right.items[0], f"{before} {quoted}", leads=leads)

    def _is_declared(self, name: str) -> bool:
        """Whether what a name with an index is read of is declared or defined."""
        base = name.rpartition("_")[0]
        known = (self._host.scope.declarations.entries, self._host.values, self._host.definitions)
        return any(base in names for names in known)

    def _check_pi(self, left: s.Node, right: s.Node, value: Expr) -> None:
        """Ask about ``π(x)`` and ``π(Rx + t)``: a product, or a density or a map of that name."""
        if not (isinstance(left, s.Name) and left.text in ("pi", "π") and isinstance(right, s.Group)):
            return
        alone = isinstance(right.items[0], (s.Name, s.Subscripted))
        if s.touches(left, right) and (alone or not value.is_scalar):
            quoted = self._host.say.quote(right)
            raise ParseError(
                phrase(
                    "π{quoted} may be a value of a function or a product with the number π", quoted=quoted
                ),
                fix=phrase(r"\pi\, {quoted} for the product, or declare pi: function", quoted=quoted),
            )

    def _is_member(self, node: s.Subscripted) -> bool:
        """Whether a name has an index of a sum, or is a declared one with an index."""
        names = [n.text for item in node.items for n in s.walk(item) if isinstance(n, s.Name)]
        is_declared = node.base.text in self._host.scope.declarations.entries
        return is_declared or any(letter in self._host.bound for name in names for letter in name)

    def _check_change(self, left: s.Node, right: s.Node, value: Expr) -> None:
        """Ask about ``δx`` and ``d x`` of an undeclared δ or d, a change of x or a product with a number."""
        scope = self._host.scope
        while isinstance(right, (s.Transposed, s.Power)):
            right = right.operand if isinstance(right, s.Transposed) else right.base
        if not (
            isinstance(left, s.Name) and left.text in CHANGES and isinstance(right, (s.Name, s.Subscripted))
        ):
            return
        is_known = left.text in scope.declarations.entries or left.text in scope.bindings
        if not (is_known or value.is_scalar or self._is_size(left.text) or left.text in self._host.bound):
            check_change(self._host.say.quote(left), self._host.say.quote(right))

    def _is_ones(self, run: _Run | None, factor: s.Node, node: s.Product) -> bool:
        """Whether the number 1 stands for a column of ones: behind a matrix or a row, and before 1'."""
        if not isinstance(factor, s.Num) or factor.value != 1 or self._host.is_numpy:
            return False
        last = None if run is None else run.matrix
        if last is not None and run is not None:
            if last.columns is ONE:
                check_factor(run.last, factor)
            return True
        behind = [(o, f) for o, f in node.factors if f.span[0] >= factor.span[1]][:1]
        return any(
            not o and isinstance(f, s.Transposed) and isinstance(inner(f.operand), s.Num) for o, f in behind
        )

    def _is_point(self, run: _Run, factor: s.Node) -> bool:
        """Whether a point may be the inner product: of a vector by its letter alone it is asked about."""
        host = self._host
        if host.is_latex or host.is_numpy:
            return host.is_latex
        return not (host.say.scalars(run.last) or host.say.scalars(factor))

    def _by_sign(self, sign: str, run: _Run, factor: s.Node, value: Expr) -> _Run:
        """Join one more factor by a sign of which the types say what it means."""
        if sign == "⋅" and run.ends_in_matrix and run.takes("@") and run.meets(value):
            run.append("@", factor, value)
            return run
        before = run.closed()
        meant = product_by_sign(self._host, sign, before.value, value, (run.last, factor))
        if meant is not None:
            joined = _Run(self._host, s.Product((before.last.span[0], factor.span[1]), []), meant)
            joined.last = factor
            return joined
        if not run.takes("@"):
            run = before
        run.append("@", factor, value)
        return run

    def _column(self, run: _Run, first: Expr, factors: Sequence[tuple[str, s.Node]], start: int) -> Visit:
        """The column that a product behind a column and a point is, and how many more factors it takes."""
        if run.ends_in_matrix:
            return None
        left = run.closed().value
        if not left.is_vector or first.is_vector or first.is_row:
            return None
        product = first
        for taken in range(1, len(factors) - start + 1):
            operator, factor = factors[start + taken - 1]
            if operator:
                return None
            value = self._host.expect((yield factor), factor)
            if not (product.is_scalar or value.is_scalar or same(product.columns, value.rows)):
                return None
            product = arithmetic.multiply(product, value)
            if product.is_vector:
                return (product, taken) if same(product.rows, left.rows) else None
        return None

    def _is_sign_of_paper(self, run: _Run, factor: s.Node) -> bool:
        """Whether the sign before a factor is ⊙, ∘ or ⊘, and not one of programs."""
        host = self._host
        written = host.text[run.span[1] : factor.span[0]]
        return not (host.is_numpy or host.is_latex) and any(sign in written for sign in "⊙∘⊘")

    def _is_known(self, name: str) -> bool:
        """Whether a name is that of a variable or of a dimension."""
        return name in self._host.bound or self._host.scope.is_variable(name) or self._is_size(name)

    def _is_size(self, name: str) -> bool:
        """Whether a name stands for a whole number: a dimension or an index."""
        scope = self._host.scope
        declared = scope.declarations.entries.get(name)
        is_integer = declared is not None and bool(declared.facts & Fact.INTEGER) and declared.rows is ONE
        return is_integer or (declared is None and name in scope.dimensions | scope.integers)

    def _kind(self, operator: str, run: _Run, factor: s.Node) -> str:
        """What an operator means in the dialect; ``"@"`` is the matrix product."""
        host, say = self._host, self._host.say
        if operator == "":
            self._check_side_by_side(run.last, factor)
            return "@"
        place = (run.last.span[0], factor.span[1])
        a, b = say.quote(run.last), say.quote(factor)
        if host.is_numpy:
            if operator in _IN_NUMPY:
                raise ParseError(
                    phrase("{operator} is not an operator of the NumPy dialect", operator=operator),
                    fix=_IN_NUMPY[operator].format(a, b),
                    text=host.text,
                    span=place,
                )
            return _OF_ENTRIES_IN_NUMPY.get(operator, operator)
        if operator == "@":
            raise ParseError(
                phrase("@ is not an operator of the MATLAB dialect"),
                fix=phrase("{a} {b} or {a}*{b}", a=a, b=b),
                text=host.text,
                span=place,
            )
        return "@" if operator in ("*", "⋅", "∗") else operator

    def _check_side_by_side(self, left: s.Node, right: s.Node) -> None:
        """Refuse operands side by side in the NumPy dialect, and numbers side by side in both."""
        say, place = self._host.say, (left.span[0], right.span[1])
        if isinstance(right, s.Num) and isinstance(left, s.Num):
            a, b = say.quote(left), say.quote(right)
            raise ParseError(
                phrase("an operator is missing between {a} and {b}", a=a, b=b),
                fix=phrase("{a}*{b}, or [{a}, {b}]", a=a, b=b),
                text=self._host.text,
                span=place,
            )
        if self._host.is_numpy:
            a, b = say.quote(left), say.quote(right)
            raise ParseError(
                phrase("an operator is missing between {a} and {b}", a=a, b=b),
                fix=phrase("{a} @ {b} for the matrix product, {a} * {b} for entry by entry", a=a, b=b),
                text=self._host.text,
                span=place,
            )


class _Run:
    """Operands joined by one operator, collected so that a long product is made at once.

    In a matrix product, a stretch that has become a scalar is closed off: ``x' y A`` is (x'y) A.
    """

    def __init__(self, host: Host, node: s.Node, value: Expr) -> None:
        self._host = host
        self._kind = ""
        self.span = node.span
        self.last = node
        self._operands: list[tuple[s.Node, Expr]] = [(node, value)]
        self._scalars: list[Expr] = []
        self._chain: list[tuple[s.Node, Expr]] = []

    @property
    def matrix(self) -> Expr | None:
        """The last factor that is no scalar, behind which another one is a factor of a matrix product."""
        factors = self._chain if self._kind == "@" else self._operands
        return next((value for _, value in reversed(factors) if not value.is_scalar), None)

    @property
    def ends_in_matrix(self) -> bool:
        """Whether the last factor that is no scalar has several columns, so that the product is no column."""
        last = self.matrix
        return last is not None and last.columns is not ONE

    def meets(self, value: Expr) -> bool:
        """Whether a matrix conforms with the last factor, so that only the matrix product can be meant."""
        last = self.matrix
        return last is not None and value.columns is not ONE and same(last.columns, value.rows)

    def takes(self, kind: str) -> bool:
        """Whether one more operand can be joined by that operator."""
        return not self._kind or (kind == self._kind and kind in ("@", ".*"))

    def append(self, kind: str, node: s.Node, value: Expr) -> None:
        """Join one more operand."""
        if not self._kind:
            self._kind = kind
            if kind == "@":
                self._multiply(*self._operands[0])
        self.span = (self.span[0], node.span[1])
        self.last = node
        if kind == "@":
            self._multiply(node, value)
        else:
            self._operands.append((node, value))

    def _multiply(self, node: s.Node, value: Expr) -> None:
        """Take a factor into the matrix product."""
        if value.is_scalar:
            self._scalars.append(value)
            return
        if self._chain:
            left, a = self._chain[-1]
            if not same(a.columns, value.rows):
                whole = arithmetic.multiply(*(v for _, v in self._chain))
                is_of_one_axis = self._host.say.is_numpy and whole.is_vector
                if not (is_of_one_axis and same(whole.rows, value.rows)):
                    raise _product_error(self._host, left, a, node, value)
                # NumPy's arrays of one axis: x @ A is Aᵀx, x @ y and x @ A @ x are numbers.
                node = s.Product((left.span[0], node.span[1]), [("", left), ("@", node)])
                self._chain, value = [], arithmetic.multiply(transpose(value), whole)
                if value.is_scalar:
                    self._scalars.append(value)
                    return
        self._chain.append((node, value))
        if value.columns is ONE and self._chain[0][1].rows is ONE:
            self._scalars.append(arithmetic.multiply(*(v for _, v in self._chain)))
            self._chain = []

    @property
    def value(self) -> Expr:
        """The value of a run of one operand."""
        return self._operands[0][1]

    def joined(self, other: _Run) -> _Run:
        """Join the value of another run to this one by the Kronecker product."""
        self.append("⊗", s.Product(other.span, []), other.close())
        return self

    def closed(self) -> _Run:
        """The run that starts with the value of this one."""
        run = _Run(self._host, s.Product(self.span, []), self.close())
        run.last = self.last
        return run

    def close(self) -> Expr:
        """The value of the operands joined."""
        values = [value for _, value in self._operands]
        if self._kind in ("broadcast", "broadcast/"):
            values = spread_axes(self._operands, is_answer=self._host.scope.declarations.is_whole)
            refuse_tables(self._host.text, [(n, v) for (n, _), v in zip(self._operands, values, strict=True)])
        try:
            if self._kind == "@":
                return _guarded(self._scalars, [v for _, v in self._chain])
            return _combine(self._kind, values) if self._kind else values[0]
        except ShapeError:
            raise _combination_error(self._host, self._kind, self._operands) from None
        except MatgradError as error:
            raise error.located(self._host.text, self.span) from None


def _guarded(scalars: list[Expr], chain: list[Expr]) -> Expr:
    """A product; a factor [i < n] guards the others, which need not have a value where it is 0."""
    brackets = [v for v in scalars if isinstance(v, Guard) and v.args[0] is leaves.number(1)]
    others = [v for v in scalars if v not in brackets]
    value = arithmetic.multiply(*others, *chain) if others or chain else leaves.number(1)
    return guard(value, [c for bracket in brackets for c in bracket.conditions]) if brackets else value


def _combine(kind: str, values: list[Expr]) -> Expr:
    """Join operands by an operator that is not the matrix product."""
    if kind == "⊗":
        return kronecker.kron(*values)
    if kind == ".*":
        scalars = [v for v in values if v.is_scalar]
        matrices = [v for v in values if not v.is_scalar]
        return arithmetic.multiply(*scalars, *([hadamard.hadamard(*matrices)] if matrices else []))
    a, b = values
    if kind == "broadcast":
        return operators.elementwise_product(a, b)
    if kind == "broadcast/":
        return operators.elementwise_product(a, power.power(b, leaves.number(-1)))
    if kind == "./" or (kind == "/" and b.is_scalar):
        return _combine(".*", [a, power.power(b, leaves.number(-1))])
    if kind == "/":
        raise ShapeError(phrase("division by a matrix"))
    if kind == "\\":
        return inverse.solve(a, b)
    if a.is_scalar or b.is_scalar:
        return arithmetic.multiply(a, b)  # 2 × 3
    return cross_product.cross(a, b)


def _product_error(host: Host, left: s.Node, a: Expr, right: s.Node, b: Expr) -> ShapeError:
    """The error for two neighbours in a matrix product that do not conform."""
    say = host.say
    numbers = say.numbers(left, right) if a.is_vector and b.is_vector and not say.is_numpy else []
    fixes: list[str | Phrase] = [*numbers]
    if say.fits(a.rows, b.rows):
        fixes.append(f"{say.transposed(left)}{say.times}{say.atom(right)}")
    if say.fits(a.columns, b.columns) and not numbers:
        fixes.append(f"{say.atom(left)}{say.times}{say.transposed(right)}")
    if say.shapes_fit(a.shape, b.shape):
        fixes.append(
            phrase(
                "{left} {entrywise} {right} for entry by entry",
                left=say.atom(left),
                entrywise=say.entrywise[0],
                right=say.atom(right),
            )
        )
    fixes += [] if numbers else say.scalars(left, right)
    if not fixes and say.fits(b.columns, a.rows):
        fixes.append(f"{say.atom(right)}{say.times}{say.atom(left)}")
    columns = phrase("1 column meets") if a.columns is ONE else phrase("{size} columns meet", size=a.columns)
    rows = phrase("1 row") if b.rows is ONE else phrase("{size} rows", size=b.rows)
    return ShapeError(
        phrase(
            "cannot multiply {left} by {right}: {columns} {rows}",
            left=say.operand(left, a),
            right=say.operand(right, b),
            columns=columns,
            rows=rows,
        ),
        fix=either(fixes, phrase("declare them so that {columns} = {rows}", columns=a.columns, rows=b.rows)),
        text=host.text,
        span=(left.span[0], right.span[1]),
    )


def _combination_error(host: Host, kind: str, operands: list[tuple[s.Node, Expr]]) -> ShapeError:
    """The error for operands that another operator does not join."""
    say = host.say
    left, a = next(((n, v) for n, v in operands if not v.is_scalar), operands[0])
    misfits = ((n, v) for n, v in operands if not v.is_scalar and v.shape != a.shape)
    right, b = next(misfits, operands[-1])
    if kind in ("/", "\\", "×"):
        (left, a), (right, b) = operands
    l_text, r_text = say.atom(left), say.atom(right)
    one, other = say.operand(left, a), say.operand(right, b)
    fixes: list[str | Phrase] = []
    if kind == "/":
        message = phrase("cannot divide by {other}: it is not a scalar", other=other)
        if b.rows is b.columns or (say.fits(b.rows, b.columns) and not b.is_vector):
            is_one = isinstance(left, s.Num) and left.value == 1
            fixes.append(f"inv({say.quote(right)})" if is_one else f"{l_text} inv({say.quote(right)})")
        if b.is_row:
            fixes.append(
                phrase(
                    "{l_text}/({r_text} …), with brackets round the denominator,",
                    l_text=l_text,
                    r_text=r_text,
                )
            )
        elif a.is_scalar or say.shapes_fit(a.shape, b.shape):
            fixes.append(
                phrase(
                    "{l_text} {entrywise} {r_text} for entry by entry",
                    l_text=l_text,
                    entrywise=say.entrywise[1],
                    r_text=r_text,
                )
            )
        fixes += say.scalars(right, left) if a.is_vector and say.numbers(left, right) else say.scalars(right)
    elif kind == "\\":
        message = phrase(
            "cannot solve with {one} and {other}: a square matrix with as many rows is needed",
            one=one,
            other=other,
        )
        fixes.append(phrase("pinv({left}) {r_text} for least squares", left=say.quote(left), r_text=r_text))
    elif kind == "×":
        message = phrase(
            "a cross product needs two vectors of length 3, not {one} and {other}", one=one, other=other
        )
        fixes.append(
            phrase(
                "{l_text}{times}{r_text} for the matrix product",
                l_text=l_text,
                times=say.times,
                r_text=r_text,
            )
        )
    else:
        message = (
            phrase("cannot divide {one} by {other} entry by entry: the shapes differ", one=one, other=other)
            if kind in ("./", "broadcast/")
            else phrase(
                "cannot multiply {one} by {other} entry by entry: the shapes differ", one=one, other=other
            )
        )
        if say.is_numpy and kind == "broadcast" and say.fits(a.columns, b.rows):
            product, rows = f"{l_text} @ {r_text}", f"{l_text} * {r_text}[None, :]"
            of_rows = phrase(
                "{product} for the matrix product or {rows} for every row", product=product, rows=rows
            )
            fixes.append(of_rows if b.is_vector else product)
        if say.shapes_fit(a.shape, (b.columns, b.rows)):
            fixes.append(
                phrase("{right} in place of {quote}", right=say.transposed(right), quote=say.quote(right))
            )
        elif kind == ".*" and say.is_latex and same(a.columns, b.columns) and not b.is_vector:
            fixes.append(
                phrase(
                    r"\operatorname{{khatri\_rao}}({l_text}, {r_text}) for column by column",
                    l_text=l_text,
                    r_text=r_text,
                )
            )
        elif kind == ".*" and a.is_vector and say.fits(a.rows, b.rows):
            fixes.append(
                phrase("diag({left}) {r_text} to scale the rows", left=say.quote(left), r_text=r_text)
            )
        elif kind == ".*" and b.is_vector and say.fits(a.rows, b.rows):
            fixes.append(
                phrase("diag({right}) {l_text} to scale the rows", right=say.quote(right), l_text=l_text)
            )
        fixes += say.scalars(left, right)
    return ShapeError(message, fix=either(fixes), text=host.text, span=(left.span[0], right.span[1]))
