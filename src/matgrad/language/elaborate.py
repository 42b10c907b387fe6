"""From the syntax tree to the expression: every piece by the operation it names."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Container, Mapping, Sequence
from functools import partial
from typing import Any

from matgrad.calculus.question import Question
from matgrad.core.dims import ONE, Dim, active_unifier, same
from matgrad.core.errors import DomainError, MatgradError, ParseError, ShapeError, UnknownNameError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import Phrase, phrase
from matgrad.language import syntax as s
from matgrad.language.asked_derivatives import check_gradient
from matgrad.language.bare_exponents import check_small_t, check_twice, is_mark, letter_of
from matgrad.language.bare_functions import check_raised, raised_square
from matgrad.language.call_refusals import check_labelled_function, no_argument
from matgrad.language.calls import Calls
from matgrad.language.comparisons import Comparisons
from matgrad.language.decisions import IDENTITIES, MATRIX_LETTERS, TRANSPOSES
from matgrad.language.definitions import Definition
from matgrad.language.differences import difference
from matgrad.language.enclosed import Enclosed
from matgrad.language.host import Visit
from matgrad.language.indexed import Indexing
from matgrad.language.indices import Indices, dimension_of, name_of_dimension
from matgrad.language.inference import Unknowns
from matgrad.language.latex.meanings import check_exponential, check_letter_above, check_prime
from matgrad.language.names import (
    identity_size,
    is_greek,
    may_be_factors,
    product_of_letters,
    split_letters,
    unknown_function,
    unknown_variable,
)
from matgrad.language.numbers_turned import check_turned_number
from matgrad.language.places import is_raised_function
from matgrad.language.products import Products
from matgrad.language.scope import Scope
from matgrad.language.sums import Sums
from matgrad.language.two_readings import (
    check_entry,
    check_fixed,
    check_identity,
    check_no_variable,
    check_numbered,
)
from matgrad.language.vec_names import vec_matrix_named
from matgrad.language.wording import Wording, either, inner
from matgrad.ops import inverse, leaves, matrix_power, power, transpose
from matgrad.ops.blocks import Grid
from matgrad.ops.kronecker import Kron
from matgrad.ops.registry import FUNCTIONS
from matgrad.ops.reshaping import Reshape


class Elaborator:
    """Elaborates the trees of one text.

    Parts are elaborated before the whole without recursion, so that depth is no limit.

    Parameters
    ----------
    text : str
        The text, for messages.
    scope : Scope
        What its names stand for.
    unknowns : Unknowns
        The dimensions that are open.
    dialect : {"matlab", "numpy", "latex"}
        Which dialect the operators are of.
    strict : bool
        Whether every variable must be declared.
    """

    def __init__(
        self, text: str, scope: Scope, unknowns: Unknowns, *, dialect: str, strict: bool = False
    ) -> None:
        self.text = text
        self.scope = scope
        self.unknowns = unknowns
        self.is_numpy = dialect == "numpy"
        self.is_latex = dialect == "latex"
        self.strict = strict
        self.values: dict[str, Expr] = {}
        self.pieces: dict[int, Expr] = {}
        self.notes: dict[str, Phrase] = {}
        self.questions: list[Question] = []
        self.of_entries: set[int] = set()
        self.summed: set[int] = set()
        self.say = Wording(text, scope, unknowns, dialect=dialect)
        # What reads the parts knows this reader and is known by it: weakly one way, so that what was read is
        # let go with the text, not when the collector comes by.
        me: Elaborator = weakref.proxy(self)
        self.indexing = Indexing(me)
        self.bound: Container[str] = self.indexing.bound
        self.runs_over = self.indexing.runs_over
        self.definitions: Mapping[str, Definition] = {}
        calls, comparisons, enclosed, indices, products, sums = (
            Calls(me),
            Comparisons(me, self.indexing),
            Enclosed(me),
            Indices(me),
            Products(me),
            Sums(me),
        )
        self._visits: dict[type[s.Node], Callable[[Any], Visit]] = {
            s.Sum: sums.sum,
            s.Product: products.product,
            s.Signed: sums.signed,
            s.Power: partial(Elaborator._power, me),
            s.Transposed: partial(Elaborator._transposed, me),
            s.Group: partial(Elaborator._group, me),
            s.Bars: enclosed.bars,
            s.Blocks: enclosed.blocks,
            s.Call: calls.call,
            s.Method: calls.method,
            s.Index: indices.index,
            s.Indexed: self.indexing.over,
            s.Subscripted: self.indexing.subscripted,
            s.Either: partial(Elaborator._either, me),
            s.Comparison: comparisons.compare,
            s.RaisedSign: comparisons.raised,
        }

    def run(self, root: s.Node) -> Any:
        """Elaborate a tree.

        Raises
        ------
        MatgradError
            Located in the text, when an operation refuses its operands.
        """
        frames: list[tuple[s.Node, Visit]] = []
        value: Any = None
        pending: s.Node | None = root
        while pending is not None or frames:
            node = pending if pending is not None else frames[-1][0]
            try:
                if pending is not None:
                    visit = self._visits.get(type(pending))
                    pending = None
                    if visit is None:
                        value = self.pieces[id(node)] = self._leaf(node)
                        continue
                    frames.append((node, visit(node)))
                    value = None
                pending = frames[-1][1].send(value)
            except StopIteration as finished:
                frames.pop()
                value = self.pieces[id(node)] = finished.value
            except MatgradError as error:
                if error.span is not None and error.text is None:
                    error.text = self.text
                raise error.located(self.text, node.span) from None
        return value

    def note(self, name: str, operands: Sequence[object]) -> None:
        """Remember what is to be said of a function, once, where MATLAB's of that name differs."""
        said = None if self.is_numpy or self.is_latex or not operands else difference(name, operands[0])
        if said is not None:
            self.notes[name] = said

    def remark(self, phrase: Phrase) -> None:
        """Remember what is to be said once of a way of writing."""
        self.notes[phrase.text("en")] = phrase

    def alike(self, left: Dim, right: Dim) -> None:
        """Remember two sizes that are one where nothing says otherwise."""
        self.unknowns.alike.append((left, right))

    def derived(self, question: Question) -> None:
        """Remember a derivative in the text, which whoever reads it verifies."""
        self.questions.append(question)

    def expect(self, value: Any, node: s.Node) -> Expr:
        """Refuse what is no expression, such as the pair that slogdet gives."""
        if isinstance(value, Expr):
            if isinstance(value, (Kron, Grid, Reshape)):
                self._note_parts(value)
            return value
        raise ParseError(
            phrase("{node} is not a matrix or a number", node=self.say.quote(node)),
            text=self.text,
            span=node.span,
        )

    def _note_parts(self, value: Kron | Grid | Reshape) -> None:
        """Remember of what the sizes of a value are made."""
        note, args = self.unknowns.note_parts, value.args
        if isinstance(value, Reshape):
            note(value.rows, (args[0].columns, args[0].rows))
            return
        width = value.data[0] if isinstance(value, Grid) else 1
        note(value.rows, tuple(arg.rows for arg in args[::width]))
        note(value.columns, tuple(arg.columns for arg in (args[:width] if isinstance(value, Grid) else args)))

    # ---- what the reading of indices asks for ------------------------------------------------------

    def variable(self, name: str) -> Symbol:
        """A declared variable."""
        return self.scope.symbol(name, self.unknowns)

    def dimension(self, node: s.Name) -> Dim:
        """What a name stands for in the place of a dimension."""
        return name_of_dimension(self, node)

    def place(self, node: s.Name) -> Dim:
        """What a name stands for in the place of an index."""
        return self.indexing.named(node)

    def indexed_binding(self, name: str, items: Sequence[s.Node]) -> Expr | None:
        """The value of a name that is defined with indices, at some places."""
        definition = self.definitions.get(name)
        if definition is None:
            return None
        apart = self.indexing.apart(items)
        if len(apart) != len(definition.letters):
            raise UnknownNameError(
                phrase("{name} is defined with {count} indices", name=name, count=len(definition.letters)),
                fix=f"{name}_{''.join(definition.letters)}",
            )
        return self.value_at(definition, tuple(map(self.indexing.dim, apart)))

    def value_at(self, definition: Definition, places: Sequence[Dim]) -> Expr:
        """The value of a name that is defined with indices, at some places."""
        with self.indexing.assigned(dict(zip(definition.letters, places, strict=True))):
            return self.expect(self.run(definition.tree), definition.tree)

    # ---- leaves -----------------------------------------------------------------------------------

    def _leaf(self, node: s.Node) -> Expr:
        match node:
            case s.Num(value=value):
                return leaves.number(value)
            case s.Name():
                return self._named(node)
            case s.OnesSign(sizes=()):
                return self.filling_ones(node)
            case s.OnesSign(sizes=sizes):
                return leaves.ones(*(dimension_of(self, size) for size in sizes))
            case s.ZeroSign(sizes=sizes):
                return leaves.zeros(*(dimension_of(self, size) for size in sizes))
            case s.UnitSign(span=where, place=place):
                return leaves.unit(self.indexing.dim(place), self.unknowns.dim(f"unit.{where[0]}"))
            case s.TransposeSign():
                raise ParseError(phrase("the sign of the transpose needs an operand before it"), fix="X^⊤")
            case s.Slice():
                raise ParseError(phrase("a colon stands only in an index"), fix="X[1:2, :]")
            case s.Text(value=value):
                raise ParseError(
                    phrase("the word {value} is not an option of this function", value=repr(value))
                )
        raise ParseError(phrase("{node} cannot stand here", node=self.say.quote(node)))

    def filling_ones(self, node: s.Node) -> Expr:
        """The column of ones of whatever length fits."""
        return leaves.ones(self.unknowns.dim("ones.{}.{}".format(*node.span)))

    def one_or_more(self, node: s.Node) -> Dim:
        """The length of a piece that is 1 where nothing says otherwise."""
        return self.unknowns.dim("length.{}.{}".format(*node.span), default=ONE)

    def _named(self, node: s.Name) -> Expr:
        """A name in the place of an operand."""
        name, scope = node.text, self.scope
        if name in self.indexing.bound:
            return leaves.dimension(self.indexing.bound[name].place)
        if name in self.values:
            return self.values[name]
        member = self.indexing.member(node)
        if member is not None:
            return member
        if name in scope.declarations.free and not scope.is_variable(name):
            return leaves.dimension(Dim.symbol(name))  # the place of a member as a number, as in k y_k
        if name in scope.declarations.ranges and not scope.declarations.free:
            raise self.indexing.free(name, node.span)
        declared = scope.declarations.entries.get(name)
        if declared is not None and declared.is_family and name not in ("pi", "π"):
            written = declared.written
            raise UnknownNameError(
                phrase("{name} is a family, of which {written} is a member", name=name, written=written),
                fix=written,
            )
        if declared is not None and declared.is_function:
            raise UnknownNameError(
                phrase("{name} is declared a function and needs an argument", name=name), fix=f"{name}(x)"
            )
        if name in scope.dimensions and (declared is None or declared.is_count):
            check_fixed(name)
            return leaves.dimension(Dim.symbol(name))
        if declared is None or declared.is_family:
            if name in ("pi", "π", "np.pi", "numpy.pi", "jnp.pi"):
                return leaves.pi()
            if name in IDENTITIES:
                return leaves.eye(self.unknowns.dim(f"eye.{node.span[0]}"))
            size = identity_size(name)
            if size is not None and name not in scope.symbols:
                check_identity(
                    name,
                    str(size),
                    is_variable=scope.is_variable(str(size)) and not scope.is_count(str(size)),
                    occurs=str(size) in scope.used and str(size) not in scope.declarations.dimensions,
                )
                return leaves.eye(Dim.of(size))
            signs = scope.declarations.vec_signs
            if (matrix := vec_matrix_named(name, scope.dimensions, self.text, signs)) is not None:
                return matrix
            self._check_undeclared(node)
        return scope.symbol(name, self.unknowns)

    def _extent(self, name: str) -> tuple[bool, bool] | None:
        """Of a declared variable, whether it is a vector and whether it is a matrix."""
        declared = self.scope.declarations.entries.get(name)
        if name in self.values:
            value = self.values[name]
            return value.is_vector, not (value.is_vector or value.is_scalar)
        if declared is None or declared.is_function:
            return None
        ones = [size is ONE for size in (declared.rows, declared.columns)]
        return ones.count(True) == 1, ones.count(True) == 0

    def _lengths(self, name: str) -> frozenset[str]:
        """The names of the lengths of a declared variable: the place n is that of the last entry."""
        declared = self.scope.declarations.entries.get(name)
        sizes = (declared.rows, declared.columns) if declared is not None else ()
        return frozenset(str(size) for size in sizes if size is not None and size.symbols)

    def _check_undeclared(self, node: s.Name) -> None:
        """Refuse names that were hardly meant as the name of one variable."""
        name, scope = node.text, self.scope
        if name in scope.symbols:
            return
        known = [*scope.declarations.entries, *scope.bindings]
        if "." in name:
            raise UnknownNameError(
                phrase("{name} is not known", name=name), fix=phrase("np.pi, or a function such as np.exp(x)")
            )
        if name in FUNCTIONS and name not in ("e", "σ"):
            raise no_argument(node, self.text)
        if self.strict:
            raise unknown_variable(name, known, node.span, self.text)
        is_called = self.text[node.span[1] :].startswith("(")
        is_word = len(name) > 2 and name.isascii() and name.isalpha() and name not in MATRIX_LETTERS
        if is_called and is_word and not is_greek(name):
            raise unknown_function(name, node.span, self.text)
        if name.lower() in FUNCTIONS and (is_called or self.text[node.span[1] :].startswith("[")):
            raise unknown_function(name, node.span, self.text, may_be_declared=False)
        check_gradient(name, self.text[slice(*node.span)])
        check_no_variable(name, {*scope.used, *known})
        check_labelled_function(name)
        base = name.partition("_")[0]
        check_entry(name, self._extent, defined=base in self.values, lengths=self._lengths(base))
        if not self.is_numpy:
            check_numbered(name)
        letters = split_letters(name)
        is_differential = name.startswith("d") and (
            name[1:] in known or name[1:] in scope.used or len(name) == 2
        )
        if letters and not is_differential:
            singles = {*scope.used, *known}
            if may_be_factors(name, letters, singles, is_numpy=self.is_numpy):
                product = product_of_letters(letters, is_numpy=self.is_numpy, has_t="T" in singles)
                raise UnknownNameError(
                    phrase("{name} is not declared: is it one name, or a product?", name=name),
                    fix=phrase(
                        "{product} for the product, or declare {name}: {what}",
                        product=product,
                        name=name,
                        what="n" if name.islower() else "m×n",
                    ),
                )

    # ---- what the types decide ------------------------------------------------------------------------

    def _either(self, node: s.Either) -> Visit:
        """A piece with two readings: the one whose shapes fit, or a question where both do."""
        yield from ()
        unifier = active_unifier()
        found: list[Expr] = []
        states: list[object] = []
        failure: MatgradError | None = None
        of_table = False
        start = unifier.state() if unifier is not None else None
        for reading in node.readings:
            if unifier is not None:
                unifier.restore(start)
            try:
                value = self.expect(self.run(reading), reading)
            except MatgradError as error:
                if node.all_fit or (node.by_shapes and not isinstance(error, (DomainError, ShapeError))):
                    raise
                failure = failure or error
                if of_table and not isinstance(error, ShapeError):
                    break  # exp x yᵀ: of the product it is asked about as well
                continue
            if node.first_of_matrices and reading is node.readings[0]:
                if value.is_scalar:
                    break
                if self._is_of_number(reading):
                    return value
                of_table = True
            if value not in found:
                found.append(value)
                states.append(unifier.state() if unifier is not None else None)
        is_shape = failure is None or isinstance(failure, ShapeError)
        if len(found) > 1 or (node.first_of_matrices and not (of_table and is_shape)):
            if unifier is not None and states:
                unifier.restore(states[0])
            raise ParseError(node.question, fix=node.spellings)
        if failure is not None and not found:
            raise failure
        if unifier is not None:
            unifier.restore(states[0])
        return found[0]

    def _is_of_number(self, product: s.Node) -> bool:
        """Whether a product begins with a function of a number and then a vector: log p x, no tanh W x."""
        if not isinstance(product, s.Product):
            return True
        first, second = (self.expect(self.run(factor), factor) for _, factor in product.factors[:2])
        return first.is_scalar and not second.is_scalar

    # ---- powers, transposes, groups ---------------------------------------------------------------

    def _power(self, node: s.Power) -> Visit:
        turned = self._transposing_sign(node.exponent) if node.operator == "^" else 0
        if not turned and not self.is_latex:
            check_twice(node, self.text)
        if turned and isinstance(node.base, s.Transposed) and node.base.mark == "'" and not self.is_latex:
            b = self.say.atom(inner(node.base.operand))
            raise ParseError(
                phrase("{b}' with a transpose behind it may be a second variable, or transposed twice", b=b),
                fix=phrase("declare {b}_prime for the variable, ({b}')' for the transposes", b=b),
            )
        if turned and s.is_one(node.base):
            return transpose.transpose(self.filling_ones(node.base))
        if turned:
            base = self.expect((yield node.base), node.base)
            letter = letter_of(node.exponent)
            if not self._is_number(letter) or is_mark(node.exponent):
                check_turned_number(node.base, self.scope.is_variable, self.say.quote(node.base))
                return transpose.transpose(inverse.inv(base) if turned < 0 else base)
            if not base.is_scalar and self.text[node.exponent.span[0]] != "(":
                b = self.say.atom(node.base)
                raise ParseError(
                    phrase(
                        "{letter} is a number here, so that the power and the transpose are written alike",
                        letter=letter,
                    ),
                    fix=phrase("{b}^({letter}) for the power, {b}' for the transpose", b=b, letter=letter),
                )
        if self.is_numpy and node.operator != "**":
            b, e = self.say.quote(node.base), self.say.quote(node.exponent)
            raise ParseError(
                phrase("{operator} is not an operator of the NumPy dialect", operator=node.operator),
                fix=phrase(
                    "{b} ** {e} for entry by entry, np.linalg.matrix_power({b}, {e}) for the matrix power",
                    b=b,
                    e=e,
                ),
            )
        if not self.is_numpy and node.operator == "**":
            raise ParseError(
                phrase("** is not an operator of the MATLAB dialect"),
                fix=phrase("^, or .^ for entry by entry"),
            )
        if isinstance(node.base, s.Name) and node.base.text == "e" and not self.scope.is_variable("e"):
            if self._is_number("e"):
                raise ParseError(
                    phrase("e may be the dimension or the number 2.718… here"),
                    fix=phrase(
                        "exp({exponent}), or another name for the dimension",
                        exponent=self.say.quote(node.exponent),
                    ),
                )
            exponent = self.expect((yield node.exponent), node.exponent)
            if self.is_latex:
                check_exponential(self, node, exponent)
            is_table = not (exponent.is_scalar or exponent.is_vector or exponent.is_row)
            return FUNCTIONS["expm" if is_table and node.operator == "^" else "exp"].build(exponent)
        is_raised = is_raised_function(node)
        if is_raised and not self.is_latex:
            check_raised(node, self.text)
        base = self.expect((yield node.base), node.base)
        if self.is_latex:
            check_letter_above(self, node, base)
        exponent = self.expect((yield node.exponent), node.exponent)
        if node.operator != "^":
            return Expr.operators.power(base, exponent)
        if not exponent.is_scalar:
            raise ShapeError(
                phrase(
                    "the exponent {exponent} is not a scalar",
                    exponent=self.say.operand(node.exponent, exponent),
                ),
                fix=either(self.say.scalars(node.exponent))
                or phrase("expm(X) for the exponential of a matrix"),
            )
        if base.is_scalar:
            return power.power(base, exponent)
        if is_raised and not base.is_square:
            return Expr.operators.power(base, exponent)
        if is_raised and not self.is_latex:
            raise raised_square(node, self.say)
        if not self.is_latex and "t" in self.scope.once and not self._is_number("t"):
            check_small_t(node, self.say)
        if base.is_vector or base.is_row or not same(base.rows, base.columns):
            b, e = self.say.atom(node.base), self.say.exponent(node)
            above = rf"{b}^{{\circ {e}}}" if self.is_latex else f"{b}.^{e}"
            fixes = [phrase("{above} for entry by entry", above=above)]
            if self.is_latex and isinstance(inner(node.exponent), s.Name):
                fixes.insert(0, phrase("{b}^{{({e})}} for the {b} of step {e}", b=b, e=e.strip("{}")))
            if e == "2":
                bare = self.say.quote(inner(node.base))
                norm = rf"\|{bare}\|" if self.is_latex else f"norm({bare})"
                fixes.append(phrase("{norm}^2 for the sum of squares", norm=norm))
            fixes += self.say.scalars(node.base)
            raise ShapeError(
                phrase(
                    "a power needs a square matrix or a scalar; {base} is neither",
                    base=self.say.operand(node.base, base),
                ),
                fix=either(fixes),
            )
        return matrix_power.matrix_power(base, exponent)

    def _transposing_sign(self, exponent: s.Node) -> int:
        """1 for an exponent ``T``, -1 for ``-T``, 0 for any other."""
        sign = 1
        while isinstance(exponent, (s.Signed, s.Group)):
            if isinstance(exponent, s.Signed):
                sign *= exponent.sign
                exponent = exponent.operand
            else:
                exponent = exponent.items[0]
        if isinstance(exponent, s.TransposeSign):
            return sign
        return sign if isinstance(exponent, s.Name) and self._turns(exponent.text) else 0

    def _turns(self, letter: str) -> bool:
        """Whether a letter in an exponent is, or may be, a transpose: H where nothing has that name."""
        if letter not in TRANSPOSES:
            return False
        return letter == "T" or not (self._is_number(letter) or letter in self.scope.scalars)

    def _is_number(self, name: str) -> bool:
        """Whether a name is declared a scalar, or stands for a dimension."""
        declared = self.scope.declarations.entries.get(name)
        is_scalar = declared is not None and declared.rows is ONE and declared.columns is ONE
        return is_scalar or name in self.scope.dimensions

    def _transposed(self, node: s.Transposed) -> Visit:
        bare = inner(node.operand)
        if node.mark in ("″", "‴"):
            raise ParseError(
                phrase(
                    "{mark} is the sign of a derivative, and {bare} is no function",
                    mark=node.mark,
                    bare=self.say.quote(bare),
                ),
                fix=phrase("declare {bare}: function, or X' for the transpose", bare=self.say.quote(bare)),
            )
        if s.is_one(bare) and not self.is_numpy:
            return transpose.transpose(self.filling_ones(bare))
        check_turned_number(bare, self.scope.is_variable, self.say.quote(bare))
        value = self.expect((yield node.operand), node.operand)
        if isinstance(bare, s.Name) and isinstance(value, leaves.Dimension):
            raise ParseError(
                phrase("{bare} is the size of a shape here, and a number has no transpose", bare=bare.text),
                fix=phrase("another name for the size, if {bare} is a vector", bare=bare.text),
            )
        if self.is_latex and node.mark == "'":
            check_prime(self, node, value)
        if self.is_numpy and node.mark in ("'", ".'", "’"):
            raise ParseError(
                phrase("' is not the transpose in the NumPy dialect"), fix=f"{self.say.atom(node.operand)}.T"
            )
        if not self.is_numpy and node.mark == ".T":
            raise ParseError(
                phrase(".T is not the transpose in the MATLAB dialect"), fix=f"{self.say.atom(node.operand)}'"
            )
        return transpose.transpose(value)

    def _group(self, node: s.Group) -> Visit:
        if node.is_list:
            items = [self.say.quote(item) for item in node.items]
            beside, below = (
                rf"\begin{{bmatrix}} {sign.join(items)} \end{{bmatrix}}" for sign in (" & ", r" \\ ")
            )
            latex = phrase("{a} for one beside the other, {b} for one below the other", a=beside, b=below)
            raise ParseError(
                phrase("a list of operands stands only as the argument of a function"),
                fix=latex if self.is_latex else phrase("hstack(A, B) or [A, B]"),
            )
        return (yield node.items[0])
