"""Why the lines of a derivation hold, where it is no rule of an operation: names of the algebra."""

from __future__ import annotations

from matgrad.calculus.structure import structure_of
from matgrad.core.expr import Symbol
from matgrad.core.facts import Fact
from matgrad.core.phrase import Phrase
from matgrad.core.reason import Reason
from matgrad.printing.names import unicode_name

_MN = "Magnus & Neudecker (2019)"

SIMPLIFIED = Reason("simplify", "化简")
SQUARED_NORM = Reason("differential of a squared norm", "范数平方的微分")
NORM = Reason("differential of a norm", "范数的微分")
SCALAR_TRACE = Reason("a scalar is its own trace", "标量等于其迹 a = tr(a)")
SCALAR_TRANSPOSE = Reason("a scalar is its own transpose", "标量等于其转置")
TRACE_LINEAR = Reason("the trace is linear", "迹的线性性", "Matrix Cookbook, eq. 15")
DISTRIBUTE = Reason("multiply out", "展开")
DENOMINATOR = Reason("denominator layout: the transpose", "分母布局：取转置")
NUMERATOR = Reason("numerator layout", "分子布局")
VEC = Reason("vec of both sides", "两边取 vec")
NAMES = Reason("names for its parts", "为各部分命名")
INSERTED = Reason("insert the names", "代入各变量")
HADAMARD_DIAGONAL = Reason("a ⊙ b = diag(a) b", "a ⊙ b = diag(a) b")
ENTRIES = Reason("read off the entries", "读出各分量")


HADAMARD_COLUMNS = Reason("aᵀ(b ⊙ c) = (a ⊙ b)ᵀc", "aᵀ(b ⊙ c) = (a ⊙ b)ᵀc")
SUM_TRACE = Reason("sum(M) = tr(𝟏𝟏ᵀM)", "sum(M) = tr(𝟏𝟏ᵀM)")


def total_of_products(columns: bool) -> Reason:
    """The sum over ⊙ is an inner product."""
    form = "sum(a ⊙ b) = aᵀb" if columns else "sum(A ⊙ B) = tr(AᵀB)"
    return Reason(form, form)


def constant(variable: Symbol) -> Reason:
    """What does not hold X does not change with it."""
    x = unicode_name(variable.label)
    return Reason(f"does not depend on {x}", f"与 {x} 无关")


def itself(variable: Symbol) -> Reason:
    """The change of X is called dX."""
    x = unicode_name(variable.label)
    return Reason(f"d{x} is the change of {x}", f"d{x} 是 {x} 的改变量")


def collect(change: Symbol) -> Reason:
    """Terms that differ in what stands before dX are put together."""
    name = "d" + unicode_name(change.label[1:])
    return Reason(f"collect {name}", f"合并含 {name} 的项")


def constant_direction(change: Symbol) -> Reason:
    """In a second differential dX counts as a constant."""
    name = "d" + unicode_name(change.label[1:])
    return Reason(f"{name} is constant, so d({name}) = 0", f"{name} 视为常量，d({name}) = 0", f"{_MN}, ch. 6")


def read_gradient(change: str, variable: Symbol) -> Reason:
    """The gradient is what stands before dX under the trace; ``change`` is df as it is written."""
    x = unicode_name(variable.label)
    form = f"{change} = gᵀ d{x}" if variable.is_vector else f"{change} = tr(Gᵀ d{x})"
    return Reason(form, f"由 {form} 读出梯度", f"{_MN}, ch. 9")


def read_matrix(change: str, variable: Symbol, letter: str) -> Reason:
    """The Jacobian J, or the Hessian H, is what stands before vec(dX)."""
    x = unicode_name(variable.label)
    form = f"{change} = {letter} " + (f"d{x}" if variable.is_vector else f"vec(d{x})")
    name = {"J": "雅可比矩阵", "H": "海森矩阵"}[letter]
    return Reason(form, f"由 {form} 读出{name}", f"{_MN}, ch. 9")


def divide(variable: Symbol) -> Reason:
    """The derivative by a scalar is the quotient of differentials."""
    x = unicode_name(variable.label)
    return Reason(f"divide by d{x}", f"两边除以 d{x}")


def half(variable: Symbol) -> Reason:
    """A symmetric matrix is given by half its entries."""
    x = unicode_name(variable.label)
    form = f"vec(d{x}) = D vech(d{x})"
    return Reason(f"{x} is symmetric: {form}", f"{x} 是对称矩阵：{form}", f"{_MN}, ch. 3, sec. 8")


def within_structure(variable: Symbol, convention: str, changed: bool = True) -> Reason | None:
    """What becomes of G where X moves in a subspace; ``None`` for a general matrix.

    ``changed`` says whether G becomes anything else.
    """
    structure = structure_of(variable)
    if structure is None:
        return None
    x = unicode_name(variable.label)
    said = structure.description.filled(name=x)
    if not changed:
        return Reason(f"{said.en}; G lies in that subspace", f"{said.zh}，G 已在该子空间内")
    if structure.has_pairs and convention == "independent":
        whole = "G + Gᵀ − G ⊙ I" if variable.facts & Fact.SYMMETRIC else "G − Gᵀ"
        become = Phrase(f"{whole} by independent entries", f"对独立元素求导，{whole}")
        return Reason(f"{said.en}: {become.en}", f"{said.zh}：{become.zh}", "Matrix Cookbook, eq. 138")
    become = structure.projection.filled(name=x)
    return Reason(f"{said.en}: {become.en}", f"{said.zh}：{become.zh}", structure.citation)
