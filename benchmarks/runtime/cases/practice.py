"""What practitioners of many fields minimise: likelihoods, rankings, graphs, layers, portfolios, filters.

The code by hand of each was written before ours was looked at.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.linalg.blas import dsymv, dtrmm
from scipy.linalg.lapack import dgetrf, dgetri, dpotrf, dpotrs, dpttrf, dpttrs, dtrtri, dtrtrs
from scipy.special import expit

from benchmarks.runtime.case import Array, Arrays, Dims, Outputs, growing, value_and_gradients
from benchmarks.runtime.cases.covariances import inverse_of, log_det
from benchmarks.runtime.cases.determinants import positive_definite
from benchmarks.runtime.cases.layers import single

ALL = ("value", "gradient", "hessian")
SOME = (30, 100, 500)


def _chol(S: Array) -> Array:
    return dpotrf(S, lower=1, clean=1)[0]


# ---- likelihoods -----------------------------------------------------------------------------------


def wishart_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A scatter, a scale matrix and degrees of freedom."""
    n = dims["n"]
    return {"S": positive_definite(rng, n), "V": positive_definite(rng, n), "v": np.float64(n + 5.0)}


def wishart(S: Array, V: Array, v: float) -> Outputs:
    """The log density of Wishart matrices but for constants, and its gradients by both."""
    n = len(S)
    s, c = _chol(S), _chol(V)
    P = inverse_of(c)
    half = (v - n - 1) / 2
    value = half * log_det(s) - np.vdot(P, S) / 2 - v / 2 * log_det(c)
    by_S = inverse_of(s)
    by_S *= half
    by_S -= P / 2
    by_V = P @ S @ P
    by_V -= v * P
    by_V /= 2
    return value, by_S, by_V


def whitened_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Samples in columns, a place and a triangular factor."""
    n, p = dims["n"], dims["p"]
    L = np.tril(rng.standard_normal((p, p))) / p
    L[np.diag_indices(p)] = 1 + rng.uniform(size=p)
    return {"X": rng.standard_normal((p, n)), "m": rng.standard_normal(p), "L": L}


def whitened(X: Array, m: Array, L: Array) -> Outputs:
    """‖L⁻¹(X − m1ᵀ)‖² + 2n log det L and its gradients in L and m."""
    n = X.shape[1]
    Z = dtrtrs(L, X - m[:, None], lower=1)[0]
    W = dtrtrs(L, Z, lower=1, trans=1)[0]
    d = np.diag(L)
    G = W @ Z.T
    G *= -2
    G[np.diag_indices(len(L))] += 2 * n / d
    return np.vdot(Z, Z) + 2 * n * np.log(d).sum(), np.tril(G), -2 * W.sum(1)


def sources(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Mixed signals and an unmixing matrix."""
    n, p = dims["n"], dims["p"]
    return {"X": rng.standard_normal((p, n)), "W": rng.standard_normal((p, p)) + 3 * np.eye(p)}


def independent_components(X: Array, W: Array) -> Outputs:
    """Σ log cosh(WX) − n log |det W| and its gradient."""
    n = X.shape[1]
    Z = W @ X
    T = np.tanh(Z)
    np.abs(Z, out=Z)
    value = Z.sum()
    Z *= -2
    np.exp(Z, out=Z)
    np.log1p(Z, out=Z)
    value += Z.sum() - Z.size * np.log(2)
    lu, piv, _ = dgetrf(W)
    value -= n * np.log(np.abs(np.diag(lu))).sum()
    G = T @ X.T
    G -= n * dgetri(lu, piv)[0].T
    return value, G


def product_kernels(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Distances in space and time, observations and three parameters."""
    n = dims["n"]
    X, t = rng.uniform(size=(n, 2)), rng.uniform(size=n)
    D = np.square(X[:, None] - X).sum(2)
    return {
        "D": (D + D.T) / 2, "E": np.abs(t[:, None] - t), "y": rng.standard_normal(n),
        "a": np.float64(0.8), "b": np.float64(0.6), "t": np.float64(0.3),
    }  # fmt: skip


def space_time(D: Array, E: Array, y: Array, a: float, b: float, t: float) -> Outputs:
    """A likelihood with exp(−aD − bE) + tI, its derivatives by the three parameters."""
    K = D * -a
    K -= b * E
    np.exp(K, out=K)
    C = K.copy()
    C.flat[:: len(y) + 1] += t
    c = dpotrf(C, lower=1, clean=1, overwrite_a=1)[0]
    x = dpotrs(c, y, lower=1)[0]
    G = inverse_of(c)
    G -= np.outer(x, x)
    by_t = np.trace(G)
    G *= K
    return y @ x + log_det(c), -np.vdot(G, D), -np.vdot(G, E), by_t


def latent_codes(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Means and log variances of codes."""
    shape = dims["n"], dims["k"]
    return {"M": rng.standard_normal(shape), "L": rng.standard_normal(shape)}


def divergence_of_codes(M: Array, L: Array) -> Outputs:
    """Σ(exp(L) + M² − 1 − L)/2 and its gradients."""
    G = np.exp(L)
    value = (G.sum() + np.vdot(M, M) - M.size - L.sum()) / 2
    G -= 1
    G /= 2
    return value, M.copy(), G


# ---- regression ------------------------------------------------------------------------------------


def ridge_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A design, observations and a penalty."""
    n, p = dims["n"], dims["p"]
    return {"X": rng.standard_normal((n, p)), "y": rng.standard_normal(n), "a": np.float64(0.7)}


def ridge_residual(X: Array, y: Array, a: float) -> Outputs:
    """‖y − X(XᵀX + aI)⁻¹Xᵀy‖² and its derivative by a."""
    A = X.T @ X
    A.flat[:: len(A) + 1] += a
    c = _chol(A)
    b = dpotrs(c, X.T @ y, lower=1)[0]
    r = y - X @ b
    # db/da = −A⁻¹b, and Xᵀr = ab
    return r @ r, 2 * a * (b @ dpotrs(c, b, lower=1)[0])


def log_cosh_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A design, observations and coefficients."""
    n, p = dims["n"], dims["p"]
    return {"X": rng.standard_normal((n, p)), "y": rng.standard_normal(n), "w": rng.standard_normal(p)}


def log_cosh(X: Array, y: Array, w: Array) -> Outputs:
    """Σ log cosh(Xw − y), its gradient and Hessian."""
    r = X @ w
    r -= y
    t = np.tanh(r)
    np.abs(r, out=r)
    value = r.sum() + np.log1p(np.exp(-2 * r)).sum() - len(y) * np.log(2)
    g = X.T @ t
    np.multiply(t, t, out=t)
    np.subtract(1, t, out=t)
    np.sqrt(t, out=t)
    Y = X * t[:, None]
    return value, g, Y.T @ Y


def smooth_maximum_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Planes and a place."""
    n, p = dims["n"], dims["p"]
    return {"A": rng.standard_normal((n, p)), "b": rng.standard_normal(n), "x": rng.standard_normal(p)}


def smooth_maximum(A: Array, b: Array, x: Array) -> Outputs:
    """log Σ exp(Ax + b), its gradient and Hessian."""
    z = A @ x
    z += b
    top = z.max()
    z -= top
    np.exp(z, out=z)
    total = z.sum()
    z /= total
    g = z @ A
    Y = A * np.sqrt(z)[:, None]
    H = Y.T @ Y
    H -= np.outer(g, g)
    return top + np.log(total), g, H


def ranked(rng: np.random.Generator, dims: Dims) -> Arrays:
    """How often each won against each, and strengths."""
    n = dims["n"]
    return {"W": rng.integers(5, size=(n, n)).astype(float), "b": rng.standard_normal(n)}


def bradley_terry(W: Array, b: Array) -> Outputs:
    """Σ_ij W_ij log(1 + exp(b_j − b_i)) and its gradient."""
    D = b - b[:, None]
    P = expit(D)
    value = np.vdot(W, np.logaddexp(0, D))
    P *= W
    return value, P.sum(0) - P.sum(1)


# ---- graphs and layers -----------------------------------------------------------------------------


def labelled_graph(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A Laplacian, labels and scores."""
    n, k = dims["n"], dims["k"]
    A = np.triu(rng.uniform(size=(n, n)), 1)
    A += A.T
    return {
        "L": np.diag(A.sum(1)) - A, "F": rng.standard_normal((n, k)), "Y": rng.standard_normal((n, k)),
        "u": np.float64(0.4),
    }  # fmt: skip


def spread_labels(L: Array, F: Array, Y: Array, u: float) -> Outputs:
    """tr(FᵀLF) + u‖F − Y‖² and its gradient."""
    G = L @ F
    E = F - Y
    value = np.vdot(F, G) + u * np.vdot(E, E)
    E *= u
    G += E
    G *= 2
    return value, G


def graph_layers(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A normalised adjacency, features, two layers and targets."""
    n, p, h, k = dims["n"], dims["p"], dims["h"], dims["k"]
    A = rng.uniform(size=(n, n)) / n
    return {
        "A": A + A.T, "X": rng.standard_normal((n, p)), "W": rng.standard_normal((p, h)),
        "V": rng.standard_normal((h, k)), "Y": rng.standard_normal((n, k)),
    }  # fmt: skip


def graph_network(A: Array, X: Array, W: Array, V: Array, Y: Array) -> Outputs:
    """‖A relu(AXW)V − Y‖² and its gradients in W and V."""
    B = A @ X
    H = B @ W
    np.maximum(H, 0, out=H)
    AH = A @ H
    E = AH @ V
    E -= Y
    value = np.vdot(E, E)
    E *= 2
    by_V = AH.T @ E
    D = (A @ E) @ V.T
    D *= H > 0
    return value, B.T @ D, by_V


def units(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Features, three layers and weights of the result."""
    n, p, k = dims["n"], dims["p"], dims["k"]
    return {
        "X": rng.standard_normal((n, p)), "A": rng.standard_normal((p, k)) / 8,
        "B": rng.standard_normal((p, k)) / 8, "D": rng.standard_normal((k, p)) / 8,
        "C": rng.standard_normal((n, p)),
    }  # fmt: skip


def swish_units(X: Array, A: Array, B: Array, D: Array, C: Array) -> Outputs:
    """Σ C ⊙ ((swish(XA) ⊙ XB)D) and its gradients in A, B and D."""
    U, V = X @ A, X @ B
    S = expit(U)
    W = U * S
    H = W * V
    G = C @ D.T
    value = np.vdot(H, G)
    by_D = H.T @ C
    W *= G
    by_B = X.T @ W
    # swish' = s + u s(1 − s)
    np.subtract(1, S, out=W)
    W *= U
    W += 1
    W *= S
    W *= G
    W *= V
    return value, X.T @ W, by_B, by_D


def views(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Two views of each of n things and a temperature."""
    shape = dims["n"], dims["d"]
    return {"U": rng.standard_normal(shape), "V": rng.standard_normal(shape), "tau": np.float64(0.5)}


def cosine_contrast(U: Array, V: Array, tau: float) -> Outputs:
    """−tr log softmax(cosines/τ)/n and its gradient in U."""
    n = len(U)
    u = 1 / np.sqrt(np.einsum("ij,ij->i", U, U))[:, None]
    A = U * u
    B = V / np.sqrt(np.einsum("ij,ij->i", V, V))[:, None]
    Z = A @ B.T
    Z /= tau
    right = np.diag(Z).copy()
    top = Z.max(1, keepdims=True)
    Z -= top
    np.exp(Z, out=Z)
    total = Z.sum(1, keepdims=True)
    value = (top.sum() + np.log(total).sum() - right.sum()) / n
    Z /= total
    Z.flat[:: n + 1] -= 1
    G = Z @ B
    G /= n * tau
    G -= np.einsum("ij,ij->i", G, A)[:, None] * A
    G *= u
    return value, G


def two_samples(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Two samples and a width."""
    n, d = dims["n"], dims["d"]
    return {"X": rng.standard_normal((n, d)), "Y": rng.standard_normal((n, d)) + 1, "h": np.float64(2.0)}


def discrepancy(X: Array, Y: Array, h: float) -> Outputs:
    """Σ exp(−‖x_i − x_j‖²/h) − 2Σ exp(−‖x_i − y_j‖²/h) and its gradient in X."""
    a, b = np.einsum("ij,ij->i", X, X), np.einsum("ij,ij->i", Y, Y)
    K = X @ X.T
    K *= 2
    K -= a
    K -= a[:, None]
    K /= h
    np.exp(K, out=K)
    L = X @ Y.T
    L *= 2
    L -= b
    L -= a[:, None]
    L /= h
    np.exp(L, out=L)
    k, r = K.sum(1), L.sum(1)
    G = (r - k)[:, None] * X
    G += K @ X
    G -= L @ Y
    G *= 4 / h
    return k.sum() - 2 * r.sum(), G


# ---- portfolios, filters, systems ------------------------------------------------------------------


def market(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Covariances, expected returns and weights."""
    n = dims["n"]
    return {"S": positive_definite(rng, n), "r": rng.uniform(size=n), "w": rng.uniform(size=n)}


def sharpe_of_weights(S: Array, r: Array, w: Array) -> Outputs:
    """rᵀw/√(wᵀSw) and its gradient."""
    Sw = S @ w
    v = w @ Sw
    value = (r @ w) / np.sqrt(v)
    return value, r / np.sqrt(v) - value / v * Sw


def rayleigh_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A symmetric matrix and a direction."""
    n = dims["n"]
    A = rng.standard_normal((n, n))
    return {"A": A + A.T, "x": rng.standard_normal(n)}


def rayleigh(A: Array, x: Array) -> Outputs:
    """xᵀAx/xᵀx and its gradient."""
    g = A @ x
    q = x @ x
    value = (x @ g) / q
    g -= value * x
    g *= 2 / q
    return value, g


def rayleigh_symv(A: Array, x: Array) -> Outputs:
    """The same by the half of the matrix."""
    g = dsymv(1.0, A.T, x)
    q = x @ x
    value = (x @ g) / q
    g -= value * x
    g *= 2 / q
    return value, g


def information(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A covariance, an observation and its noise."""
    n, m = dims["n"], dims["m"]
    return {
        "P": positive_definite(rng, n), "H": rng.standard_normal((m, n)), "R": positive_definite(rng, m),
        "x": rng.standard_normal(n), "y": rng.standard_normal(m),
    }  # fmt: skip


def information_filter(P: Array, H: Array, R: Array, x: Array, y: Array) -> Outputs:
    """(P⁻¹ + HᵀR⁻¹H)⁻¹ and (…)⁻¹(P⁻¹x + HᵀR⁻¹y)."""
    W = inverse_of(_chol(P))
    r = _chol(R)
    G = dtrtrs(r, H, lower=1)[0]
    z = dtrtrs(r, y, lower=1)[0]
    b = W @ x + G.T @ z
    W += G.T @ G
    C = inverse_of(_chol(W))
    return C, C @ b


def chain(rng: np.random.Generator, dims: Dims) -> Arrays:
    """The precision of a random walk, and observations."""
    n = dims["n"]
    e = -rng.uniform(size=n - 1)
    T = np.diag(2.5 + rng.uniform(size=n)) + np.diag(e, 1) + np.diag(e, -1)
    return {"T": T, "y": rng.standard_normal(n)}


def random_walk(T: Array, y: Array) -> Outputs:
    """yᵀT⁻¹y + log det T and its gradient in y."""
    d, e, _ = dpttrf(np.diag(T), np.diag(T, 1))
    x = dpttrs(d, e, y)[0]
    return y @ x + np.log(d).sum(), 2 * x


def loaded(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Loadings, variances and right sides."""
    n, k = dims["n"], dims["k"]
    return {"U": rng.standard_normal((n, k)), "d": 1 + rng.uniform(size=n), "B": rng.standard_normal((n, 3))}


def loaded_solutions(U: Array, d: Array, B: Array) -> Outputs:
    """(diag(d) + UUᵀ)⁻¹B by a small system."""
    V = U / d[:, None]
    A = U.T @ V
    A.flat[:: len(A) + 1] += 1
    X = B / d[:, None]
    X -= V @ dpotrs(_chol(A), V.T @ B, lower=1)[0]
    return (X,)


def triangular_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A factor of a precision and a covariance of samples."""
    n = dims["n"]
    L = np.tril(rng.standard_normal((n, n))) / n
    L[np.diag_indices(n)] = 1 + rng.uniform(size=n)
    return {"L": L, "S": positive_definite(rng, n)}


def factored_precision(L: Array, S: Array) -> Outputs:
    """tr(LᵀSL) − 2 log det L and its gradient in L."""
    G = dtrmm(1.0, L, S, side=1, lower=1)
    d = np.diag(L)
    value = np.vdot(G, L) - 2 * np.log(d).sum()
    G = np.tril(G)
    G *= 2
    G[np.diag_indices(len(L))] -= 2 / d
    return value, G


def factored_covariance(L: Array, S: Array) -> Outputs:
    """tr(L⁻ᵀL⁻¹S) + 2 log det L and its gradient −2 tril(L⁻ᵀL⁻¹SL⁻ᵀ) + 2 diag(1/L_ii)."""
    J = dtrtri(L, lower=1)[0]
    Z = dtrmm(1.0, J, S, lower=1)
    d = np.diag(L)
    value = np.vdot(Z, J) + 2 * np.log(d).sum()
    G = dtrmm(-2.0, J, dtrmm(1.0, J, Z, side=1, lower=1, trans_a=1), lower=1, trans_a=1)
    G = np.tril(G)
    G[np.diag_indices(len(L))] += 2 / d
    return value, G


_case = value_and_gradients
_tall = partial(growing, (30, 100, 10_000, 200_000))
CASES = (
    _case("wishart", "Wishart density: value, gradients in scatter and scale",
          "(v - n - 1)/2*logdet(S) - tr(inv(V)*S)/2 - v/2*logdet(V)",
          "S: n×n spd, V: n×n spd, v: scalar", ("S", "V"), growing(SOME), wishart_data, wishart),
    _case("whitened", "Gaussian by a triangular factor: value, gradients in L and m",
          "norm(inv(L)*(X - m*ones(n)'))^2 + 2*n*logdet(L)", "X: p×n, m: p, L: p×p lower triangular",
          ("L", "m"), growing((30, 100, 2000), p=20), whitened_data, whitened),
    _case("independent", "independent components: value, gradient",
          "sum(log(cosh(W*X))) - n*log(abs(det(W)))",
          "X: p×n, W: p×p", ("W",), growing((30, 100, 10_000), p=8), sources, independent_components),
    _case("space-time", "Gaussian process with two lengths: value, derivatives",
          "y'*inv(exp(-a*D - b*E) + t*eye(n))*y + logdet(exp(-a*D - b*E) + t*eye(n))",
          "D: n×n symmetric, E: n×n symmetric, y: n, a: scalar positive, b: scalar positive,"
          " t: scalar positive",
          ("a", "b", "t"), growing(SOME), product_kernels, space_time),
    _case("codes", "divergence of codes: value, gradients", "sum(exp(L) + M.^2 - 1 - L)/2", "M: n×k, L: n×k",
          ("M", "L"), growing((30, 100, 5000), k=32), latent_codes, divergence_of_codes),
    _case("ridge-residual", "residual of ridge regression: value, derivative by the penalty",
          "norm(y - X*inv(X'*X + a*eye(p))*X'*y)^2", "X: n×p, y: n, a: scalar positive", ("a",),
          growing((100, 500, 10_000), p=20), ridge_data, ridge_residual),
    _case("log-cosh", "log cosh loss, tall: value, gradient, Hessian", "sum(log(cosh(X*w - y)))",
          "X: n×p, y: n, w: p", ("w",), _tall(p=10), log_cosh_data, log_cosh, wanted=ALL),
    _case("smooth-maximum", "smooth maximum of planes: value, gradient, Hessian", "logsumexp(A*x + b)",
          "A: n×p, b: n, x: p", ("x",), growing((30, 100, 2000), p=30), smooth_maximum_data, smooth_maximum,
          wanted=ALL),
    _case("bradley-terry", "paired comparisons: value, gradient",
          "sum(W .* log(1 + exp(ones(n)*b' - b*ones(n)')))", "W: n×n, b: n", ("b",), growing(SOME), ranked,
          bradley_terry),
    _case("spread-labels", "labels on a graph: value, gradient", "tr(F'*L*F) + u*norm(F - Y)^2",
          "L: n×n symmetric, F: n×k, Y: n×k, u: scalar", ("F",), growing(SOME, k=5), labelled_graph,
          spread_labels),
    _case("graph-network", "two layers on a graph: value, gradients", "norm(A*relu(A*X*W)*V - Y)^2",
          "A: n×n symmetric, X: n×p, W: p×h, V: h×k, Y: n×k", ("W", "V"), growing(SOME, p=20, h=16, k=5),
          graph_layers, graph_network),
    _case("swish-units", "gated layer: value, gradients",
          "sum(C .* (((X*A) .* sigmoid(X*A) .* (X*B))*D))", "X: n×p, A: p×k, B: p×k, D: k×p, C: n×p",
          ("A", "B", "D"), growing((30, 100, 1000), p=32, k=48), units, swish_units),
    _case("swish-units-single", "gated layer, single precision: value, gradients",
          "sum(C .* (((X*A) .* sigmoid(X*A) .* (X*B))*D))", "X: n×p, A: p×k, B: p×k, D: k×p, C: n×p",
          ("A", "B", "D"), growing((30, 100, 1000), p=32, k=48), single(units), swish_units),
    _case("cosine-contrast", "contrastive loss of cosines: value, gradient",
          "-tr(row_log_softmax((diag(1 ./ sqrt(row_sum(U.^2)))*U)"
          "*(diag(1 ./ sqrt(row_sum(V.^2)))*V)'/tau))/n",
          "U: n×d, V: n×d, tau: scalar positive", ("U",), growing(SOME, d=32), views, cosine_contrast),
    _case("discrepancy", "maximum mean discrepancy: value, gradient",
          "sum_{i,j} exp(-norm(x_i - x_j)^2/h) - 2*sum_{i,j} exp(-norm(x_i - y_j)^2/h)"
          " where x_i = X[i,:]', y_j = Y[j,:]'",
          "X: n×d, Y: n×d, h: scalar positive, i = 1..n, j = 1..n", ("X",), growing(SOME, d=5), two_samples,
          discrepancy),
    _case("sharpe-of-weights", "Sharpe ratio of weights: value, gradient", "r'*w/sqrt(w'*S*w)",
          "S: n×n spd, r: n, w: n", ("w",), growing(SOME), market, sharpe_of_weights),
    _case("rayleigh", "Rayleigh quotient: value, gradient", "x'*A*x/(x'*x)", "A: n×n symmetric, x: n", ("x",),
          growing(SOME), rayleigh_data, {"gemv": rayleigh, "symv": rayleigh_symv}),
    _case("information", "information filter: covariance and mean",
          ("inv(inv(P) + H'*inv(R)*H)", "inv(inv(P) + H'*inv(R)*H)*(inv(P)*x + H'*inv(R)*y)"),
          "P: n×n spd, H: m×n, R: m×m spd, x: n, y: m", (), growing(SOME, m=0.5), information,
          information_filter, wanted=()),
    _case("random-walk", "likelihood with a tridiagonal precision: value, gradient",
          "y'*inv(T)*y + logdet(T)", "T: n×n tridiagonal spd, y: n", ("y",), growing(SOME), chain,
          random_walk),
    _case("loaded", "(diag(d) + UUᵀ)⁻¹B", "inv(diag(d) + U*U')*B", "U: n×k, d: n positive, B: n×q", (),
          growing((50, 500, 5000), k=10, q=3), loaded, loaded_solutions, wanted=()),
    _case("factored-precision", "Gaussian by the factor of its precision: value, gradient",
          "tr(L'*S*L) - 2*logdet(L)", "L: n×n lower triangular, S: n×n spd", ("L",), growing(SOME),
          triangular_data, factored_precision),
    _case("factored-covariance", "Gaussian by the factor of its covariance: value, gradient",
          "tr(inv(L*L')*S) + logdet(L*L')", "L: n×n lower triangular, S: n×n spd", ("L",), growing(SOME),
          triangular_data, factored_covariance),
)  # fmt: skip
