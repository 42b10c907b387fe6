"""Verified views of derivatives: what every public function returns comes from here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from matgrad import printing
from matgrad.calculus.components import Components
from matgrad.calculus.derivative import Derivative, require_layout
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.structure import Structure, structure_of
from matgrad.calculus.variable import differential_of, free_entries, is_curved, is_fixed
from matgrad.core.dims import Dim, Shape, shape_text
from matgrad.core.errors import ArgumentError, NotDifferentiableError, ShapeError, VerificationError
from matgrad.core.expr import Expr, Symbol, names_in, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.phrase import LANGUAGES, Phrase, require_medium
from matgrad.ops.leaves import Number, is_zero, number, zeros
from matgrad.ops.power import Power
from matgrad.ops.structure import vec
from matgrad.printing.index_notation import component_name, index_notation
from matgrad.printing.left_side import left_side, statement
from matgrad.printing.names import printed_as, unicode_name
from matgrad.rewrite.simplify import simplify
from matgrad.rewrite.squares import squared
from matgrad.verify.claims import FIXED, NOT_ASKED_FOR, Verification, column, half_column, inner

if TYPE_CHECKING:
    from matgrad.verify.claims import Claim

HIGHEST = 12
"""The highest order: derivatives grow with the order as the partitions of a set do."""
_MOST_OPERATIONS = 100
"""The most distinct operations of a derivative that is differentiated a third time, or once more."""
FORMS = ("auto", "gradient", "jacobian", "hessian", "differential", "components")


@dataclass(frozen=True)
class Result:
    """A derivative, how it is to be read, and whether it was verified.

    Attributes
    ----------
    expr : Expr or Components
        The derivative.
    form : str
        ``"gradient"``, ``"jacobian"``, ``"hessian"``, ``"differential"``, ``"derivative"`` (by a
        scalar) or ``"components"``.
    function, variable : Expr, Symbol
        What was differentiated with respect to what.
    order : int
        How often.
    layout : str or None
        The layout of a matrix on vec; ``None`` where none is involved.
    meaning : Phrase or None
        How a structured variable is meant, in each language; ``None`` for a general one. The variable
        is ``{name}`` in it, to be written as its reader writes it.
    remarks : tuple of Phrase
        What a reader must know besides: a zero derivative, points where there is none; with ``{name}``.
    verification : Verification
        What was verified.
    half : bool
        Whether a symmetric variable is given by vech, its independent entries, rather than by vec.
    """

    expr: Expr | Components
    form: str
    function: Expr
    variable: Symbol
    order: int
    layout: str | None
    meaning: Phrase | None
    remarks: tuple[Phrase, ...]
    verification: Verification
    half: bool = False

    @property
    def convention(self) -> str | None:
        """How a structured variable is meant, in English."""
        return self.meaning.text(name=unicode_name(self.variable.label)) if self.meaning else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know besides, in English."""
        return tuple(remark.text(name=unicode_name(self.variable.label)) for remark in self.remarks)

    def left_side(self, medium: str = "unicode") -> str:
        """What the result is called: ``∂f/∂X``, ``∂vec(F)/∂vec(X)ᵀ``, ``d²f``."""
        require_medium(medium)
        if isinstance(self.expr, Components):
            return component_name(self.expr, medium)
        convention = "independent" if self.half else "subspace"
        return left_side(self.form, self.function, self.variable, self.order, self.layout, convention, medium)

    def statement(self, medium: str = "unicode") -> str:
        """What a Jacobian or Hessian is, as an equation: ``vec(dF) = J vec(dX)``; else empty."""
        require_medium(medium)
        return statement(self.form, self.function, self.variable, self.layout, self.half, medium)

    def right_side(self, medium: str = "unicode") -> str:
        """The derivative itself, with repeated parts named where that makes it shorter."""
        require_medium(medium)
        if isinstance(self.expr, Components):
            return index_notation(self.expr, medium, lambda expr: printing.line(expr, medium, names=False))
        # Source code is one expression; a name would be a statement of its own.
        return printing.line(self.expr, medium, names=medium != "numpy")

    def line(self, medium: str = "unicode") -> str:
        """The whole equation."""
        return f"{self.left_side(medium)} = {self.right_side(medium)}"

    def __str__(self) -> str:
        return self.line("unicode")

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.line('latex')}$"


def derive(
    function: Expr,
    variable: Symbol,
    *,
    order: int = 1,
    form: str = "auto",
    layout: str = "numerator",
    convention: str = "subspace",
    verify: bool = True,
) -> Result:
    """Differentiate an expression and verify the result.

    Parameters
    ----------
    function : Expr
        F.
    variable : Symbol
        X.
    order : int
        How often; from order 3 on the form is the differential.
    form : str
        ``"gradient"``, ``"jacobian"``, ``"hessian"``, ``"differential"``, ``"components"``, or
        ``"auto"`` for what is usual for the shapes.
    layout : str
        ``"numerator"`` or ``"denominator"`` for Jacobians; ``"mixed"`` is numerator layout with
        gradients as columns, which is how gradients are shown anyway.
    convention : str
        For symmetric (and skew) variables: ``"subspace"`` for the gradient within the symmetric
        matrices, ``"independent"`` for one partial derivative per independent entry.
    verify : bool
        Whether to compare with a difference quotient.

    Raises
    ------
    ShapeError
        When a gradient or Hessian of a non-scalar function is asked for.
    NotDifferentiableError
        When there is no derivative or none is known.
    VerificationError
        When the result disagrees with the difference quotient.
    """
    _check_request(form, order, layout)
    check_names(function, variable)
    plain = simplify(function)
    problem = _Problem(function, plain, variable, layout, convention, verify)
    form = _usual_form(problem, order) if form == "auto" else form
    structure = structure_of(variable)
    if structure is not None and structure.is_fixed:
        return problem.nothing(form, order, structure)
    if (
        variable.is_scalar
        and form in ("gradient", "jacobian", "hessian")
        and not (form == "hessian" and not function.is_scalar)
    ):
        expr, verification = problem.by_scalar(max(order, 2 if form == "hessian" else 1))
        return problem.result(expr, "derivative", max(order, 2 if form == "hessian" else 1), verification)
    if form == "differential":
        expr, verification = problem.differential(order)
        return problem.result(expr, form, order, verification)
    if form == "hessian" or (form in ("gradient", "jacobian") and order == 2 and function.is_scalar):
        expr, verification = problem.hessian()
        return problem.result(expr, "hessian", 2, verification)
    if order > 1:
        raise ArgumentError(
            f"the {form} of order {order} cannot be written as one matrix",
            fix="ask for the form differential",
        )
    shown: Expr | Components
    if form == "components":
        shown, verification = problem.components()
    else:
        shown, verification = problem.gradient() if form == "gradient" else problem.jacobian()
    return problem.result(shown, form, 1, verification)


def _check_request(form: str, order: int, layout: str) -> None:
    if form not in FORMS:
        raise ArgumentError(f"{form!r} is not a form", fix=" or ".join(FORMS))
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise ArgumentError(f"the order is a whole number from 1 up, not {order!r}")
    if order > HIGHEST:
        raise ArgumentError(
            f"derivatives are taken up to the order {HIGHEST}, not {order}", fix="a lower order"
        )
    require_layout(layout)


def check_names(function: Expr, variable: Symbol) -> None:
    """Refuse variables that readers could not tell apart.

    Raises
    ------
    ArgumentError
        For x1 and x_1, which are both printed x₁.
    """
    seen = {printed_as(variable.label): variable.label}
    for label in symbols_of(function):
        other = seen.setdefault(printed_as(label), label)
        if other != label:
            raise ArgumentError(f"{other} and {label} are printed alike", fix="another name for one of them")


def _usual_form(problem: _Problem, order: int) -> str:
    if problem.variable.is_scalar:
        return "gradient"
    if order == 1:
        return "gradient" if problem.function.is_scalar else "jacobian"
    return "hessian" if order == 2 and problem.function.is_scalar else "differential"


class _Problem:
    """A function, a variable, and how the answer is wanted."""

    def __init__(
        self, function: Expr, plain: Expr, variable: Symbol, layout: str, convention: str, verify: bool
    ) -> None:
        self.function, self.plain, self.variable = function, plain, variable
        self.layout, self.convention, self.verify = layout, convention, verify
        self.derivative = Derivative(plain, variable, simplify, convention)

    def result(self, expr: Expr | Components, form: str, order: int, verification: Verification) -> Result:
        has_layout = form in ("jacobian", "hessian")
        structure = structure_of(self.variable)
        half = has_layout and free_entries(self.variable, self.convention) is not None
        return Result(
            expr,
            form,
            self.function,
            self.variable,
            order,
            self.layout if has_layout else None,
            _meaning(structure, self.convention, form, half) if structure else None,
            tuple(_remarks(self.function, self.variable, expr)),
            verification,
            half,
        )

    def _checked(self, function: Expr, claimed: Sequence[Expr], claim: Claim, **options: Any) -> Verification:
        if not self.verify:
            return Verification(False, why=NOT_ASKED_FOR)
        # Loaded here, because mpmath would slow the import of the package down.
        from matgrad.verify.derivative import verify_claim

        return verify_claim(function, self.variable, claimed, claim, **options)

    def nothing(self, form: str, order: int, structure: Structure) -> Result:
        """The zero that every derivative by a variable is that cannot change."""
        function, variable = self.function, self.variable
        size, entries = variable.rows * variable.columns, function.rows * function.columns
        expr: Expr | Components
        if form == "components":
            expr = replace(self.derivative.components, terms=())
        elif form == "gradient" and not function.is_scalar and not variable.is_scalar:
            expr = self.derivative.gradient
        elif form == "hessian" or (form in ("gradient", "jacobian") and order == 2 and function.is_scalar):
            form, expr = "hessian", zeros(size, size)
        elif form == "jacobian":
            expr = zeros(size, entries) if self.layout == "denominator" else zeros(entries, size)
        else:
            expr = zeros(*(variable.shape if form == "gradient" else function.shape))
        if variable.is_scalar and form not in ("differential", "components"):
            form, expr = "derivative", zeros(*function.shape)
        said = (structure.description.text(lang, name=unicode_name(variable.label)) for lang in LANGUAGES)
        why = Phrase(*(FIXED.text(lang, what=what) for lang, what in zip(LANGUAGES, said, strict=True)))
        return self.result(expr, form, order, Verification(False, why=why))

    def gradient(self) -> tuple[Expr, Verification]:
        gradient = self._shaped(self.derivative.gradient, self.variable.shape, "the gradient")
        verification = self._checked(
            self.function,
            [gradient],
            self._gradient_claim(),
            what="the gradient",
            tangent=is_curved(self.variable),
        )
        return gradient, verification

    def _shaped(self, expr: Expr, shape: Shape, what: str) -> Expr:
        """A derivative, whose shape is what it must be for every size of its dimensions."""
        if expr.shape != shape:
            raise VerificationError(
                f"{what} has the shape {shape_text(expr.shape)} where {shape_text(shape)} is due; "
                "please report this"
            )
        return expr

    def _width(self) -> Dim:
        """How many numbers the variable is given by: the entries of vec or of vech."""
        free = free_entries(self.variable, self.convention)
        return self.variable.rows * self.variable.columns if free is None else free.columns

    def _gradient_claim(self) -> Claim:
        if self.convention == "independent" and self.variable.facts & (Fact.SYMMETRIC | Fact.SKEW):
            return lambda xp, at, v: inner(xp, at[0], xp.tril(v))
        return lambda xp, at, v: inner(xp, at[0], v)

    def jacobian(self) -> tuple[Expr, Verification]:
        turned = self.layout == "denominator"
        shape = (self.function.rows * self.function.columns, self._width())
        jacobian = self.derivative.jacobian(self.layout)
        jacobian = self._shaped(jacobian, shape[::-1] if turned else shape, "the Jacobian")
        half = free_entries(self.variable, self.convention) is not None

        def claim(xp: Any, at: Sequence[Any], v: Any) -> Any:
            matrix = xp.transpose(at[0]) if turned else at[0]
            change = xp.matmul(matrix, half_column(xp, v) if half else column(xp, v))
            return xp.reshape(change, xp.size(self.function.rows), xp.size(self.function.columns))

        return jacobian, self._checked(self.function, [jacobian], claim, what="the Jacobian")

    def hessian(self) -> tuple[Expr, Verification]:
        if not self.function.is_scalar:
            raise ShapeError(
                f"a Hessian needs a scalar function; {self.function.describe()} is not one",
                fix="ask for the form differential with order 2",
            )
        if self.variable.is_scalar:
            return self.by_scalar(2)
        whole = Derivative(self.plain, self.variable, simplify)
        gradient = whole.gradient
        checked = self._checked(
            self.function, [gradient], lambda xp, at, v: inner(xp, at[0], v), what="the gradient"
        )
        second = Derivative(gradient, self.variable, simplify, self.convention)
        hessian = second.jacobian("numerator")
        free = free_entries(self.variable, self.convention)
        if free is not None:
            hessian = simplify(free.T @ hessian)
        hessian = self._shaped(hessian, (self._width(), self._width()), "the Hessian")
        half = free is not None

        def claim(xp: Any, at: Sequence[Any], v: Any) -> Any:
            if not half:
                return xp.reshape(xp.matmul(at[0], column(xp, v)), *xp.shape(v))
            return xp.matmul(at[0], half_column(xp, v))

        reference = gradient if free is None else free.T @ vec(gradient)
        verification = self._checked(reference, [hessian], claim, what="the Hessian")
        return hessian, verification if checked.verified or not self.verify else checked

    def by_scalar(self, order: int) -> tuple[Expr, Verification]:
        function, exprs = self.plain, [self.function]
        for done in range(order):
            _check_growth(function, done)
            function = simplify(pushforward(function, self.variable, number(1)))
            exprs.append(self._shaped(function, self.function.shape, "the derivative"))
        return exprs[-1], self._chain(exprs, lambda xp, at, v: xp.scalar_times(v, at[0]), None)

    def differential(self, order: int) -> tuple[Expr, Verification]:
        if order > 1 and is_curved(self.variable):
            raise NotDifferentiableError(
                f"{self.variable} moves on a curved set, where second differentials have no one meaning",
                fix=f"declare {self.variable} without that fact",
            )
        change = differential_of(self.variable, names_in(self.function))
        function, exprs = self.plain, [self.function]
        for done in range(order):
            _check_growth(function, done)
            function = simplify(pushforward(function, self.variable, change))
            exprs.append(self._shaped(function, self.function.shape, "the differential"))
        return exprs[-1], self._chain(exprs, lambda xp, at, v: at[0], change)

    def _chain(self, exprs: list[Expr], claim: Claim, change: Symbol | None) -> Verification:
        """Verify each derivative against the one before it."""
        verification = Verification(False, why=NOT_ASKED_FOR)
        for before, after in pairwise(exprs):
            verification = self._checked(before, [after], claim, change=change)
            if not verification.verified:
                break
        return verification

    def components(self) -> tuple[Components, Verification]:
        from matgrad.verify.by_entries import components_claim

        shown = self.derivative.components
        exprs, claim = components_claim(shown)
        return shown, self._checked(self.function, exprs, claim, what="the component formula")


def _check_growth(function: Expr, done: int) -> None:
    """Refuse to go on where the derivative found last is too long for the next one to be written out.

    Raises
    ------
    NotDifferentiableError
        From the third order on; the first two grow no faster than their function.
    """
    if done > 1 and len(list(postorder(function))) > _MOST_OPERATIONS:
        raise NotDifferentiableError(
            f"the derivative of order {done + 1} has too many terms to write out", fix=f"the order {done}"
        )


def _meaning(structure: Structure, convention: str, form: str, half: bool) -> Phrase:
    if structure.is_fixed:
        addition = Phrase("it cannot change, and the derivative is zero", "它不能变化，导数为零")
    elif half:
        addition = Phrase("on vech, its independent entries", "对 vech，即独立元素")
    elif convention == "independent" and structure.has_pairs and form == "gradient":
        addition = Phrase("one partial derivative for each independent entry", "每个独立元素一个偏导数")
    elif structure.is_curved:
        addition = Phrase("projected on the tangent space", "投影到切空间")
    elif form == "gradient":
        addition = Phrase("the gradient within that subspace", "该子空间内的梯度")
    else:
        return structure.description
    return Phrase(f"{structure.description.en}; {addition.en}", f"{structure.description.zh}；{addition.zh}")


_REPEATED_MAXIMUM = Phrase("where the maximum is attained more than once", "最大值不止一处取到之处")
_EIGENVALUES = Phrase("where eigenvalues coincide", "特征值重合处")
_TOP_EIGENVALUE = Phrase("where the largest eigenvalue is repeated", "最大特征值重复处")
_SINGULAR_VALUES = Phrase("where singular values coincide or vanish", "奇异值重合或为零处")
_TOP_SINGULAR_VALUE = Phrase("where the largest singular value is repeated", "最大奇异值重复处")
_RANK = Phrase("where the rank is not full", "不满秩处")

_KINKS = {
    "relu": Phrase("where an argument of relu is 0", "relu 的自变量为 0 处"),
    "step": Phrase("where an argument of step is 0", "step 的自变量为 0 处"),
    "abs": Phrase("where an argument of | | is 0", "| | 的自变量为 0 处"),
    "sign": Phrase("where an argument of sign is 0", "sign 的自变量为 0 处"),
    "max": _REPEATED_MAXIMUM,
    "argmax": _REPEATED_MAXIMUM,
    "lambda_max": _TOP_EIGENVALUE,
    "eigenvalues": _EIGENVALUES,
    "eigenvectors": _EIGENVALUES,
    "top_eigenvector": _TOP_EIGENVALUE,
    "singular_values": _SINGULAR_VALUES,
    "singular_vectors": _SINGULAR_VALUES,
    "spectral_norm": _TOP_SINGULAR_VALUE,
    "top_singular_vector": _TOP_SINGULAR_VALUE,
    "nuclear_norm": _RANK,
    "polar": _RANK,
    "pinv": Phrase("where the rank changes", "秩变化处"),
    "adjugate": Phrase("where the matrix is singular", "矩阵奇异处"),
}


def _is_norm_like(node: Expr) -> bool:
    """Whether a node is a root whose operand may vanish."""
    if not isinstance(node, Power) or node.args[0].facts & (Fact.POSITIVE | Fact.CONSTANT):
        return False
    exponent = node.exponent
    return isinstance(exponent, Number) and 0 < exponent.value < 1


def _remarks(function: Expr, variable: Symbol, shown: Expr | Components) -> list[Phrase]:
    """What a reader must know besides the formula."""
    nodes = postorder(function)
    occurs = any(node is variable for node in nodes)
    remarks: list[Phrase] = []
    if not occurs:
        remarks.append(
            Phrase(
                "the expression does not depend on {name}: the derivative is zero",
                "表达式不依赖于 {name}：导数为零",
            )
        )
    elif isinstance(shown, Expr) and is_zero(shown):
        remarks.append(
            Phrase(
                "the expression does not change with {name}: the derivative is zero",
                "表达式不随 {name} 变化：导数为零",
            )
        )
    if occurs and variable.facts & Fact.INTEGER and not is_fixed(variable):
        remarks.append(
            Phrase(
                "{name} is declared whole: the derivative is that of the same formula for real {name}",
                "{name} 声明为整数：此为同一公式对实数 {name} 的导数",
            )
        )
    if occurs and any(_is_norm_like(node) for node in nodes):
        remarks.append(
            Phrase(
                "no derivative where the argument of a norm or root is 0", "范数或根式的自变量为 0 处不可导"
            )
        )
    if occurs and any(_is_norm_like(node) and squared(node.args[0]) is not None for node in nodes):
        remarks.append(
            Phrase("at the zero of a norm its subgradient 0 is computed", "范数为 0 处按次梯度 0 计算")
        )
    if isinstance(shown, Expr):
        remarks += _in_order({node.explanation() for node in postorder(shown)} - {None} - _said(nodes))
    if occurs:
        kinks = {_KINKS[node.name] for node in nodes if node.name in _KINKS}
        remarks += _in_order({Phrase(f"no derivative {kink.en}", f"{kink.zh}不可导") for kink in kinks})
    return remarks


def _said(nodes: Iterable[Expr]) -> set[Phrase | None]:
    """The legends of operations that the reader wrote."""
    return {node.explanation() for node in nodes}


def _in_order(phrases: Iterable[Phrase | None]) -> list[Phrase]:
    return sorted((phrase for phrase in phrases if phrase is not None), key=lambda phrase: phrase.en)
