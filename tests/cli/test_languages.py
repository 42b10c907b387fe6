"""The remarks around a result, in Chinese."""

from __future__ import annotations

import re

import pytest

from matgrad.core.expr import OPERATIONS
from matgrad.core.facts import FACT_NAMES, fact_words
from tests.cli.conftest import Run

CHINESE = re.compile("[\u4e00-\u9fff]")


def test_a_gradient_in_chinese(matgrad: Run) -> None:
    done = matgrad("diff", "norm(A x - b)^2", "--wrt", "x", "--lang", "zh")
    assert done.stdout == (
        "f = ‖Ax − b‖²   其中 A ∈ ℝ^{m×n}, x ∈ ℝⁿ, b ∈ ℝᵐ\n"
        "\n"
        "  ∂f/∂x = 2Aᵀ(Ax − b)\n"
        "\n"
        "梯度, n×1\n"
        "已在 2 个随机点上以 40 位数字验证\n"
    )


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            ("A X", "--wrt", "X", "--layout", "denominator"),
            ["雅可比矩阵（分母布局）, np×mp: vec(dX)ᵀ J = vec(dF)ᵀ"],
        ),
        (
            ("logdet(X)", "--given", "X: n×n symmetric", "--convention", "independent"),
            ["f = log det(X)   其中 X ∈ ℝ^{n×n} 对称", "梯度, n×n；X 是对称矩阵；每个独立元素一个偏导数"],
        ),
        (("sum(abs(x))",), ["注：| | 的自变量为 0 处不可导"]),
        (("sum(exp(x))", "--order", "3"), ["微分（3 阶）, 1×1"]),
        (("A", "--wrt", "x", "--given", "x: n, A: m×n"), ["注：表达式不依赖于 x：导数为零"]),
    ],
)
def test_remarks_in_chinese(matgrad: Run, arguments: tuple[str, ...], lines: list[str]) -> None:
    done = matgrad("diff", *arguments, "--lang", "zh")
    assert done.returncode == 0, done.stderr
    for line in lines:
        assert line in done.stdout.splitlines()


def test_no_remark_is_left_in_english() -> None:
    legends = [legend for operation in OPERATIONS.values() if (legend := operation.legend)]
    assert len(legends) > 10
    for legend in legends:
        assert CHINESE.search(legend.text("zh")), legend
        assert not CHINESE.search(legend.english), legend
    for fact in FACT_NAMES.values():
        for word in fact_words(fact, "zh"):
            assert CHINESE.search(word), word
