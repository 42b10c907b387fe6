"""Why the lines of a derivation hold, where it is no rule of an operation: names of the algebra."""

from __future__ import annotations

from matgrad.core.reason import Reason

_MN = "Magnus & Neudecker (2019)"

GIVEN = Reason("the function", "所给函数")
SIMPLIFIED = Reason("simplify", "化简")
LINEARITY = Reason("the differential is linear", "微分的线性性", f"{_MN}, ch. 8, sec. 1")
SQUARED_NORM = Reason("differential of a squared norm", "范数平方的微分")
NORM = Reason("differential of a norm", "范数的微分")
TRACE_LINEAR = Reason("the trace is linear", "迹的线性性")
DISTRIBUTE = Reason("multiply out", "展开")
COLLECT = Reason("collect", "合并")
READ_GRADIENT = Reason("df = tr(Gᵀ dX)", "由 df = tr(Gᵀ dX) 读出梯度", f"{_MN}, ch. 9, sec. 2")
READ_VECTOR = Reason("df = gᵀ dx", "由 df = gᵀ dx 读出梯度", f"{_MN}, ch. 9, sec. 2")
READ_JACOBIAN = Reason("vec(dF) = J vec(dX)", "由 vec(dF) = J vec(dX) 读出雅可比矩阵", f"{_MN}, ch. 9, sec. 5")
NUMERATOR = Reason("numerator layout", "分子布局")
DENOMINATOR = Reason("denominator layout: the transpose", "分母布局：取转置")
DIVIDE = Reason("divide by the differential of the scalar", "除以标量的微分")
ENTRIES = Reason("read off the entries", "读出各分量")
VEC = Reason("vec of both sides", "两边向量化")
