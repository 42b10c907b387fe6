r"""What a claim is about: its function, with all that the document says of it, and its variable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from itertools import combinations

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Symbol
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.language.interpretation import Interpretation, interpret
from matgrad.language.latex.declaring import name_in_latex
from matgrad.language.latex.lexer import cut
from matgrad.language.latex.plain import plain_text
from matgrad.language.parts import read_part
from matgrad.ops.indices.members import Family
from matgrad.printing.names import printed_as
from matgrad.refereeing.as_read import (
    entry_by_entry,
    with_adjoints,
    with_diagonals,
    with_labels,
    without_brackets_of_changes,
)
from matgrad.refereeing.declared_in_words import Said, is_complex
from matgrad.refereeing.derivative_pieces import (
    NotUnderstoodError,
    changes_in,
    is_declaration,
    is_function,
)
from matgrad.refereeing.entries import whole_of
from matgrad.refereeing.formulas import (
    Tokens,
    argument,
    key_of,
    last_sign,
    names_used,
    plain,
    terms_of,
    text_of,
    trimmed,
    whole_name,
)
from matgrad.refereeing.heads import head_of
from matgrad.refereeing.inner_names import with_inner_name, without_models
from matgrad.refereeing.known import Definition, Known, is_of_members, replaced_name, stated
from matgrad.refereeing.likely_kinds import (
    are_numbers,
    is_only_base,
    leading_letter,
    like_the_argument,
    likely_matrices,
    likely_numbers,
    matrices_beside,
    sized_by_definitions,
)
from matgrad.refereeing.ranges import unsaid_ranges, with_ranges
from matgrad.refereeing.stacks import Stack, has_e, with_stacks
from matgrad.refereeing.weighted_norms import has_weights, with_weights
from matgrad.refereeing.written_derivatives import Notation
from matgrad.results.parts import Part, part_of


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
    is_entrywise: bool = False
    """Whether quotients and powers are taken entry by entry."""
    is_inverse_weighted: bool = False
    """Whether a norm is weighted by the inverse of the matrix below it."""
    lasts: Mapping[str, str] = field(default_factory=dict)
    """How far indices run of which the document does not say it."""
    stacks: Mapping[str, Stack] = field(default_factory=dict)
    """The matrices that are put in where a row or a column of them is named."""
    readings: dict[tuple[bool, bool, str], Interpretation] = field(default_factory=dict)

    @property
    def _without(self) -> set[str]:
        keys = {key_of(v) for v in self.variables}
        return keys | ({self.name} if self.name else set())

    def definitions(self) -> list[Definition]:
        """The definitions that the function needs."""
        return self.written_out(self.known.used_by(self.body, self._without))

    def written_out(self, definitions: Sequence[Definition]) -> list[Definition]:
        """Definitions in which what authors leave to the reader is written out."""
        return [
            replace(d, left=self._told_apart(d.left), body=self.as_read(self.known.uncalled(d.body)))
            for d in definitions
        ]

    def as_read(self, tokens: Tokens) -> Tokens:
        """A formula in which what authors leave to the reader is written out."""
        tokens = with_adjoints(with_diagonals(tokens), [*self.said, *self.known.definitions])
        tokens = with_weights(tokens, self._is_matrix, is_inverse=self.is_inverse_weighted)
        tokens = self._told_apart(tokens)
        if self.notation.form == "differential":
            tokens = without_brackets_of_changes(tokens)
        if self.lasts:
            tokens = with_ranges(tokens, self.lasts)
        return entry_by_entry(tokens) if self.is_entrywise else tokens

    def _told_apart(self, tokens: Tokens) -> Tokens:
        r"""A formula in which a defined name such as D_x is no entry of a D."""
        return with_labels(tokens, {key for key in self.known.definitions if self._is_label(key)})

    def _is_label(self, key: str) -> bool:
        """Whether the letter below a defined name is no index, or a name has members of another kind."""
        definition = self.known.latest(key)
        parts = key.split()
        if definition is not None and is_of_members(definition):
            return True  # F(x) = F_0 + Σ x_i F_i is none of the F_i
        if definition is not None and len(parts) == 3 and parts[1] == "^" and parts[2] in "+-":
            return True  # P^+ = … is the P of the next step
        return (
            definition is not None
            and len(parts) == 3
            and parts[1] == "_"
            and len(parts[2]) == 1
            and parts[2].isalpha()
            and not definition.parameters
            and whole_of(definition) is None
            and not any(used.endswith(f" _ {parts[2]}") for used, _, _ in names_used(definition.body))
        )

    def _is_matrix(self, key: str) -> bool:
        """Whether it is said or defined what a matrix is that goes by a name."""
        said = self.said.get(key)
        is_said = said is not None and (
            r"\times" in said.shape or bool(set(said.facts) - {"vector", "scalar"})
        )
        return is_said or (self.known.latest(key) is not None and not key[0].islower())

    @property
    def is_weighted(self) -> bool:
        """Whether norms with matrices below them occur."""
        needed = self.known.used_by(self.body, self._without)
        return any(has_weights(tokens, self._is_matrix) for tokens in (self.body, *(d.body for d in needed)))

    def texts(self) -> list[Tokens]:
        """The function and the definitions that it needs."""
        return [self.body, *(d.body for d in self.definitions())]

    def parameters(self) -> tuple[Tokens, ...]:
        """The arguments of the function, as its definition names them."""
        definition = self.known.latest(self.name) if self.name else None
        return () if definition is None else definition.parameters

    def bases(self) -> list[Tokens]:
        """The names whose entries are the variables: x of ∂f/∂x_j."""
        found = [(v, last_sign(v, "_")) for v in self.variables]
        return [trimmed(v[:below]) for v, below in found if below > 0]

    def text(self, *, is_held: bool) -> str:
        """The function with its definitions; held fixed, names are left as they are."""
        needed = self.definitions()
        if is_held:
            needed = [d for d in needed if d.parameters]
        body = text_of(self.as_read(self.body))[0].strip()
        body = f"-({body})" if self.notation.sign < 0 else body
        return body + stated(needed, [self.body, *(d.body for d in needed)])

    def given(self, answer: Sequence[Tokens], defined: set[str], *, is_sized: bool) -> str:
        """What is declared of the names that occur."""
        texts = [self.body, *answer, *self.variables, *(d.body for d in self.definitions())]
        keys = {key: plain(tokens[a:b]) for tokens in texts for key, a, b in names_used(tokens)}
        keys = {key: name for key, name in keys.items() if not is_only_base(key, texts, self.said)}
        bases = {d.key for d in self.definitions()}
        # Of a name that the answer alone has, nothing is known: what it is has to be said somewhere.
        own = {key for tokens in [*self.texts(), *self.variables] for key, _, _ in names_used(tokens)}
        matrices = likely_matrices(texts, self.variables)
        matrices = {k: name for k, name in matrices.items() if k in own}
        matrices |= matrices_beside([*self.texts(), *self.variables], matrices)
        found: list[str] = []
        sized = sized_by_definitions(self.definitions(), self.said)
        without = {key_of(v) for v in self.variables}
        for key in keys:
            if key not in without and self.known.latest(key) is not None:
                continue  # what is defined is no variable
            said = sized.get(key) or self.said.get(key) or self._like_the_first(key, keys[key])
            base, _, below = key.partition(" _ ")
            if said is None and below.isdigit() and base in bases:
                # Of x = A x_0 + B u the x_0 is another name than x, and as large.
                said = Said(key, keys[key], facts=("matrix" if base.isupper() else "vector",))
            if key in matrices and (said is None or not (said.shape or said.facts)):
                said = Said(key, matrices[key], facts=("matrix",))
            if said is None or key in defined:
                continue
            declared = (said if is_sized else replace(said, shape="")).declaration()
            if declared and is_declaration(declared):
                found.append(declared)
        return ", ".join(found)

    def _like_the_first(self, key: str, name: str) -> Said | None:
        r"""What a member is where the first of its kind is said to be something, and c^* where c is."""
        starred = self.said.get(key.removesuffix(" ^ *"))
        if key.endswith(" ^ *") and key[0].islower() and starred is not None and starred.shape:
            return Said(key, name, starred.shape, ("vector",) if starred.shape != "scalar" else ())
        base, _, below = key.partition(" _ ")
        first = self.said.get(f"{base} _ 1") if len(below) == 1 and below.isalpha() else None
        return None if first is None else replace(first, key=key, name=name)

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
        entry = self.entry(read, tokens)
        if entry is not None:
            return entry
        raise NotUnderstoodError(phrase("{name} does not occur in the function", name=written))

    def entry(self, read: Interpretation, tokens: Tokens) -> tuple[Symbol, tuple[str, ...]] | None:
        """The vector or matrix of which an entry with letters is written, and these: x and k of x_k."""
        name = name_in_latex(plain(tokens)) or plain_text(plain(tokens)) or ""
        base, _, below = name.partition("_")
        letters = tuple(letter for letter in below if letter not in ",{}")
        if not letters or not all(map(str.isalpha, letters)):
            return None
        for label, symbol in read.symbols.items():
            if printed_as(label) == printed_as(base) and not isinstance(symbol, Family):
                count = 1 if symbol.is_vector or symbol.is_row else 2
                return (symbol, letters) if len(letters) == count and not symbol.is_scalar else None
        return None

    def claim_of(self, right: Tokens) -> tuple[object, ...]:
        """All that decides whether a right side is right: what is said twice need not be judged twice."""
        written = self.notation
        needed = self.known.used_by(right, self._without)
        return (
            self.text(is_held=False),
            self.given([right], set(), is_sized=True),
            tuple(map(plain, self.variables)),
            tuple((key, plain(name)) for key, name in self.renamed.items()),
            (written.order, written.form, written.kind, written.turned, written.top_turned, written.sign),
            self.is_entrywise,
            self.is_inverse_weighted,
            tuple(self.stacks),
            plain(right),
            tuple((plain(d.left), tuple(map(plain, d.parameters)), plain(d.body)) for d in needed),
        )

    def as_in_function(self, right: Tokens) -> Tokens:
        """A right side in the names of the function."""
        for key, name in self.renamed.items():
            right = replaced_name(right, key, name)
        return with_stacks(right, self.stacks) if self.stacks else right

    def stacked(self, right: Tokens, stacks: Mapping[str, Stack]) -> Subject | None:
        """The subject with the rows and columns of matrices put in for their names.

        ``None`` where no matrix and a row or a column of it both occur.
        """
        own = [self.said[key].shape for key in map(key_of, self.variables) if key in self.said]
        # Nothing may say how long the rows are: as long as the variable, or as nothing else is.
        lengths = [*(one for one in own if one not in ("", "scalar", "1") and r"\times" not in one), "n_{9}"]
        found = [self._stacked(right, stacks, length) for length in lengths]
        return next((one for one in found if one is not None and _is_readable(one)), found[-1])

    def _stacked(self, right: Tokens, stacks: Mapping[str, Stack], length: str) -> Subject | None:
        texts = [right, *self.texts(), *self.variables]
        used = {key for tokens in texts for key, _, _ in names_used(tokens)}
        here: dict[str, Stack] = {}
        sized: dict[str, Said] = {}
        for key, one in stacks.items():
            matrix = key_of(one.matrix)
            if key in used and matrix in used and self.known.latest(matrix) is None:
                said = self.said.get(matrix)
                if said is None or not said.shape:
                    counted = one.as_counted(texts, self.said, length)
                    sized[matrix] = said.joined(counted) if said is not None else counted
                    said = counted
                sizes = said.shape.split(r"\times")
                count = sizes[0 if one.is_rows else 1].strip() if len(sizes) == 2 else ""
                here[key] = replace(one, length=count)
        if not here or any(map(has_e, texts)) or not {key_of(v) for v in self.variables}.isdisjoint(here):
            return None
        known = self.known.as_it_is()
        for key, held in known.definitions.items():
            known.definitions[key] = [replace(d, body=with_stacks(d.body, here)) for d in held]
        said_here = {key: one for key, one in self.said.items() if key.partition(" _ ")[0] not in here}
        body = with_stacks(self.body, here)
        found = replace(self, body=body, known=known, said={**said_here, **sized}, stacks=here, readings={})
        is_fitting = not sized or _is_readable(found)
        return found if is_fitting else replace(found, said=said_here, readings={})

    @property
    def is_joint(self) -> bool:
        """Whether it is a differential in the changes of several variables."""
        return self.notation.form == "differential" and len(self.variables) > 1

    @property
    def is_mixed(self) -> bool:
        """Whether it is a second derivative by two different variables."""
        return self.notation.order == 2 and len({key_of(v) for v in self.variables}) == 2

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
    elif notation.kind == "prime" and is_name and is_function(function):
        body = [*function, *_at("(", function), *variables[0], *_at(")", function)]
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
    if notation.is_squared:
        known, variables, said = _by_the_square(variables[0], known, said)
    renamed = {key: value for key, value in renamed.items() if key != key_of(value)}
    variables = [renamed.get(key_of(v), v) for v in variables]
    known = without_models(body, known)
    for variable in variables:
        known, said = _by_the_inverse(variable, known, said)
        body, known = with_inner_name(body, variable, known)
    numbers = {key_of(v) for v in variables} if notation.kind == "prime" else set()
    said = {**said, **like_the_argument(body, known.latest, numbers, said)}
    subject = Subject(notation, known.uncalled(body), variables, known, said, language, name, renamed)
    is_of_one_number = notation.kind == "prime" and are_numbers(subject.texts())
    if is_of_one_number and key_of(variables[0]) not in said:
        number = Said(key_of(variables[0]), plain(variables[0]), "scalar")
        return replace(subject, said={**said, number.key: number})
    return _with_forced_numbers(_counted(subject, rights))


def _counted(subject: Subject, rights: Sequence[Tokens]) -> Subject:
    """A claim in which sums run as far as there are members, where that is all that it lacks."""
    if _is_readable(subject):
        return subject
    texts = [*subject.texts(), *rights, *subject.variables]
    vectors = {key_of(name): plain(name) for name in (*subject.parameters(), *subject.bases())}
    vectors = {key: name for key, name in vectors.items() if key[:1].islower() and " " not in key}
    ranges = unsaid_ranges(texts, vectors, subject.said)
    if ranges is None:
        return subject
    said = {**ranges.said, **subject.said}
    counted = _with_forced_numbers(replace(subject, lasts=ranges.lasts, said=said, readings={}))
    return counted if _is_readable(counted) else subject


def _with_forced_numbers(subject: Subject) -> Subject:
    r"""A claim in which letters are numbers without which the function says nothing: the m of (m − ‖x‖²)².

    Where several letters would do, none of them is forced.
    """
    if _is_readable(subject):
        return _with_a_coefficient(subject)
    letters = likely_numbers(subject.texts(), subject.variables, subject.said)
    for count in (1, 2):
        fitting = [
            with_numbers
            for chosen in combinations(letters, count)
            if _is_readable(with_numbers := _with_numbers(subject, chosen))
        ]
        if fitting:
            return _with_a_coefficient(fitting[0]) if len(fitting) == 1 else subject
    return subject


def _with_numbers(subject: Subject, numbers: Sequence[Said]) -> Subject:
    return replace(subject, said={**subject.said, **{one.key: one for one in numbers}}, readings={})


def _with_a_coefficient(subject: Subject) -> Subject:
    r"""A claim in which one letter is a number where it is all that keeps the function from being one.

    So is the k of k/2 (‖d‖ − L)², and the S_0 in a sum of squares Σ (y_i − S_0 e^{…})².
    """
    if subject.notation.form in ("differential", "value") or _is_a_number(subject):
        return subject
    is_summed = any(t.is_command("sum") for t in subject.body)
    letters = [
        one
        for one in likely_numbers(subject.texts(), subject.variables, subject.said)
        if (is_summed and one.key[0].isupper()) or one.key == leading_letter(subject.body)
    ]
    numbers = [with_one for one in letters if _is_a_number(with_one := _with_numbers(subject, [one]))]
    return numbers[0] if len(numbers) == 1 else subject


def _is_a_number(subject: Subject) -> bool:
    """Whether the function of a claim is a number."""
    try:
        return subject.read([]).expr.is_scalar
    except (MatgradError, NotUnderstoodError):
        return False


def _is_readable(subject: Subject) -> bool:
    """Whether the function of a claim is understood."""
    try:
        subject.read([])
    except (MatgradError, NotUnderstoodError):
        return False
    return True


def _by_the_square(
    variable: Tokens, known: Known, said: Mapping[str, Said]
) -> tuple[Known, list[Tokens], dict[str, Said]]:
    r"""What is known where the variable is a square, as of ∂ℓ/∂σ²: σ is the root of a name for it."""
    square = cut(rf"{plain(variable)}_{{sq}}")
    known = known.as_it_is()
    known.define(Definition(key_of(variable), variable, (), cut(rf"\sqrt{{{plain(square)}}}"), 0))
    others = {key: one for key, one in said.items() if key != key_of(variable)}
    number = Said(key_of(square), plain(square), "scalar", ("positive",))
    return known, [square], {**others, number.key: number}


def _by_the_inverse(
    variable: Tokens, known: Known, said: Mapping[str, Said]
) -> tuple[Known, Mapping[str, Said]]:
    r"""What is known where the variable is called the inverse of a name, as of Θ = Σ⁻¹: Σ is that of Θ."""
    definition = known.latest(key_of(variable))
    at = -1 if definition is None else last_sign(definition.body, "^")
    if definition is None or at < 0 or not whole_name(definition.body[:at]):
        return known, said
    inverted, (above, end) = definition.body[:at], argument(definition.body, at + 1)
    if key_of(above) != "- 1" or end != len(definition.body) or known.latest(key_of(inverted)) is not None:
        return known, said
    known = known.as_it_is()
    known.define(Definition(key_of(inverted), inverted, (), [*variable, *definition.body[at:]], 0))
    others = {key: one for key, one in said.items() if key != key_of(inverted)}
    like = said.get(key_of(inverted))
    if like is not None:  # the inverse is as large, and symmetric or definite, as the matrix is
        own = Said(key_of(variable), plain(variable), like.shape, like.facts)
        others[own.key] = others[own.key].joined(own) if own.key in others else own
    return known, others


def _at(text: str, near: Tokens) -> Tokens:
    """Tokens that stand at the place of others."""
    return [token.placed(near[0].span) for token in cut(text)]


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
