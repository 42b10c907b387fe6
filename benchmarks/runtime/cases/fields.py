"""Functions of many fields: kriging, variance components, latent variables, layers, transport, portfolios.

The code by hand of each was written before ours was looked at.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs
from scipy.special import expit

from benchmarks.runtime.case import Array, Arrays, Dims, Outputs, growing, value_and_gradients
from benchmarks.runtime.cases.covariances import inverse_of, log_det
from benchmarks.runtime.cases.determinants import positive_definite
from benchmarks.runtime.cases.layers import features, pairs_of_views, row_softmax, single

ALL = ("value", "gradient", "hessian")
SOME = (30, 100, 500)


def _chol(S: Array) -> Array:
    return dpotrf(S, lower=1, clean=1)[0]


def _solved(c: Array, b: Array) -> Array:
    return dpotrs(c, b, lower=1)[0]


# ---- Gaussian processes ----------------------------------------------------------------------------


def sites(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Distances between sites, those to another, and the parameters of a kernel."""
    X = rng.uniform(size=(dims["n"], 2))
    D = np.sqrt(np.square(X[:, None] - X).sum(2))
    return {"D": (D + D.T) / 2, "d": np.abs(X - 0.5).sum(1), "h": np.float64(0.7), "t": np.float64(0.3)}


def kriging(D: Array, d: Array, h: float, t: float) -> Outputs:
    """kᵀ(K + tI)⁻¹k with exponential kernels, and its derivatives by length and noise."""
    K = np.exp(D / -h)
    k = np.exp(d / -h)
    dK = D * K
    K.flat[:: len(d) + 1] += t
    x = _solved(_chol(K), k)
    return k @ x, (2 * (x @ (d * k)) - x @ (dK @ x)) / h**2, -(x @ x)


def inducing(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A kernel between data and few points, that of those, observations and a noise."""
    n, k = dims["n"], dims["k"]
    return {
        "U": rng.standard_normal((n, k)), "M": positive_definite(rng, k), "y": rng.standard_normal(n),
        "t": np.float64(0.4),
    }  # fmt: skip


def sparse_process(U: Array, M: Array, y: Array, t: float) -> Outputs:
    """log det(UM⁻¹Uᵀ + tI) + yᵀ(…)⁻¹y and its derivative by t, by tM + UᵀU."""
    n, k = U.shape
    G = U.T @ U
    m, a = _chol(M), _chol(t * M + G)
    x = (y - U @ _solved(a, U.T @ y)) / t
    value = log_det(a) - log_det(m) + (n - k) * np.log(t) + y @ x
    return value, (n - np.trace(_solved(a, G))) / t - x @ x


# ---- variance components, latent variables -----------------------------------------------------------


def components(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A covariance, a design and observations."""
    n, k = dims["n"], dims["k"]
    return {"V": positive_definite(rng, n), "X": rng.standard_normal((n, k)), "y": rng.standard_normal(n)}


def restricted(V: Array, X: Array, y: Array) -> Outputs:
    """The restricted likelihood of a mixed model, and its gradient P − Py yᵀP."""
    v = _chol(V)
    P = inverse_of(v)
    VX = P @ X
    a = _chol(X.T @ VX)
    Q = VX @ inverse_of(a)
    P -= Q @ VX.T
    Py = P @ y
    value = log_det(v) + log_det(a) + y @ Py
    P -= np.outer(Py, Py)
    return value, P


def loadings(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Loadings, a noise and a covariance of data."""
    n, k = dims["n"], dims["k"]
    return {"W": rng.standard_normal((n, k)), "s": np.float64(0.7), "S": positive_definite(rng, n)}


def principal_components(W: Array, s: float, S: Array) -> Outputs:
    """Probabilistic principal components (Tipping & Bishop, 1999) by sI + WᵀW."""
    n, k = W.shape
    G = W.T @ W
    G.flat[:: k + 1] += s
    c = _chol(G)
    C = W @ inverse_of(c)
    SC = S @ C
    inner = W.T @ SC
    trace = (np.trace(S) - np.trace(inner)) / s
    value = log_det(c) + (n - k) * np.log(s) + trace
    # A⁻¹SA⁻¹W = (SC − C WᵀSC)/s
    gradient = C @ inner
    gradient -= SC
    gradient /= s
    gradient += C
    gradient *= 2
    total = np.trace(S) - 2 * np.trace(inner) + np.vdot(C.T @ SC, W.T @ W)
    return value, gradient, (n - np.vdot(C, W)) / s - total / s**2


def heavy_tails(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Samples, a place, a scale matrix and degrees of freedom."""
    n, p = dims["n"], dims["p"]
    return {
        "X": rng.standard_normal((n, p)), "m": rng.standard_normal(p), "P": positive_definite(rng, p),
        "v": np.float64(5.0),
    }  # fmt: skip


def multivariate_t(X: Array, m: Array, P: Array, v: float) -> Outputs:
    """Σ log(1 + (x − m)ᵀP(x − m)/v), its gradients by place and precision."""
    E = X - m
    EP = E @ P
    q = np.einsum("ij,ij->i", EP, E)
    w = 1 / (v + q)
    return np.log1p(q / v).sum(), -2 * (w @ EP), E.T @ (w[:, None] * E)


def discriminant_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Scatters between and within, and directions."""
    n = dims["n"]
    return {
        "A": positive_definite(rng, n), "B": positive_definite(rng, n),
        "W": rng.standard_normal((n, dims["k"])),
    }  # fmt: skip


def discriminant(A: Array, B: Array, W: Array) -> Outputs:
    """log det(WᵀAW) − log det(WᵀBW) and its gradient."""
    AW, BW = A @ W, B @ W
    a, b = _chol(W.T @ AW), _chol(W.T @ BW)
    G = AW @ inverse_of(a)
    G -= BW @ inverse_of(b)
    G *= 2
    return log_det(a) - log_det(b), G


def several_outputs(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A design and several outputs."""
    n, p, k = dims["n"], dims["p"], dims["k"]
    return {
        "X": rng.standard_normal((n, p)), "Y": rng.standard_normal((n, k)), "B": rng.standard_normal((p, k))
    }  # fmt: skip


def generalised_variance(X: Array, Y: Array, B: Array) -> Outputs:
    """log det((Y − XB)ᵀ(Y − XB)) and its gradient."""
    E = X @ B
    E -= Y
    c = _chol(E.T @ E)
    return log_det(c), 2 * (X.T @ E) @ inverse_of(c)


# ---- state space -------------------------------------------------------------------------------------


def smoothing_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A filtered state, a smoothed one after it, a transition and its noise."""
    n = dims["n"]
    return {
        "A": rng.standard_normal((n, n)) / np.sqrt(n), "P": positive_definite(rng, n),
        "Q": positive_definite(rng, n), "R": positive_definite(rng, n),
        "m": rng.standard_normal(n), "s": rng.standard_normal(n),
    }  # fmt: skip


def smoother(A: Array, P: Array, Q: Array, R: Array, m: Array, s: Array) -> Outputs:
    """A step of Rauch, Tung & Striebel (1965): mean and covariance."""
    AP = A @ P
    S = AP @ A.T
    S += Q
    C = _solved(_chol(S), AP).T
    return m + C @ (s - A @ m), P + C @ (R - S) @ C.T


# ---- layers ------------------------------------------------------------------------------------------


def heads(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Tokens, the projections of two heads, targets."""
    n, p, d = dims["n"], dims["p"], dims["d"]
    made = {f"{name}{i}": rng.standard_normal((p, d)) / np.sqrt(p) for i in (1, 2) for name in "QKV"}
    made |= {f"O{i}": rng.standard_normal((d, p)) / np.sqrt(d) for i in (1, 2)}
    return {"X": rng.standard_normal((n, p)), "T": rng.standard_normal((n, p)), **made}


def two_heads(X: Array, T: Array, Q1: Array, K1: Array, V1: Array, O1: Array, Q2: Array, K2: Array,
              V2: Array, O2: Array) -> Outputs:  # fmt: skip
    """Backpropagation through two heads: gradients by the first head's weights."""
    d = np.sqrt(Q1.shape[1])
    q, k, v = X @ Q1, X @ K1, X @ V1
    q /= d
    A = row_softmax(q @ k.T)
    H = A @ v
    B = row_softmax(((X @ Q2) / d) @ (X @ K2).T)
    R = H @ O1
    R += (B @ (X @ V2)) @ O2
    R -= T
    value = np.vdot(R, R)
    R *= 2
    dO = H.T @ R
    dH = R @ O1.T
    dV = X.T @ (A.T @ dH)
    dS = dH @ v.T
    dS -= np.einsum("ij,ij->i", dS, A)[:, None]
    dS *= A
    return value, X.T @ (dS @ k) / d, X.T @ (dS.T @ q), dV, dO


def affine(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Activations in groups, what they are weighted by, scale and shift."""
    made = features(rng, dims)
    return {**made, "g": rng.uniform(1, 2, dims["p"]), "b": rng.standard_normal(dims["p"])}


def group_norm(X: Array, C: Array, epsilon: float, g: Array, b: Array) -> Outputs:
    """Rows normalised, then scaled and shifted: value, gradients."""
    p = X.shape[1]
    Z = X - X.mean(1, keepdims=True)
    r = 1 / np.sqrt(np.einsum("ij,ij->i", Z, Z) / p + epsilon)[:, None]
    Z *= r
    dg, db = np.einsum("ij,ij->j", Z, C), C.sum(0)
    G = C * g
    dots = np.einsum("ij,ij->i", Z, G)[:, None] / p
    G -= G.mean(1, keepdims=True)
    Z *= dots
    G -= Z
    G *= r
    return dg @ g + db @ b, G, dg, db


def gates(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Activations, two weight matrices and what the results are weighted by."""
    n, p, k = dims["n"], dims["p"], dims["k"]
    return {
        "X": rng.standard_normal((n, p)), "A": rng.standard_normal((p, k)) / np.sqrt(p),
        "B": rng.standard_normal((p, k)) / np.sqrt(p), "C": rng.standard_normal((n, k)),
    }  # fmt: skip


def gated(X: Array, A: Array, B: Array, C: Array) -> Outputs:
    """Σ C ⊙ σ(XA) ⊙ tanh(XB) and its gradients."""
    S = X @ A
    expit(S, out=S)
    T = X @ B
    np.tanh(T, out=T)
    D = C * S
    value = np.vdot(D, T)
    S *= -1
    S += 1
    S *= D
    S *= T
    T *= T
    np.subtract(1, T, out=T)
    T *= D
    return value, X.T @ S, X.T @ T


# ---- contrastive losses, transport, kernels ----------------------------------------------------------


def both_ways(U: Array, V: Array, tau: float) -> Outputs:
    """The contrastive loss of Radford et al. (2021), from images to texts and back."""
    n = len(U)
    Z = (U / tau) @ V.T
    R = Z.max(1, keepdims=True)
    C = Z.max(0)
    A = np.exp(Z - R)
    B = np.exp(Z - C)
    a, b = A.sum(1, keepdims=True), B.sum(0)
    value = (np.log(a).sum() + R.sum() + np.log(b).sum() + C.sum() - 2 * np.trace(Z)) / (2 * n)
    A /= a
    B /= b
    A += B
    A.flat[:: n + 1] -= 2
    A /= 2 * n * tau
    return value, A @ V, A.T @ U


def transport_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Costs, two distributions, two potentials."""
    n, m = dims["n"], dims["m"]
    return {
        "C": rng.uniform(size=(n, m)), "a": rng.dirichlet(np.ones(n)), "b": rng.dirichlet(np.ones(m)),
        "u": rng.standard_normal(n) / 10, "v": rng.standard_normal(m) / 10, "e": np.float64(0.5),
    }  # fmt: skip


def transport(C: Array, a: Array, b: Array, u: Array, v: Array, e: float) -> Outputs:
    """The dual of entropic transport (Cuturi, 2013): value, gradients by the potentials."""
    M = u[:, None] + v
    M -= C
    M /= e
    np.exp(M, out=M)
    rows, columns = M.sum(1), M.sum(0)
    return a @ u + b @ v - e * rows.sum(), a - rows, b - columns


def counts_data(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Counts and two factors."""
    n, m, k = dims["n"], dims["m"], dims["k"]
    return {
        "Y": rng.poisson(2.0, (n, m)).astype(float), "U": rng.standard_normal((n, k)) / np.sqrt(k),
        "V": rng.standard_normal((m, k)) / np.sqrt(k),
    }  # fmt: skip


def poisson_factors(Y: Array, U: Array, V: Array) -> Outputs:
    """Σ exp(UVᵀ) − Y ⊙ UVᵀ and its gradients."""
    M = U @ V.T
    value = -np.vdot(Y, M)
    np.exp(M, out=M)
    value += M.sum()
    M -= Y
    return value, M @ V, M.T @ U


# ---- portfolios, tall data -----------------------------------------------------------------------------


def budgets(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A covariance, budgets and weights."""
    n = dims["n"]
    return {"S": positive_definite(rng, n), "b": rng.dirichlet(np.ones(n)), "w": rng.uniform(0.5, 1, n)}


def risk_parity(S: Array, b: Array, w: Array) -> Outputs:
    """½wᵀSw − bᵀlog w (Spinu, 2013): value, gradient, Hessian."""
    Sw = S @ w
    r = b / w
    H = S.copy()
    H.flat[:: len(w) + 1] += r / w
    return 0.5 * (w @ Sw) - b @ np.log(w), Sw - r, H


def labelled(rng: np.random.Generator, dims: Dims) -> Arrays:
    """A design, signs and weights."""
    n, p = dims["n"], dims["p"]
    return {
        "X": rng.standard_normal((n, p)), "y": np.sign(rng.standard_normal(n)),
        "w": rng.standard_normal(p) / 10, "l": np.float64(0.1),
    }  # fmt: skip


def squared_hinge(X: Array, y: Array, w: Array, l: float) -> Outputs:  # noqa: E741
    """Σ max(0, 1 − y ⊙ Xw)² + λ‖w‖² and its gradient."""
    m = X @ w
    m *= y
    np.subtract(1, m, out=m)
    np.maximum(m, 0, out=m)
    value = m @ m + l * (w @ w)
    m *= y
    return value, 2 * l * w - 2 * (X.T @ m)


def smooth_absolute(X: Array, y: Array, w: Array, l: float) -> Outputs:  # noqa: E741
    """Σ √(1 + (Xw − y)²) + λ‖w‖²: value, gradient, Hessian."""
    r = X @ w
    r -= y
    s = np.sqrt(r * r + 1)
    H = X.T @ ((1 / s**3)[:, None] * X)
    H.flat[:: len(w) + 1] += 2 * l
    return s.sum() + l * (w @ w), X.T @ (r / s) + 2 * l * w, H


def weighted_logistic(X: Array, y: Array, w: Array, l: float) -> Outputs:  # noqa: E741
    """Ridge logistic regression: value, gradient, Hessian."""
    z = -y * (X @ w)
    p = expit(z)
    value = np.logaddexp(0, z).sum() + l * (w @ w)
    gradient = 2 * l * w - X.T @ (y * p)
    H = X.T @ ((p * (1 - p))[:, None] * X)
    H.flat[:: len(w) + 1] += 2 * l
    return value, gradient, H


def embedded(rng: np.random.Generator, dims: Dims) -> Arrays:
    """Points, a projection and which of them belong together."""
    n, p, k = dims["n"], dims["p"], dims["k"]
    labels = rng.integers(4, size=n)
    M = (labels[:, None] == labels).astype(float)
    return {"X": rng.standard_normal((n, p)) / np.sqrt(p), "A": rng.standard_normal((k, p)), "M": M}


def neighbourhood_components(X: Array, A: Array, M: Array) -> Outputs:
    """Σ M ⊙ softmax(−distances of XAᵀ) (Goldberger et al., 2005) and its gradient."""
    Z = X @ A.T
    g = np.einsum("ij,ij->i", Z, Z)
    P = Z @ Z.T
    P *= 2
    P -= g  # what is left out is the same along each row
    row_softmax(P)
    inner = np.einsum("ij,ij->i", M, P)
    W = M - inner[:, None]
    W *= P
    # ∂/∂D = −W; D_ij = ‖z_i − z_j‖²
    W += W.T
    G = W @ Z
    G -= W.sum(1)[:, None] * Z
    G *= 2
    return inner.sum(), G.T @ X


_case = value_and_gradients
_tall = partial(growing, (30, 100, 10_000, 300_000))
_ROWS = "X: n×p, y: n, w: p, l: scalar positive"
CASES = (
    _case("kriging", "kriging: value, derivatives by length and noise",
          "exp(-d/h)'*inv(exp(-D/h) + t*eye(n))*exp(-d/h)",
          "D: n×n symmetric, d: n, h: scalar positive, t: scalar positive", ("h", "t"), growing(SOME), sites,
          kriging),
    _case("sparse-process", "Gaussian process with inducing points: value, derivative by noise",
          "logdet(U*inv(M)*U' + t*eye(n)) + y'*inv(U*inv(M)*U' + t*eye(n))*y",
          "U: n×k, M: k×k spd, y: n, t: scalar positive", ("t",), growing((100, 500, 5000), k=20), inducing,
          sparse_process),
    _case("restricted", "restricted likelihood: value, gradient by covariance",
          "logdet(V) + logdet(X'*inv(V)*X) + y'*inv(V)*y - y'*inv(V)*X*inv(X'*inv(V)*X)*X'*inv(V)*y",
          "V: n×n spd, X: n×k, y: n", ("V",), growing(SOME, k=5), components, restricted),
    _case("latent", "probabilistic principal components: value, gradients",
          "logdet(W*W' + s*eye(n)) + tr(inv(W*W' + s*eye(n))*S)",
          "W: n×k, s: scalar positive, S: n×n symmetric", ("W", "s"), growing(SOME, k=5), loadings,
          principal_components),
    _case("heavy-tails", "multivariate t: value, gradients by place and precision",
          "sum(log(1 + row_sum(((X - ones(n)*m')*P) .* (X - ones(n)*m'))/v))",
          "X: n×p, m: p, P: p×p symmetric, v: scalar positive", ("m", "P"),
          growing((30, 100, 10_000), p=20), heavy_tails, multivariate_t),
    _case("discriminant", "log det(WᵀAW) − log det(WᵀBW): value, gradient",
          "logdet(W'*A*W) - logdet(W'*B*W)", "A: n×n spd, B: n×n spd, W: n×k", ("W",), growing(SOME, k=5),
          discriminant_data, discriminant),
    _case("several-outputs", "log det((Y − XB)ᵀ(Y − XB)): value, gradient",
          "logdet((Y - X*B)'*(Y - X*B))", "X: n×p, Y: n×k, B: p×k", ("B",),
          growing((30, 100, 10_000), p=10, k=5), several_outputs, generalised_variance),
    _case("smoother", "Kalman smoother: mean and covariance",
          ("m + (A*P)'*inv(A*P*A' + Q)*(s - A*m)",
           "P + (A*P)'*inv(A*P*A' + Q)*(R - (A*P*A' + Q))*inv(A*P*A' + Q)*(A*P)"),
          "A: n×n, P: n×n spd, Q: n×n spd, R: n×n symmetric, m: n, s: n", (), growing((30, 100, 300)),
          smoothing_data, smoother, wanted=()),
    _case("two-heads", "attention of two heads: value, gradients by one head",
          "norm(row_softmax(X*Q1*(X*K1)'/sqrt(d))*(X*V1)*O1"
          " + row_softmax(X*Q2*(X*K2)'/sqrt(d))*(X*V2)*O2 - T)^2",
          "X: n×p, T: n×p, Q1: p×d, K1: p×d, V1: p×d, O1: d×p, Q2: p×d, K2: p×d, V2: p×d, O2: d×p",
          ("Q1", "K1", "V1", "O1"), growing((30, 100, 300), p=64, d=32), heads, two_heads),
    _case("group-norm", "group normalisation, scaled and shifted: value, gradients",
          "sum(C .* ((X - row_mean(X)*ones(p)') ./ (sqrt(row_var(X) + epsilon)*ones(p)') .* (ones(n)*g')"
          " + ones(n)*b'))",
          "X: n×p, C: n×p, epsilon: scalar positive, g: p, b: p", ("X", "g", "b"),
          growing((30, 100, 2000), p=128), affine, group_norm),
    _case("gated", "gated units: value, gradients", "sum(C .* sigmoid(X*A) .* tanh(X*B))",
          "X: n×p, A: p×k, B: p×k, C: n×k", ("A", "B"), growing((30, 100, 1000), p=32, k=32), gates, gated),
    _case("both-ways", "contrastive loss both ways: value, gradients",
          "-(tr(row_log_softmax(U*V'/tau)) + tr(row_log_softmax(V*U'/tau)))/(2*n)",
          "U: n×d, V: n×d, tau: scalar positive", ("U", "V"), growing(SOME, d=64), pairs_of_views, both_ways),
    _case("transport", "entropic transport: value, gradients",
          "a'*u + b'*v - e*sum(exp((u*ones(m)' + ones(n)*v' - C)/e))",
          "C: n×m, a: n, b: m, u: n, v: m, e: scalar positive", ("u", "v"), growing(SOME, m=0.8),
          transport_data, transport),
    _case("poisson-factors", "Poisson factors: value, gradients", "sum(exp(U*V') - Y .* (U*V'))",
          "Y: n×m, U: n×k, V: m×k", ("U", "V"), growing(SOME, m=0.8, k=10), counts_data, poisson_factors),
    _case("risk-parity", "risk parity: value, gradient, Hessian", "w'*S*w/2 - b'*log(w)",
          "S: n×n symmetric, b: n, w: n positive", ("w",), growing((30, 100, 500)), budgets, risk_parity,
          wanted=ALL),
    _case("tall-hinge", "squared hinge, tall: value, gradient", "sum(relu(1 - y .* (X*w)).^2) + l*norm(w)^2",
          _ROWS, ("w",), _tall(p=10), labelled, squared_hinge),
    _case("tall-absolute", "smooth absolute loss, tall: value, gradient, Hessian",
          "sum(sqrt(1 + (X*w - y).^2)) + l*norm(w)^2", _ROWS, ("w",), _tall(p=10), labelled, smooth_absolute,
          wanted=ALL),
    _case("tall-ridge-logistic", "ridge logistic, single precision: value, gradient, Hessian",
          "sum(log(1 + exp(-y .* (X*w)))) + l*norm(w)^2", _ROWS, ("w",), _tall(p=20), single(labelled),
          weighted_logistic, wanted=ALL),
    _case("neighbourhoods", "neighbourhood components: value, gradient",
          "sum(M .* row_softmax(-(row_sum((X*A').^2)*ones(n)' + ones(n)*row_sum((X*A').^2)'"
          " - 2*(X*A')*(X*A')')))",
          "X: n×p, A: k×p, M: n×n symmetric", ("A",), growing((30, 100, 500), p=10, k=3), embedded,
          neighbourhood_components),
)  # fmt: skip
