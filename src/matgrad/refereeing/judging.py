r"""Judging one claim: the function is read with what the document says of it, and the claim is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from matgrad.calculus.derivative import AsItIs
from matgrad.calculus.derivatives import Derivatives
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.question import Question
from matgrad.calculus.variable import differential_of
from matgrad.checking import check
from matgrad.checking.answer_names import Names
from matgrad.checking.checking import check_value
from matgrad.checking.verdict import Verdict
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.words import phrase
from matgrad.language.interpretation import Interpretation, interpret
from matgrad.language.latex.declaring import name_in_latex
from matgrad.language.latex.plain import plain_text
from matgrad.language.parts import read_part
from matgrad.ops.indices.members import Family
from matgrad.printing.names import printed_as
from matgrad.refereeing.declared_in_words import Said, is_complex
from matgrad.refereeing.derivative_pieces import (
    NotUnderstoodError,
    changes_in,
    is_declaration,
    is_function,
    may_begin,
    named_tokens,
    operand_end,
)
from matgrad.refereeing.formulas import (
    Tokens,
    group_end,
    is_upright_d,
    key_of,
    name_end,
    names_used,
    plain,
    skip,
    terms_of,
    text_of,
    whole_name,
)
from matgrad.refereeing.found import Found, Right
from matgrad.refereeing.heads import head_of
from matgrad.refereeing.known import Definition, Known, is_called, replaced_name, statement_of
from matgrad.refereeing.likely_kinds import (
    are_numbers,
    is_only_base,
    likely_matrices,
    likely_numbers,
    likely_vectors,
)
from matgrad.refereeing.written_derivatives import Notation, derivative_at, unwrapped
from matgrad.results.parts import Part, part_of
from matgrad.rewrite.simplify import simplify

_WHERE = r" \text{ where } "
_FIRST_LABEL = 901
"""What derivatives within a formula are called G with, a number that no author has."""


@dataclass
class Subject:
    """What a claim is about: the function, the variable, and the question.

    Attributes
    ----------
    notation : Notation
        The derivative as it is written.
    body : tokens
        The function.
    variables : list of tokens
        The variable, or those that change in a differential.
    known : Known
        What is known where the claim stands.
    said : dict of str to Said
        What is said of its names.
    """

    notation: Notation
    body: Tokens
    variables: list[Tokens]
    known: Known
    said: Mapping[str, Said]
    language: str
    name: str = ""
    renamed: Mapping[str, Tokens] = field(default_factory=dict)
    """Where the claim is about f(x_k), and the function is f(x): x for x_k."""
    readings: dict[tuple[bool, bool, str], Interpretation] = field(default_factory=dict)

    # ---- reading --------------------------------------------------------------------------------

    @property
    def _without(self) -> set[str]:
        keys = {key_of(v) for v in self.variables}
        return keys | ({self.name} if self.name else set())

    def definitions(self) -> list[Definition]:
        """The definitions that the function needs."""
        return self.known.used_by(self.body, self._without)

    def texts(self) -> list[Tokens]:
        """The function and the definitions that it needs."""
        return [self.body, *(d.body for d in self.definitions())]

    def text(self, *, is_held: bool) -> str:
        """The function with its definitions; held fixed, names are left as they are."""
        needed = self.definitions()
        if is_held:
            needed = [d for d in needed if d.parameters]
        texts = [self.body, *(d.body for d in needed)]
        stated = [statement_of(d, is_called(d, texts)) for d in needed]
        body = text_of(self.body)[0].strip()
        body = f"-({body})" if self.notation.sign < 0 else body
        return body + (_WHERE + ", ".join(stated) if stated else "")

    def given(self, answer: Sequence[Tokens], defined: set[str], *, is_sized: bool) -> str:
        """What is declared of the names that occur."""
        texts = [self.body, *answer, *self.variables, *(d.body for d in self.definitions())]
        keys = dict.fromkeys(key for tokens in texts for key, _, _ in names_used(tokens))
        keys = {key: None for key in keys if not is_only_base(key, texts, self.said)}
        matrices = likely_matrices(texts, self.variables)
        found: list[str] = []
        without = {key_of(v) for v in self.variables}
        for key in keys:
            if key not in without and self.known.latest(key) is not None:
                continue  # what is defined is no variable
            said = self.said.get(key)
            if key in matrices and (said is None or not (said.shape or said.facts)):
                said = Said(key, matrices[key], facts=("matrix",))
            if said is None or key in defined:
                continue
            declared = (said if is_sized else replace(said, shape="")).declaration()
            if declared and is_declaration(declared):
                found.append(declared)
        return ", ".join(found)

    def read(
        self, rights: Sequence[Tokens], *, is_held: bool = False, is_sized: bool = True
    ) -> Interpretation:
        """The function as it is understood."""
        texts = [self.body, *rights, *self.variables]
        if any(is_complex(tokens) for tokens in texts):
            raise NotUnderstoodError(phrase("complex matrices are not understood"))
        defined = {d.key for d in self.definitions() if not is_held or d.parameters}
        given = self.given(rights, defined, is_sized=is_sized)
        key = (is_held, is_sized, given)
        if key not in self.readings:
            self.readings[key] = interpret(self.text(is_held=is_held), given, syntax="latex")
        return self.readings[key]

    def variable(self, read: Interpretation, tokens: Tokens) -> tuple[Symbol | Part, tuple[str, ...]]:
        """The variable that is written, and the letters of the member that it may be."""
        written = plain(tokens)
        names = [name_in_latex(written), plain_text(written), written]
        for name in names:
            for label, symbol in read.symbols.items():
                if name is not None and printed_as(label) == printed_as(name):
                    return symbol, ()
        name = names[0] or names[1] or written
        base, _, below = name.partition("_")
        for symbol in read.symbols.values():
            if isinstance(symbol, Family) and printed_as(symbol.label) == printed_as(base) and below:
                letters = tuple(below.replace(",", ""))
                if len(letters) == len(symbol.ranges):
                    return symbol, tuple(letter for letter in letters if letter.isalpha())
        part = read_part(names[1] or name, read.symbols)
        if part is not None and not isinstance(part[1], Symbol):
            return part_of(part[1], part[0] if "[" not in part[0] else str(part[1])), ()
        raise NotUnderstoodError(phrase("{name} does not occur in the function", name=written))

    def as_in_function(self, right: Tokens) -> Tokens:
        """A right side in the names of the function."""
        for key, name in self.renamed.items():
            right = replaced_name(right, key, name)
        return right

    # ---- judging --------------------------------------------------------------------------------

    def judge(self, right: Tokens) -> Found:
        """Judge one right side, without looking for what is wrong with it."""
        if self.is_joint:
            return self._judge_jointly(right)
        right = self.known.uncalled(self.as_in_function(right))
        try:
            found = self.tried(right)
        except MatgradError as error:
            found = Found("not understood", reason=error.problem)
        except NotUnderstoodError as error:
            return Found("not understood", reason=error.reason)
        if found.status == "verified":
            return found
        for again in self._otherwise(right, is_read=found.status == "wrong"):
            if again.status == "verified" or (found.status == "not understood" and again.status == "wrong"):
                found = again
            if found.status == "verified":
                return found
        is_open = found.status == "not understood" or not self._is_of_a_number(self.said, [right])
        return next(self._by_a_number(right), found) if is_open else found

    def _is_of_a_number(self, said: Mapping[str, Said], rights: Sequence[Tokens]) -> bool:
        """Whether a function whose gradient is claimed is a number, as it has to be; true of other claims."""
        if self.notation.kind != "nabla":
            return True
        try:
            return replace(self, said=said, readings={}).read(rights).expr.is_scalar
        except (MatgradError, NotUnderstoodError):
            return False

    @property
    def is_joint(self) -> bool:
        """Whether it is a differential in the changes of several variables."""
        return self.notation.form == "differential" and len(self.variables) > 1

    def parts(self, right: Tokens) -> list[tuple[Subject, Tokens]]:
        """A joint differential by each variable, with the terms that its change stands in.

        Raises
        ------
        NotUnderstoodError
            For a term in which not exactly one of them changes.
        """
        found: dict[str, Tokens] = {key_of(v): [] for v in self.variables}
        for start, end in terms_of(right):
            changed = [key for v in changes_in([right[start:end]]) if (key := key_of(v)) in found]
            if len(set(changed)) != 1:
                raise NotUnderstoodError(
                    phrase("derivatives by several variables at once are not understood")
                )
            found[changed[0]] += right[start:end]
        return [
            (replace(self, variables=[v], readings={}), found[key_of(v)])
            for v in self.variables
            if found[key_of(v)]
        ]

    def _judge_jointly(self, right: Tokens) -> Found:
        try:
            parts = self.parts(right)
        except NotUnderstoodError as error:
            return Found("not understood", reason=error.reason)
        judged = [part.judge(terms) for part, terms in parts]
        for status in ("not understood", "wrong"):
            for found in judged:
                if found.status == status:
                    return found
        return judged[0]

    def tried(
        self,
        right: Tokens,
        *,
        is_held: bool = False,
        is_sized: bool = True,
        said: Mapping[str, Said] | None = None,
        is_explained: bool = False,
    ) -> Found:
        """The verdict, with each way to lay out what stands inside."""
        subject = self if said is None else replace(self, said=said, readings={})
        first: Found | None = None
        for layout in ("mixed", "denominator", "numerator"):
            found = subject._once(right, is_held, is_sized, layout, is_explained)
            if found.status == "verified":
                return found
            first = first or found
            if found.right is None or not found.right.names:
                break
        assert first is not None
        return first

    def _once(self, right: Tokens, is_held: bool, is_sized: bool, layout: str, is_explained: bool) -> Found:
        read = self.read([right], is_held=is_held, is_sized=is_sized)
        written, bindings, names = self._without_derivatives(right, read, layout)
        answer = replace(self._answer(written, read), names=names)
        verdict = self._verdict(read, answer, bindings, is_explained=is_explained)
        how = {"is_held": is_held, "is_sized": is_sized}
        return Found("verified" if verdict.correct else "wrong", verdict, verdict.reason, answer, how)

    def _verdict(
        self,
        read: Interpretation,
        answer: Right,
        bindings: Mapping[str, Expr],
        layout: str | None = None,
        *,
        is_explained: bool,
    ) -> Verdict:
        notation = self.notation
        bound = {**read.bindings, **bindings}
        if notation.form == "value":
            some = next(iter(read.symbols.values()), None)
            if some is None:
                raise NotUnderstoodError(phrase("there is no variable in the function"))
            names = Names.of(
                read.expr,
                some,
                differential_of(some, set(read.symbols)),
                read.symbols.values(),
                bound,
                members=read.members,
            )
            return check_value(
                read.expr,
                some,
                answer.text,
                names,
                syntax="latex",
                language=self.language,
                is_explained=is_explained,
            )
        variable, letters = self.variable(read, self.variables[0])
        if notation.turned or notation.top_turned:
            layout = "numerator" if notation.turned else "denominator"
        function, order, form = read.expr, notation.order, notation.form
        if self.is_mixed:
            # ∂²f/∂x ∂yᵀ is the Jacobian by y of the gradient by x.
            function, order, form = self._gradient(read, variable), 1, "auto"
            variable, letters = self.variable(read, self.variables[1])
        return check(
            function,
            variable,
            answer.text,
            symbols=read.symbols.values(),
            bindings=bound,
            members=read.members,
            layout=layout,
            order=order,
            form=form if form in ("differential", "jacobian") else "auto",
            syntax="latex",
            language=self.language,
            letters=letters,
            is_explained=is_explained,
        )

    @property
    def is_mixed(self) -> bool:
        """Whether it is a second derivative by two different variables."""
        return self.notation.order == 2 and len({key_of(v) for v in self.variables}) == 2

    def _gradient(self, read: Interpretation, variable: Symbol | Part) -> Expr:
        """The gradient of the function by the first variable of a mixed derivative."""
        if not isinstance(variable, Symbol) or not read.expr.is_scalar:
            raise NotUnderstoodError(phrase("derivatives by several variables at once are not understood"))
        question = Question(read.expr, variable, layout="denominator").settled()
        found = Derivatives(read.expr, variable, AsItIs()).answer(question)
        assert isinstance(found, Expr)
        return found

    def in_layout(self, right: Tokens, layout: str, how: Mapping[str, Any]) -> Found:
        """The verdict where a layout is asked for, in the way in which it was found right."""
        if how.get("said") is not None:
            subject = replace(self, said=how["said"], readings={})
            return subject.in_layout(right, layout, {**how, "said": None})
        right = self.known.uncalled(self.as_in_function(right))
        try:
            read = self.read([right], is_sized=how.get("is_sized", True))
            written, bindings, _ = self._without_derivatives(right, read, layout)
            answer = self._answer(written, read)
            verdict = self._verdict(read, answer, bindings, layout, is_explained=False)
        except (MatgradError, NotUnderstoodError):
            return Found("verified")
        return Found("verified" if verdict.correct else "wrong", verdict, verdict.reason, answer)

    def _answer(self, right: Tokens, read: Interpretation) -> Right:
        """A right side with the definitions that the function does not have."""
        bound = {printed_as(name) for name in read.bindings}
        needed = []
        for definition in self.known.used_by(right, {key_of(v) for v in self.variables}):
            name = name_in_latex(plain(definition.left)) or plain_text(plain(definition.left))
            if printed_as(name) not in bound and not self._is_variable(definition, read):
                needed.append(definition)
        text, places = text_of(right)
        if needed:
            texts = [right, *(d.body for d in needed)]
            text += _WHERE + ", ".join(statement_of(d, is_called(d, texts)) for d in needed)
        return Right(text, places, {})

    def _is_variable(self, definition: Definition, read: Interpretation) -> bool:
        """Whether a defined name is a variable of the function as it is read."""
        name = name_in_latex(plain(definition.left)) or plain_text(plain(definition.left))
        return any(printed_as(label) == printed_as(name) for label in read.symbols)

    def _without_derivatives(
        self, right: Tokens, read: Interpretation, layout: str
    ) -> tuple[Tokens, dict[str, Expr], dict[str, str]]:
        """A right side with names for the derivatives in it, their values, and how they were written."""
        out: Tokens = []
        bindings: dict[str, Expr] = {}
        written: dict[str, str] = {}
        i = 0
        while i < len(right):
            if self.notation.form == "differential" and (end := self._end_of_change(right, i)):
                name = name_end(right, skip(right, is_upright_d(right, i)))
                written_name = plain(right[skip(right, is_upright_d(right, i)) : name])
                value = self._value_of_name(written_name, read)
                if value is not None:
                    label = f"G_{_FIRST_LABEL + len(bindings)}"
                    variable, _ = self.variable(read, self.variables[0])
                    assert isinstance(variable, Symbol)
                    change = differential_of(variable, set(read.symbols))
                    bindings[label] = simplify(pushforward(value, variable, change))
                    written[label] = plain(right[i:end])
                    out += named_tokens(label, right[i].span[0], right[end - 1].span[1])
                    i = end
                    continue
            found = derivative_at(right, i) if may_begin(right[i]) else None
            if found is None:
                out.append(right[i])
                i += 1
                continue
            notation, end = found
            if not notation.function:
                start = skip(right, end)
                end = operand_end(right, start)
                notation = replace(notation, function=unwrapped(right[start:end]))
            else:
                after = skip(right, end)
                if (
                    after < len(right)
                    and right[after].is_sign("(")
                    and whole_name(right[after + 1 : group_end(right, after) - 1])
                ):
                    end = group_end(right, after)
            label = f"G_{_FIRST_LABEL + len(bindings)}"
            bindings[label] = self._value_of(notation, read, layout)
            written[label] = plain(right[i:end])
            out += named_tokens(label, right[i].span[0], right[end - 1].span[1])
            i = end
        return out, bindings, written

    def _end_of_change(self, right: Tokens, i: int) -> int:
        """Where the change of a defined name ends that starts here, as dr does for r = Ax − b; 0 for none."""
        start = is_upright_d(right, i)
        if start == i or right[i].is_command("partial") or (right[i].kind == "letter" and right[i].glued):
            return 0
        at = skip(right, start)
        end = name_end(right, at)
        key = key_of(right[at:end])
        is_own = key in {key_of(v) for v in self.variables}
        return end if end > at and not is_own and self.known.latest(key) is not None else 0

    def _value_of_name(self, written: str, read: Interpretation) -> Expr | None:
        """What a name that the function is made of stands for."""
        name = name_in_latex(written) or plain_text(written)
        return next((v for label, v in read.bindings.items() if printed_as(label) == printed_as(name)), None)

    def _value_of(self, notation: Notation, read: Interpretation, layout: str) -> Expr:
        """The value of a derivative within a right side."""
        subject = subject_of(notation, [], self.known, self.said, self.language)
        if len(subject.variables) != 1 or notation.form == "differential":
            raise NotUnderstoodError(phrase("a derivative within the formula is not understood"))
        text = subject.text(is_held=False)
        defined = {
            printed_as(name_in_latex(plain(d.left)) or plain_text(plain(d.left)))
            for d in subject.definitions()
        }
        known = [symbol for label, symbol in read.symbols.items() if printed_as(label) not in defined]
        known += [
            Symbol.stand_in(name, *value.shape)
            for name, value in read.bindings.items()
            if printed_as(name) not in defined and name not in read.symbols
        ]
        inner = interpret(text, known, syntax="latex")
        variable, _ = subject.variable(inner, subject.variables[0])
        if not isinstance(variable, Symbol):
            raise NotUnderstoodError(phrase("a derivative within the formula is not understood"))
        layout = "numerator" if notation.turned else layout
        question = Question(inner.expr, variable, notation.order, layout=layout).settled()
        found = Derivatives(inner.expr, variable, AsItIs()).answer(question)
        if not isinstance(found, Expr):
            raise NotUnderstoodError(phrase("a derivative within the formula is not understood"))
        return found.substitute(
            {name: value for name, value in read.bindings.items() if name in symbols_of(found)}
        )

    def _otherwise(self, right: Tokens, *, is_read: bool) -> Iterator[Found]:
        """The verdict without the sizes that are said; by a number; or with a family that is a vector."""
        ways: list[dict[str, object]] = [{"is_sized": False}]
        more = []
        if len(self.variables) == 1:
            key, name = key_of(self.variables[0]), plain(self.variables[0])
            if not is_read and key not in self.said and len(name) == 1 and name.islower():
                more.append({key: Said(key, name, "scalar")})
        if not is_read and (vectors := likely_vectors([right, *self.texts()], self.said)):
            more.append(vectors)
        ways += [{"said": {**self.said, **one}} for one in more]
        for way in ways:
            try:
                found = self.tried(right, **way)  # type: ignore[arg-type]
                yield replace(found, how={**found.how, **way})
            except (MatgradError, NotUnderstoodError):
                continue

    def _by_a_number(self, right: Tokens) -> Iterator[Found]:
        """The verdict with one letter as a number, as y in (wᵀx − y)² and C in C‖x‖²; only what fits."""
        for number in likely_numbers([right, *self.texts()], self.variables, self.said):
            said = {**self.said, number.key: number}
            try:
                found = self.tried(right, said=said)
            except (MatgradError, NotUnderstoodError):
                continue
            if found.status == "verified" and self._is_of_a_number(said, [right]):
                yield replace(found, how={**found.how, "said": said})


def subject_of(
    notation: Notation,
    rights: Sequence[Tokens],
    known: Known,
    said: Mapping[str, Said],
    language: str,
    before: Sequence[Tokens] = (),
) -> Subject:
    """The function and the variable of a derivative.

    Parameters
    ----------
    notation : Notation
        The derivative.
    rights : sequence of tokens
        What it is said to be, in which the changes of a differential stand.
    known, said : Known, mapping of str to Said
        What is known.
    language : str
        The language of the messages.
    before : sequence of tokens
        The variables of the claims before.

    Raises
    ------
    NotUnderstoodError
        Where the function or the variable is not known.
    """
    function = notation.function
    head = head_of(function)
    definition = None if head is None else known.latest(key_of(head[0]))
    if definition is None:
        definition = known.latest(key_of(function))
    variables = list(notation.variables)
    body, name = function, ""
    renamed: dict[str, Tokens] = {}
    is_name = head is not None and not head[1] and whole_name(function)
    if definition is not None and {key_of(v) for v in variables} != {definition.key}:
        called = head[1] if head is not None else ()
        body, name = definition.body, definition.key
        if called and len(called) == len(definition.parameters):
            for parameter, value in zip(definition.parameters, called, strict=True):
                if whole_name(value) and key_of(parameter) != key_of(value):
                    renamed[key_of(value)] = parameter
                elif key_of(parameter) != key_of(value):
                    body = replaced_name(body, key_of(parameter), value)
        if not variables and notation.form != "differential":
            variables = _only_variable(definition, called, before)
            if notation.at and not whole_name(notation.at):
                raise NotUnderstoodError(phrase("the derivative at a point is not understood"))
            if notation.at and len(definition.parameters) == 1:
                renamed[key_of(notation.at)] = definition.parameters[0]
                variables = [definition.parameters[0]]
    elif (is_name and key_of(function) not in {key_of(v) for v in variables}) or (
        head is not None and head[1] and not is_function(head[0])
    ):
        raise NotUnderstoodError(phrase("{name} is not defined before this place", name=plain(function)))
    if notation.form == "differential":
        used = {key for key, _, _ in names_used(body)}
        for needed in known.used_by(body, set()):
            used |= {key for key, _, _ in names_used(needed.body)}
        changed = [v for v in changes_in(rights) if key_of(v) in used]
        variables = [v for v in changed if known.latest(key_of(v)) is None] or changed
    if not variables:
        raise NotUnderstoodError(phrase("it is not said by which variable"))
    if len(variables) > 1 and notation.order == 1 and notation.form != "differential":
        raise NotUnderstoodError(phrase("derivatives by several variables at once are not understood"))
    renamed = {key: value for key, value in renamed.items() if key != key_of(value)}
    variables = [renamed.get(key_of(v), v) for v in variables]
    subject = Subject(notation, known.uncalled(body), variables, known, said, language, name, renamed)
    is_of_one_number = notation.kind == "prime" and are_numbers(subject.texts())
    if is_of_one_number and key_of(variables[0]) not in said:
        number = Said(key_of(variables[0]), plain(variables[0]), "scalar")
        return replace(subject, said={**said, number.key: number})
    return subject


def _only_variable(
    definition: Definition, called: Sequence[Tokens], before: Sequence[Tokens]
) -> list[Tokens]:
    """The variable of ∇f, where f has one argument, or where claims before were by it."""
    if len(called) == 1 and whole_name(called[0]):
        return [called[0]]
    if definition.parameters:
        return [definition.parameters[0]] if len(definition.parameters) == 1 else []
    used = {key for key, _, _ in names_used(definition.body)}
    return [v for v in before if key_of(v) in used][-1:]
