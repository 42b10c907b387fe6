"""The chain rule on the computational graph: local derivatives, and their product with all shapes.

The intermediate variables are those of :mod:`matgrad.explanation.graph`. Derivatives of the whole are
handed from the last variable back to the first, one line for each, so that the length is
proportional to the size of the graph and not to the number of its paths.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from matgrad.calculus.components import Components
from matgrad.calculus.derivative import Derivative, Simplifier
from matgrad.calculus.pullback import pullback
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.structure import structure_of
from matgrad.calculus.variable import project
from matgrad.core.dims import ONE
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.words import Phrase
from matgrad.explanation import second_derivatives
from matgrad.explanation.canonical import K_TURNS, canonical, identities_between, rewriting, turned_signs
from matgrad.explanation.chain_differentials import differential_lines
from matgrad.explanation.chain_words import (
    CHAIN,
    DENOMINATOR,
    DIVIDE,
    INSERT,
    MEMBERS,
    MULTIPLY,
    NO_DEPENDENCE,
    NUMERATOR,
    PATHS,
    TRANSPOSE,
    UNVEC_COLUMN,
    VEC,
)
from matgrad.explanation.derivation import Derivation
from matgrad.explanation.differentiations import AGAIN, NamedDifferentiation, differentiations_of
from matgrad.explanation.entries import Indexed
from matgrad.explanation.exponential import is_trace_of_exponential
from matgrad.explanation.families import (
    NOWHERE,
    MemberRow,
    for_each,
    member_at,
    named_like,
    shown,
    stack,
    written_places,
)
from matgrad.explanation.graph import FUNCTION, NAME, WRITE_OUT, graph_of
from matgrad.explanation.implicit import is_implicit, lines_of
from matgrad.explanation.lines import (
    ENDLESS,
    LET,
    MEDIA,
    THEREFORE,
    Formula,
    Label,
    Line,
    Side,
    Written,
    alike,
    is_short_enough,
    width,
)
from matgrad.explanation.local_derivatives import (
    Link,
    along_structure,
    in_one_product,
    is_one_path,
    on_vec_at,
)
from matgrad.explanation.local_lines import lines_of_link
from matgrad.explanation.reasons import BY_SERIES, ENTRIES, HALF, UNPROJECTED, within_structure
from matgrad.explanation.rows import back_to_matrices
from matgrad.explanation.sides import Deferred, Partial, Paths, Sized, added, symbol_label
from matgrad.explanation.subject import Subject
from matgrad.explanation.typed_graph import TypedGraph
from matgrad.explanation.unfolding import is_quotient, unfolded
from matgrad.explanation.unsimplified import plus, product, turned
from matgrad.ops.arithmetic import Sum, add, multiply
from matgrad.ops.indices.members import Family
from matgrad.ops.kronecker import Kron
from matgrad.ops.leaves import number, zeros
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose

LONGEST = 4
"""Paths of more links are not written as one product, but from one variable back to the one before."""

SHORTER = 0.8
"""A product is multiplied out on a line of its own where that is as much shorter as this."""


def derivation(subject: Subject) -> Derivation:
    """Derive by the chain rule.

    Raises
    ------
    NotDifferentiableError
        When there is no derivative, or none is known.
    """
    writer = _Writer(subject)
    for stage in differentiations_of(subject):
        if stage.is_by_members:
            writer.lines += second_derivatives.lines_of(stage)
        else:
            writer.write(stage)
    return subject.derivation("chain", writer.lines, writer.definitions)


class _Writer:
    """The lines of one derivation, as they are written."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.lines: list[Line] = []
        self.definitions: dict[Symbol, Expr] = {}
        self.taken: set[str] = {subject.name.text}
        self.known: dict[Expr, Symbol] = {}
        self.shows_gradient = False
        self.adjoints = 0
        self._values: dict[Symbol, Expr] = {}
        self._links: dict[Symbol, list[Link]] = {}

    def write(self, stage: NamedDifferentiation) -> None:
        """The lines of one stage."""
        self.stage = stage
        self.shows_gradient = False
        self._values, self._links = {}, {}
        self.graph = graph_of(
            stage.function,
            stage.variable,
            self.taken,
            known=self.known,
            authored=stage.subject.authored,
            places=written_places(stage.variable, stage.letters),
            typed=stage.subject.typed_sums,
        )
        if not self.known and (not self.graph.names or is_quotient(stage.function)):
            self.graph = unfolded(stage.function, stage.variable, self.taken) or self.graph
        self._variables()
        if is_implicit(stage):
            name = Symbol.make(stage.name.text, *stage.function.shape)
            self.definitions[name] = stage.function
            self.lines += lines_of(stage, name)
            self.value = stage.derivative.on_vec
        elif stage.form in ("differential", "components") or (
            stage.form == "derivative" and not stage.function.is_scalar
        ):
            found, self.value = differential_lines(self.subject, stage, self.graph, self.definitions)
            self.lines += found
        elif is_one_path(self.graph, LONGEST):
            self._one_product()
        else:
            self._adjoint_by_adjoint()
        self._conclude()

    def _add(
        self,
        right: Written,
        left: Written | None = None,
        reasons: Sequence[Phrase] = (),
        relation: str = "=",
        claims: Sequence[tuple[Side, Side]] = (),
    ) -> None:
        self.lines.append(Line(right, left, tuple(reasons), relation, tuple(claims)))

    # ---- the graph ----------------------------------------------------------------------------------

    def _variables(self) -> None:
        """The intermediate variables, and the function in them."""
        graph, stage = self.graph, self.stage
        shown_as = TypedGraph(graph, self.subject.written if stage.order == 1 else stage.given)
        if stage.renamed is not None:
            self._add(stage.renamed, stage.name, [AGAIN], LET)
        for name, meaning in graph.names:
            if name not in self.definitions:
                self.definitions[name] = graph.definitions[name]
                self.known[graph.parts[name]] = name
                self._add(shown_as.meaning_of(name, meaning), symbol_label(graph.shown(name)), [NAME], LET)
        if stage.order > 1 and not graph.names:
            # The last line said it already.
            return
        claim = (Formula(stage.given), Formula(graph.top))
        self._add(shown_as.top(), stage.name, [FUNCTION] if graph.names else [], claims=[claim])

    @property
    def _is_deep(self) -> bool:
        """Whether derivatives of the whole get names, so that each is written once."""
        return len(self.graph.names) > LONGEST and self.stage.function.is_scalar

    def _links_to(self, operand: Symbol) -> list[Link]:
        known = self._links.get(operand)
        if known is not None:
            return known
        links = self._links[operand] = []
        for user, meaning in self.graph.users(operand):
            if meaning is self.stage.function and operand is self.stage.variable:
                links.append(Link(self.graph, user, self.stage.derivative, self.simplify))
            else:
                links.append(Link.between(self.graph, user, meaning, operand, self.simplify))
        return links

    def _label_of(self, link: Link) -> Written:
        """What the derivative of a user by an operand is called."""
        if link.user is None:
            return self._label(link.operand, link.held, link.shown_operand)
        held = tuple(link.shown_held(symbol) for symbol in link.held)
        user = link.shown_user
        assert user is not None
        return Partial(symbol_label(user), user.shape, link.shown_operand, self.stage.turned, False, held)

    def _label(self, operand: Symbol, held: tuple[Symbol, ...] = (), shown: Symbol | None = None) -> Written:
        """What the derivative of the whole by an operand is called."""
        stage = self.stage
        if operand is stage.variable and not held and stage.form != "gradient" and stage.free is None:
            return stage.left
        held = tuple(self.graph.shown(symbol) for symbol in held)
        return self._by(self.graph.shown(operand) if shown is None else shown, held)

    def _by(self, operand: Symbol, held: tuple[Symbol, ...] = ()) -> Written:
        stage = self.stage
        return Partial(stage.name, stage.function.shape, operand, stage.turned, False, held)

    def _laid_out(self, matrix: Expr) -> Expr:
        return self.simplify(transpose(matrix)) if self.stage.turned else matrix

    @property
    def simplify(self) -> Simplifier:
        """What brings the lines to their form."""
        return self.subject.simplify

    @property
    def _layout(self) -> Phrase:
        return DENOMINATOR if self.stage.turned else NUMERATOR

    def _local(self, link: Link) -> None:
        """The lines of a local derivative."""
        self.lines += lines_of_link(link, self._label_of(link), self._laid_out, self.stage.turned)

    # ---- one path -----------------------------------------------------------------------------------

    def _one_product(self) -> None:
        """All local derivatives, then their product at once."""
        graph = self.graph
        links = [self._links_to(symbol)[0] for symbol in (*reversed(graph.definitions), graph.variable)]
        for link in links:
            self._local(link)
        value = self._value(links[-1:])
        if len(links) > 1:
            self._product([links], graph.variable, value)
        self.value = self._values[graph.variable]

    def _value(self, links: Sequence[Link]) -> Expr:
        """The derivative of the whole with respect to an operand, from those of its users.

        Of a scalar function the gradient, in the shape of the operand; else the matrix on vec.
        """
        stage = self.stage
        operand = links[0].operand
        scalar = stage.function.is_scalar
        parts: list[Expr] = []
        for link in links:
            if link.user is None:
                outer: Expr | None = number(1) if scalar else None
            else:
                outer = self._of(link.user)
            if scalar:
                assert outer is not None
                parts.append(link.pulled(outer))
            elif outer is None:
                parts.append(link.matrix)
            else:
                parts.append(link.sums.summed(multiply(link.renamed(outer), link.matrix)))
        found = add(*parts)
        binds = any(node.binds for node in postorder(found))
        whole = self.simplify(found)
        if self.graph.names and scalar and not binds and is_short_enough(found, whole):
            whole = found  # the names are written out at the end
        whole = self.graph.places_of(operand).among(whole)
        value = self._values[operand] = self.graph.named(whole)
        return value

    def _of(self, symbol: Symbol) -> Expr:
        known = self._values.get(symbol)
        return self._value(self._links_to(symbol)) if known is None else known

    def _row(self, value: Expr) -> Expr:
        """A derivative of the whole as a matrix on vec, in numerator layout."""
        return transpose(vec(value)) if self.stage.function.is_scalar else value

    def _claim(self, operand: Symbol, shown: Side) -> tuple[Side, Side]:
        """That a matrix on vec is the derivative of the whole by the engine.

        What moves within a structure has many such matrices: they agree along its directions.
        """
        graph, places, turned = self.graph, self.graph.places_of(operand), self.stage.turned

        @cache
        def engine() -> Expr:
            after = graph.after(operand)
            if not isinstance(operand, Family):
                return Derivative(after, operand, self.simplify).on_vec
            return pullback(after, operand, number(1)) if scalar else on_vec_at(after, operand, places)

        scalar = self.stage.function.is_scalar
        if not isinstance(operand, Family):
            return along_structure(engine, shown, operand, turned)
        side: Side = Deferred(lambda: transpose(engine()) if turned else engine())
        if scalar:
            side = MemberRow(engine, operand, places, turned)
        return for_each(side, places), for_each(shown, places)

    def _product(self, paths: Sequence[Sequence[Link]], operand: Symbol, value: Expr) -> None:
        """The chain rule along paths that are listed outermost first, and what it comes to."""
        stage = self.stage
        labels, shapes, terms, sums = [], [], [], []
        for path in map(in_one_product, paths):
            factors = [self._label_of(link) for link in path]
            matrices = [self._laid_out(link.shown) for link in path]
            outer, shown_outer = path[0].user, path[0].shown_user
            if outer is not None and shown_outer is not None:
                factors.insert(0, self._by(shown_outer))
                before = path[0].renamed(self._of(outer))
                matrices.insert(0, self._laid_out(self.simplify(self._row(before))))
            if stage.turned:
                factors.reverse()
                matrices.reverse()
            labels.append(tuple(factors))
            shapes.append(tuple(matrix.shape for matrix in matrices))
            over = NOWHERE
            for link in path:
                over = over.joined(link.sums)
            sums.append(over)
            bound = over.bound()
            terms.append(
                over.around(product(*(m.substitute(bound) for m in matrices)), as_it_stands=True)
                if bound
                else product(*matrices)
            )
        left = self._label(operand)
        whole = (shapes[0][0][0], shapes[0][-1][1])
        filled = added(terms)
        rule = PATHS if len(paths) > 1 else MEMBERS if any(over.letters for over in sums) else CHAIN
        self._add(
            Paths(tuple(labels), whole, tuple(shapes), tuple(sums)),
            left,
            [rule, self._layout],
            claims=[self._claim(operand, filled)],
        )
        if not self._is_deep:
            self._add(filled, None, [INSERT], claims=[self._claim(operand, filled)])
        if stage.function.is_scalar:
            stacked = any(isinstance(factor, Kron) for term in terms for factor in term.args)
            named = identities_between(plus(*terms), value) or (MULTIPLY,)
            row = plus(*terms)
            only_turned: Sequence[Phrase] | None = None
            if row.is_row and not stage.turned and self.graph.shown(operand).is_vector:
                upright = plus(*map(turned, terms))
                built, names = canonical(upright)
                only_turned = names if built is value else None
                shorter = isinstance(upright, Sum) and width(Formula(upright)) <= width(Formula(value))
                if operand is stage.variable and shorter:
                    value, only_turned = upright, ()
                    self._values[operand] = value
            self._reshaped(operand, value, back_to_matrices(terms, stacked), named, only_turned)
        else:
            laid_out = self._laid_out(value)
            opens = operand is stage.variable and any(isinstance(m, Sum) for term in terms for m in term.args)
            if width(Formula(laid_out)) < SHORTER * width(filled) or opens:
                reasons = identities_between(plus(*terms), laid_out) or (MULTIPLY,)
                claim = self._claim(operand, Formula(laid_out))
                self._add(Formula(laid_out), None, reasons, claims=[claim])

    def _reshaped(
        self,
        operand: Symbol,
        value: Expr,
        to_matrix: Sequence[Phrase],
        multiplied: Sequence[Phrase] = (MULTIPLY,),
        only_turned: Sequence[Phrase] | None = None,
    ) -> None:
        """The gradient in the shape of the variable; ``multiplied`` says how a scalar came about.

        ``to_matrix`` says how a matrix did; ``only_turned`` holds the identities by which it is the
        transpose, where it is no more than that.
        """
        stage = self.stage
        self.shows_gradient = operand is stage.variable
        if self.graph.shown(operand).is_scalar:
            if not self._is_shown(value):
                claim = self._claim(operand, Formula(value))
                self._add(Formula(value), None, multiplied, claims=[claim])
            return
        reasons = [MULTIPLY] if only_turned is None else [*only_turned]
        shape = self.graph.shown(operand).shape
        if shape[1] is not ONE:
            reasons = list(to_matrix)
            if is_trace_of_exponential(stage.function, stage.variable):
                reasons.insert(0, BY_SERIES)
        elif not stage.turned:
            reasons.append(TRANSPOSE)
        left: Written = Partial(stage.name, stage.function.shape, self.graph.shown(operand), whole=True)
        check = vec(value) if stage.turned else transpose(vec(value))
        claim = self._claim(operand, Formula(check))
        if self._is_deep and operand is not stage.variable:
            left = self._named_adjoint(operand, value, left)
        self._add(Formula(value), left, reasons, THEREFORE, [claim])

    def _named_adjoint(self, operand: Symbol, value: Expr, left: Written) -> Label:
        """δ for the derivative of the whole by a variable, in which the next one is written."""
        self.adjoints += 1
        places, shown_operand = self.graph.places_of(operand), self.graph.shown(operand)
        word = "delta" if shown_operand.columns is ONE else "Delta"
        symbol = named_like(operand, f"{word}{self.adjoints}", places)
        self.definitions[symbol] = stack(symbol, value, places) if isinstance(symbol, Family) else value
        self._values[operand] = member_at(symbol, places)
        name = symbol_label(shown(symbol, places))
        return Label(*(f"{name.write(medium)} = {left.write(medium)}" for medium in MEDIA))

    # ---- any graph ----------------------------------------------------------------------------------

    def _adjoint_by_adjoint(self) -> None:
        """From the last variable back to the first, summing over the uses of each."""
        graph, stage = self.graph, self.stage
        function, variable = stage.function, stage.variable
        # A function that does not depend on the variable has no links.
        value = zeros(*variable.shape)
        if not function.is_scalar:
            value = zeros(function.rows * function.columns, variable.rows * variable.columns)
        for operand in (*reversed(graph.definitions), variable):
            links = self._links_to(operand)
            for link in links:
                self._local(link)
            value = self._value(links) if links else value
            if self._is_deep and len(links) == 1 and links[0].user is None:
                self._reshaped(operand, value, [UNVEC_COLUMN])
            elif len(links) > 1 or (links and links[0].user is not None):
                self._product([[link] for link in links], operand, value)
        self.value = self._values.get(variable, value)

    # ---- the end --------------------------------------------------------------------------------------

    def _conclude(self) -> None:
        """The answer of the stage, in the variables of the problem."""
        stage, answer = self.stage, self.stage.answer
        if isinstance(answer, Components):
            self._components(answer)
        elif stage.form == "differential":
            self._continue(answer, (Formula(self.value), Formula(answer)))
        elif stage.form == "derivative" and not stage.function.is_scalar:
            exact = pushforward(stage.function, stage.variable, number(1))
            self._add(Formula(answer), stage.left, [DIVIDE], THEREFORE, [(Formula(exact), Formula(answer))])
        elif stage.function.is_scalar:
            self._gradient(answer)
        else:
            self._matrix(answer)
        if isinstance(answer, Expr) and not self._is_shown(answer):
            self._add(Formula(answer), stage.left, [], THEREFORE)

    def _gradient(self, answer: Expr) -> None:
        """∂f/∂X in names, written out, and projected on the structure of X."""
        stage = self.stage
        variable = self.graph.shown(stage.variable)
        left = Partial(stage.name, stage.function.shape, variable, whole=True)
        if stage.form == "gradient" and structure_of(variable) is not None:
            changed = stage.changes(self.value)
            projection = within_structure(variable, stage.convention, changed)
            assert projection is not None
            self._projected(answer, projection, left)
            return
        plain = answer if stage.form == "derivative" else stage.unprojected
        engine = self._at_places(plain)
        if not self.shows_gradient:
            reasons = self._reshaping()
            if plain is not answer or not alike(Formula(self.value), Formula(plain)):
                self._add(
                    Formula(self.value), left, reasons, THEREFORE, [(engine, self._at_places(self.value))]
                )
            elif not self._repeats():
                self._add(
                    Formula(answer), stage.left, reasons, THEREFORE, [(engine, self._at_places(answer))]
                )
                return
        self._continue(plain, (self._at_places(self.value), engine))
        if stage.form == "jacobian":
            whole = vec(stage.unprojected) if stage.turned else transpose(vec(stage.unprojected))
            whole = whole if stage.free is None else multiply(whole, stage.free)
            reasons = [HALF] if stage.free is not None else [VEC]
            self._add(Formula(answer), stage.left, reasons, THEREFORE, [(Formula(whole), Formula(answer))])

    def _at_places(self, value: Expr) -> Side:
        """A gradient, of a family that by each of its members."""
        return for_each(Formula(value), self.graph.places_of(self.stage.variable))

    def _reshaping(self) -> list[Phrase]:
        """Why the row of a derivative is the gradient in the shape of the variable."""
        if not any(self.stage.variable in part for part in self._parts()):
            return [NO_DEPENDENCE]
        variable = self.graph.shown(self.stage.variable)
        if variable.is_scalar or (self.stage.turned and variable.is_vector):
            return []
        return [UNVEC_COLUMN if variable.columns is not ONE else TRANSPOSE]

    def _projected(self, answer: Expr, projection: Phrase, left: Written) -> None:
        """The gradient within the structure of X; outside of it, the plain one is not unique."""
        stage = self.stage
        variable = self.graph.shown(stage.variable)
        whole = project(self.value, variable, stage.convention)
        claim = (self._at_places(whole), self._at_places(answer))
        changed = stage.changes(self.value)
        if changed:
            left = Label("G", "G")
        if not self.shows_gradient:
            self._add(Formula(self.value), left, self._reshaping(), THEREFORE, [claim])
        if changed:
            plain = UNPROJECTED.filled(g=left, x=symbol_label(variable))
            last = self.lines[-1]
            self.lines[-1] = replace(last, left=left, reasons=(*last.reasons, plain))
        elif self._is_shown(answer):
            last = self.lines[-1]
            told = (*last.reasons, projection)
            self.lines[-1] = replace(last, reasons=told, claims=(*last.claims, claim))
            return
        reasons = [projection]
        if any(node in self.definitions for node in postorder(self.value)):
            reasons.insert(0, WRITE_OUT)
        if changed:
            self._add(Formula(answer), stage.left, reasons, THEREFORE, [claim])
        else:
            self._add(Formula(answer), None, reasons, claims=[claim])

    def _matrix(self, answer: Expr) -> None:
        """The Jacobian on vec, by the independent entries where the convention has it so."""
        stage = self.stage
        if not any(stage.variable in graph_part for graph_part in self._parts()):
            claim = (Formula(stage.derivative.on_vec), Formula(self.value))
            self._add(Formula(answer), stage.left, [NO_DEPENDENCE], THEREFORE, [claim])
            return
        if stage.free is None:
            self._continue(answer, self._claim(stage.variable, Formula(answer)))
            return
        whole = multiply(self.value, stage.free)
        if stage.form == "hessian":
            whole = multiply(transpose(stage.free), whole)
        elif stage.turned:
            whole = transpose(whole)
        self._add(Formula(answer), stage.left, [HALF], THEREFORE, [(Formula(whole), Formula(answer))])

    def _parts(self) -> list[set[Expr]]:
        """The nodes of the top and of the definitions."""
        return [set(postorder(expr)) for expr in (self.graph.top, *self.graph.definitions.values())]

    def _components(self, answer: Components) -> None:
        """The differential entry by entry."""
        stage = self.stage
        exact = self.simplify(pushforward(stage.function, stage.variable, self.subject.change))
        self._continue(exact, (Formula(self.value), Formula(exact)))
        side = Indexed.of(answer)
        engine = Formula(stage.derivative.on_vec)
        self._add(side, stage.left, [ENTRIES], THEREFORE, [(engine, side)])

    def _repeats(self) -> bool:
        """Whether the last line has the name that the answer has."""
        left = self.lines[-1].left
        if isinstance(left, Partial):
            return self.stage.form == "gradient" and left.reads_as_gradient
        return left is not None and alike(left, self.stage.left)

    def _is_shown(self, answer: Expr) -> bool:
        last = self.lines[-1].right
        shown = last if not isinstance(last, Sized) else Formula(last.expr)
        return alike(shown, Formula(answer))

    def _continue(self, after: Expr, claim: tuple[Side, Side]) -> None:
        """One more form of the value, if it is written otherwise."""
        if not self._is_shown(after):
            names = any(node in self.definitions for node in postorder(self.value))
            reasons = rewriting(self.value, after)
            if names:
                reasons = (WRITE_OUT, *(reason for reason in reasons if reason is K_TURNS))
                reasons += turned_signs(self.value, after)
            if names and after.tree_size > ENDLESS:
                last = self.lines[-1]
                self.lines[-1] = replace(last, claims=(*last.claims, claim))
                return
            self._add(Formula(after), None, reasons, claims=[claim])
