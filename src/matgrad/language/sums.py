"""Sums: scalars are added to every entry; NumPy repeats rows and columns as well."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from matgrad.core.dims import ONE, same
from matgrad.core.errors import ParseError, ShapeError
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase, phrase
from matgrad.language import syntax as s
from matgrad.language.bare_functions import check_beside
from matgrad.language.decisions import COUNT_LETTERS, IDENTITIES
from matgrad.language.differences import SPREAD, SPREAD_OVER_VECTOR
from matgrad.language.host import Host, Visit
from matgrad.language.letters_by_place import NumberByPlaceError
from matgrad.language.member_kinds import is_number
from matgrad.language.names import identity_size, is_capital, is_greek
from matgrad.language.places import is_indexed, name_of
from matgrad.language.two_readings import check_alone, check_capitals, check_label, check_spread
from matgrad.language.wording import either, inner
from matgrad.ops import arithmetic, leaves, operators
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.transpose import transpose

_OF_ENTRIES = frozenset(("mean", "max", "min"))


class Sums:
    """Elaborates the sums of one text."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def sum(self, node: s.Sum) -> Visit:
        """Elaborate ``A + B - C``."""
        values = []
        for _, term in node.terms:
            value = yield term
            values.append(self._host.expect(value, term))
        pairs = [(t, v) for (_, t), v in zip(node.terms, values, strict=True)]
        check_beside(pairs, self._host.text)
        self._check_indexed(pairs)
        if not (self._host.is_numpy or self._host.is_latex):
            self._check_lost_exponent(node)
        self._check_letters(node, values)
        self._check_vectors(node, values)
        self._check_weights(node, values)
        self._check_capitals(node, values)
        self._check_step(node)
        if self._host.is_numpy:
            operands = [(term, value) for (_, term), value in zip(node.terms, values, strict=True)]
            values = spread_axes(operands, is_answer=self._host.scope.declarations.is_whole)
            refuse_tables(
                self._host.text, [(term, v) for (_, term), v in zip(node.terms, values, strict=True)]
            )
        else:
            self._check_identity(node, values)
        if (
            not self._host.is_numpy
            and any(v.is_scalar and not leaves.is_zero(v) for v in values)
            and any(v.is_square and not v.is_scalar for v in values)
        ):
            self._check_square(node, values)
            self._host.remark(SPREAD)
        elif (
            not self._host.is_numpy
            and any(v.is_vector for v in values)
            and any(v.is_scalar and _is_inner(t) for t, v in pairs)
        ):
            self._host.remark(SPREAD_OVER_VECTOR)
        spread = _spread_all(values) if self._host.is_numpy else _spread_scalars(values)
        terms = [arithmetic.scale(sign, value) for (sign, _), value in zip(node.terms, spread, strict=True)]
        try:
            return arithmetic.add(*terms)
        except ShapeError:
            raise self._error(node, spread, values) from None

    def _check_lost_exponent(self, node: s.Sum) -> None:
        """Ask about ``Σ−1``, the inverse as it is copied from a page, or a number taken from every entry.

        Raises
        ------
        ParseError
            With the spelling of both.
        """
        text = self._host.text
        for (_, left), (sign, right) in pairwise(node.terms):
            last = left.factors[-1][1] if isinstance(left, s.Product) else left
            first = right.factors[0][1] if isinstance(right, s.Product) else right
            value = self._host.pieces.get(id(last))
            is_one = sign < 0 and isinstance(first, s.Num) and first.value == 1
            if not is_one or first.span[0] != last.span[1] + 1 or not isinstance(last, (s.Name, s.Group)):
                continue
            if isinstance(value, Expr) and value.is_square and not value.is_scalar:
                before, behind = text[left.span[0] : last.span[1]], text[first.span[1] : right.span[1]]
                raise ParseError(
                    phrase(
                        "−1 right behind {name} may be an exponent that was lost",
                        name=text[slice(*last.span)],
                    ),
                    fix=f"{before}^-1 {behind}"
                    if behind
                    else phrase(
                        "{before}^-1 for the inverse, {before} - 1, with blanks, for the number",
                        before=before,
                    ),
                    text=text,
                    span=(left.span[0], right.span[1]),
                )

    def _check_indexed(self, pairs: Sequence[tuple[s.Node, Expr]]) -> None:
        """Ask about ``Σ_i x_i y_i + c`` with a vector c: a number by its sum, beside what is none.

        Raises
        ------
        ShapeError
            With the spelling for every entry; brackets say that it is meant.
        """
        wide = next(((t, v) for t, v in pairs if not v.is_scalar and not leaves.is_zero(v)), None)
        number = next((t for t, v in pairs if v.is_scalar and _is_indexed_sum(t)), None)
        if wide is None or number is None:
            return
        say = self._host.say
        name = name_of(wide[0])
        if name is not None and not self._is_declared(name):
            return
        every = phrase("({number}), in brackets, to add it to every entry", number=say.quote(number))
        if name is not None:
            every = phrase("declare {name}: scalar for a number, {every}", name=name, every=every)
        raise ShapeError(
            phrase(
                "{number} is a number, and {wide} is none", number=say.quote(number), wide=say.operand(*wide)
            ),
            fix=every,
            text=self._host.text,
            span=(pairs[0][0].span[0], pairs[-1][0].span[1]),
        )

    def _check_step(self, node: s.Sum) -> None:
        """Ask about ``x_i+1 - x_i``, in which the members cancel: the next member is hardly meant so.

        Raises
        ------
        ParseError
            With the spelling of the next member.
        """
        members = [
            (sign, term)
            for sign, term in node.terms
            if isinstance(term, s.Name) and is_indexed(term.text, self._host.bound)
        ]
        number = next(((sign, term) for sign, term in node.terms if isinstance(term, s.Num)), None)
        for (sign, term), (other, twin) in combinations(members, 2):
            name = name_of(term)
            if number is None or name is None or name != name_of(twin) or sign == other:
                continue
            base, _, below = name.rpartition("_")
            step = f"{below}{'+' if number[0] > 0 else '-'}{number[1].value}"
            raise ParseError(
                phrase("{name} and −{name} cancel here", name=name),
                fix=phrase("{base}_{{{step}}} for the member {step}", base=base, step=step),
                text=self._host.text,
                span=(node.terms[0][1].span[0], node.terms[-1][1].span[1]),
            )

    def _check_letters(self, node: s.Sum, values: list[Expr]) -> None:
        """Ask about undeclared Greek letters that are added to a vector or a matrix."""
        wide = next((i for i, v in enumerate(values) if not v.is_scalar and not leaves.is_zero(v)), None)
        if wide is None:
            return
        declared = self._host.scope.declarations.entries
        for name in dict.fromkeys(filter(None, (name_of(term) for _, term in node.terms))):
            symbol = self._host.scope.symbols.get(name)
            if symbol is not None and symbol.is_scalar and name not in declared and is_greek(name):
                check_spread(name, self._host.say.quote(node.terms[wide][1]))

    def _check_identity(self, node: s.Sum, values: list[Expr]) -> None:
        """Ask about ``x'y + t I``: a number beside a multiple of the identity is hardly for every entry."""
        pairs = zip(node.terms, values, strict=True)
        number = next((t for (_, t), v in pairs if v.is_scalar and not leaves.is_zero(v)), None)
        wide = zip(node.terms, values, strict=True)
        identity = next((t for (_, t), v in wide if not v.is_scalar and _is_identity(t)), None)
        if number is None or identity is None:
            return
        a, b = self._host.say.atom(number), self._host.say.quote(identity)
        raise ShapeError(
            phrase(
                "{a} is a number, and {b} beside it a matrix: on its diagonal, or to every entry of it",
                a=a,
                b=b,
            ),
            fix=phrase("{a} I for the diagonal, {a} ones(n,n) for every entry", a=a),
            text=self._host.text,
            span=(node.terms[0][1].span[0], node.terms[-1][1].span[1]),
        )

    def _check_square(self, node: s.Sum, values: list[Expr]) -> None:
        r"""Ask about ``X^\top X + \lambda`` in LaTeX: on paper that is hardly added to every entry.

        Beside functions of entries it is, as in 1 − tanh(X).
        """
        if not self._host.is_latex or id(node) in self._host.of_entries:
            return
        pairs = [(t, v) for (_, t), v in zip(node.terms, values, strict=True)]
        number = next(t for t, v in pairs if v.is_scalar and not leaves.is_zero(v))
        wide, matrix = next((t, v) for t, v in pairs if v.is_square and not v.is_scalar)
        if any(isinstance(part, (Elementwise, Hadamard)) for part in (matrix, *matrix.args)):
            return
        a, b = self._host.say.quote(number), self._host.say.quote(wide)
        if not isinstance(number, (s.Name, s.Num, s.Power, s.Subscripted, s.Group, s.Bars)):
            a = f"({a})"
        raise ShapeError(
            phrase(
                "{a} is a number, and {b} beside it a matrix: on its diagonal, or to every entry of it",
                a=a,
                b=b,
            ),
            fix=phrase(r"{a} I for the diagonal, {a} \mathbf 1\mathbf 1^\top for every entry", a=a),
            text=self._host.text,
            span=(node.terms[0][1].span[0], node.terms[-1][1].span[1]),
        )

    def _check_vectors(self, node: s.Sum, values: list[Expr]) -> None:
        """Ask about ``w'x + b``, where b is a vector by its letter alone, and a number is added to it."""
        # The right side of an equation stands in brackets here.
        wide = [(inner(t), v) for (_, t), v in zip(node.terms, values, strict=True) if not v.is_scalar]
        numbers = [t for (_, t), v in zip(node.terms, values, strict=True) if v.is_scalar]
        telling = self._telling(numbers)
        if not telling or not all(self._is_vector(t) for t, _ in wide):
            return
        inside = {name_of(n) for t in numbers for n in s.walk(t)}
        lone = next((name for t, _ in wide if (name := name_of(t)) is not None and name not in inside), None)
        if lone is not None and lone not in self._host.scope.turned:
            raise NumberByPlaceError(lone)
        if lone is not None:
            check_alone(lone, self._host.say.quote(telling[0]))

    def _check_weights(self, node: s.Sum, values: list[Expr]) -> None:
        """Ask about ``1 - y (w'x + b)``, where nothing but its letter says that y is a vector."""
        wide = [t for (_, t), v in zip(node.terms, values, strict=True) if not v.is_scalar]
        weights = [self._weight(term) for term in wide]
        lone = [term for term, weight in zip(wide, weights, strict=True) if weight is None]
        if not any(weights) or not all(
            self._is_vector(term) and not self._is_told(name_of(term)) for term in lone
        ):
            return
        name, number = next(weight for weight in weights if weight is not None)
        check_label(name, number)

    def _weight(self, node: s.Node) -> tuple[str, str] | None:
        """The y of y (w'x), a vector by its letter alone, and the number behind it."""
        bare = inner(node)
        if not isinstance(bare, s.Product) or len(bare.factors) < 2:
            return None
        first = next((i for i, (_, f) in enumerate(bare.factors) if not isinstance(inner(f), s.Num)), None)
        rest = bare.factors[(first or 0) + 1 :]
        if first is None or not rest or any(operator not in ("", "*", "⋅") for operator, _ in rest):
            return None
        name = name_of(bare.factors[first][1])
        behind = s.Product(node.span, [("", rest[0][1]), *rest[1:]])
        if name is None or not self._is_vector(bare.factors[first][1]) or self._is_told(name):
            return None
        if is_greek(name) or not is_number(behind):
            return None
        return name, self._host.text[rest[0][1].span[0] : rest[-1][1].span[1]]

    def _is_told(self, name: str | None) -> bool:
        """Whether a place says that a name is a vector: it is transposed, or stands behind a row."""
        return name in self._host.scope.turned or name in self._host.scope.columns

    def _check_capitals(self, node: s.Sum, values: list[Expr]) -> None:
        """Ask about ``x'y + B``, where B is a matrix by its letter alone, and a number is added to it.

        The letters of counts are counts there: the D of D log(2π) + log|Σ|.
        """
        wide = [t for (_, t), v in zip(node.terms, values, strict=True) if not v.is_scalar]
        if not wide:
            return
        numbers = self._telling([t for (_, t), v in zip(node.terms, values, strict=True) if v.is_scalar])
        inside = {name for number in numbers for name in self._wide_names(number)}
        for term in wide if numbers else ():
            names = self._wide_names(term)
            if not names or any(self._is_declared(name) for name in names):
                continue
            if any(_is_of_entries(number, names) for number in numbers):
                continue
            count = next((name for name in names if name in COUNT_LETTERS and name not in inside), None)
            if count is not None:
                raise NumberByPlaceError(count)
            check_capitals(self._host.say.quote(term), self._host.say.quote(numbers[0]), names)

    def _telling(self, numbers: Sequence[s.Node]) -> list[s.Node]:
        """Those of the numbers in which vectors or matrices stand."""
        return [term for term in numbers if any(self._is_wide(part) for part in s.walk(term))]

    def _wide_names(self, node: s.Node) -> list[str]:
        """The names of vectors and matrices in a piece of text."""
        named = [name_of(n) for n in s.walk(node) if self._is_wide(n)]
        return list(dict.fromkeys(name for name in named if name is not None))

    def _is_declared(self, name: str) -> bool:
        return name in self._host.scope.declarations.entries or name in self._host.scope.bindings

    def _is_wide(self, node: s.Node) -> bool:
        """Whether a piece of text is the name of a vector or a matrix."""
        name = name_of(node) if isinstance(node, (s.Name, s.Subscripted)) else None
        symbol = self._host.scope.symbols.get(name) if name is not None else None
        return symbol is not None and not symbol.is_scalar

    def _is_vector(self, node: s.Node) -> bool:
        """Whether a piece of text is a name that is a vector's only by its letter."""
        name = name_of(node) if isinstance(node, (s.Name, s.Subscripted)) else None
        if name is None or name in self._host.scope.declarations.entries:
            return False
        return self._is_wide(node) and not is_capital(name)

    def signed(self, node: s.Signed) -> Visit:
        """Elaborate ``-X``."""
        value = self._host.expect((yield node.operand), node.operand)
        return value if node.sign > 0 else arithmetic.scale(-1, value)

    def _error(self, node: s.Sum, spread: list[Expr], values: list[Expr]) -> ShapeError:
        """Name the two terms that do not fit."""
        say = self._host.say
        first = next(i for i, value in enumerate(values) if not value.is_scalar)
        a, left = spread[first], node.terms[first][1]
        misfits = (
            i for i, b in enumerate(spread) if not (same(a.rows, b.rows) and same(a.columns, b.columns))
        )
        place = next(misfits, len(values) - 1)
        (sign, right), b = node.terms[place], values[place]
        one, other = say.operand(left, values[first]), say.operand(right, b)
        fixes: list[str | Phrase] = []
        if say.shapes_fit(a.shape, (b.columns, b.rows)):
            fixes.append(
                phrase("{right} in place of {quote}", right=say.transposed(right), quote=say.quote(right))
            )
        elif say.is_latex and b.is_vector and a.is_square and say.fits(b.rows, a.rows):
            fixes.append(
                phrase(r"\operatorname{{diag}}({right}) for the diagonal matrix", right=say.quote(right))
            )
        elif not say.is_numpy and b.is_vector and say.fits(b.rows, a.rows):
            fixes.append(
                phrase(
                    "{right} ones({columns})' to repeat the column", right=say.atom(right), columns=a.columns
                )
            )
        elif not say.is_numpy and b.is_row and say.fits(b.columns, a.columns):
            fixes.append(phrase("ones({rows}) {right} to repeat the row", rows=a.rows, right=say.atom(right)))
        elif not say.is_numpy and b.is_vector and say.fits(b.rows, a.columns):
            ones = r"\mathbf{1}" if say.is_latex else f"ones({a.rows})"
            fixes.append(phrase("{row} for every row", row=f"{ones} {say.transposed(right)}"))
        fixes += say.scalars(left, right)
        return ShapeError(
            phrase("cannot add {one} and {other}: the shapes differ", one=one, other=other)
            if sign > 0
            else phrase("cannot subtract {other} from {one}: the shapes differ", one=one, other=other),
            fix=either(fixes, phrase("declare both with the same shape")),
            text=self._host.text,
            span=(left.span[0], right.span[1]),
        )


def _is_indexed_sum(node: s.Node) -> bool:
    """Whether a term is, or ends with, a sum over an index that stands in no brackets."""
    while isinstance(node, (s.Signed, s.Product)):
        node = node.operand if isinstance(node, s.Signed) else node.factors[-1][1]
    return isinstance(node, s.Indexed)


def _is_inner(node: s.Node) -> bool:
    """Whether a number is a product of a row and a column, which nobody takes for one by its looks."""
    bare = inner(node)
    factors = [f for _, f in bare.factors] if isinstance(bare, s.Product) else []
    return any(isinstance(f, s.Transposed) for f in factors)


def _is_of_entries(node: s.Node, names: Sequence[str]) -> bool:
    """Whether a number is a mean or an extreme of the same entries: the mean(x) of x - mean(x)."""
    calls = [part for part in s.walk(node) if _applied(part) in _OF_ENTRIES]
    return any(isinstance(n, s.Name) and n.text in names for call in calls for n in s.walk(call))


def _applied(node: s.Node) -> str:
    """The function that a call or a method applies, without its module."""
    if isinstance(node, s.Method):
        return node.name.text
    return node.function.text.rpartition(".")[2] if isinstance(node, s.Call) else ""


def _is_identity(node: s.Node) -> bool:
    """Whether a term is I, or ends in I behind numbers."""
    bare = inner(node)
    if isinstance(bare, s.Signed):
        return _is_identity(bare.operand)
    if isinstance(bare, s.Product):
        operator, last = bare.factors[-1]
        return operator in ("", "*", "⋅") and _is_identity(last)
    if isinstance(bare, s.Call):
        return bare.function.text == "eye"
    return isinstance(bare, s.Name) and (bare.text in IDENTITIES or identity_size(bare.text) is not None)


def refuse_tables(text: str, operands: list[tuple[s.Node, Expr]]) -> None:
    """Refuse a row beside a column, unless a new axis says that a table is meant.

    Raises
    ------
    ShapeError
        With both readings: ``x.T - y`` means x − y where arrays have one axis.
    """
    if any(_makes_axis(node) for node, _ in operands):
        return
    row = next((operand for operand in operands if operand[1].is_row), None)
    column = next((operand for operand in operands if operand[1].is_vector), None)
    if row is not None and column is not None:
        try:
            operators.beside(row[1], column[1])
        except ShapeError as error:
            (first, second) = sorted((row[0].span, column[0].span))
            error.remedy = phrase("x for the entries one by one; x[None, :] and y[:, None] for the table")
            raise error.located(text, (first[0], second[1])) from None


def spread_axes(operands: list[tuple[s.Node, Expr]], *, is_answer: bool) -> list[Expr]:
    """The values of operands, columns repeated beside a matrix where it is clear along which axis.

    It is where a new axis is written out, and in an answer, whose variables have known shapes, where the
    sizes leave one way.
    """
    full = next((v for _, v in operands if v.rows is not ONE and v.columns is not ONE), None)
    if full is None:
        operands = _beside_new_axes(operands)
        return _tables(operands) if is_answer else [value for _, value in operands]
    found: list[Expr] = []
    for node, value in operands:
        # Lengths that are still open become equal where they are compared: only where it decides something.
        if value.is_vector and value.columns is ONE and (is_answer or _makes_axis(node)):
            by_rows, by_columns = same(value.rows, full.rows), is_answer and same(value.rows, full.columns)
            if by_rows and (_makes_axis(node) or not by_columns):
                value = arithmetic.multiply(value, transpose(leaves.ones(full.columns)))
            elif by_columns and not by_rows:
                value = transpose(value)
        found.append(value)
    return found


def _tables(operands: list[tuple[s.Node, Expr]]) -> list[Expr]:
    """A row and a column of different lengths as the table that they make."""
    values = [value for _, value in operands]
    row = next((v for v in values if v.is_row), None)
    column = next((v for v in values if v.is_vector), None)
    if row is None or column is None or same(row.columns, column.rows):
        return values
    return _spread_all(values)


def _beside_new_axes(operands: list[tuple[s.Node, Expr]]) -> list[tuple[s.Node, Expr]]:
    """The operands with the arrays of one axis as rows, which they are beside x[:, None] and x[None, :].

    Raises
    ------
    ShapeError
        For one that is no name, and may be meant as a column.
    """
    if not any(_is_new_axis(node) for node, _ in operands):
        return operands
    found = []
    for node, value in operands:
        if value.is_vector and not _makes_axis(node):
            bare = inner(node)
            bare = inner(bare.operand) if isinstance(bare, s.Signed) else bare
            if not isinstance(bare, s.Name):
                raise ShapeError(
                    phrase("beside a new axis, an array of one axis is a row, and this may be a column"),
                    fix=phrase("the operands without None for entry by entry, (…)[None, :] for the table"),
                    span=node.span,
                )
            value = transpose(value)
        found.append((node, value))
    return found


def _is_new_axis(node: s.Node) -> bool:
    """Whether a piece is an array with a new axis, ``x[:, None]``, times numbers or raised at most."""
    node = inner(node)
    while isinstance(node, (s.Signed, s.Power)):
        node = inner(node.operand if isinstance(node, s.Signed) else node.base)
    if isinstance(node, s.Product):
        return any(_is_new_axis(factor) for _, factor in node.factors)
    return isinstance(node, s.Index) and _makes_axis(node)


def _makes_axis(tree: s.Node) -> bool:
    """Whether a new axis is written out, x[:, None], or one is kept: keepdims=True."""
    return any(
        (
            isinstance(node, s.Index)
            and any(isinstance(item, s.Name) and item.text in ("None", "np.newaxis") for item in node.items)
        )
        or (
            isinstance(node, (s.Call, s.Method))
            and any(
                name.text == "keepdims" and isinstance(v, s.Name) and v.text == "True"
                for name, v in node.keywords
            )
        )
        for node in s.walk(tree)
    )


def _spread_all(values: list[Expr]) -> list[Expr]:
    """Repeat scalars, rows and columns as NumPy does."""
    tall = next((v for v in values if v.rows is not ONE), values[0])
    wide = next((v for v in values if v.columns is not ONE), values[0])
    return [operators.spread(operators.spread(v, tall), wide) for v in values]


def _spread_scalars(values: list[Expr]) -> list[Expr]:
    """Add scalars to every entry of the matrix beside them."""
    wide = next((v for v in values if not v.is_scalar), None)
    if wide is None:
        return values
    return [arithmetic.multiply(v, leaves.ones(*wide.shape)) if v.is_scalar else v for v in values]
