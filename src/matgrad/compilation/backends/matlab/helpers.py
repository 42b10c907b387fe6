"""Functions that MATLAB lacks, as text, and the words that no variable may be called."""

from __future__ import annotations

HELPERS = {
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
    "log_abs_gamma": """\
function y = log_abs_gamma(x)
y = gammaln(abs(x));
below = x < 0;
y(below) = log(pi ./ abs(x(below) .* sin(pi * x(below)))) - y(below);
end""",
    "gamma_function": """\
function y = gamma_function(x)
y = gamma(x);
end""",
    "poly_gamma": """\
function y = poly_gamma(k, x)
% MATLAB's psi has no negative arguments: from x to x + 1 it changes by (-1)^k k! / x^(k+1)
y = zeros(size(x));
x(x < -1e4) = NaN;
low = x < 1;
while any(low(:))
    y(low) = y(low) - (-1)^k * factorial(k) ./ x(low).^(k + 1);
    x(low) = x(low) + 1;
    low = x < 1;
end
y = y + psi(k, x);
end""",
    "select": """\
function y = select(c, a, b)
y = b;
y(c > 0) = a(c > 0);
end""",
    "cumsum_from_end": """\
function B = cumsum_from_end(A)
B = flipud(cumsum(flipud(A), 1));
end""",
    "column_prods": """\
function v = column_prods(A)
v = prod(A, 1)';
end""",
    "prods_of_others": """\
function B = prods_of_others(A)
m = size(A, 1);
B = A;
for i = 1:m
    B(i, :) = prod(A([1:i-1, i+1:m], :), 1);
end
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
    "stein": """\
function X = stein(A, B, C)
% X = A X B + C, column by column of triangular Schur forms.
[U, S] = schur(A, 'complex');
[V, R] = schur(B, 'complex');
F = U' * C * V;
Y = zeros(size(F));
for k = 1:size(F, 2)
    Y(:, k) = (eye(size(S)) - R(k, k) * S) \\ (F(:, k) + S * (Y(:, 1:k-1) * R(1:k-1, k)));
end
X = real(U * Y * V');
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


NEEDS = {"eigen": "signs_of", "thin_svd": "signs_of"}

_WORDS = """
break case catch classdef continue else elseif end for function global if otherwise parfor
persistent return spmd switch try while arguments properties methods events enumeration import
do until unwind_protect unwind_protect_cleanup end_unwind_protect end_try_catch endfunction
endif endfor endwhile endswitch endparfor endclassdef endenumeration endevents endmethods
endproperties endspmd sum prod exp log log1p expm1 sqrt sin cos tan asin acos atan sinh cosh atan2 asinh
acosh atanh tanh abs max min sign erf size numel zeros ones eye inf nan Inf NaN NA diag trace inv det chol
lu svd eig kron reshape repmat tril triu expm logm sqrtm sylvester pinv mod find full sparse
sort sub2ind double true false error eps i j I J pi e Inf ans varargin varargout nargin nargout
norm rank cond dot cross var std mean disp printf
"""

RESERVED = frozenset(_WORDS.split())
