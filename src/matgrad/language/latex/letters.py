"""Letters, words and accents: the names of variables, and of functions that are spelled out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from matgrad.core.words import phrase
from matgrad.language import syntax as s
from matgrad.language.decisions import FUNCTION_LETTERS
from matgrad.language.latex import commands as c
from matgrad.language.latex.labels import Labels
from matgrad.language.latex.lexer import Token
from matgrad.language.latex.looks import ONES, joined
from matgrad.language.latex.piecewise import Piecewise
from matgrad.language.latex.probability import (
    check_mean_of_some,
    density,
    is_density,
    member_of_data,
    sample_mean,
)
from matgrad.language.latex.questions import refuse_command
from matgrad.language.latex.stream import Core, Parse
from matgrad.language.names import is_capital, is_product_by_looks, stem
from matgrad.language.signatures import derivative_name
from matgrad.ops.registry import FUNCTIONS
from matgrad.printing.names import unicode_name

SPELLED_OUT = frozenset(
    [
        "tr",
        "Tr",
        "trace",
        "Trace",
        "log",
        "ln",
        "exp",
        "det",
        "diag",
        "Diag",
        "vec",
        "Vec",
        "vech",
        "sin",
        "cos",
        "tan",
        "tanh",
        "sinh",
        "cosh",
        "sqrt",
        "max",
        "min",
        "sigmoid",
        "softmax",
        "relu",
        "ReLU",
        "logdet",
        "norm",
        "abs",
        "sign",
        "inv",
        "rank",
        "sum",
        "mean",
        "logsumexp",
        "softplus",
        "expm",
        "logm",
    ]
)
"""Functions that people spell in plain letters, which LaTeX would set as a product of letters."""
_NO_FUNCTION_LETTERS = frozenset(("e", "I", "d"))

_BY_LETTER = {
    "sigma": "σ",
    "v_max": "top_eigenvector",
    "u_top": "top_left_singular_vector",
    "v_top": "top_right_singular_vector",
    "Gamma": "gammafn",
}
"""Functions that are written by a letter with its label, where that is no name of the user's."""

_USUAL = {
    "Phi": phrase(r"\frac{1}{2}(1 + \operatorname{erf}(x/\sqrt{2})) for the normal distribution, "),
    "Gamma": phrase(r"\operatorname{multigammaln}(a, p) for the logarithm of Γ_p(a), "),
    "B": phrase(r"\operatorname{beta\_function}(a, b) for the beta function, "),
}
"""What an undeclared capital before a bracket often is, as it is spelled here."""


class Letters:
    """Reads the names of one formula."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._labels = Labels(core)
        self._piecewise = Piecewise(core)

    # ---- runs of letters ---------------------------------------------------------------------------

    def run(self, first: Token) -> Parse:
        """A letter, or the longest name or function that the letters begin with."""
        stream = self._core.stream
        letters = [first]
        while (token := stream.peek(len(letters) - 1)) is not None and token.kind == "letter" and token.glued:
            letters.append(token)
        word = "".join(t.text for t in letters)
        for length in range(len(letters), 1, -1):
            piece = word[:length]
            known = stream.known(piece)
            if known is not None:
                stream.place += length - 1
                return (yield self._core.named(known, joined(letters[:length])))
            if self._begins_name(piece, length - 1):
                stream.place += length - 1
                return (yield self._core.named(piece, joined(letters[:length])))
        if len(letters) > 1:
            function = self._spelled_out(word, letters)
            if function is not None:
                stream.place += len(letters) - 1
                return (yield self._core.applied(function, joined(letters)))
            if word in c.GREEK:
                stream.place += len(letters) - 1
                return (yield self._core.named(word, joined(letters)))
            self._check_word(word, letters)
        following = stream.peek()
        if first.text == "d" and stream.may_change and following is not None:
            is_beside = stream.is_answer or following.span[0] == first.span[1]
            if is_beside and self._is_letter(following):
                return (yield self._differential(first))
            if is_beside and stream.known("d") is None and self._is_applied(following):
                refuse_command(stream, first, "differential")
        return (yield self._core.named(stream.known(first.text) or first.text, first.span))

    def _begins_name(self, word: str, ahead: int) -> bool:
        """Whether a declared name begins with a word and an index, the SSR_r of ``SSR_r/q``."""
        stream = self._core.stream
        following = stream.peek(ahead)
        if following is None or not following.is_sign("_"):
            return False
        return any(name.startswith(f"{word}_") for name in stream.words.variables)

    def _spelled_out(self, word: str, letters: Sequence[Token]) -> str | None:
        """The function that plain letters spell."""
        stream = self._core.stream
        at = len(letters) - 1
        following = stream.peek(at)
        if following is not None and following.is_sign("_^"):
            return None if word not in SPELLED_OUT else function_named(word)
        opens = following is not None and following.kind == "open"
        if word in SPELLED_OUT and following is not None:
            return function_named(word)
        return function_named(word) if opens else None

    def _check_word(self, word: str, letters: Sequence[Token]) -> None:
        """Ask about letters side by side of which some are declared and some are not."""
        stream = self._core.stream
        declared = [stream.known(letter) is not None for letter in word]
        anything = any(stream.is_variable(name) for name in stream.words.variables)
        following = stream.peek(len(letters) - 1)
        applied = following is not None and following.kind == "open"
        if anything and len(word) > 1 and not all(declared[:-1] if applied else declared):
            odd = [letter for letter, is_known in zip(word, declared, strict=True) if not is_known]
            if set(odd) <= {"e", "I", "d", "i", "j", "k", "l", "f", "g", "h", "T"} and len(word) < 4:
                return
            if (len(word) == 2 and any(declared)) or is_product_by_looks(word):
                return  # A x of which one is declared
            spaced = " ".join(word)
            stream.fail(
                phrase("{word} is not declared: is it one name, or a product?", word=word),
                joined(letters),
                phrase("declare {word}, or {spaced} for the product", word=word, spaced=spaced),
            )

    def _is_applied(self, token: Token) -> bool:
        """Whether a function begins at a token."""
        name = token.text
        return token.kind in ("word", "command") and function_named(name) is not None

    def _is_letter(self, token: Token) -> bool:
        if token.kind == "letter":
            return True
        return token.kind == "command" and (
            token.text in c.LETTERS or token.text in c.VARIANTS or token.text in c.ACCENTS
        )

    def _differential(self, first: Token) -> Parse:
        """``dX``: the change of X."""
        stream = self._core.stream
        token = stream.take()
        name = yield self.base(token)
        return (yield self._core.named("d" + name, (first.span[0], token.span[1])))

    # ---- words, commands, accents --------------------------------------------------------------------

    def word(self, token: Token) -> Parse:
        """Letters that a font makes one word: a function, or a name."""
        stream, word = self._core.stream, token.text
        if " " in word and function_named(word.replace(" ", "")) is not None:
            return (yield self._core.applied(str(function_named(word.replace(" ", ""))), token.span))
        if " " in word:
            stream.fail(phrase("the words {word} cannot stand here", word=repr(word)), token.span)
        plain = word.replace("-", "_")
        known = stream.known(plain)
        following = stream.peek()
        if word == "d" and stream.may_change and following is not None and self._is_letter(following):
            return (yield self._differential(token))
        if known is not None:
            return (yield self._core.named(known, token.span))
        if len(plain) > 1 and plain.isidentifier() and self._begins_name(plain, 0):
            return (yield self._core.named(plain, token.span))
        if word == "d":
            refuse_command(stream, token, "differential")
        if word in ("Var", "Cov", "Range", "Span"):
            refuse_command(stream, token, word if word in c.NO_FUNCTIONS else word.lower())
        if len(plain) > 1 or plain in ("E", "P"):
            function = function_named(plain)
            if function is not None:
                return (yield self._core.applied(function, token.span))
            is_applied = len(word) > 1 or (following is not None and following.kind == "open")
            if word in c.NO_FUNCTIONS and (is_applied or (word == "E" and self._core.starts_operand())):
                refuse_command(stream, token, word)
        if word.lower() in ("minimize", "maximize", "minimise", "maximise"):
            return (yield self._core.extremum("arg" + word.lower()[:3], token))
        if word in ("argmin", "argmax", "min", "max"):
            return (yield self._core.extremum(word, token))
        if not plain.isidentifier() or len(plain) > 1:
            applied = following is not None and following.kind == "open"
            if applied and plain.isidentifier():
                return (yield self._call(plain, 0, token.span))
            kind = "function" if following is not None and following.is_sign("_") else "n"
            fix = f"declare {plain}: {kind}" if plain.isidentifier() else None
            stream.fail(
                phrase("the word {word} is no function, and not declared", word=repr(word)), token.span, fix
            )
        return (yield self._core.named(plain, token.span))

    def command(self, name: str, token: Token) -> Parse:
        """A letter that is a command."""
        stream = self._core.stream
        following = stream.peek()
        if name == "Delta" and stream.known("Delta") is None and following is not None:
            change = yield self._change(following)
            if change is not None:
                return (yield self._core.named(*change))
        is_sign = name == "delta" and stream.is_answer and stream.known("delta") is None
        if is_sign and following is not None and self._is_letter(following):
            return (yield self._differential(token))
        if name == "pi" and stream.known("pi") is None and not (following and following.is_sign("_")):
            return (yield self._core.scripts(s.Name(token.span, "pi")))
        return (yield self._core.named(stream.known(name) or name, token.span))

    def _change(self, following: Token) -> Parse:
        r"""The one name that ``\Delta x`` is, and its place."""
        stream = self._core.stream
        if not self._is_letter(following) or following.is_command("pi"):
            return None
        start = stream.end()[0]
        stream.place += 1
        base = yield self.base(following)
        known = stream.known(f"Delta_{base}") or stream.known(f"Δ{base}")
        return known or f"Δ{unicode_name(base)}", (start, stream.end()[1])

    def accent(self, token: Token) -> Parse:
        """An accent goes into the name: X_tilde; arrows and lines below are looks."""
        stream = self._core.stream
        if token.text in ("vec", "mvec") and self._opens_round():
            return (yield self._core.applied("vec", token.span))
        inside = stream.argument(token)
        name, place = yield self._accented(token, inside)
        mean = sample_mean(stream, name, (token.span[0], max(token.span[1], place[1])))
        if mean is not None:
            return (yield self._core.scripts(mean))
        check_mean_of_some(stream, name, token.span)
        return (yield self._core.named(name, (token.span[0], max(token.span[1], place[1], stream.end()[1]))))

    def _opens_round(self) -> bool:
        token = self._core.stream.peek()
        return token is not None and token.kind == "open"

    def _accented(self, token: Token, inside: Sequence[Token]) -> Parse:
        """The name under an accent, and its place; a script inside the accent goes behind it."""
        stream = self._core.stream
        bare = [t for t in inside if not t.is_sign("{}")]
        script = next((i for i, t in enumerate(inside) if t.is_sign("_^")), None)
        if script is not None:
            head, tail = list(inside[:script]), list(inside[script:])
            stream.tokens[stream.place : stream.place] = tail
            bare = [t for t in head if not t.is_sign("{}")]
        if not bare:
            stream.fail(phrase(r"nothing stands under the accent \{token}", token=token.text), token.span)
        if len(bare) > 1 and not (bare[0].kind == "command" and len(bare) == 2):
            word = "".join(t.text for t in bare)
            if not all(t.kind == "letter" for t in bare) or stream.known(word) is None:
                stream.fail(
                    phrase(r"the accent \{token} stands over more than one letter", token=token.text),
                    token.span,
                    r"\tilde{X}",
                )
            return self._with_accent(word, token), joined(bare)
        if bare[0].kind == "command" and (bare[0].text in c.ACCENTS or bare[0].text in c.SILENT_ACCENTS):
            name, place = yield self._accented(bare[0], bare[1:])
        else:
            name, place = (yield self.base(bare[0])), bare[0].span
        return self._with_accent(name, token), place

    def _with_accent(self, name: str, token: Token) -> str:
        stream = self._core.stream
        if token.text in c.SILENT_ACCENTS:
            return stream.known(f"{name}_{token.text}") or stream.known(name) or name
        accent = c.ACCENTS[token.text]
        if accent in ("dot", "ddot") and name in stream.words.functions:
            primes = "'" * (len(accent) - 2)
            stream.fail(
                phrase("a dot over the function {name} is its derivative", name=name),
                token.span,
                f"{name}{primes}(t)",
            )
        for spelled in (f"{name}_{accent}", f"{name}{accent}", f"{accent}_{name}", f"{name}_{token.text}"):
            if stream.known(spelled) is not None:
                return str(stream.known(spelled))
        return f"{name}_{accent}"

    def base(self, token: Token) -> Parse:
        """The bare name that a token is."""
        yield from ()
        stream = self._core.stream
        if token.kind in ("letter", "word"):
            return stream.known(token.text) or token.text
        if token.kind == "command" and token.text in c.LETTERS:
            return stream.known(c.LETTERS[token.text]) or c.LETTERS[token.text]
        if token.kind == "command" and token.text in c.VARIANTS:
            return stream.known(token.text) or c.VARIANTS[token.text]
        if token.kind == "command" and (token.text in c.ACCENTS or token.text in c.SILENT_ACCENTS):
            name, _ = yield self._accented(token, stream.argument(token))
            return name
        stream.fail(phrase("{token} is no name", token=stream.quote(token)), token.span)

    # ---- names with scripts ------------------------------------------------------------------------

    def named(self, name: str, span: s.Span) -> Parse:
        """A name with its scripts, applied to what follows where it is a function."""
        stream = self._core.stream
        if name in ("Sigma", "Pi") and stream.known(name) is None:
            self._check_sum_sign(name, span)
        if name == "I" and stream.known("I") is None:
            if self._opens_round() and self._piecewise.holds_condition():
                return (yield self._piecewise.indicator(span))
            return (yield self._labels.identity(span))
        if name == "e" and stream.known("e") is None and self._is_euler():
            return (yield self._core.scripts(s.Call(span, s.Name(span, "exp"), (s.Num(span, Fraction(1)),))))
        if name == "d" and stream.known("d") is None and self._opens_round():
            refuse_command(stream, stream.tokens[stream.place - 1], "differential")
        labelled = yield self._labels.read(name, span)
        node, spelled, primes, place = labelled.node, labelled.name, labelled.primes, labelled.span
        if spelled is not None and self._opens_round():
            if spelled in ("N", "Normal") and not stream.is_variable(spelled) and is_density(stream):
                return (yield density(self._core, place))
            member = member_of_data(stream, spelled, place)
            if member is not None:
                return (yield self._core.scripts(member))
            special = self._special(spelled)
            if special is not None and primes:
                stream.fail(
                    phrase("the derivative of a known function is asked for here, and its prime is not read"),
                    place,
                    phrase(
                        r"declare \sigma: function, or \sigma(z) \odot (1 - \sigma(z)) for that of "
                        "the sigmoid"
                    ),
                )
            if special is not None:
                return (yield self._core.applied(special, place))
            if self._is_function(spelled, primes) and not labelled.powers:
                return (yield self._call(spelled, primes, place))
            if is_capital(spelled) and not labelled.powers and not primes:
                self._check_calligraphic(spelled, place)
                self._check_capital(spelled, place)
        if isinstance(node, s.Subscripted) and self._opens_round() and is_capital(node.base.text):
            self._check_calligraphic(node.base.text, place)
            self._check_capital(node.base.text, place)
        if primes and spelled is not None and any(is_transpose(power) for power in labelled.powers):
            stream.fail(
                phrase(
                    "{spelled}' with a transpose behind it may be a second variable, or transposed twice",
                    spelled=spelled,
                ),
                place,
                phrase(
                    r"declare {spelled}_prime for the variable, ({spelled}^\top)^\top for the " "transposes",
                    spelled=spelled,
                ),
            )
        for _ in range(primes):
            node = s.Transposed((span[0], place[1]), node, "'")
        for exponent in labelled.powers:
            if isinstance(node, s.Subscripted) and stream.has_entries(node.base.text):
                self._check_entry_turned(node, exponent)
            node = yield self._core.raised(node, exponent, (span[0], max(place[1], node.span[1])))
        return (yield self._core.scripts(node))

    def _is_euler(self) -> bool:
        """Whether the letter e that was read last is Euler's number: behind π, and with nothing attached."""
        stream = self._core.stream
        before, after = stream.peek(-2) if stream.place > 1 else None, stream.peek()
        if before is None or not before.is_command("pi"):
            return False
        return after is None or not after.is_sign("_^")

    def _check_entry_turned(self, node: s.Subscripted, exponent: Sequence[Token]) -> None:
        """Ask about ``x_1^T``, where x is one vector, and its entry a number."""
        stream = self._core.stream
        if is_transpose(exponent):
            name = node.base.text
            below = ", ".join(stream.text[i.span[0] : i.span[1]] for i in node.items)
            text = f"{name}_{{{below}}}"
            stream.fail(
                phrase(
                    "{text} is an entry of {name} here, or a row or column, and what is "
                    "transposed is not clear",
                    text=text,
                    name=name,
                ),
                node.span,
                phrase(
                    r"declare {name}_i: n, i = 1..N for members, or ({text})^\top where an " "entry is meant",
                    name=name,
                    text=text,
                ),
            )

    def _check_sum_sign(self, name: str, span: s.Span) -> None:
        """Ask about the letter Σ with an index below, which may be meant as the sign of a sum."""
        stream = self._core.stream
        token = stream.peek()
        if token is None or not token.is_sign("_"):
            return
        after = stream.peek(2)
        index = stream.peek(1)
        if index is not None and index.is_sign("{"):
            index, after = after, stream.peek(4)
        if index is None or index.kind != "letter" or index.text not in "ijklmnpqrst":
            return
        if stream.known(f"{name}_{index.text}") is not None:
            return
        others = any(t.text == index.text for t in stream.tokens[stream.place + 2 :])
        if others and after is not None and not after.is_sign("+-"):
            sign = {"Sigma": "sum", "Pi": "prod"}[name]
            stream.fail(
                phrase(
                    r"the letter \{name} with an index may be meant as the sign of a {kind}",
                    name=name,
                    kind=phrase("sum") if sign == "sum" else phrase("prod"),
                ),
                span,
                phrase(
                    r"\{sign}_{{{index}}} for the sign, or declare {name}_{index}: n×n for " "matrices",
                    sign=sign,
                    index=index.text,
                    name=name,
                ),
            )

    def _special(self, name: str) -> str | None:
        """The function that a name with its label is: λ_max, σ_max, σ before a bracket."""
        if self._core.stream.known(name) is not None:
            return None
        if name in ("lambda_max", "lambda_min", "sigma_max"):
            return name
        stem_of, _, label = name.partition("_")
        derivative = {"L": f"frechet_{label}", "K": f"frechet_matrix_{label}"}.get(stem_of)
        if derivative in FUNCTIONS:
            return derivative
        return _BY_LETTER.get(name)

    def _check_calligraphic(self, name: str, span: s.Span) -> None:
        r"""Ask about ``\mathcal{P}_\Omega(M)``: an operator by its letter, and not declared."""
        stream = self._core.stream
        written = stream.text[span[0] : span[1]]
        if stream.known(name) is None and re.match(r"\\(?:mathcal|mathscr|cal)\b", written):
            stream.fail(
                phrase("{name} is not declared: is it an operator, or a matrix before a bracket?", name=name),
                span,
                phrase("declare {name}: function for the operator, or {name}: m×n", name=name),
            )

    def _check_capital(self, name: str, span: s.Span) -> None:
        """Ask about an undeclared capital before a bracket, where others are declared: Φ(x), N(x)."""
        stream = self._core.stream
        if derivative_name(name, stream.words.functions) is not None:
            return
        others = any(stream.is_variable(other) for other in stream.words.variables) or self._holds_a_name()
        if others and not stream.is_declared(name) and stream.known(name) is None:
            stream.fail(
                phrase("{name} is not declared: is it a function, or a matrix before a bracket?", name=name),
                span,
                phrase(
                    "{name}declare {name2}: function, or {name2}: m×n", name=_USUAL.get(name, ""), name2=name
                ),
            )

    def _holds_a_name(self) -> bool:
        """Whether a single letter stands in the round bracket that opens next: E(w), and no product."""
        tokens = [self._core.stream.peek(ahead) for ahead in range(3)]
        if any(token is None for token in tokens):
            return False
        opened, inside, closed = (token for token in tokens if token is not None)
        return opened.text == "(" and inside.kind in ("letter", "command") and closed.kind == "close"

    def _is_function(self, name: str, primes: int) -> bool:
        """Whether a bracket behind a name holds its arguments."""
        words = self._core.stream.words
        if name in words.variables:
            return False
        if name in words.functions or derivative_name(name, words.functions) is not None:
            return True
        if len(name) > 1 and name[0] == "d" and name not in FUNCTIONS:
            return False
        if name in FUNCTIONS and len(name) > 1:
            return not primes
        if stem(name) in _NO_FUNCTION_LETTERS or name in FUNCTIONS:
            return False
        if stem(name) in FUNCTION_LETTERS:
            return name not in words.plain_uses
        return words.is_function(name, adjacent=True, primes=primes)

    def _call(self, name: str, primes: int, span: s.Span) -> Parse:
        """A function with its arguments in a bracket."""
        stream = self._core.stream
        if name == "psi" and not primes and not stream.is_declared(name) and stream.words.variables:
            stream.fail(
                phrase("ψ(…) may be the digamma function, or a function of that name"),
                span,
                phrase(r"\operatorname{digamma}(…), or declare psi: function"),
            )
        opened = stream.take()
        items = yield self._core.items(opened)
        place = (span[0], stream.end()[1])
        return (yield self._core.scripts(s.Call(place, s.Name(span, name), tuple(items), (), primes)))

    # ---- ones, zeros -------------------------------------------------------------------------------

    def bold(self, token: Token) -> Parse:
        """The column of ones, with its size where that is written; zeros; the indicator 𝟏[x > 0]."""
        stream = self._core.stream
        is_one = token.text in (ONES, "1")
        following = stream.peek()
        if following is not None and following.is_sign("_"):
            stream.place += 1
            below = stream.argument(following)
            if is_one and any(t.kind == "relation" for t in below):
                return (yield self._piecewise.below(below, token.span))
            sizes = yield self._labels.sizes(below, following)
            span = (token.span[0], stream.end()[1])
            name = s.Name(token.span, "ones" if is_one else "zeros")
            if len(sizes) > 2:
                stream.fail(phrase("a matrix has two sizes"), span, r"\mathbf{0}_{m \times n}")
            return (yield self._core.scripts(s.Call(span, name, tuple(sizes))))
        opened = following.text if following is not None and following.kind == "open" else ""
        if is_one and opened and (opened in "[{" or self._piecewise.holds_condition()):
            return (yield self._piecewise.indicator(token.span))
        if not is_one and following is not None and following.is_sign("^'"):
            # A zero that is transposed is a column.
            column = s.Product(
                token.span, [("", s.Num(token.span, Fraction(0))), ("", s.OnesSign(token.span))]
            )
            return (yield self._core.scripts(s.Group(token.span, (column,), False)))
        if not is_one:
            return (yield self._core.scripts(s.Num(token.span, Fraction(0))))
        return (yield self._core.scripts(s.OnesSign(token.span)))


def function_named(word: str) -> str | None:
    """The function of the language that a word in a formula names."""
    spelled = c.FUNCTIONS_SPELLED.get(word, word)
    if spelled in FUNCTIONS and FUNCTIONS[spelled].parameters and len(spelled) > 1:
        return spelled
    folded = spelled.lower()
    if len(folded) > 2 and folded in FUNCTIONS and FUNCTIONS[folded].parameters and word[:1].isupper():
        return folded
    return spelled if spelled in ("log2", "log10", "max", "min") else None


def is_transpose(exponent: Sequence[Token]) -> bool:
    """Whether an exponent is the sign of the transpose."""
    solid = [t for t in exponent if not t.is_sign("{}")]
    return len(solid) == 1 and (solid[0].is_command(*c.TRANSPOSE_COMMANDS) or solid[0].text == "T")
