"""An expression or an equation on vec of its variables, with the rules and what was verified of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matgrad import printing
from matgrad.calculus.vec_form import (
    BILINEAR,
    LINEAR,
    QUADRATIC,
    VecForm,
    entries_of,
    vec_form,
    written_product,
    written_sum,
)
from matgrad.core.errors import ArgumentError, MatgradError, VerificationError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase, together
from matgrad.ops.arithmetic import Product, Sum, multiply, scale
from matgrad.ops.cross_product import SkewMatrix
from matgrad.ops.leaves import is_zero
from matgrad.ops.reshaping import Reshape, vec
from matgrad.ops.transpose import transpose
from matgrad.printing.medium import require_medium
from matgrad.rewrite.simplify import simplify
from matgrad.verify.claims import NOT_ASKED_FOR, NOWHERE, Verification
from matgrad.verify.equality import POINTS, same_value


@dataclass(frozen=True, repr=False)
class Vectorization:
    """The vec of an expression as a matrix on vec of its variables; made by :func:`matgrad.vectorize`.

    Attributes
    ----------
    function : Expr
        What was vectorised; of an equation its left side less its right side.
    unknowns : tuple of Symbol
        The variables on whose vec it stands.
    form : VecForm
        Its terms, each with its matrix.
    is_equation : bool
        Whether an equation was asked about.
    verification : Verification
        What was verified.

    Examples
    --------
    >>> import matgrad as mg
    >>> v = mg.vectorize("A X B + C X D = E", "X")
    >>> print(v)
    (Bᵀ ⊗ A + Dᵀ ⊗ C) vec(X) = vec(E)
    >>> print(v.matrix)
    kron(B', A) + kron(D', C)
    """

    function: Expr
    unknowns: tuple[Symbol, ...]
    form: VecForm
    is_equation: bool
    verification: Verification

    @cached_property
    def parts(self) -> tuple[tuple[Expr, Expr], ...]:
        """For each variable the column of its independent entries, and the matrix on them."""
        return tuple(
            (entries.vector, multiply(simplify(whole), entries.spread)) for entries, whole in self.form.parts
        )

    @property
    def matrix(self) -> Expr:
        """The matrix on vec of the only variable; of a quadratic scalar the M of vᵀMv.

        Raises
        ------
        ArgumentError
            Where there are several variables, each with its own matrix in ``parts``.
        """
        if self.form.square is not None:
            return simplify(self.form.square)
        if len(self.parts) != 1:
            raise ArgumentError(
                phrase("there are {count} variables, each with its own matrix", count=len(self.parts)),
                fix=phrase("v.parts: the columns of entries, and their matrices"),
            )
        return self.parts[0][1]

    @property
    def vector(self) -> Expr:
        """The column of independent entries of the only variable: vec X, vech X or a diagonal."""
        return entries_of(self.unknowns[0]).vector

    @cached_property
    def rest(self) -> Expr:
        """What does not depend on the variables, as a column: the other side of an equation."""
        return scale(-1, self.form.rest) if self.is_equation else self.form.rest

    @cached_property
    def expr(self) -> Expr:
        """J vec(X) + r as it is written; it has the value of vec(F)."""
        products = [written_product(matrix, vector) for vector, matrix in self.parts]
        if self.form.square is not None:
            first, last = (entries_of(symbol).vector for symbol in (self.unknowns[0], self.unknowns[-1]))
            products = [written_product(transpose(first), self.matrix, last), *products]
        rest = () if self.is_equation or is_zero(self.form.rest) else (self.form.rest,)
        return written_sum([*products, *rest]) if products else self.form.rest

    @property
    def rules(self) -> tuple[Phrase, ...]:
        """The rules it takes, each once."""
        found = [reason for each in self.form.terms for reason in each.reasons]
        if self.form.square is not None:
            found = [QUADRATIC if len(self.unknowns) == 1 else BILINEAR, *found]
        if len(self.form.terms) > 1 or not is_zero(self.form.rest):
            found = [LINEAR, *found]
        return tuple(dict.fromkeys(found))

    def steps(self, medium: str = "unicode") -> list[tuple[str, tuple[Phrase, ...]]]:
        """Each term with what is its vec, and the rules that say so.

        Parameters
        ----------
        medium : str
            ``"unicode"``, ``"text"``, ``"latex"`` or ``"numpy"``.
        """
        require_medium(medium)
        found = []
        for each in self.form.terms if self.form.square is None else ():
            column = written_vec(each.term.expr)
            product = written_product(simplify(each.matrix), each.entries.vector)
            if column is not product or _ends_with_cross(each.matrix):
                left = printing.line(column, medium, names=False)
                right = printing.line(product, medium, names=False, crosses=False)
                found.append((f"{left} = {right}", each.reasons))
        return found

    def line(self, medium: str = "unicode") -> str:
        """The whole equation: ``vec(AXB) = (Bᵀ ⊗ A) vec(X)``, or both sides of the one that was given."""
        require_medium(medium)
        # A matrix stands before the vector, as [a]×, and no product sign.
        crosses = not any(_ends_with_cross(matrix) for _, matrix in self.parts)
        right = printing.line(self.expr, medium, names=False, crosses=crosses)
        if self.is_equation:
            return f"{right} = {printing.line(self.rest, medium, names=False)}"
        return f"{printing.line(written_vec(self.function), medium, names=False)} = {right}"

    @property
    def says_nothing(self) -> bool:
        """Whether both sides are written alike, as of a column, which is its own vec."""
        if self.is_equation or self.expr is not written_vec(self.function):
            return False
        return not any(_ends_with_cross(matrix) for _, matrix in self.parts)

    def latex(self) -> str:
        """The equation in LaTeX, for math mode."""
        return self.line("latex")

    def record(self) -> dict[str, Any]:
        """The answer as JSON has it: texts that the parser reads."""
        return {
            "equation": self.line("text"),
            "latex": self.line("latex"),
            "numpy": self.line("numpy"),
            "parts": [
                {"entries": printing.text(vector), "matrix": printing.text(matrix)}
                for vector, matrix in self.parts
            ],
            "rest": printing.text(self.rest),
            "rules": [{"rule": rule.english, "source": rule.citation} for rule in self.rules],
            "verified": self.verification.verified,
        }

    def __str__(self) -> str:
        return self.line("unicode")

    def __repr__(self) -> str:
        return f"<Vectorization: {self}, {self.verification}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.line('latex')}$"


def _ends_with_cross(matrix: Expr) -> bool:
    """Whether a matrix on a vector is [a]×, or a product that ends with it."""
    terms = matrix.args if isinstance(matrix, Sum) else (matrix,)
    ends = [term.chain[-1] if isinstance(term, Product) and term.chain else term for term in terms]
    return any(isinstance(end, SkewMatrix) for end in ends)


def vectorized(
    function: Expr, unknowns: Sequence[Symbol], *, is_equation: bool = False, check: bool = True
) -> Vectorization:
    """Write an expression on vec of variables, and verify it at random points.

    Parameters
    ----------
    function : Expr
        The expression; of an equation the left side less the right one.
    unknowns : sequence of Symbol
        The variables.
    is_equation : bool
        Whether it is an equation.
    check : bool
        Whether to verify.

    Raises
    ------
    ArgumentError
        Where the expression is not linear in the variables, nor a scalar that is quadratic in one.
    VerificationError
        Where the two sides differ at a random point.
    """
    known = set(symbols_of(function).values())
    for unknown in unknowns:
        if unknown not in known:
            raise ArgumentError(
                phrase("{unknown} does not occur in {function}", unknown=unknown.label, function=function)
            )
    form = vec_form(function, unknowns)
    if form is None:
        names = together(unknown.label for unknown in unknowns)
        raise ArgumentError(
            phrase(
                "{function} is not linear in {names}: no matrix stands before vec({unknown})",
                function=function,
                names=names,
                unknown=unknowns[0].label,
            ),
            fix=phrase(
                "mg.jacobian(F, {unknown}) or matgrad diff for its derivative",
                unknown=repr(unknowns[0].label),
            ),
        )
    found = Vectorization(
        function, tuple(unknowns), form, is_equation, Verification(False, why=NOT_ASKED_FOR)
    )
    if not check:
        return found
    return Vectorization(function, tuple(unknowns), form, is_equation, _verified(found))


def _verified(found: Vectorization) -> Verification:
    whole = found.expr
    if found.is_equation and not is_zero(found.form.rest):
        whole = written_sum([whole, found.form.rest])
    try:
        equal = same_value(written_vec(found.function), whole)
    except MatgradError as error:
        return Verification(False, why=NOWHERE.filled(why=error.problem))
    if not equal:
        raise VerificationError(
            phrase(
                "{found} does not hold at a random point: this is an error of matgrad, to be reported",
                found=found,
            )
        )
    return Verification(True, POINTS)


def written_vec(expr: Expr) -> Expr:
    """Vec of an expression as it is written, not term by term; of a column itself."""
    if expr.is_vector or expr.is_scalar:
        return expr
    return Reshape.intern((expr,), vec(expr).shape)
