"""Why the lines of a derivation hold, where it is no rule of an operation: names of the algebra."""

from __future__ import annotations

from matgrad.calculus.structure import structure_of
from matgrad.core.expr import Symbol
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.printing.names import unicode_name

_MN = "Magnus & Neudecker (2019)"

SIMPLIFIED = Phrase("simplify", "化简")
SQUARED_NORM = Phrase("differential of a squared norm", "范数平方的微分")
NORM = Phrase("differential of a norm", "范数的微分")
SCALAR_TRACE = Phrase("a scalar is its own trace", "标量等于其迹 a = tr(a)")
SCALAR_TRANSPOSE = Phrase("a scalar is its own transpose", "标量等于其转置")
TRACE_LINEAR = Phrase("the trace is linear", "迹的线性性", "Matrix Cookbook", "eq. 15")
DISTRIBUTE = Phrase("multiply out", "展开")
DENOMINATOR = Phrase("denominator layout: the transpose", "分母布局：取转置")
NUMERATOR = Phrase("numerator layout", "分子布局")
VEC = Phrase("vec of both sides", "两边取 vec")
NAMES = Phrase("names for its parts", "为各部分命名")
INSERTED = Phrase("insert the names", "代入各变量")
HADAMARD_DIAGONAL = Phrase("a ⊙ b = diag(a) b", "a ⊙ b = diag(a) b")
HALF = Phrase(
    "vec(X) = D vech(X) for symmetric X", "X 对称时 vec(X) = D vech(X)", "Magnus & Neudecker (1980)"
)
ENTRIES = Phrase("read off the entries", "读出各分量")


HADAMARD_COLUMNS = Phrase("aᵀ(b ⊙ c) = (a ⊙ b)ᵀc", "aᵀ(b ⊙ c) = (a ⊙ b)ᵀc")
SUM_TRACE = Phrase("sum(M) = tr(𝟏𝟏ᵀM)", "sum(M) = tr(𝟏𝟏ᵀM)")


TOTAL_OF_COLUMNS = Phrase("sum(a ⊙ b) = aᵀb", "sum(a ⊙ b) = aᵀb")
TOTAL_OF_MATRICES = Phrase("sum(A ⊙ B) = tr(AᵀB)", "sum(A ⊙ B) = tr(AᵀB)")


def total_of_products(columns: bool) -> Phrase:
    """The sum over ⊙ is an inner product."""
    return TOTAL_OF_COLUMNS if columns else TOTAL_OF_MATRICES


def constant(variable: Symbol) -> Phrase:
    """What does not hold X does not change with it."""
    x = unicode_name(variable.label)
    return Phrase("does not depend on {x}", "与 {x} 无关").filled(x=x)


def itself(variable: Symbol) -> Phrase:
    """The change of X is called dX."""
    x = unicode_name(variable.label)
    return Phrase("d{x} is the change of {x}", "d{x} 是 {x} 的改变量").filled(x=x)


def collect(change: Symbol) -> Phrase:
    """Terms that differ in what stands before dX are put together."""
    name = "d" + unicode_name(change.label[1:])
    return Phrase("collect {dx}", "合并含 {dx} 的项").filled(dx=name)


def constant_direction(change: Symbol) -> Phrase:
    """In a second differential dX counts as a constant."""
    name = "d" + unicode_name(change.label[1:])
    return Phrase("{dx} is constant, so d({dx}) = 0", "{dx} 视为常量，d({dx}) = 0", _MN, "ch. 6").filled(
        dx=name
    )


def read_gradient(change: str, variable: Symbol) -> Phrase:
    """The gradient is what stands before dX under the trace; ``change`` is df as it is written."""
    x = unicode_name(variable.label)
    form = f"{change} = gᵀ d{x}" if variable.is_vector else f"{change} = tr(Gᵀ d{x})"
    return Phrase("{form}", "由 {form} 读出梯度", _MN, "ch. 9").filled(form=form)


def read_matrix(change: str, variable: Symbol, letter: str) -> Phrase:
    """The Jacobian J, or the Hessian H, is what stands before vec(dX)."""
    x = unicode_name(variable.label)
    form = f"{change} = {letter} " + (f"d{x}" if variable.is_vector else f"vec(d{x})")
    read = {
        "J": Phrase("{form}", "由 {form} 读出雅可比矩阵", _MN, "ch. 9"),
        "H": Phrase("{form}", "由 {form} 读出海森矩阵", _MN, "ch. 9"),
    }
    return read[letter].filled(form=form)


def divide(variable: Symbol) -> Phrase:
    """The derivative by a scalar is the quotient of differentials."""
    x = unicode_name(variable.label)
    return Phrase("divide by d{x}", "两边除以 d{x}").filled(x=x)


def half(variable: Symbol) -> Phrase:
    """A symmetric matrix is given by half its entries."""
    x = unicode_name(variable.label)
    form = f"vec(d{x}) = D vech(d{x})"
    whole = Phrase("{x} is symmetric: {form}", "{x} 是对称矩阵：{form}", _MN, "ch. 3, sec. 8")
    return whole.filled(x=x, form=form)


def within_structure(variable: Symbol, convention: str, changed: bool = True) -> Phrase | None:
    """What becomes of G where X moves in a subspace; ``None`` for a general matrix.

    ``changed`` says whether G becomes anything else.
    """
    structure = structure_of(variable)
    if structure is None:
        return None
    x = unicode_name(variable.label)
    said = structure.description.filled(name=x)
    if not changed:
        return Phrase("{said}; G lies in that subspace", "{said}，G 已在该子空间内").filled(said=said)
    if structure.has_pairs and convention == "independent":
        whole = "G + Gᵀ − G ⊙ I" if variable.facts & Fact.SYMMETRIC else "G − Gᵀ"
        become = Phrase("{whole} by independent entries", "对独立元素求导，{whole}").filled(whole=whole)
        return Phrase("{said}: {become}", "{said}：{become}", "Matrix Cookbook", "eq. 138").filled(
            said=said, become=become
        )
    become = structure.projection.filled(name=x)
    reason = Phrase("{said}: {become}", "{said}：{become}", become.source, become.place)
    return reason.filled(said=said, become=become)
