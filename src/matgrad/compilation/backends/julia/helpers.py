"""Functions that Julia lacks, as text, and the words that no variable may be called."""

from __future__ import annotations

ENTRYWISE = {
    "sigmoid": "sigmoid(x) = 1 / (1 + exp(-x))",
    "softplus": "softplus(x) = max(x, 0) + log1p(exp(-abs(x)))",
    "relu": "relu(x) = max(x, zero(x))",
    "step": "step(x) = x > 0 ? one(x) : zero(x)",
    "log_add_exp": "log_add_exp(a, b) = max(a, b) + log1p(exp(-abs(a - b)))",
    "power_or_zero": "power_or_zero(x, p) = iszero(x) ? x : x ^ p",
    "x_log_y": "x_log_y(x, u, k) = iszero(x) ? x : x * log(u) ^ k",
    "log_abs_gamma": "log_abs_gamma(x) = first(logabsgamma(x))",
    "gamma_function": "gamma_function(x) = gamma(x)",
    "poly_gamma": "poly_gamma(k, x) = polygamma(k, x)",
    "select": "select(c, a, b) = c > 0 ? a : b",
    "log_cosh": "log_cosh(x) = abs(x) + log1p(exp(-2 * abs(x))) - log(oftype(x, 2))",
}

HELPERS = {
    **ENTRYWISE,
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
    "cumsum_down": "cumsum_down(A) = cumsum(A; dims=1)",
    "cumsum_from_end": "cumsum_from_end(A) = reverse(cumsum(reverse(A; dims=1); dims=1); dims=1)",
    "cumprod_down": "cumprod_down(A) = cumprod(A; dims=1)",
    "column_prods": "column_prods(A) = vec(prod(A; dims=1))",
    "prods_of_others": "prods_of_others(v) = [prod(v[1:i-1]) * prod(v[i+1:end]) for i in eachindex(v)]",
    "prods_of_others_by_column": """\
function prods_of_others_by_column(A)
    m, n = size(A, 1), size(A, 2)
    return [prod(A[1:i-1, j]) * prod(A[i+1:m, j]) for i in 1:m, j in 1:n]
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
    "stein": """\
function stein(A, B, C)
    m, n = size(C, 1), size(C, 2)
    system = Matrix{Float64}(I, m * n, m * n) - kron(B', A)
    return reshape(system \\ vec(C), m, n)
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

PACKAGES = {
    "log_abs_gamma": "SpecialFunctions",
    "gamma_function": "SpecialFunctions",
    "poly_gamma": "SpecialFunctions",
}
"""The packages that helpers need beside the standard library."""

NEEDS = {"sorted_eigen": "signs_of", "thin_svd": "signs_of"}

_WORDS = """
baremodule begin break catch const continue do else elseif end export false finally for
function global if import let local macro module quote return struct true try using while
abstract mutable primitive type where in isa outer nothing missing ans I π ℯ im pi Inf NaN sum
exp log log1p expm1 sqrt sin cos tan asin acos atan asinh acosh atanh sinh cosh tanh sign
abs erf real max min maximum minimum argmax only size length zeros ones fill vec eachcol one zero
oftype dot tr det
inv lu svd eigen cholesky logdet logabsdet kron reshape repeat permutedims tril triu diag diagm
pinv sylvester error eps div mod dims check axes eltype collect isnan Inf16 Symmetric
LowerTriangular UpperTriangular Diagonal Adjoint Matrix Vector Array Int Float64 norm prod
iszero eachindex eachrow init opnorm cross adjoint transpose Base Core Main LinearAlgebra
SpecialFunctions
"""

RESERVED = frozenset(_WORDS.split())
