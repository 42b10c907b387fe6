"""Names that other places give to a formula: not functions here, but an error can write the formula out.

A line of the table is the name and its kin, its arguments, and the formula in terms of them: ``*`` stands in
it for a product of matrices, ``·`` for one by a number. Where people do not agree on the order of the
arguments, there are none, and the formula keeps its own letters; a semicolon stands between several formulas.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Spelling:
    """What goes by a name elsewhere: one formula, or several to choose from."""

    arguments: tuple[str, ...]
    formulas: tuple[str, ...]

    def of(self, texts: Sequence[str], *, is_numpy: bool) -> tuple[str, ...]:
        """The formulas of arguments as a user wrote them, in the syntax that the user writes.

        They keep their own letters where there are fewer arguments, or more; before those of a method stands
        what it is a method of, be that an array or a module.
        """
        count = len(self.arguments)
        fits = len(texts) in (count, count + 1)
        written = dict(zip(self.arguments, texts[-count:], strict=True)) if fits and count else {}
        write = _in_numpy if is_numpy else _in_words
        return tuple(_put_in(write(formula), written) for formula in self.formulas)


_NUMPY = {".*": "*", "./": "/", ".^": "**", "*": "@", "·": "*", "'": ".T"}
_OPERATOR = regex(r"\.[*/^]|[*·']")
_LETTER = regex(r"(?P<open>\()?\b(?P<name>[A-Za-z])\b(?P<close>(?<=\(.)\))?")
_ONE_THING = regex(r"\w+(\([^()]*\))?|\([^()]*\)")


def _in_words(formula: str) -> str:
    return formula.replace(" * ", " ").replace(" · ", " ")


def _in_numpy(formula: str) -> str:
    return _OPERATOR.sub(lambda found: _NUMPY[found[0]], formula)


def _put_in(formula: str, written: Mapping[str, str]) -> str:
    def argument(found: re.Match[str]) -> str:
        text = written.get(found["name"], found["name"]).strip()
        before, after = found["open"] or "", found["close"] or ""
        if before and after:
            return f"({text})" if text[0] != "(" or not _ONE_THING.fullmatch(text) else text
        return before + (text if _ONE_THING.fullmatch(text) else f"({text})") + after

    return _LETTER.sub(argument, formula)


_TABLE = """
kl kl_div kl_divergence kldiv relative_entropy | p q | sum(p .* log(p ./ q))
entropy shannon_entropy | p | -sum(p .* log(p))
cross_entropy crossentropy cross_entropy_loss | | -sum(y .* log(p)); -sum(y .* logsoftmax(z))
bce binary_cross_entropy binary_crossentropy log_loss logloss | | -sum(y .* log(p) + (1 - y) .* log(1 - p))
mse mean_squared_error mse_loss | x y | mean((x - y).^2)
rmse | x y | sqrt(mean((x - y).^2))
mae mean_absolute_error l1_loss | x y | mean(abs(x - y))
sse rss sum_of_squares | x y | sum((x - y).^2)
sumsq ssq | x | sum(x.^2)
sumproduct | x y | sum(x .* y)
mmult | A B | A * B
minverse | A | inv(A)
mdeterm | A | det(A)
cosine_similarity cosine cos_sim cossim | x y | x' * y / (norm(x) · norm(y))
cosine_distance | x y | 1 - x' * y / (norm(x) · norm(y))
dist distance euclidean euclidean_distance | x y | norm(x - y)
mahalanobis | | sqrt((x - m)' * inv(S) * (x - m))
normalize normalise unit_norm l2_normalize | x | x / norm(x)
standardize standardise zscore z_score | x | (x - mean(x)) / sqrt(mean((x - mean(x)).^2))
layer_norm layernorm | x | (x - mean(x)) / sqrt(mean((x - mean(x)).^2) + epsilon)
rms_norm rmsnorm | x | x / sqrt(mean(x.^2) + epsilon)
attention scaled_dot_product_attention | Q K V | row_softmax(Q * K' / sqrt(d)) * V
quad_form quadratic_form quadform | x A | x' * A * x
rayleigh rayleigh_quotient | A x | x' * A * x / (x' * x)
huber huber_loss | x | where(abs(x) <= delta, x.^2 / 2, delta · (abs(x) - delta / 2))
hinge hinge_loss | | relu(1 - y .* s)
leaky_relu lrelu prelu leakyrelu | x | where(x > 0, x, alpha · x)
elu | x | where(x > 0, x, alpha · (exp(x) - 1))
softsign | x | x ./ (1 + abs(x))
mish | x | x .* tanh(softplus(x))
hardtanh hard_tanh | x | clip(x, -1, 1)
relu6 | x | clip(x, 0, 6)
softmin | x | softmax(-x)
log_cosh logcosh | x | log(cosh(x))
soft_threshold softthreshold shrinkage soft_thresholding | x t | sign(x) .* relu(abs(x) - t)
dnorm normpdf norm_pdf gaussian_pdf | x | exp(-x.^2 / 2) / sqrt(2 · pi)
normcdf norm_cdf gaussian_cdf normal_cdf | x | (1 + erf(x / sqrt(2))) / 2
corr correlation pearson | x y | (x - mean(x))' * (y - mean(y)) / (norm(x - mean(x)) · norm(y - mean(y)))
frobenius frobenius_norm frob fro fro_norm norm_f normf norm_fro normfro | X | norm(X)
frobenius_inner frobenius_inner_product | A B | tr(A' * B)
l1 l1_norm l1norm norm_l1 norm_1 | x | norm1(x)
l2 l2_norm l2norm norm_l2 norm_2 | x | norm(x)
cofactor cofactors cofactor_matrix | A | adjugate(A)'
commutator lie_bracket | A B | A * B - B * A
anticommutator | A B | A * B + B * A
lyapunov lyapunov_solve solve_lyapunov | A Q | sylvester(A, A', Q)
hat_matrix projection projection_matrix | X | X * inv(X' * X) * X'
laplacian graph_laplacian | W | diag(row_sum(W)) - W
centering centering_matrix centring_matrix | n | I(n) - ones(n, n) / n
"""


def _read(table: str) -> Mapping[str, Spelling]:
    spellings = {}
    for line in table.strip().splitlines():
        names, arguments, formulas = (part.strip() for part in line.split("|", 2))
        spelling = Spelling(tuple(arguments.split()), tuple(formulas.split("; ")))
        spellings.update(dict.fromkeys(names.split(), spelling))
    return MappingProxyType(spellings)


SPELLED_OUT = _read(_TABLE)
"""The formulas by the names that they have elsewhere, in small letters."""
