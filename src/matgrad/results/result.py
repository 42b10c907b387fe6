"""A derivative with what was verified of it, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import NamedTuple

from matgrad import printing
from matgrad.calculus.by_member import ByMember, gradient_by_member, hessian_by_members, jacobian_by_member
from matgrad.calculus.components import Components
from matgrad.calculus.derivatives import Derivatives, Differentiation
from matgrad.calculus.question import Question
from matgrad.calculus.structure import structure_of
from matgrad.core.dims import ONE
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.ops.indices.defined import DefinedMembers
from matgrad.ops.indices.members import Family
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.transpose import transpose
from matgrad.printing.index_notation import component_name, index_notation
from matgrad.printing.left_side import at_point, left_side, left_side_by_member, statement
from matgrad.printing.medium import require_medium
from matgrad.printing.names import array_names, unicode_name
from matgrad.results.remarks import legends_of, meaning_of, remarks_on
from matgrad.results.verifying import verify_answer, verify_by_member
from matgrad.rewrite.reading_cost import Cost
from matgrad.typesetting.setting import set_equation
from matgrad.typesetting.style import LatexStyle, style_of
from matgrad.verify.claims import Verification


class Written(NamedTuple):
    """A function as its author wrote it.

    Attributes
    ----------
    expr : Expr
        The function, which nothing simplifies.
    names : tuple of (Symbol, Expr)
        The names that stand in it and what their author defined them as.
    """

    expr: Expr
    names: tuple[tuple[Symbol, Expr], ...] = ()


@dataclass(frozen=True, repr=False)
class Result:
    """A derivative, how it is to be read, and whether it was verified; made by :func:`matgrad.derive`.

    Attributes
    ----------
    question : Question
        What was asked, with nothing left open.
    differentiations : tuple of Differentiation
        How it was derived: one differentiation after the other, the last of which arrives at the answer.
    verification : Verification
        What was verified.
    derivatives : Derivatives
        All derivatives of the function by the variable, for whoever needs another view of them.
    readings : tuple of Phrase
        Where the text of the function means something else than its usual reader may think.
    part : Symbol or None
        The variable that what was differentiated by is a part of.
    point : tuple of (Symbol, Expr)
        The values of variables where it is taken at a point.
    names : mapping of str to Expr
        The names that the author of the function defined for parts of it.
    called : str
        What the author called the function; empty for the usual f or F.
    members : tuple of DefinedMembers
        The names that the author of the function defined with indices.
    written : Written or None
        The function as its author wrote it, where it is read in another form.

    Examples
    --------
    >>> import matgrad as mg
    >>> result = mg.derive("x' A x", "x", given="A: n×n symmetric, x: n")
    >>> result
    <Result: ∂f/∂x = 2Ax, verified at 2 random points with 40 digits>
    >>> result.form, str(result.expr)
    ('gradient', '2 A x')
    """

    question: Question
    differentiations: tuple[Differentiation, ...]
    verification: Verification
    derivatives: Derivatives = field(compare=False)
    readings: tuple[Phrase, ...] = ()
    part: Symbol | None = None
    point: tuple[tuple[Symbol, Expr], ...] = ()
    names: Mapping[str, Expr] = field(default_factory=dict)
    called: str = ""
    members: tuple[DefinedMembers, ...] = ()
    written: Written | None = field(default=None, compare=False)

    @property
    def expr(self) -> Expr | Components:
        """The derivative."""
        return self.differentiations[-1].answer

    @property
    def function(self) -> Expr:
        """What was differentiated."""
        return self.question.function

    @property
    def variable(self) -> Symbol:
        """With respect to what."""
        return self.question.variable

    @property
    def form(self) -> str:
        """``"gradient"``, ``"jacobian"``, ``"hessian"``, ``"differential"``, ``"components"``, or
        ``"derivative"`` for one by a scalar.
        """  # noqa: D205
        return self.question.form

    @property
    def order(self) -> int:
        """How often the function was differentiated."""
        return self.question.order

    @property
    def layout(self) -> str | None:
        """The layout of a matrix on vec; ``None`` where none is involved."""
        return self.question.layout if self.question.has_layout else None

    @property
    def half(self) -> bool:
        """Whether a symmetric variable is given by vech, its independent entries, rather than by vec."""
        return self.question.free is not None

    @property
    def meaning(self) -> Phrase | None:
        """How a structured variable, ``{name}``, is meant, in each language; ``None`` for a general one."""
        return meaning_of(self.question)

    @cached_property
    def remarks(self) -> tuple[Phrase, ...]:
        """What a reader must know besides: a zero derivative, points where there is none; with ``{name}``."""
        by_member = self.by_member
        shown = None if self.point else self.expr if by_member is None else by_member.expr
        return (*self.readings, *remarks_on(self.function, self._whole, shown, self.order))

    @property
    def legends(self) -> list[Phrase]:
        """What the functions are that its line shows and the question does not."""
        return legends_of(self.function, self.expr) if isinstance(self.expr, Expr) else []

    @property
    def _whole(self) -> Symbol:
        """The variable that occurs in the function, where the derivative is by a part of it."""
        return self.variable if self.part is None else self.part

    @property
    def convention(self) -> str | None:
        """How a structured variable is meant, in English."""
        return self.meaning.text(name=unicode_name(self.variable.label)) if self.meaning else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know besides, in English."""
        return tuple(remark.text(name=unicode_name(self.variable.label)) for remark in self.remarks)

    @cached_property
    def by_member(self) -> ByMember | None:
        """The derivative by one member of a family, or by two, as it is shown; else ``None``."""
        if self.form not in ("gradient", "hessian", "jacobian") or isinstance(self.expr, Components):
            return None
        variable, other = self.variable, self.question.other
        if self.point or (self.form == "hessian" and self.order > 2) or self.half:
            return None
        if not (isinstance(variable, Family) or isinstance(other, Family)):
            return self._by_entry if self.form == "gradient" else None
        simplify = self.derivatives.simplify
        if self.form == "jacobian":
            assert isinstance(variable, Family)
            found = jacobian_by_member(self.derivatives.plain, variable, simplify)
            turned = self.question.layout == "denominator"
            return replace(found, expr=simplify(transpose(found.expr))) if turned else found
        first = ByMember(variable, ((),), self.derivatives.first().gradient)
        if isinstance(variable, Family):
            whole = self.derivatives.first().unstructured
            first = gradient_by_member(variable, whole, simplify, self.question.convention or "subspace")
        return first if self.form == "gradient" else hessian_by_members(first, simplify, other)

    @property
    def _by_entry(self) -> ByMember | None:
        """The gradient by one entry, where it is a sum of unit vectors as a whole."""
        assert isinstance(self.expr, Expr)
        if not any(isinstance(node, IndexedSum) for node in postorder(self.expr)):
            return None
        if structure_of(self.variable) is not None or self.variable.is_row:
            return None
        ranges = [("i", self.variable.rows)]
        if not self.variable.is_vector:
            ranges.append(("j", self.variable.columns))
        entries = Family.of(self.variable.label, ranges, ONE, ONE)
        found = gradient_by_member(entries, self.expr, self.derivatives.simplify)
        cost = Cost()
        return found if cost(found.expr) < cost(self.expr) - 1 else None

    def verified(self) -> Result:
        """The result compared with a difference quotient.

        Raises
        ------
        VerificationError
            When the two disagree.
        """
        found = verify_answer(self.question, self.differentiations, self.derivatives.change)
        shown = self.by_member
        if found.verified and shown is not None:
            # What is shown is a formula for every member: together they are the derivative again.
            found = verify_by_member(self.question, self.differentiations[0], shown)
        return replace(self, verification=found)

    def left_side(self, medium: str = "unicode") -> str:
        """What the result is called: ``∂f/∂X``, ``∂vec(F)/∂vec(X)ᵀ``, ``d²f``.

        Parameters
        ----------
        medium : str
            ``"unicode"``, ``"text"``, ``"latex"`` or ``"numpy"``.
        """
        require_medium(medium)
        if isinstance(self.expr, Components):
            return component_name(self.expr, medium)
        shown = self.by_member
        if shown is not None:
            members = [(self.variable, at) for at in shown.places]
            if shown.second is not None:
                members[1] = (shown.second, shown.places[1])
            turned = self.layout == "denominator"
            of = printing.medium_of(medium)
            return left_side_by_member(self.function, members, of, self.form, turned, self.called)
        convention = "independent" if self.half else "subspace"
        left = left_side(
            self.form,
            self.function,
            self.variable,
            self.order,
            self.layout,
            convention,
            medium,
            self.question.other,
            self.called,
        )
        point = [(symbol, printing.line(value, medium, names=False)) for symbol, value in self.point]
        return at_point(left, point, medium)

    def statement(self, medium: str = "unicode") -> str:
        """What a Jacobian or Hessian is, as an equation: ``vec(dF) = J vec(dX)``; else empty."""
        require_medium(medium)
        if self.question.other is not None:
            return ""
        return statement(self.form, self.function, self.variable, self.layout, self.half, medium, self.called)

    def right_side(self, medium: str = "unicode") -> str:
        """The derivative itself, with repeated parts named where that makes it shorter."""
        require_medium(medium)
        if isinstance(self.expr, Components):
            return index_notation(self.expr, medium)
        # Source code is one expression; a name would be a statement of its own.
        expr = self.expr if self.by_member is None else self.by_member.expr
        return printing.line(expr, medium, names=medium != "numpy", given=self.names, members=self.members)

    def line(self, medium: str = "unicode") -> str:
        """The whole equation."""
        return f"{self.left_side(medium)} = {self.right_side(medium)}"

    def latex(self, style: LatexStyle | str | None = None) -> str:
        r"""The equation as a display that compiles as it is, with amsmath.

        Parameters
        ----------
        style : LatexStyle or str, optional
            How it is set, or the words for it (``"two columns, bold"``); for a column of 345 points where it
            is left out.

        Raises
        ------
        ArgumentError
            For what is no style.

        Examples
        --------
        >>> import matgrad as mg
        >>> print(mg.derive("x' A x", "x").latex())
        \[ \frac{\partial f}{\partial x} = (A + A^{\top}) x \]
        """
        exprs = [self.function, self.variable, *([self.expr] if isinstance(self.expr, Expr) else [])]
        return set_equation(
            self.left_side("latex"),
            self.right_side("latex"),
            style_of(style, LatexStyle()),
            array_names(exprs),
        )

    def __str__(self) -> str:
        return self.line("unicode")

    def __repr__(self) -> str:
        return f"<Result: {self}, {self.verification}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.line('latex')}$"
