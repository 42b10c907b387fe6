"""Julia: functions as text, with vectors as ``Vector`` and numbers as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import ClassVar

from matgrad.compilation.backends.base.pieces import ATOM, NEGATIVE, PRODUCT, RAISED, Piece
from matgrad.compilation.backends.base.text import TextSource, number_text
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import EIGH, TRANSPOSE

_FUNCTIONS = {
    "exp": "exp", "log": "log", "log1p": "log1p", "expm1": "expm1", "sqrt": "sqrt",
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos", "atan": "atan",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "sign": "sign", "absolute": "abs", "erf": "erf",
}  # fmt: skip

_ENTRYWISE = {
    "sigmoid": "sigmoid(x) = 1 / (1 + exp(-x))",
    "softplus": "softplus(x) = max(x, 0) + log1p(exp(-abs(x)))",
    "relu": "relu(x) = max(x, zero(x))",
    "step": "step(x) = x > 0 ? one(x) : zero(x)",
    "log_add_exp": "log_add_exp(a, b) = max(a, b) + log1p(exp(-abs(a - b)))",
    "power_or_zero": "power_or_zero(x, p) = iszero(x) ? x : x ^ p",
    "x_log_y": "x_log_y(x, u, k) = iszero(x) ? x : x * log(u) ^ k",
    "log_cosh": "log_cosh(x) = abs(x) + log1p(exp(-2 * abs(x))) - log(oftype(x, 2))",
}

_HELPERS = {
    **_ENTRYWISE,
    "softmax_along": """\
function softmax_along(x; dims)
    e = exp.(x .- maximum(x; dims))
    return e ./ sum(e; dims)
end""",
    "log_softmax_along": """\
function log_softmax_along(x; dims)
    z = x .- maximum(x; dims)
    return z .- log.(sum(exp.(z); dims))
end""",
    "log_sum_exp": """\
function log_sum_exp(x; dims)
    top = maximum(x; dims)
    return vec(top .+ log.(sum(exp.(x .- top); dims)))
end""",
    "is_largest": """\
function is_largest(x)
    y = zero(x)
    y[argmax(x)] = 1
    return y
end""",
    "unit_vector": "unit_vector(k, n) = Float64.(1:n .== k)",
    "commutation_places": "commutation_places(m, n) = vec(permutedims(reshape(1:m*n, m, n)))",
    "duplication_places": """\
function duplication_places(n)
    T = zeros(Int, n, n)
    k = 0
    for j in 1:n, i in j:n
        k += 1
        T[i, j] = T[j, i] = k
    end
    return vec(T)
end""",
    "elimination_places": "elimination_places(n) = [(j - 1) * n + i for j in 1:n for i in j:n]",
    "selection_matrix": "selection_matrix(places, n) = Float64.(places .== (1:n)')",
    "signs_of": "signs_of(V) = [sign(v[argmax(abs.(v))]) for v in eachcol(V)]",
    "sorted_eigen": """\
function sorted_eigen(A)
    values, V = eigen(Symmetric(A))
    return values, V .* signs_of(V)'
end""",
    "thin_svd": """\
function thin_svd(A)
    U, s, V = svd(A)
    signs = signs_of(U)
    return U .* signs', s, V .* signs'
end""",
    "adjugate": """\
function adjugate(A)
    U, s, V = svd(A)
    others = [prod(s[1:i-1]) * prod(s[i+1:end]) for i in eachindex(s)]
    return sign(det(U) * det(V)) * V * (others .* U')
end""",
    "det_hessian": """\
function det_hessian(A)
    U, s, V = svd(A)
    n = length(s)
    others = [i == j ? 0.0 : prod(s[k] for k in 1:n if k != i && k != j; init=1.0) for i in 1:n, j in 1:n]
    T = kron(V, U)
    M = -diagm(vec(others))[:, vec(permutedims(reshape(1:n*n, n, n)))]
    M[1:n+1:n*n, 1:n+1:n*n] += others
    return sign(det(U) * det(V)) * T * M * T'
end""",
    "deflated_pinv": """\
function deflated_pinv(A, nullity)
    U, s, V = svd(A)
    kept = 1:length(s)-nullity
    return V[:, kept] * (U[:, kept]' ./ s[kept])
end""",
    "row_norms": "row_norms(A) = norm.(eachrow(A))",
    "over_norms": "over_norms(A, norms) = A ./ (norms .+ iszero.(norms))",
    "require_gaps": """\
function require_gaps(A, values, place)
    gaps = abs.(values .- values') + diagm(fill(Inf, length(values)))
    if place != 0
        gaps = gaps[place > 0 ? place : end + 1 + place, :]
    end
    if minimum(gaps) <= 8 * eps() * maximum(abs, values)
        error("two eigenvalues or singular values coincide")
    end
    return A
end""",
    "require_nonzero": """\
function require_nonzero(A, values)
    if minimum(abs, values) <= 8 * eps() * maximum(abs, values)
        error("the rank is not full")
    end
    return A
end""",
}

_NEEDS = {"sorted_eigen": "signs_of", "thin_svd": "signs_of"}


_RESERVED = """
baremodule begin break catch const continue do else elseif end export false finally for
function global if import let local macro module quote return struct true try using while
abstract mutable primitive type where in isa outer nothing missing ans I π ℯ im pi Inf NaN
sum exp log log1p expm1 sqrt sin cos tan asin acos atan sinh cosh tanh sign abs erf real
max min maximum minimum argmax only size length zeros ones fill vec eachcol one zero oftype
dot tr det inv lu svd eigen cholesky logdet logabsdet kron reshape repeat permutedims tril
triu diag diagm pinv sylvester error eps div mod dims check axes eltype collect isnan Inf16
Symmetric LowerTriangular UpperTriangular Diagonal Adjoint Matrix Vector Array Int Float64
norm prod iszero eachindex eachrow init opnorm cross adjoint transpose
Base Core Main LinearAlgebra SpecialFunctions
"""


class JuliaSource(TextSource):
    """Writes a program for Julia (1.6 or later) and its standard library ``LinearAlgebra``.

    A column is a ``Vector``, a row the adjoint of one or a matrix with one row, a 1×1 value a number.
    """

    comment = "#"
    end = ""
    helpers: ClassVar[Mapping[str, str]] = _HELPERS
    reserved: ClassVar[frozenset[str]] = frozenset(_RESERVED.split())

    def dim_text(self, text: str) -> str:
        return text.replace("/", " ÷ ")

    def size_of(self, name: str, axis: int, vector: bool) -> str:
        return f"length({name})" if vector else f"size({name}, {axis + 1})"

    def openings(self) -> list[str]:
        rows = [self.names[s.label] for s in self.symbolic.symbols.values() if s.is_row]
        return [f"{name} = vec({name})'" for name in rows]

    def function(self, name: str, arguments: Sequence[str], body: Sequence[str]) -> str:
        for helper in list(self.needed):
            if helper in _NEEDS:
                self.needed[_NEEDS[helper]] = None
        text = "\n".join(body)
        packages = "using LinearAlgebra" + (", SpecialFunctions" if "erf" in text else "")
        lines = [f"function {name}({', '.join(arguments)})", *body, f"return {', '.join(self.results)}"]
        main = "\n    ".join(lines) + "\nend"
        helpers = [self.helpers[helper] for helper in sorted(self.needed)]
        return "\n\n".join([packages, *helpers, main]) + "\n"

    def called(self, value: Value, name: str, *arguments: Piece) -> Piece:
        """A function of one number, entry by entry."""
        dot = "" if value.kind == "scalar" else "."
        return Piece(f"{name}{dot}({', '.join(map(str, arguments))})")

    def entrywise(self, value: Value, name: str, *arguments: Piece) -> Piece:
        """A function of one number that Julia lacks, entry by entry."""
        self.needed[name] = None
        return self.called(value, name, *arguments)

    # ---- leaves ---------------------------------------------------------------------------------------

    def constant(self, value: Value) -> Piece:
        if value.kind == "vector" and value.columns == 1:
            return Piece(f"[{', '.join(str(number_text(row[0])) for row in value.params[0])}]")
        return super().constant(value)

    def _extent(self, value: Value) -> str:
        if value.kind == "vector" and value.columns == 1:
            return self.rows(value)
        return f"{self.rows(value)}, {self.columns(value)}"

    def zeros(self, value: Value) -> Piece:
        return Piece(f"zeros({self._extent(value)})")

    def ones(self, value: Value) -> Piece:
        return Piece(f"ones({self._extent(value)})")

    def eye(self, value: Value) -> Piece:
        return Piece(f"Matrix{{Float64}}(I, {self.rows(value)}, {self.rows(value)})")

    # ---- entry by entry -------------------------------------------------------------------------------

    def operator(self, sign: str, left_is_number: bool, right_is_number: bool) -> str:
        # Julia adds arrays of one shape, and numbers; a number is spread over an array by a dot.
        return sign if left_is_number == right_is_number else f".{sign}"

    def power(self, value: Value, a: Piece) -> Piece:
        exponent = value.params[0]
        dot = "" if value.kind == "scalar" else "."
        if exponent == Fraction(1, 2):
            return self.called(value, "sqrt", a)
        if exponent == Fraction(-1, 2):
            return Piece(f"1 {dot}/ {self.called(value, 'sqrt', a)}", PRODUCT)
        if exponent == -1:
            return Piece(f"1 {dot}/ {a.at(NEGATIVE)}", PRODUCT)
        number = number_text(exponent)
        shown = number.text if number.level == ATOM else f"({number})"
        return Piece(f"{a.at(ATOM)} {dot}^ {shown}", RAISED)

    def power_by(self, value: Value, a: Piece, exponent: Piece) -> Piece:
        dot = "" if value.kind == "scalar" else "."
        return Piece(f"{a.at(ATOM)} {dot}^ {exponent.at(ATOM)}", RAISED)

    def power_or_zero(self, value: Value, a: Piece, exponent: Piece) -> Piece:
        return self.entrywise(value, "power_or_zero", a, exponent)

    def xlogy(self, value: Value, a: Piece, u: Piece) -> Piece:
        return self.entrywise(value, "x_log_y", a, u, Piece(str(value.params[0])))

    def norm(self, matrix: Value, a: Piece) -> Piece:
        return Piece(f"norm({a})")

    def apply(self, value: Value, a: Piece) -> Piece:
        name = value.params[0]
        return (
            self.called(value, _FUNCTIONS[name], a) if name in _FUNCTIONS else self.entrywise(value, name, a)
        )

    def logaddexp(self, value: Value, a: Piece, b: Piece) -> Piece:
        return self.entrywise(value, "log_add_exp", a, b)

    def log_cosh(self, value: Value, a: Piece) -> Piece:
        return self.entrywise(value, "log_cosh", a)

    # ---- rows and columns -----------------------------------------------------------------------------

    def broadcast_column(self, value: Value, v: Piece) -> Piece:
        if value.kind == "vector":
            return Piece(f"fill({v}, 1, {self.columns(value)})")
        return Piece(f"repeat({v}, 1, {self.columns(value)})")

    def broadcast_row(self, value: Value, v: Piece) -> Piece:
        if value.kind == "vector":
            return Piece(f"fill({v}, {self.rows(value)})")
        return Piece(f"repeat({v.at(ATOM)}', {self.rows(value)}, 1)")

    def total(self, value: Value, a: Piece) -> Piece:
        return Piece(f"sum({a})")

    def row_sums(self, value: Value, a: Piece) -> Piece:
        return Piece(f"sum({a})" if value.kind == "scalar" else f"vec(sum({a}, dims=2))")

    def column_sums(self, value: Value, a: Piece) -> Piece:
        return Piece(f"sum({a})" if value.kind == "scalar" else f"vec(sum({a}, dims=1))")

    def inner(self, value: Value, a: Piece, b: Piece) -> Piece:
        return Piece(f"dot({a}, {b})")

    def row_inner(self, value: Value, a: Piece, b: Piece) -> Piece:
        if value.kind == "scalar":
            return Piece(f"dot({a}, {b})")
        return Piece(f"vec(sum({a.at(PRODUCT)} .* {b.at(NEGATIVE)}, dims=2))")

    def trace(self, value: Value, a: Piece) -> Piece:
        return Piece(f"tr({a})")

    def max(self, value: Value, a: Piece) -> Piece:
        return Piece(f"maximum({a})")

    def is_max(self, value: Value, a: Piece) -> Piece:
        return self.helper("is_largest", a)

    def column_max(self, value: Value, a: Piece) -> Piece:
        return Piece(f"maximum({a})" if value.kind == "scalar" else f"vec(maximum({a}, dims=1))")

    def _along(self, value: Value, name: str, a: Piece) -> Piece:
        written = self.helper(name, a).text
        return Piece(f"{written[:-1]}; dims={value.params[0] + 1})")

    def softmax(self, value: Value, a: Piece) -> Piece:
        return self._along(value, "softmax_along", a)

    def log_softmax(self, value: Value, a: Piece) -> Piece:
        return self._along(value, "log_softmax_along", a)

    def logsumexp(self, value: Value, a: Piece) -> Piece:
        written = self._along(value, "log_sum_exp", a)
        return Piece(f"only({written})") if value.kind == "scalar" else written

    # ---- products -------------------------------------------------------------------------------------

    def matmul(self, value: Value, a: Piece, b: Piece) -> Piece:
        left = value.args[0]
        if value.kind == "scalar" and left.kind == "vector":
            # A row of a matrix with one row would give a vector of length 1.
            column = self.pieces[left.args[0]] if left.op is TRANSPOSE else Piece(f"vec({a})")
            return Piece(f"dot({column}, {b})")
        return Piece(f"{a.at(PRODUCT)} * {b.at(NEGATIVE)}", PRODUCT)

    # ---- rearrangements -------------------------------------------------------------------------------

    def transpose(self, value: Value, a: Piece) -> Piece:
        if value.kind == "vector" and value.columns == 1:
            # What is computed with dots from a row is a matrix with one row, whose adjoint is no Vector.
            return Piece(f"vec({a})")
        return super().transpose(value, a)

    def reshape(self, value: Value, a: Piece) -> Piece:
        if value.kind == "vector" and value.columns == 1:
            return Piece(f"vec({a})")
        return Piece(f"reshape({a}, {self.rows(value)}, {self.columns(value)})")

    def diag(self, value: Value, v: Piece) -> Piece:
        return Piece(f"diagm({v})")

    def diagonal(self, value: Value, a: Piece) -> Piece:
        return Piece(f"diag({a})")

    def part(self, value: Value, a: Piece) -> Piece:
        r0, r1, c0, c1 = self.symbolic.params[value]
        rows, columns = self.symbolic.shapes[value.args[0]]
        first = value.args[0]

        def index(low: object, high: object, size: object, start: str, last: str, one: bool) -> str:
            if one:
                return start
            return ":" if str(low) == "0" and high is size else f"{start}:{last}"

        one = index(r0, r1, rows, self.size(r0 + 1), self.size(r1), value.rows == 1)
        two = index(c0, c1, columns, self.size(c0 + 1), self.size(c1), value.columns == 1)
        if first.kind == "vector" and first.columns == 1:
            return Piece(f"{a.at(ATOM)}[{one}]")
        turned = "'" if value.kind == "vector" and value.rows == 1 else ""
        return Piece(f"{a.at(ATOM)}[{one}, {two}]{turned}")

    def take_rows(self, value: Value, a: Piece) -> Piece:
        places = self.places(value)
        first = value.args[0]
        return Piece(f"{a.at(ATOM)}[{places}{'' if first.kind == 'vector' else ', :'}]")

    def take_columns(self, value: Value, a: Piece) -> Piece:
        return Piece(f"{a.at(ATOM)}[:, {self.places(value)}]")

    # ---- linear algebra -------------------------------------------------------------------------------

    def cholesky(self, value: Value, a: Piece) -> Piece:
        return Piece(f"Matrix(cholesky(Symmetric({a})).L)")

    def _factor(self, value: Value, text: str) -> Piece:
        name = self.fresh(value)
        self.assign(name, Piece(text), self.notation.of(value))
        return Piece(name)

    def cholesky_factor(self, value: Value, a: Piece) -> Piece:
        return self._factor(value, f"cholesky(Symmetric({a}))")

    def lu_factor(self, value: Value, a: Piece) -> Piece:
        # The determinant of a singular matrix is 0 and no error; solving with one is an error all the same.
        singular = any(user.op.is_singular for user in self.program.values if value in user.args)
        return self._factor(value, f"lu({a}{'; check=false' if singular else ''})")

    def solve_cholesky(self, value: Value, factor: Piece, b: Piece) -> Piece:
        return Piece(f"{factor.at(ATOM)} \\ {b.at(NEGATIVE)}", PRODUCT)

    def solve_lu(self, value: Value, factor: Piece, b: Piece) -> Piece:
        turned = "'" if value.params and value.params[0] else ""
        return Piece(f"{factor.at(ATOM)}{turned} \\ {b.at(NEGATIVE)}", PRODUCT)

    def solve_triangular(self, value: Value, a: Piece, b: Piece) -> Piece:
        lower, transposed = value.params
        kind = "LowerTriangular" if lower else "UpperTriangular"
        turned = "'" if transposed else ""
        return Piece(f"{kind}({a}){turned} \\ {b.at(NEGATIVE)}", PRODUCT)

    def inverse_cholesky(self, value: Value, factor: Piece) -> Piece:
        return Piece(f"inv({factor})")

    def inverse_lu(self, value: Value, factor: Piece) -> Piece:
        return Piece(f"inv({factor})")

    def inverse_triangular(self, value: Value, a: Piece) -> Piece:
        return Piece(f"Matrix(inv({'LowerTriangular' if value.params[0] else 'UpperTriangular'}({a})))")

    def log_det_cholesky(self, value: Value, factor: Piece) -> Piece:
        return Piece(f"logdet({factor})")

    def log_det_lu(self, value: Value, factor: Piece) -> Piece:
        return Piece(f"logdet({factor})")

    def det_cholesky(self, value: Value, factor: Piece) -> Piece:
        return Piece(f"det({factor})")

    def det_lu(self, value: Value, factor: Piece) -> Piece:
        return Piece(f"det({factor})")

    def matrix_power(self, value: Value, a: Piece) -> Piece:
        return Piece(f"{a.at(ATOM)}^{value.params[0]}", RAISED)

    def matrix_power_by(self, value: Value, a: Piece, exponent: Piece) -> Piece:
        return Piece(f"{a.at(ATOM)}^Int({exponent})", RAISED)

    def expm(self, value: Value, a: Piece) -> Piece:
        return Piece(f"exp({a})")

    def logm(self, value: Value, a: Piece) -> Piece:
        return Piece(f"real(log({a}))")

    def sqrtm(self, value: Value, a: Piece) -> Piece:
        return Piece(f"real(sqrt({a}))")

    def sylvester(self, value: Value, a: Piece, b: Piece, c: Piece) -> Piece:
        # Julia's function solves A X + X B + C = 0.
        return Piece(f"sylvester({a}, {b}, -{c.at(NEGATIVE)})")

    def eigh(self, value: Value, a: Piece) -> Piece:
        return self._several(value, "sorted_eigen", a, 2)

    def svd(self, value: Value, a: Piece) -> Piece:
        return self._several(value, "thin_svd", a, 3)

    def _several(self, value: Value, helper: str, a: Piece, count: int) -> Piece:
        # The parts are matrices and a Vector, whatever the shape; so is what they are of, here.
        first = value.args[0]
        if first.kind == "scalar":
            a = Piece(f"fill({a}, 1, 1)")
        elif first.kind == "vector":
            a = Piece(f"reshape({a}, {self.rows(first)}, {self.columns(first)})")
        base = self.fresh(value)
        names = [self.used.claim(f"{base}_{k + 1}") for k in range(count)]
        self.lines.append(f"{', '.join(names)} = {self.helper(helper, a)}")
        return Piece(base)

    def item(self, value: Value, factor: Piece) -> Piece:
        name = f"{factor.at(ATOM)}_{value.params[0] + 1}"
        if value.kind == "scalar":
            return Piece(f"only({name})")
        is_matrix = value.params[0] != (0 if value.args[0].op is EIGH else 1)
        return Piece(f"vec({name})" if is_matrix and value.kind == "vector" else name)
