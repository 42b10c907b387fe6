"""The kinds of linear equations for one matrix: names, conditions for one solution, methods."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matgrad.core.dims import ONE, same
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Sum, content, scale, split_number
from matgrad.ops.determinant import det
from matgrad.ops.leaves import Number, is_zero
from matgrad.ops.matrix_equation import is_unit
from matgrad.ops.transpose import transpose
from matgrad.rewrite.simplify import simplify

Write = Callable[[Expr], str]


@dataclass(frozen=True, slots=True)
class Term:
    """A X B, or A Xᵀ B where ``turned``; the number in front stands in A."""

    left: Expr
    right: Expr
    turned: bool = False

    @property
    def is_square(self) -> bool:
        """Whether both coefficients are."""
        return all(same(x.rows, x.columns) for x in (self.left, self.right))

    @property
    def flipped(self) -> Term:
        """The term of the transposed equation."""
        return Term(transpose(self.right), transpose(self.left), not self.turned)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of equation.

    Attributes
    ----------
    name : Phrase
        What it is called.
    condition : Phrase
        When it has one solution for every right side; ``{a}``, ``{b}``, … are its coefficients as written.
    method : Phrase
        How it is solved.
    coefficients : tuple of Expr
        What a, b, … are.
    is_never_unique : bool
        Whether it has no solution or many, whatever the coefficients.
    is_always_unique : bool
        Whether it has exactly one solution by what is declared.
    is_one_of_several : bool
        Whether the formula is but one of several solutions.
    in_formulas : bool
        Whether the coefficients stand in formulas there, so that sums need brackets.
    exists : Phrase, optional
        For which right sides there is a solution of the structure that the unknown is declared with, where
        that is not for all: then the condition is one for at most one solution.
    """

    name: Phrase
    condition: Phrase
    method: Phrase
    coefficients: tuple[Expr, ...] = ()
    is_never_unique: bool = False
    is_always_unique: bool = False
    is_one_of_several: bool = False
    in_formulas: bool = False
    exists: Phrase | None = None

    def uniqueness_text(self, write: Write, language: str = "en") -> str:
        """The line that tells when there is one solution."""
        told = self.is_always_unique or self.is_never_unique
        if self.exists is None:
            line = Phrase("one solution: {condition}") if told else Phrase("one solution if: {condition}")
        elif told:
            line = Phrase("at most one solution: {condition}")
        else:
            line = Phrase("at most one solution if: {condition}")
        return line.text(language, condition=self.condition_text(write, language))

    def condition_text(self, write: Write, language: str = "en") -> str:
        """The condition with the coefficients in it, in words."""
        return self.condition_of(write).text(language)

    def condition_of(self, write: Write) -> Phrase:
        """The condition with the coefficients in it."""
        written = [write(x) for x in self.coefficients]
        if self.in_formulas:
            written = [
                f"({text})" if isinstance(x, Sum) or content(x)[0] < 0 else text
                for x, text in zip(self.coefficients, written, strict=True)
            ]
        values = dict(zip("abcde", written, strict=False))
        found = self.condition.filled(**values)
        return found if self.exists is None else _FOR_SOME.filled(condition=found, exists=self.exists)


_FOR_SOME = Phrase("{condition}; {exists}")
ENTRYWISE = Phrase("equation for each entry by itself")
_LU = Phrase("LU factorisation")
_DEFINITE = Phrase("always, as {a} is positive definite")
_SCHUR = Phrase("Schur forms of the coefficients and a triangular equation", "Bartels & Stewart (1972)")
_SINGULAR_VALUES = Phrase("the pseudoinverses of the coefficients", "Penrose (1956)")


def kind_of(terms: Sequence[Term], unknown: Expr) -> Kind:
    """The kind of Σ A X B + Σ A Xᵀ B = C by the form of its terms."""
    plain = [term for term in terms if not term.turned]
    turned = [term for term in terms if term.turned]
    if not plain and turned:
        return kind_of([term.flipped for term in turned], unknown)
    if len(plain) == 1 and not turned:
        return _of_one(plain[0])
    first = terms[0]
    if not same(unknown.rows * unknown.columns, first.left.rows * first.right.columns):
        return Kind(
            Phrase("least squares of an equation of {count} terms").filled(count=len(terms)),
            Phrase("the matrix of the equation on vec(X) has independent columns"),
            Phrase("singular values of the matrix on vec(X)"),
        )
    if len(plain) == 2 and not turned:
        return _of_two(*plain)
    if len(plain) == 1 and len(turned) == 1:
        found = _transposed(plain[0], turned[0]) or _of_one_part(plain[0], turned[0])
        if found is not None:
            return found
    more = bool(turned)
    if len(plain) == len(turned) == 1 and plain[0].is_square and turned[0].is_square:
        return Kind(
            Phrase("linear equation with terms in X and Xᵀ"),
            Phrase("the matrix of the equation on vec(X) is invertible"),
            Phrase(
                "LU of the matrix on vec(X) where that is small, else a T-Sylvester equation where two "
                "coefficients can be inverted, else GMRES"
            ),
        )
    return Kind(
        Phrase("linear equation with terms in X and Xᵀ")
        if more
        else Phrase("generalised Sylvester equation of {count} terms").filled(count=len(terms)),
        Phrase("the matrix of the equation on vec(X) is invertible"),
        Phrase(
            "LU of the matrix on vec(X) where that is small, else GMRES preconditioned by the two largest "
            "terms with X"
        ),
    )


def _of_one(term: Term) -> Kind:
    a, b = term.left, term.right
    square = [x for x in (a, b) if not (is_unit(x) or _is_number(x))]
    name = Phrase("linear system") if is_unit(a) or is_unit(b) else Phrase("two-sided linear system")
    if all(same(x.rows, x.columns) for x in square):
        singular = [x for x in square if is_zero(simplify(det(x)))]
        if singular:
            never = Phrase("never: {a} is singular")
            return Kind(name, never, Phrase("least squares"), (singular[0],), True)
        open_ones = [x for x in dict.fromkeys(square) if not x.has(Fact.INVERTIBLE)]
        if not open_ones:
            return _always(name, square)
        one, both = Phrase("{a} is invertible"), Phrase("{a} and {b} are invertible")
        return Kind(name, one if len(open_ones) == 1 else both, _LU, tuple(open_ones))
    # A tall A has at most one solution, a wide one always many.
    if len(square) == 2:
        condition = Phrase("{a} has independent columns and {b} independent rows")
    elif (is_unit(b) and a.rows is ONE) or (is_unit(a) and b.columns is ONE):
        condition = Phrase("never: one number for several entries; the smallest solution is taken")
    elif is_unit(b):
        condition = Phrase("{a} has independent columns")
    else:
        condition = Phrase("{a} has independent rows")
    return Kind(Phrase("least squares of a linear system"), condition, _SINGULAR_VALUES, tuple(square))


def _always(name: Phrase, square: Sequence[Expr]) -> Kind:
    """A X B = C with coefficients that are declared so that they are invertible."""
    if not square:
        condition = Phrase("always")
    elif len(set(square)) == 1:
        definite = square[0].has(Fact.POSITIVE_DEFINITE)
        condition = _DEFINITE if definite else Phrase("always, as {a} is invertible")
    else:
        condition = Phrase("always, as {a} and {b} are invertible")
    return Kind(name, condition, _LU, tuple(square), is_always_unique=True)


def _one_definite(a: Expr, b: Expr) -> bool:
    """Whether no eigenvalue of the two is negative, and one has none that is 0."""
    semidefinite = all(x.has(Fact.POSITIVE_SEMIDEFINITE) for x in (a, b))
    return semidefinite and any(x.has(Fact.POSITIVE_DEFINITE) for x in (a, b))


def _is_number(x: Expr) -> bool:
    """Whether it is a number that is not 0, or that times an identity."""
    front, rest = split_number(x)
    return front != 0 and (isinstance(rest, Number) or is_unit(rest))


def _of_two(first: Term, second: Term) -> Kind:
    for one, other in ((first, second), (second, first)):
        if is_unit(one.right) and is_unit(other.left):
            a, b = one.left, other.right
            if transpose(a) is b:
                definite = a.has(Fact.POSITIVE_DEFINITE)
                return Kind(
                    Phrase("Lyapunov equation, continuous"),
                    _DEFINITE if definite else Phrase("no two eigenvalues of {a} add up to 0"),
                    Phrase("one Schur form and a triangular equation", "Bartels & Stewart (1972)"),
                    (a,),
                    is_always_unique=definite,
                )
            both = a.has(Fact.SYMMETRIC) and b.has(Fact.SYMMETRIC)
            method = Phrase("the eigenvalues of the symmetric coefficients") if both else _SCHUR
            condition = Phrase("no eigenvalue of {a} and eigenvalue of {b} add up to 0")
            negated = [content(x)[0] < 0 for x in (a, b)]
            a, b = (scale(-1, x) if minus else x for x, minus in zip((a, b), negated, strict=True))
            always = negated[0] == negated[1] and _one_definite(a, b)
            if always:
                a, b = sorted((a, b), key=lambda x: not x.has(Fact.POSITIVE_DEFINITE))
                condition = (
                    Phrase("always, as {a} and {b} are positive definite")
                    if b.has(Fact.POSITIVE_DEFINITE)
                    else Phrase("always, as {a} is positive definite and {b} positive semidefinite")
                )
            elif negated[0] != negated[1]:
                condition = Phrase("{a} and {b} have no eigenvalue in common")
            if negated[0] != negated[1] and a is b:
                never = Phrase("never: what commutes with {a} can be added to X")
                return Kind(Phrase("Sylvester equation"), never, Phrase("least squares"), (a,), True)
            return Kind(Phrase("Sylvester equation"), condition, method, (a, b), is_always_unique=always)
    for one, other in ((first, second), (second, first)):
        if is_unit(one.left) and is_unit(one.right):
            a, b = -other.left, other.right
            lyapunov = transpose(a) is b or transpose(other.left) is b
            return Kind(
                Phrase("Lyapunov equation, discrete (Stein equation)")
                if lyapunov
                else Phrase("Stein equation"),
                Phrase("no product of an eigenvalue of {a} and an eigenvalue of {b} is 1"),
                Phrase(
                    "Schur forms of the coefficients and a triangular equation",
                    "Golub, Nash & Van Loan (1979)",
                ),
                (a, b),
            )
    return Kind(
        Phrase("generalised Sylvester equation of two terms"),
        Phrase("det({a} − λ{c}) and det({d} + λ{b}) have no root in common, infinity included"),
        Phrase(
            "a Sylvester equation where coefficients can be inverted, else generalised Schur forms (QZ)",
            "Gardiner, Laub, Amato & Moler (1992)",
        ),
        (first.left, first.right, second.left, second.right),
        in_formulas=True,
    )  # fmt: skip


def _of_one_part(plain: Term, turned: Term) -> Kind | None:
    """A (X ± Xᵀ) B = C, which says nothing of the other part of X."""
    if plain.right is not turned.right or not plain.is_square:
        return None
    for sign, free in (
        (1, Phrase("never: every skew-symmetric matrix can be added to X")),
        (-1, Phrase("never: every symmetric matrix can be added to X")),
    ):
        if plain.left is scale(sign, turned.left):
            return Kind(
                Phrase("linear equation with terms in X and Xᵀ"), free, Phrase("least squares"), (), True
            )
    return None


def _transposed(plain: Term, turned: Term) -> Kind | None:
    if not (is_unit(plain.right) and is_unit(turned.left)):
        return None
    a, b = plain.left, turned.right
    if not same(a.rows, a.columns):
        return None
    if transpose(a) is b:
        return Kind(
            Phrase("T-Lyapunov equation"),
            Phrase("never: every skew-symmetric matrix can be added to X; the right side must be symmetric")
            if is_unit(a) or is_unit(scale(-1, a))
            else Phrase(
                "never: {a}⁻¹Z with skew-symmetric Z can be added to X; the right side must be symmetric"
            ),
            Phrase("least squares"),
            (a,),
            is_never_unique=True,
            in_formulas=True,
        )
    if transpose(a) is scale(-1, b):
        return Kind(
            Phrase("T-Sylvester equation"),
            Phrase("never: every symmetric matrix can be added to X; the right side must be skew-symmetric")
            if is_unit(a) or is_unit(scale(-1, a))
            else Phrase(
                "never: {a}⁻¹Z with symmetric Z can be added to X; the right side must be skew-symmetric"
            ),
            Phrase("least squares"),
            (a,),
            is_never_unique=True,
            in_formulas=True,
        )
    return Kind(
        Phrase("T-Sylvester equation"),
        Phrase("of the eigenvalues of {a} − λ{b} no two have the product 1, and none is −1"),
        Phrase("generalised Schur form (QZ) and a triangular equation", "De Terán & Dopico (2011)"),
        (a, transpose(b)),
        in_formulas=True,
    )
