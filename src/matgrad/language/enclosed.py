"""What stands between bars and in square brackets: determinants, norms, and matrices of blocks."""

from __future__ import annotations

from matgrad.core.dims import ONE, same
from matgrad.core.errors import ParseError, ShapeError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.host import Host, Visit
from matgrad.language.latex.meanings import check_dagger, check_spectral
from matgrad.language.literals import Rows, rows_of, side_by_side
from matgrad.language.wording import either
from matgrad.ops import arithmetic, blocks, leaves, transpose
from matgrad.ops.indices.guard import Guard
from matgrad.ops.registry import FUNCTIONS


class Enclosed:
    """Elaborates the bars and square brackets of one text."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def bars(self, node: s.Bars) -> Visit:
        """Elaborate ``|X|`` and ``‖X‖``."""
        host = self._host
        value = host.expect((yield node.operand), node.operand)
        text = host.say.quote(node.operand)
        is_vector = value.is_vector or value.is_row
        if not node.double:
            if is_vector:
                raise ShapeError(
                    phrase("|{text}| of a vector may be its norm or its absolute values", text=text),
                    fix=either([f"norm({text})", f"abs({text})", *host.say.scalars(node.operand)]),
                )
            if host.is_latex and not value.is_scalar:
                check_dagger(host, node.operand)
            return FUNCTIONS["abs" if value.is_scalar else "det"].build(value)
        kind = node.kind
        is_matrix = not (value.is_scalar or is_vector)
        weight = node.weight
        if weight is None and kind[:1].isupper() and kind != "F" and kind in host.scope.declarations.entries:
            weight = s.Name(node.span, kind)
        if weight is not None:
            return (yield from self._weighted(node, weight, value))
        if kind in ("", "F", "fro", "Fro"):
            return FUNCTIONS["norm"].build(value)
        if kind == "2":
            if is_matrix and host.is_latex:
                check_spectral(text)
            return FUNCTIONS["spectral_norm" if is_matrix else "norm"].build(value)
        if kind in ("*", "∗", "nuc", "tr"):
            return FUNCTIONS["nuclear_norm"].build(value)
        if is_matrix:
            raise self._two_norms(kind, text)
        if kind == "1":
            return FUNCTIONS["norm1"].build(value)
        if kind in ("inf", "∞", "infty"):
            return FUNCTIONS["norm_inf"].build(value)
        if kind.isdecimal() and len(kind) < 4:
            return FUNCTIONS["norm_p"].build(value, leaves.number(int(kind)))
        if kind == "p":
            p = yield s.Name(node.span, kind)
            return FUNCTIONS["norm_p"].build(value, p)
        fix = f"sqrt(x' {kind} x)" if kind[:1].isupper() else phrase("‖x‖, ‖x‖_1, ‖x‖_inf, ‖X‖_F or ‖X‖_*")
        raise ParseError(phrase("there is no norm ‖·‖_{kind}", kind=kind), fix=fix)

    def _weighted(self, node: s.Bars, weight: s.Node, value: Expr) -> Visit:
        """``‖x‖_Q``, the root of xᵀQx, where Q is declared and no covariance by its letter."""
        host, text = self._host, self._host.say.quote(node.operand)
        entries = host.scope.declarations.entries
        names = {part.text for part in s.walk(weight) if isinstance(part, s.Name)}
        matrix = None
        if names and all(name in entries or host.scope.is_variable(name) for name in names):
            matrix = host.expect((yield weight), weight)
        is_square = matrix is not None and not matrix.is_scalar and same(matrix.rows, matrix.columns)
        is_covariance = isinstance(weight, s.Name) and weight.text.partition("_")[0] in ("Sigma", "Σ")
        if matrix is None or not is_square or not value.is_vector or is_covariance:
            x, q = f"({text})", node.kind
            is_table = not (value.is_scalar or value.is_vector or value.is_row)
            inside = rf"\operatorname{{tr}}({x}^\top {q} {x})" if is_table else rf"{x}^\top {q} {x}"
            raise ParseError(
                phrase(
                    "the norm with {q} below it may be a weighted one, by the matrix or by its inverse", q=q
                )
                if is_covariance
                else phrase("the norm with {q} below it may be a weighted one", q=q),
                fix=phrase(
                    r"\sqrt{{{inside}}} for the weighted norm, \|{text}\| for the plain one",
                    inside=inside,
                    text=text,
                ),
            )
        return FUNCTIONS["sqrt"].build(arithmetic.multiply(transpose.transpose(value), matrix, value))

    def _two_norms(self, kind: str, text: str) -> ShapeError:
        """The error for a norm of a matrix that is one of its entries or of the linear map."""
        call = self._host.say.call
        of_entries, of_map = (
            (f"max(abs({text}))", f"max({call('row_sum', f'abs({text})')})")
            if kind in ("∞", "inf", "infty")
            else (call("norm1", text), f"max({call('column_sum', f'abs({text})')})")
        )
        fixes = {
            "1": phrase(
                "{of_entries} for the sum of the absolute entries, {of_map} for the operator norm",
                of_entries=of_entries,
                of_map=of_map,
            ),
            "∞": phrase(
                "{of_entries} for the largest absolute entry, {of_map} for the operator norm",
                of_entries=of_entries,
                of_map=of_map,
            ),
        }
        fix = fixes.get({"inf": "∞", "infty": "∞"}.get(kind, kind), phrase("‖X‖_F, ‖X‖_2 or ‖X‖_*"))
        return ShapeError(
            phrase("the norm ‖{text}‖_{kind} of a matrix has more than one meaning", text=text, kind=kind),
            fix=fix,
        )

    def blocks(self, node: s.Blocks) -> Visit:
        """Elaborate ``[A, B; C, D]``, and NumPy's ``[[A, B], [C, D]]``."""
        rows = node.rows if self._host.is_numpy else rows_of(node, self._host.scope.scalars)
        self._check(node, rows)
        if len(rows) == 1 and all(isinstance(entry, s.Blocks) and len(entry.rows) == 1 for entry in rows[0]):
            rows = tuple(entry.rows[0] for entry in rows[0] if isinstance(entry, s.Blocks))
        elif self._host.is_numpy and len(rows) == 1:
            rows = tuple((entry,) for entry in rows[0])
        table = []
        for row in rows:
            values = []
            for entry in row:
                value = yield entry
                values.append(self._host.expect(value, entry))
            table.append(values)
        self._fill_zeros(rows, table)
        if len(rows) == 1 and all(isinstance(value, Guard) for value in table[0]):
            return arithmetic.multiply(*table[0])  # [i < j, k = l]: all of them hold
        numbers = [[entry.value for entry in row if isinstance(entry, leaves.Number)] for row in table]
        if all(len(found) == len(row) for found, row in zip(numbers, table, strict=True)):
            return leaves.literal(numbers)
        return blocks.grid(table)

    def _fill_zeros(self, rows: tuple[tuple[s.Node, ...], ...], table: list[list[Expr]]) -> None:
        """Give each 0 beside matrices the shape that the blocks beside and above it have.

        Raises
        ------
        ShapeError
            Where they do not say how large it is.
        """
        is_zero = [[isinstance(entry, s.Num) and entry.value == 0 for entry in row] for row in rows]
        widths = len({len(row) for row in rows})
        if widths != 1 or all(value.is_scalar for row in table for value in row):
            return
        for i, row in enumerate(table):
            beside = [value.rows for value, zero in zip(row, is_zero[i], strict=True) if not zero]
            for j in range(len(row)):
                if not is_zero[i][j]:
                    continue
                above = [
                    other[j].columns for other, zeros in zip(table, is_zero, strict=True) if not zeros[j]
                ]
                height, width = beside[:1], above[:1]
                if height and width:
                    table[i][j] = leaves.zeros(height[0], width[0])
                elif self._host.is_latex and (width or height)[:1] == [ONE]:
                    # The end of a column or a row, as long as what it stands beside: [b; 0] − [A; L] x.
                    length = self._host.one_or_more(rows[i][j])
                    table[i][j] = leaves.zeros(*((length, ONE) if width else (ONE, length)))
                elif (width or height)[:1] != [ONE]:
                    missing = phrase("columns") if height else phrase("rows")
                    raise ShapeError(
                        phrase(
                            "how many {missing} this 0 has is not said by the blocks around it",
                            missing=missing,
                        ),
                        fix=phrase("zeros(m, n) with its shape"),
                        text=self._host.text,
                        span=rows[i][j].span,
                    )

    def _check(self, node: s.Blocks, rows: Rows) -> None:
        """Ask about ``[A B]``, a product in brackets or two entries, and about ``[1 -2]``."""
        if rows is node.rows and len(rows) == 1 and len(rows[0]) == 1 and not self._host.is_numpy:
            parts = side_by_side(rows[0][0])
            if len(parts) > 1:
                quoted = [self._host.say.quote(part) for part in parts]
                raise ParseError(
                    phrase("blanks in square brackets may separate entries or be a product"),
                    fix=phrase(
                        "[{quoted}] for the entries, ({quoted2}) for the product",
                        quoted=", ".join(quoted),
                        quoted2=" ".join(quoted),
                    ),
                )
        for row in rows:
            for entry in row:
                self._check_signs(entry)

    def _check_signs(self, entry: s.Node) -> None:
        """Refuse ``[1 -2]``, which MATLAB reads as two entries."""
        if not isinstance(entry, s.Sum):
            return
        say, text = self._host.say, self._host.text
        for (_, left), (_, right) in zip(entry.terms, entry.terms[1:], strict=False):
            between = text[left.span[1] : right.span[0]]
            if between[:1].isspace() and not between[-1:].isspace():
                a, b = say.quote(left), between.strip() + say.quote(right)
                raise ParseError(
                    phrase("is {entry} one entry or two?", entry=say.quote(entry)),
                    fix=phrase("{a}, {b} for two, or blanks on both sides of the sign for one", a=a, b=b),
                    text=text,
                    span=entry.span,
                )
