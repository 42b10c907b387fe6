"""MATLAB and GNU Octave: functions as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import ClassVar

from matgrad.compilation.backends.base.pieces import ADDED, ATOM, NEGATIVE, PRODUCT, RAISED, Piece
from matgrad.compilation.backends.base.text import TextSource, number_text
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import SOLVE_LU
from matgrad.compilation.plan.symbolic import SymbolicProgram

_FUNCTIONS = {
    "exp": "exp", "log": "log", "log1p": "log1p", "expm1": "expm1", "sqrt": "sqrt",
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos", "atan": "atan",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "sign": "sign", "absolute": "abs", "erf": "erf",
}  # fmt: skip

_HELPERS = {
    "sigmoid": """\
function y = sigmoid(x)
y = 1 ./ (1 + exp(-x));
end""",
    "softplus": """\
function y = softplus(x)
y = max(x, 0) + log1p(exp(-abs(x)));
end""",
    "log_add_exp": """\
function y = log_add_exp(a, b)
y = max(a, b) + log1p(exp(-abs(a - b)));
end""",
    "log_cosh": """\
function y = log_cosh(x)
y = abs(x) + log1p(exp(-2 * abs(x))) - log(2);
end""",
    "softmax_along": """\
function y = softmax_along(x, axis)
e = exp(x - max(x, [], axis));
y = e ./ sum(e, axis);
end""",
    "log_softmax_along": """\
function y = log_softmax_along(x, axis)
z = x - max(x, [], axis);
y = z - log(sum(exp(z), axis));
end""",
    "log_sum_exp": """\
function y = log_sum_exp(x, axis)
top = max(x, [], axis);
y = top + log(sum(exp(x - top), axis));
y = y(:);
end""",
    "is_largest": """\
function y = is_largest(x)
[~, place] = max(x(:));
y = zeros(size(x));
y(place) = 1;
end""",
    "unit_vector": """\
function e = unit_vector(k, n)
e = zeros(n, 1);
e(k) = 1;
end""",
    "commutation_places": """\
function places = commutation_places(m, n)
places = reshape(reshape(1:m*n, m, n)', [], 1);
end""",
    "duplication_places": """\
function places = duplication_places(n)
T = zeros(n);
T(tril(true(n))) = 1:n*(n + 1)/2;
T = T + tril(T, -1)';
places = T(:);
end""",
    "elimination_places": """\
function places = elimination_places(n)
places = find(tril(true(n)));
end""",
    "selection_matrix": """\
function S = selection_matrix(places, columns)
rows = numel(places);
S = full(sparse(1:rows, places, 1, rows, columns));
end""",
    "rows_of": """\
function B = rows_of(A, places)
B = A(places, :);
end""",
    "columns_of": """\
function B = columns_of(A, places)
B = A(:, places);
end""",
    "log_det": """\
function y = log_det(A)
[~, U, P] = lu(A);
d = diag(U);
if det(P) * prod(sign(d)) <= 0
    error('the determinant is not positive and has no logarithm');
end
y = sum(log(abs(d)));
end""",
    "signs_of": """\
function s = signs_of(V)
[~, place] = max(abs(V), [], 1);
s = sign(V(sub2ind(size(V), place, 1:size(V, 2))));
end""",
    "eigen": """\
function [values, V] = eigen(A)
[V, D] = eig((A + A') / 2);
[values, order] = sort(diag(D));
V = V(:, order);
V = V .* signs_of(V);
end""",
    "thin_svd": """\
function [U, s, V] = thin_svd(A)
[U, S, V] = svd(A, 'econ');
s = S(1:size(S, 1) + 1:end)';
s = s(1:min(size(A)));
signs = signs_of(U);
U = U .* signs;
V = V .* signs;
end""",
    "adjugate": """\
function B = adjugate(A)
[U, S, V] = svd(A);
s = diag(S);
others = arrayfun(@(i) prod(s([1:i-1, i+1:end])), (1:numel(s))');
B = sign(det(U) * det(V)) * V * (others .* U');
end""",
    "det_hessian": """\
function H = det_hessian(A)
[U, S, V] = svd(A);
s = diag(S);
n = numel(s);
others = zeros(n);
for i = 1:n
    for j = [1:i-1, i+1:n]
        others(i, j) = prod(s(setdiff(1:n, [i, j])));
    end
end
T = kron(V, U);
M = -diag(others(:));
M = M(:, reshape(reshape(1:n*n, n, n)', 1, []));
M(1:n+1:end, 1:n+1:end) = M(1:n+1:end, 1:n+1:end) + others;
H = sign(det(U) * det(V)) * T * M * T';
end""",
    "deflated_pinv": """\
function B = deflated_pinv(A, nullity)
[U, S, V] = svd(A);
kept = 1:size(A, 1) - nullity;
s = diag(S);
B = V(:, kept) * (U(:, kept)' ./ s(kept));
end""",
    "row_norms": """\
function y = row_norms(A)
scale = max(abs(A), [], 2);
scale(scale == 0) = 1;
y = scale .* sqrt(sum((A ./ scale).^2, 2));
end""",
    "over_norms": """\
function B = over_norms(A, norms)
B = A ./ (norms + (norms == 0));
end""",
    "power_or_zero": """\
function y = power_or_zero(x, p)
y = x.^p;
y(x == 0) = 0;
end""",
    "x_log_y": """\
function y = x_log_y(x, u, k)
y = x .* log(u).^k;
y(x == 0) = 0;
end""",
    "require_gaps": """\
function A = require_gaps(A, values, only)
gaps = abs(values - values') + diag(inf(numel(values), 1));
if only > 0
    gaps = gaps(only, :);
elseif only < 0
    gaps = gaps(end + 1 + only, :);
end
if min(gaps(:)) <= 8 * eps * max(abs(values))
    error('two eigenvalues or singular values coincide');
end
end""",
    "require_nonzero": """\
function A = require_nonzero(A, values)
if min(abs(values)) <= 8 * eps * max(abs(values))
    error('the rank is not full');
end
end""",
}


def _spelled(letter: str) -> str:
    """A letter in ASCII: λ as lambda, ₁ as 1."""
    plain = unicodedata.normalize("NFKC", letter)
    if plain.isascii():
        return plain
    words = unicodedata.name(plain[0], "").split()
    if words[:1] != ["GREEK"]:
        return "_"
    spelled = {"LAMDA": "LAMBDA"}.get(words[-1], words[-1])
    return spelled.lower() if "SMALL" in words else spelled.capitalize()


_NEEDS = {"eigen": "signs_of", "thin_svd": "signs_of"}


_RESERVED = """
break case catch classdef continue else elseif end for function global if otherwise parfor
persistent return spmd switch try while arguments properties methods events enumeration import
do until unwind_protect unwind_protect_cleanup end_unwind_protect end_try_catch endfunction
endif endfor endwhile endswitch endparfor endclassdef endenumeration endevents endmethods
endproperties endspmd sum prod exp log log1p expm1 sqrt sin cos tan asin acos atan sinh cosh
tanh abs max min sign erf size numel zeros ones eye inf nan Inf NaN NA diag trace inv det chol
lu svd eig kron reshape repmat tril triu expm logm sqrtm sylvester pinv mod find full sparse
sort sub2ind double true false error eps i j I J pi e Inf ans varargin varargout nargin nargout
norm rank cond dot cross var std mean disp printf
"""


class MatlabSource(TextSource):
    """Writes a program for MATLAB (R2016b or later) and GNU Octave."""

    comment = "%"
    longest = 60  # of the 63 that namelengthmax lets count
    end = ";"
    helpers: ClassVar[Mapping[str, str]] = _HELPERS
    reserved: ClassVar[frozenset[str]] = frozenset(_RESERVED.split())

    def __init__(self, symbolic: SymbolicProgram, results: Sequence[str], name: str = "compute") -> None:
        super().__init__(symbolic, results, name)
        self._factors: dict[str, tuple[str, str, str]] = {}

    def identifier(self, name: str) -> str:
        shown = "".join(_spelled(letter) for letter in name)
        shown = "".join(c if c.isalnum() else "_" for c in shown)
        return shown if shown[:1].isalpha() else f"x{shown}"

    def openings(self) -> list[str]:
        lines = []
        for symbol in self.symbolic.symbols.values():
            name = self.names[symbol.label]
            if symbol.is_vector:
                lines.append(f"{name} = {name}(:);")
            elif symbol.is_row:
                lines.append(f"{name} = reshape({name}, 1, []);")
        return lines

    def size_of(self, name: str, axis: int, vector: bool) -> str:
        return f"size({name}, {axis + 1})"

    def function(self, name: str, arguments: Sequence[str], body: Sequence[str]) -> str:
        for helper in list(self.needed):
            if helper in _NEEDS:
                self.needed[_NEEDS[helper]] = None
        outputs = self.results[0] if len(self.results) == 1 else f"[{', '.join(self.results)}]"
        lines = [f"function {outputs} = {name}({', '.join(arguments)})", *body, "end"]
        parts = ["\n".join(lines), *(self.helpers[helper] for helper in sorted(self.needed))]
        return "\n\n".join(parts) + "\n"

    # ---- leaves ---------------------------------------------------------------------------------------

    def zeros(self, value: Value) -> Piece:
        return Piece(f"zeros({self.rows(value)}, {self.columns(value)})")

    def ones(self, value: Value) -> Piece:
        return Piece(f"ones({self.rows(value)}, {self.columns(value)})")

    def eye(self, value: Value) -> Piece:
        return Piece(f"eye({self.rows(value)})")

    # ---- entry by entry -------------------------------------------------------------------------------

    def power(self, value: Value, a: Piece) -> Piece:
        exponent = value.params[0]
        one = "1 /" if value.kind == "scalar" else "1 ./"
        if exponent == Fraction(1, 2):
            return Piece(f"sqrt({a})")
        if exponent == Fraction(-1, 2):
            return Piece(f"{one} sqrt({a})", PRODUCT)
        if exponent == -1:
            return Piece(f"{one} {a.at(NEGATIVE)}", PRODUCT)
        caret = "^" if value.kind == "scalar" else ".^"
        return Piece(f"{a.at(ATOM)}{caret}{number_text(exponent).at(ATOM)}", RAISED)

    def power_by(self, value: Value, a: Piece, exponent: Piece) -> Piece:
        caret = "^" if value.kind == "scalar" else ".^"
        return Piece(f"{a.at(ATOM)}{caret}{exponent.at(ATOM)}", RAISED)

    def power_or_zero(self, value: Value, a: Piece, exponent: Piece) -> Piece:
        return self.helper("power_or_zero", a, exponent)

    def xlogy(self, value: Value, a: Piece, u: Piece) -> Piece:
        return self.helper("x_log_y", a, u, value.params[0])

    def norm(self, matrix: Value, a: Piece) -> Piece:
        return Piece(f"norm({a}, 'fro')")

    def apply(self, value: Value, a: Piece) -> Piece:
        name = value.params[0]
        if name in _FUNCTIONS:
            return Piece(f"{_FUNCTIONS[name]}({a})")
        if name == "relu":
            return Piece(f"max({a}, 0)")
        if name == "step":
            return Piece(f"double({a.at(ADDED)} > 0)")
        return self.helper(name, a)

    def logaddexp(self, value: Value, a: Piece, b: Piece) -> Piece:
        return self.helper("log_add_exp", a, b)

    # ---- rows and columns -----------------------------------------------------------------------------

    def broadcast_column(self, value: Value, v: Piece) -> Piece:
        return Piece(f"repmat({v}, 1, {self.columns(value)})")

    def broadcast_row(self, value: Value, v: Piece) -> Piece:
        return Piece(f"repmat({v.at(ATOM)}', {self.rows(value)}, 1)")

    def total(self, value: Value, a: Piece) -> Piece:
        return Piece(f"sum({a})" if value.args[0].kind != "matrix" else f"sum({a.at(ATOM)}(:))")

    def row_sums(self, value: Value, a: Piece) -> Piece:
        return Piece(f"sum({a}, 2)")

    def column_sums(self, value: Value, a: Piece) -> Piece:
        return Piece(f"sum({a}, 1)'")

    def inner(self, value: Value, a: Piece, b: Piece) -> Piece:
        first = value.args[0]
        if first.kind == "matrix":
            return Piece(f"sum(sum({a.at(PRODUCT)} .* {b.at(NEGATIVE)}))")
        if first.rows == 1:
            return Piece(f"{a.at(PRODUCT)} * {b.at(ATOM)}'", PRODUCT)
        return Piece(f"{a.at(ATOM)}' * {b.at(NEGATIVE)}", PRODUCT)

    def row_inner(self, value: Value, a: Piece, b: Piece) -> Piece:
        return Piece(f"sum({a.at(PRODUCT)} .* {b.at(NEGATIVE)}, 2)")

    def trace(self, value: Value, a: Piece) -> Piece:
        return Piece(f"trace({a})")

    def max(self, value: Value, a: Piece) -> Piece:
        return Piece(f"max({a})" if value.args[0].kind != "matrix" else f"max(max({a}))")

    def is_max(self, value: Value, a: Piece) -> Piece:
        return self.helper("is_largest", a)

    def column_max(self, value: Value, a: Piece) -> Piece:
        return Piece(f"max({a}, [], 1)'")

    def softmax(self, value: Value, a: Piece) -> Piece:
        return self.helper("softmax_along", a, value.params[0] + 1)

    def log_softmax(self, value: Value, a: Piece) -> Piece:
        return self.helper("log_softmax_along", a, value.params[0] + 1)

    def logsumexp(self, value: Value, a: Piece) -> Piece:
        return self.helper("log_sum_exp", a, value.params[0] + 1)

    # ---- products -------------------------------------------------------------------------------------

    def matmul(self, value: Value, a: Piece, b: Piece) -> Piece:
        return Piece(f"{a.at(PRODUCT)} * {b.at(NEGATIVE)}", PRODUCT)

    # ---- rearrangements -------------------------------------------------------------------------------

    def reshape(self, value: Value, a: Piece) -> Piece:
        return Piece(f"reshape({a}, {self.rows(value)}, {self.columns(value)})")

    def diag(self, value: Value, v: Piece) -> Piece:
        return Piece(f"diag({v})")

    def diagonal(self, value: Value, a: Piece) -> Piece:
        return Piece(f"diag({a})")

    def part(self, value: Value, a: Piece) -> Piece:
        r0, r1, c0, c1 = self.symbolic.params[value]
        rows, columns = self.symbolic.shapes[value.args[0]]

        def index(low: object, high: object, size: object, first: str, last: str) -> str:
            if str(low) == "0" and high is size:
                return ":"
            return first if first == last else f"{first}:{last}"

        one = index(r0, r1, rows, self.size(r0 + 1), self.size(r1))
        two = index(c0, c1, columns, self.size(c0 + 1), self.size(c1))
        if value.args[0].kind == "vector":
            return Piece(f"{a.at(ATOM)}({one if value.args[0].columns == 1 else two})")
        return Piece(f"{a.at(ATOM)}({one}, {two})")

    def take_rows(self, value: Value, a: Piece) -> Piece:
        return self.helper("rows_of", a, self.places(value))

    def take_columns(self, value: Value, a: Piece) -> Piece:
        return self.helper("columns_of", a, self.places(value))

    # ---- linear algebra -------------------------------------------------------------------------------

    def cholesky(self, value: Value, a: Piece) -> Piece:
        return Piece(f"chol({a}, 'lower')")

    def cholesky_factor(self, value: Value, a: Piece) -> Piece:
        name = self.fresh(value)
        self.assign(name, Piece(f"chol({a}, 'lower')"), self.notation.of(value))
        return Piece(name)

    def lu_factor(self, value: Value, a: Piece) -> Piece:
        solves = [user for user in self.program.values if value in user.args and user.op is SOLVE_LU]
        if len(solves) < 2:
            # Named, so that its text is not repeated; MATLAB factorises where it is used.
            if a.level == ATOM and a.text.isidentifier():
                return a
            name = self.fresh(value)
            self.assign(name, a, self.notation.of(value))
            return Piece(name)
        if not a.text.isidentifier():
            whole = self.fresh(value.args[0])
            self.assign(whole, a, self.notation.of(value))
            a = Piece(whole)
        low, up, order = (self.used.claim(f"{a.at(ATOM)}_{letter}") for letter in "LUP")
        self.lines.append(f"[{low}, {up}, {order}] = lu({a});")
        self._factors[a.text] = (low, up, order)
        return a

    def solve_cholesky(self, value: Value, factor: Piece, b: Piece) -> Piece:
        return Piece(f"{factor.at(ATOM)}' \\ ({factor.at(ATOM)} \\ {b.at(NEGATIVE)})", PRODUCT)

    def solve_lu(self, value: Value, factor: Piece, b: Piece) -> Piece:
        transposed = bool(value.params and value.params[0])
        if factor.text not in self._factors:
            return Piece(f"{factor.at(ATOM)}{chr(39) if transposed else ''} \\ {b.at(NEGATIVE)}", PRODUCT)
        low, up, order = self._factors[factor.text]
        if transposed:
            return Piece(f"{order}' * ({low}' \\ ({up}' \\ {b.at(NEGATIVE)}))", PRODUCT)
        return Piece(f"{up} \\ ({low} \\ ({order} * {b.at(NEGATIVE)}))", PRODUCT)

    def solve_triangular(self, value: Value, a: Piece, b: Piece) -> Piece:
        transposed = "'" if value.params[1] else ""
        return Piece(f"{a.at(ATOM)}{transposed} \\ {b.at(NEGATIVE)}", PRODUCT)

    def inverse_cholesky(self, value: Value, factor: Piece) -> Piece:
        return Piece(f"{factor.at(ATOM)}' \\ ({factor.at(ATOM)} \\ eye({self.rows(value)}))", PRODUCT)

    def inverse_lu(self, value: Value, factor: Piece) -> Piece:
        return Piece(f"inv({factor})")

    def inverse_triangular(self, value: Value, a: Piece) -> Piece:
        return Piece(f"{a.at(ATOM)} \\ eye({self.rows(value)})", PRODUCT)

    def log_det_cholesky(self, value: Value, factor: Piece) -> Piece:
        return Piece(f"2 * sum(log(diag({factor})))", PRODUCT)

    def log_det_lu(self, value: Value, factor: Piece) -> Piece:
        return self.helper("log_det", factor)

    def det_cholesky(self, value: Value, factor: Piece) -> Piece:
        return Piece(f"prod(diag({factor}))^2", RAISED)

    def det_lu(self, value: Value, factor: Piece) -> Piece:
        return Piece(f"det({factor})")

    def matrix_power(self, value: Value, a: Piece) -> Piece:
        return Piece(f"{a.at(ATOM)}^{value.params[0]}", RAISED)

    def matrix_power_by(self, value: Value, a: Piece, exponent: Piece) -> Piece:
        return Piece(f"{a.at(ATOM)}^{exponent.at(ATOM)}", RAISED)

    def expm(self, value: Value, a: Piece) -> Piece:
        return Piece(f"expm({a})")

    def logm(self, value: Value, a: Piece) -> Piece:
        return Piece(f"logm({a})")

    def sqrtm(self, value: Value, a: Piece) -> Piece:
        return Piece(f"sqrtm({a})")

    def sylvester(self, value: Value, a: Piece, b: Piece, c: Piece) -> Piece:
        return Piece(f"sylvester({a}, {b}, {c})")

    def eigh(self, value: Value, a: Piece) -> Piece:
        return self._several(value, "eigen", a, 2)

    def svd(self, value: Value, a: Piece) -> Piece:
        return self._several(value, "thin_svd", a, 3)

    def _several(self, value: Value, helper: str, a: Piece, count: int) -> Piece:
        base = self.fresh(value)
        names = [self.used.claim(f"{base}_{k + 1}") for k in range(count)]
        self.lines.append(f"[{', '.join(names)}] = {self.helper(helper, a)};")
        return Piece(base)

    def item(self, value: Value, factor: Piece) -> Piece:
        return Piece(f"{factor.at(ATOM)}_{value.params[0] + 1}")
