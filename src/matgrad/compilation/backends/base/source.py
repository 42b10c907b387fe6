"""Source text of a program in Python, for array libraries with NumPy's names.

There is one method for each primitive of :data:`matgrad.compilation.ir.program.PRIMITIVES`; a library that
names something otherwise overrides it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.compilation.backends.base.pieces import ADDED, ATOM, NEGATIVE, PRODUCT, RAISED, Piece
from matgrad.compilation.backends.base.writer import Writer, number_text
from matgrad.compilation.ir.numbers import Scalar, literal
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import EIGH


class ArraySource(Writer):
    """Writes every primitive for a library with NumPy's names."""

    # ---- leaves ---------------------------------------------------------------------------------------

    def input(self, value: Value) -> Piece:
        name = self.arguments[value.params[0]]
        return self.lifted(name) if self.is_size(value.params[0]) else Piece(name)

    def number(self, value: Value) -> Piece:
        return self.lifted(number_text(value.params[0]))

    def lifted(self, number: object) -> Piece:
        """A number of Python as an array of the library."""
        return self.made("asarray", number)

    def constant(self, value: Value) -> Piece:
        rows = [[number_text(x).bare for x in row] for row in value.params[0]]
        if value.kind == "vector":
            return self.made("asarray", f"[{', '.join(x for row in rows for x in row)}]")
        return self.made("asarray", f"[{', '.join('[' + ', '.join(row) + ']' for row in rows)}]")

    def zeros(self, value: Value) -> Piece:
        return self.made("zeros", self.extent(value))

    def ones(self, value: Value) -> Piece:
        return self.made("ones", self.extent(value))

    def eye(self, value: Value) -> Piece:
        return self.made("eye", value.rows)

    def unit(self, value: Value) -> Piece:
        return self.cast(f"{self.arange(value.rows)} == {value.params[0]}")

    def selection(self, value: Value) -> Piece:
        places = self.places(value)
        return self.cast(f"{self.as_column(Piece(places))} == {self.arange(value.columns)}")

    def arange(self, n: int) -> str:
        """The numbers from 0 to n − 1."""
        return self.call("arange", n).text

    def cast(self, truth: str) -> Piece:
        """1 where a condition holds and 0 elsewhere."""
        return Piece(f"({truth}).astype(dtype)")

    def places(self, value: Value) -> str:
        """The places of the ones of a selection matrix."""
        chosen = value.params[0]
        return self.own(chosen.kind, *chosen.sizes).text

    # ---- entry by entry -------------------------------------------------------------------------------

    def sum(self, value: Value, *terms: Piece) -> Piece:
        text = ""
        for coefficient, term in sorted(
            zip(value.params, terms, strict=True), key=lambda pair: bool(pair[0] < 0)
        ):
            part = self._times(abs(coefficient), term)
            sign = "-" if coefficient < 0 else "+"
            if not text:
                text = part.at(PRODUCT) if sign == "+" else f"-{part.at(RAISED)}"
            else:
                text += f" {sign} {part.at(PRODUCT)}"
        return Piece(text, ADDED)

    def _times(self, factor: Scalar, a: Piece) -> Piece:
        if factor == 1:
            return a
        if a.text == "1":
            return number_text(factor)
        if isinstance(factor, Fraction) and factor.numerator == 1:
            return Piece(f"{a.at(PRODUCT)} / {literal(Fraction(factor.denominator))}", PRODUCT)
        text = literal(factor).replace(" / ", "/")
        return Piece(f"{text} * {a.at(NEGATIVE)}", PRODUCT)

    def scale(self, value: Value, a: Piece) -> Piece:
        factor = value.params[0]
        part = self._times(abs(factor), a)
        return part if factor > 0 else Piece(f"-{part.at(RAISED)}", NEGATIVE)

    def scalar_times(self, value: Value, scalar: Piece, a: Piece) -> Piece:
        return self.product(scalar, a)

    def product(self, *factors: Piece) -> Piece:
        """The entrywise product."""
        first, *others = factors
        text = " * ".join([first.at(PRODUCT), *(factor.at(NEGATIVE) for factor in others)])
        return Piece(text, PRODUCT)

    def hadamard(self, value: Value, *factors: Piece) -> Piece:
        return self.product(*factors)

    def power(self, value: Value, a: Piece) -> Piece:
        exponent = value.params[0]
        if exponent == Fraction(1, 2):
            return self.call("sqrt", a)
        if exponent == Fraction(-1, 2):
            return Piece(f"1 / {self.call('sqrt', a)}", PRODUCT)
        if exponent == -1:
            return Piece(f"1 / {a.at(NEGATIVE)}", PRODUCT)
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            if exponent < 0:
                return Piece(f"1 / {a.at(ATOM)} ** {literal(-exponent)}", PRODUCT)
            return Piece(f"{a.at(ATOM)} ** {literal(exponent)}", RAISED)
        return Piece(f"{a.at(ATOM)} ** ({number_text(exponent)})", RAISED)

    def power_by(self, value: Value, a: Piece, exponent: Piece) -> Piece:
        return Piece(f"{a.at(ATOM)} ** {exponent.at(ATOM)}", RAISED)

    def power_or_zero(self, value: Value, a: Piece, exponent: Piece) -> Piece:
        return self.own("power_or_zero", a, exponent)

    def xlogy(self, value: Value, a: Piece, u: Piece) -> Piece:
        return self.own("xlogy", a, u, value.params[0])

    def norms(self, value: Value, a: Piece) -> Piece:
        return self.own("row_norms" if value.params[0] else "norm", a)

    def over_norms(self, value: Value, a: Piece, norms: Piece) -> Piece:
        each = self.as_column(norms) if value.args[1].kind == "vector" else norms
        return self.own("over_norms", a, each)

    def apply(self, value: Value, a: Piece) -> Piece:
        name = value.params[0]
        if name in self.names:
            return self.call(self.names[name], a)
        if name in self.own_functions:
            return Piece(f"{self.own_functions[name]}({a})")
        return self.own(name, a)

    def logaddexp(self, value: Value, a: Piece, b: Piece) -> Piece:
        return self.call("logaddexp", a, b)

    def log_cosh(self, value: Value, a: Piece) -> Piece:
        return self.own("log_cosh", a)

    # ---- rows and columns -----------------------------------------------------------------------------

    def scale_rows(self, value: Value, v: Piece, a: Piece) -> Piece:
        if value.kind == "matrix":
            return Piece(f"{self.as_column(v)} * {a.at(NEGATIVE)}", PRODUCT)
        return self.product(v, a)

    def scale_columns(self, value: Value, a: Piece, v: Piece) -> Piece:
        return self.product(a, v)

    def broadcast_column(self, value: Value, v: Piece) -> Piece:
        if value.columns == 1:
            return v
        return self.call(
            "broadcast_to", self.as_column(v) if value.kind == "matrix" else v, self.extent(value)
        )

    def broadcast_row(self, value: Value, v: Piece) -> Piece:
        return v if value.rows == 1 else self.call("broadcast_to", v, self.extent(value))

    def total(self, value: Value, a: Piece) -> Piece:
        return a if value.args[0].kind == "scalar" else Piece(f"{a.at(ATOM)}.sum()")

    def row_sums(self, value: Value, a: Piece) -> Piece:
        return self._sums(value.args[0], a, 1)

    def column_sums(self, value: Value, a: Piece) -> Piece:
        return self._sums(value.args[0], a, 0)

    def _sums(self, a: Value, piece: Piece, axis: int) -> Piece:
        if a.shape[axis] == 1:
            return piece
        return Piece(f"{piece.at(ATOM)}.sum({axis if a.kind == 'matrix' else ''})")

    def inner(self, value: Value, a: Piece, b: Piece) -> Piece:
        kind = value.args[0].kind
        if kind == "vector":
            return Piece(f"{a.at(PRODUCT)} @ {b.at(NEGATIVE)}", PRODUCT)
        product = self.product(a, b)
        return product if kind == "scalar" else Piece(f"({product}).sum()")

    def row_inner(self, value: Value, a: Piece, b: Piece) -> Piece:
        first = value.args[0]
        if first.columns == 1:
            return self.product(a, b)
        if first.rows == 1:
            return Piece(f"{a.at(PRODUCT)} @ {b.at(NEGATIVE)}", PRODUCT)
        return Piece(f"({self.product(a, b)}).sum(1)")

    def trace(self, value: Value, a: Piece) -> Piece:
        return a if value.args[0].kind == "scalar" else self.call("trace", a)

    def max(self, value: Value, a: Piece) -> Piece:
        return a if value.args[0].kind == "scalar" else Piece(f"{a.at(ATOM)}.max()")

    def is_max(self, value: Value, a: Piece) -> Piece:
        return self.call("ones_like", a) if value.kind == "scalar" else self.own("is_max", a)

    def column_max(self, value: Value, a: Piece) -> Piece:
        first = value.args[0]
        if first.rows == 1:
            return a
        return Piece(f"{a.at(ATOM)}.max()") if first.columns == 1 else self.call("max", a, "axis=0")

    def _along(self, value: Value) -> int | None:
        """The axis of a softmax as the library counts; ``None`` where it goes over one entry only."""
        first, axis = value.args[0], value.params[0]
        if first.shape[axis] == 1:
            return None
        return int(axis) if first.kind == "matrix" else 0

    def softmax(self, value: Value, a: Piece) -> Piece:
        axis = self._along(value)
        return self.call("ones_like", a) if axis is None else self.own("softmax", a, axis)

    def log_softmax(self, value: Value, a: Piece) -> Piece:
        axis = self._along(value)
        return self.call("zeros_like", a) if axis is None else self.own("log_softmax", a, axis)

    def logsumexp(self, value: Value, a: Piece) -> Piece:
        axis = self._along(value)
        return a if axis is None else self.own("logsumexp", a, axis)

    # ---- products -------------------------------------------------------------------------------------

    def matmul(self, value: Value, a: Piece, b: Piece) -> Piece:
        left, right = value.args
        if "scalar" in (left.kind, right.kind):
            return self.product(a, b)
        if left.columns == 1:
            # A column times a row; a column times a single number was taken above.
            return self.outer(a, b) if right.columns > 1 or right.rows != 1 else self.product(a, b)
        return Piece(f"{a.at(PRODUCT)} @ {b.at(NEGATIVE)}", PRODUCT)

    def gram(self, value: Value, a: Piece) -> Piece:
        first = value.args[0]
        if first.kind == "matrix" and a.level == ATOM and a.text.endswith(".T"):
            return Piece(f"{a.at(ATOM).removesuffix('.T')} @ {a.at(NEGATIVE)}", PRODUCT)
        if first.kind == "matrix":
            return Piece(f"{a.at(ATOM)}.T @ {a.at(NEGATIVE)}", PRODUCT)
        if first.kind == "scalar":
            return self.product(a, a)
        if first.columns == 1:
            return Piece(f"{a.at(PRODUCT)} @ {a.at(NEGATIVE)}", PRODUCT)
        return self.outer(a, a)

    def weighted_gram(self, value: Value, a: Piece, d: Piece) -> Piece:
        first = value.args[0]
        if first.kind == "matrix":
            return Piece(f"{a.at(ATOM)}.T @ ({self.as_column(d)} * {a.at(NEGATIVE)})", PRODUCT)
        if first.kind == "scalar":
            return self.product(a, d, a)
        if first.columns == 1:
            return Piece(f"({self.product(d, a)}) @ {a.at(NEGATIVE)}", PRODUCT)
        return Piece(f"{d.at(PRODUCT)} * {self.outer(a, a).at(NEGATIVE)}", PRODUCT)

    def kron(self, value: Value, a: Piece, b: Piece) -> Piece:
        left, right = value.args
        if "scalar" in (left.kind, right.kind):
            return self.product(a, b)
        if value.kind == "vector" or left.kind == right.kind == "matrix":
            return self.call("kron", a, b)
        if left.kind == right.kind:
            return self.outer(a, b) if left.columns == 1 else self.outer(b, a)
        return self.call("kron", self.as_matrix(left, a), self.as_matrix(right, b))

    def _shaped(self, value: Value, name: str, *operands: object) -> Piece:
        """A call on matrices whose result may be held with fewer axes."""
        call = self.own(name, *operands)
        return call if value.kind == "matrix" else Piece(f"{call}.reshape({self.extent(value)})")

    def _matrices(self, value: Value, pieces: Sequence[Piece]) -> list[str]:
        return [self.as_matrix(arg, piece) for arg, piece in zip(value.args, pieces, strict=True)]

    def kron_apply(self, value: Value, a: Piece, b: Piece, m: Piece) -> Piece:
        return self._shaped(value, "kron_apply", *self._matrices(value, (a, b, m)))

    def face_split(self, value: Value, p: Piece, x: Piece) -> Piece:
        return self._shaped(value, "face_split", *self._matrices(value, (p, x)))

    def block_products(self, value: Value, x: Piece, f: Piece) -> Piece:
        return self._shaped(value, "block_products", *self._matrices(value, (x, f)), value.params[0])

    def kron_combination(self, value: Value, *factors: Piece) -> Piece:
        wide = self._matrices(value, factors)
        terms = [
            f"({number_text(c)}, {wide[2 * i]}, {wide[2 * i + 1]}, {turned})"
            for i, (c, turned) in enumerate(value.params)
        ]
        return self._shaped(value, "kron_combination", *terms)

    # ---- rearrangements -------------------------------------------------------------------------------

    def transpose(self, value: Value, a: Piece) -> Piece:
        return Piece(f"{a.at(ATOM)}.T") if value.kind == "matrix" else a

    def reshape(self, value: Value, a: Piece) -> Piece:
        flat = f"{a.at(ATOM)}.T" if value.args[0].kind == "matrix" else a.at(ATOM)
        if value.kind == "matrix":
            return Piece(f"{flat}.reshape({value.columns}, {value.rows}).T")
        return a if value.args[0].kind != "matrix" else Piece(f"{flat}.reshape(-1)")

    def tril(self, value: Value, a: Piece) -> Piece:
        return self.call("tril", a)

    def diag(self, value: Value, v: Piece) -> Piece:
        return v if value.kind == "scalar" else self.call("diag", v)

    def diagonal(self, value: Value, a: Piece) -> Piece:
        return a if value.args[0].kind == "scalar" else self.call("diagonal", a)

    def grid(self, value: Value, *blocks: Piece) -> Piece:
        width = value.params[0]
        if value.kind == "vector":
            return self.call("hstack", f"[{', '.join(block.bare for block in blocks)}]")
        wide = [self.as_matrix(arg, block) for arg, block in zip(value.args, blocks, strict=True)]
        return self.blocks([wide[i : i + width] for i in range(0, len(wide), width)])

    def blocks(self, rows: list[list[str]]) -> Piece:
        """Matrices put together row by row."""
        return self.call("block", f"[{', '.join('[' + ', '.join(row) + ']' for row in rows)}]")

    def part(self, value: Value, a: Piece) -> Piece:
        r0, r1, c0, c1 = value.params
        first = value.args[0]

        def index(low: int, high: int, size: int) -> str:
            if high - low == 1:
                return str(low)
            return f"{low or ''}:{'' if high == size else high}"

        rows, columns = index(r0, r1, first.rows), index(c0, c1, first.columns)
        if first.kind == "vector":
            return Piece(f"{a.at(ATOM)}[{rows if first.columns == 1 else columns}]")
        if value.kind == "matrix" or (r1 > r0 and c1 > c0):
            return Piece(f"{a.at(ATOM)}[{rows}, {columns}]")
        return Piece(f"{a.at(ATOM)}[{r0}:{r1}, {c0}:{c1}].reshape({self.extent(value)})")

    def take_rows(self, value: Value, a: Piece) -> Piece:
        first, places = value.args[0], self.places(value)
        if first.kind == "matrix" or first.columns == 1:
            return Piece(f"{a.at(ATOM)}[{places}]")
        return Piece(f"{self.as_matrix(first, a, ATOM)}[{places}]")

    def take_columns(self, value: Value, a: Piece) -> Piece:
        first, places = value.args[0], self.places(value)
        if first.kind == "vector" and first.rows == 1:
            return Piece(f"{a.at(ATOM)}[{places}]")
        return Piece(f"{self.as_matrix(first, a, ATOM)}[:, {places}]")

    def scatter_rows(self, value: Value, a: Piece) -> Piece:
        return self.own("scatter_rows", a, self.places(value), value.rows)

    # ---- linear algebra -------------------------------------------------------------------------------

    def cholesky(self, value: Value, a: Piece) -> Piece:
        return self.call("sqrt", a) if value.kind == "scalar" else self.call("linalg.cholesky", a)

    def cholesky_factor(self, value: Value, a: Piece) -> Piece:
        return a if self.is_number(value) else self.call("linalg.cholesky", a)

    def lu_factor(self, value: Value, a: Piece) -> Piece:
        return a if self.is_number(value) else self.own("lu_factor", a)

    @staticmethod
    def is_number(factorisation: Value) -> bool:
        """Whether what was factorised is 1×1: then it is its own factorisation."""
        return factorisation.args[0].kind == "scalar"

    def _quotient(self, a: Piece, b: Piece) -> Piece:
        return Piece(f"{b.at(PRODUCT)} / {a.at(NEGATIVE)}", PRODUCT)

    def solve_cholesky(self, value: Value, factor: Piece, b: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return self._quotient(factor, b)
        return self.own("solve_cholesky", factor, b)

    def solve_lu(self, value: Value, factor: Piece, b: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return self._quotient(factor, b)
        transposed = ["transposed=True"] if value.params and value.params[0] else []
        return self.own("solve_lu", factor, b, *transposed)

    def solve_triangular(self, value: Value, a: Piece, b: Piece) -> Piece:
        if value.args[0].kind == "scalar":
            return self._quotient(a, b)
        lower, transposed = value.params
        options = [f"lower={bool(lower)}", *(["transposed=True"] if transposed else [])]
        return self.own("solve_triangular", a, b, *options)

    def inverse_cholesky(self, value: Value, factor: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return self._quotient(factor, Piece("1"))
        return self.own("solve_cholesky", factor, self.made("eye", value.rows))

    def inverse_lu(self, value: Value, factor: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return self._quotient(factor, Piece("1"))
        return self.own("solve_lu", factor, self.made("eye", value.rows))

    def inverse_triangular(self, value: Value, a: Piece) -> Piece:
        if value.kind == "scalar":
            return self._quotient(a, Piece("1"))
        return self.own("solve_triangular", a, self.made("eye", value.rows), f"lower={bool(value.params[0])}")

    def log_det_cholesky(self, value: Value, factor: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return self.call("log", factor)
        logs = self.call("log", self.call("diagonal", factor))
        return Piece(f"2 * {logs}.sum()", PRODUCT)

    def log_det_lu(self, value: Value, factor: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return self.call("log", factor)
        return self.own("log_det_lu", factor)

    def det_cholesky(self, value: Value, factor: Piece) -> Piece:
        if self.is_number(value.args[0]):
            return factor
        return Piece(f"{self.call('prod', self.call('diagonal', factor))} ** 2", RAISED)

    def det_lu(self, value: Value, factor: Piece) -> Piece:
        return factor if self.is_number(value.args[0]) else self.own("det_lu", factor)

    def adjugate(self, value: Value, factor: Piece, a: Piece) -> Piece:
        return self.own("adjugate", a)

    def det_hessian(self, value: Value, factor: Piece, a: Piece) -> Piece:
        return self.own("det_hessian", a)

    def pinv(self, value: Value, a: Piece) -> Piece:
        first = value.args[0]
        if value.params[0]:
            return self.own("deflated_pinv", a, value.params[0])
        if value.kind == "matrix":
            return self.call("linalg.pinv", a)
        text = self.call("linalg.pinv", self.as_matrix(first, a)).text
        return Piece(f"{text}.reshape({self.extent(value)})")

    def matrix_power(self, value: Value, a: Piece) -> Piece:
        if value.kind == "scalar":
            return Piece(f"{a.at(ATOM)} ** {value.params[0]}", RAISED)
        return self.call("linalg.matrix_power", a, value.params[0])

    def matrix_power_by(self, value: Value, a: Piece, exponent: Piece) -> Piece:
        if value.kind == "scalar":
            return self.power_by(value, a, exponent)
        return self.own("matrix_power", a, exponent)

    def expm(self, value: Value, a: Piece) -> Piece:
        return self.call("exp", a) if value.kind == "scalar" else self.own("expm", a)

    def logm(self, value: Value, a: Piece) -> Piece:
        return self.call("log", a) if value.kind == "scalar" else self.own("logm", a)

    def sqrtm(self, value: Value, a: Piece) -> Piece:
        return self.call("sqrt", a) if value.kind == "scalar" else self.own("sqrtm", a)

    def sylvester(self, value: Value, a: Piece, b: Piece, c: Piece) -> Piece:
        if value.kind == "scalar":
            return Piece(f"{c.at(PRODUCT)} / ({a.at(PRODUCT)} + {b.at(PRODUCT)})", PRODUCT)
        arrays = [self.as_matrix(arg, piece) for arg, piece in zip(value.args, (a, b, c), strict=True)]
        solution = self.own("sylvester", *arrays)
        return solution if value.kind == "matrix" else Piece(f"{solution}.reshape({self.extent(value)})")

    def eigh(self, value: Value, a: Piece) -> Piece:
        return self.own("eigh", self.as_matrix(value.args[0], a))

    def svd(self, value: Value, a: Piece) -> Piece:
        return self.own("svd", self.as_matrix(value.args[0], a))

    def item(self, value: Value, factor: Piece) -> Piece:
        place = value.params[0]
        text = f"{factor.at(ATOM)}[{place}]"
        is_column = place == (0 if value.args[0].op is EIGH else 1)
        if value.kind == "matrix" or (is_column and value.kind == "vector"):
            return Piece(text)
        return Piece(f"{text}.reshape({self.extent(value)})")

    def require_gaps(self, value: Value, a: Piece, column: Piece) -> Piece:
        only = value.params[0]
        return self.own("require_gaps", a, column, *([only] if only is not None else []))

    def require_nonzero(self, value: Value, a: Piece, column: Piece) -> Piece:
        return self.own("require_nonzero", a, column)
