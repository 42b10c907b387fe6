"""Where a function of the MATLAB dialect means something else than MATLAB's of the same name.

The list was made by going through the functions of the language beside MATLAB's documentation. What MATLAB
does to each column of a matrix, this language does to all of its entries, as NumPy does.
"""

from __future__ import annotations

from matgrad.core.expr import Expr
from matgrad.core.words import Phrase

_MATRICES = {
    "norm": Phrase(
        "norm(X) of a matrix is the Frobenius norm ‖X‖_F; MATLAB's is spectral_norm(X)",
        "矩阵的 norm(X) 是 Frobenius 范数 ‖X‖_F；MATLAB 的 norm 是 spectral_norm(X)",
    ),
    "sum": Phrase(
        "sum(X) is the sum of all entries, ΣᵢΣⱼ X_ij; MATLAB's is column_sum(X)",
        "sum(X) 是所有元素之和 ΣᵢΣⱼ X_ij；MATLAB 的 sum 是 column_sum(X)",
    ),
    "mean": Phrase(
        "mean(X) is the mean of all entries; MATLAB's is column_mean(X)",
        "mean(X) 是所有元素的平均值；MATLAB 的 mean 是 column_mean(X)",
    ),
    "max": Phrase(
        "max(X) is the largest of all entries; MATLAB's is that of each column",
        "max(X) 是所有元素的最大值；MATLAB 的 max 取每列的最大值",
    ),
    "min": Phrase(
        "min(X) is the smallest of all entries; MATLAB's is that of each column",
        "min(X) 是所有元素的最小值；MATLAB 的 min 取每列的最小值",
    ),
    "dot": Phrase(
        "dot(A, B) is the sum over all entries, tr(AᵀB); MATLAB's is that of each column",
        "dot(A, B) 是对所有元素求和 tr(AᵀB)；MATLAB 的 dot 对每列求和",
    ),
    "chol": Phrase(
        "chol(S) is the lower triangular factor L with S = LLᵀ; MATLAB's is the upper one, Lᵀ",
        "chol(S) 是满足 S = LLᵀ 的下三角因子 L；MATLAB 的 chol 是上三角因子 Lᵀ",
    ),
}
"""Of matrices."""

_ALL = {
    "var": Phrase(
        "var is over all entries and divides by their number n; MATLAB's is by column and divides by n − 1",
        "var 对所有元素计算并除以元素个数 n；MATLAB 的 var 对每列计算并除以 n − 1",
    ),
    "std": Phrase(
        "std is over all entries and divides by their number n; MATLAB's is by column and divides by n − 1",
        "std 对所有元素计算并除以元素个数 n；MATLAB 的 std 对每列计算并除以 n − 1",
    ),
}
"""Of vectors as well."""


_SQUARE = {
    "exp": Phrase(
        "exp(X) is entry by entry, as in MATLAB; the exponential of a matrix is expm(X)",
        "exp(X) 对每个元素计算，与 MATLAB 相同；矩阵指数函数是 expm(X)",
    ),
    "log": Phrase(
        "log(X) is entry by entry, as in MATLAB; the logarithm of a matrix is logm(X)",
        "log(X) 对每个元素计算，与 MATLAB 相同；矩阵对数函数是 logm(X)",
    ),
    "sqrt": Phrase(
        "sqrt(X) is entry by entry, as in MATLAB; the square root of a matrix is sqrtm(X)",
        "sqrt(X) 对每个元素计算，与 MATLAB 相同；矩阵平方根是 sqrtm(X)",
    ),
}
_SQUARE["ln"] = _SQUARE["log"]
"""Of square matrices, where books mean the function of the matrix: MATLAB's meaning is kept."""

SPREAD = Phrase(
    "a number added to a matrix is added to every entry, as in MATLAB; a multiple of the identity is t I",
    "数与矩阵相加时加到每个元素上，与 MATLAB 相同；单位矩阵的倍数写作 t I",
)
FROM_ONE = Phrase(
    "entries count from 1 here, as in MATLAB; in Python they count from 0",
    "这里的下标从 1 开始，与 MATLAB 相同；Python 的下标从 0 开始",
)
SHOWN_FROM_ONE = Phrase(
    "entries count from 0 in the text, as in Python, and from 1 in what is printed",
    "输入中的下标从 0 开始，与 Python 相同；输出中的下标从 1 开始",
)


def difference(name: str, operand: object) -> Phrase | None:
    """What to say of a function applied to an operand; ``None`` where MATLAB means the same."""
    if not isinstance(operand, Expr) or operand.is_scalar:
        return None
    if operand.is_vector or operand.is_row:
        return _ALL.get(name)
    of_square = _SQUARE.get(name) if operand.is_square else None
    return _ALL.get(name) or _MATRICES.get(name) or of_square
