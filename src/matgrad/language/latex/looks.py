r"""What is only look is taken out: spaces, sizes, fonts, labels. What is left says something.

Beside commands, letters, numbers and signs there are now ``word`` (letters that a font makes one word),
``open`` and ``close`` (brackets, by the sign that opens them), ``bar`` with its side where that is known,
``begin`` and ``end`` of a matrix.
"""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.errors import ParseError
from matgrad.core.words import phrase
from matgrad.language.latex import commands as c
from matgrad.language.latex.lexer import Token
from matgrad.language.syntax import Span

ONES, ZEROS = "𝟏", "𝟎"
_DOLLARS = frozenset("()[]")


def say_something(tokens: Sequence[Token], text: str) -> list[Token]:
    """The tokens without what is only look.

    Raises
    ------
    ParseError
        Where braces or environments do not match.
    """
    cleaner = _Cleaner(list(tokens), text)
    cleaner.run()
    return _unwrapped(cleaner.out)


def joined(tokens: Sequence[Token]) -> Span:
    """The place from the first of some tokens to the last."""
    return min(t.span[0] for t in tokens), max(t.span[1] for t in tokens)


class _Cleaner:
    def __init__(self, tokens: list[Token], text: str) -> None:
        self.tokens = tokens
        self.text = text
        self.place = 0
        self.out: list[Token] = []
        self.open_bars: list[str] = []

    def run(self) -> None:
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            self.place += 1
            if token.kind == "command":
                self._command(token)
            elif token.kind == "sign":
                self._sign(token)
            elif token.kind == "parameter":
                raise ParseError(
                    phrase("#{token} stands only in the body of a macro", token=token.text),
                    text=self.text,
                    span=token.span,
                )
            elif token.kind != "blank":
                self.out.append(token)

    def _sign(self, token: Token) -> None:
        sign = token.text
        if sign in "([⟨":
            self.out.append(Token("open", sign, token.span))
        elif sign in ")]⟩":
            self.out.append(Token("close", c.CLOSING[sign], token.span))
        elif sign in "|‖":
            self.out.append(Token("bar", sign, token.span))
        elif sign in "<>":
            self.out.append(Token("relation", sign, token.span))
        elif sign == ":" and self._next_is("="):
            self._skip()
            self.place += 1
            self.out.append(Token("relation", "=", token.span))
        elif sign == "=":
            self.out.append(Token("relation", "=", token.span))
        elif sign not in "$`":
            self.out.append(token)

    def _command(self, token: Token) -> None:
        name = token.text
        if name in c.SIZES:
            self._sized(token)
        elif name in c.SPACES:
            if name in ("quad", "qquad"):
                self.out.append(Token("gap", name, token.span))
        elif name in _DOLLARS:
            pass
        elif name in c.DROPPED_ARGUMENT:
            for _ in range(c.DROPPED_ARGUMENT[name]):
                self._optional()
                self._argument(token)
        elif name in c.KEPT_LAST:
            self._keep_last(token)
        elif name in ("stackrel", "overset"):
            self._argument(token)
            self._put_back(self._argument(token))
        elif name == "underset":
            below = self._argument(token)
            above = self._argument(token)
            here = token.span
            script = [Token("sign", "_", here), Token("sign", "{", here), *below, Token("sign", "}", here)]
            self._put_back([*above, *script])
        elif name in c.WORDS:
            self._word(token)
        elif name in c.LOOKS:
            self._look(token)
        elif name in c.BARS:
            side = c.BAR_SIDES.get(name)
            self.out.append(Token(f"bar_{side}" if side else "bar", c.BARS[name], token.span))
        elif name in c.OPENING:
            self.out.append(Token("open", c.OPENING[name], token.span))
        elif name in c.CLOSING:
            self.out.append(Token("close", c.CLOSING[name], token.span))
        elif name in ("begin", "end"):
            self._environment(token)
        elif name in ("newline", "cr", "tabularnewline"):
            self.out.append(Token("row", "\\\\", token.span))
        elif name == "not":
            self._skip()
            self.place += 1
            self.out.append(Token("relation", "≠", token.span))
        elif name in c.RELATIONS:
            self.out.append(Token("relation", c.RELATIONS[name], token.span))
        elif name in ("{", "}"):
            self.out.append(Token("open" if name == "{" else "close", "{", token.span))
        else:
            self.out.append(token)

    def _sized(self, size: Token) -> None:
        r"""A bracket with a size; ``\left.`` and ``\right.`` are none."""
        self._skip()
        if self.place >= len(self.tokens):
            raise ParseError(
                phrase(r"no bracket stands behind \{size}", size=size.text), text=self.text, span=size.span
            )
        token = self.tokens[self.place]
        name = token.text
        side = "open" if size.text in c.LEFT_SIZES else "close" if size.text in c.RIGHT_SIZES else ""
        span = (size.span[0], token.span[1]) if size.span[0] <= token.span[0] else token.span
        if token.is_sign("."):
            self.place += 1
            return
        if side == "open" and name in ("{", "lbrace") and token.kind == "command" and self._opens_cases():
            return
        is_bar = (token.kind == "command" and name in c.BARS) or token.is_sign("|‖")
        if is_bar:
            self.place += 1
            sign = c.BARS[name] if token.kind == "command" else name
            side = side or c.BAR_SIDES.get(name, "") if token.kind == "command" else side
            if side == "close":
                opened = self.open_bars.pop() if self.open_bars else "‖"
            else:
                opened = "‖"
            if sign == "|" and opened == "‖" and self._next_is_bar(size.text):
                self.place += 2
                sign = "‖"
            if side == "open":
                self.open_bars.append(sign)
            self.out.append(Token(f"bar_{side}" if side else "bar", sign, span))
            return
        if token.kind == "sign" and name in "<>" and side:
            self.place += 1
            self.out.append(Token(side, "⟨", span))
            return
        kinds = (c.OPENING, c.CLOSING) if token.kind == "command" else ({"(": "(", "[": "[", "⟨": "⟨"}, {
            ")": "(", "]": "[", "⟩": "⟨"})  # fmt: skip
        for kind, table in zip(("open", "close"), kinds, strict=True):
            if name in table and token.kind in ("command", "sign"):
                self.place += 1
                self.out.append(Token(kind, table[name], span))
                return
        if side:
            raise ParseError(
                phrase(r"no bracket stands behind \{size}", size=size.text), text=self.text, span=size.span
            )

    def _opens_cases(self) -> bool:
        r"""Whether a brace has an array behind it that ends with ``\right.``: cases, as of old."""
        at, depth = self.place + 1, 0
        while at < len(self.tokens) and self.tokens[at].kind == "blank":
            at += 1
        begin = at
        while at < len(self.tokens):
            depth += self.tokens[at].is_command("begin") - self.tokens[at].is_command("end")
            if depth == 0:
                break
            at += 1
        word = "".join(t.text for t in self.tokens[begin + 1 : begin + 8])
        end = "".join(t.text for t in self.tokens[at + 1 : at + 8])
        after = [t for t in self.tokens[at + 8 :] if t.kind != "blank"][:2]
        if at == begin or word != "{array}" or end != "{array}" or len(after) < 2:
            return False
        if not (after[0].is_command("right") and after[1].is_sign(".")):
            return False
        here = self.tokens[begin].span
        cases = [Token("letter", letter, here) for letter in "cases"]
        columns = self.tokens[begin + 8 :]
        close = next(i for i, t in enumerate(columns) if t.is_sign("}"))
        inside = columns[close + 1 : at - begin - 8]
        whole = [*inside, self.tokens[at], self.tokens[at + 1], *cases, self.tokens[at + 7]]
        self.tokens[self.place : at + 8] = [
            self.tokens[begin], self.tokens[begin + 1], *cases, self.tokens[begin + 7], *whole
        ]  # fmt: skip
        return True

    def _next_is_bar(self, size: str) -> bool:
        r"""Whether the same size and a bar follow at once: \left|\left|."""
        pair = self.tokens[self.place : self.place + 2]
        return len(pair) == 2 and pair[0].is_command(size) and pair[1].is_sign("|")

    def _word(self, token: Token) -> None:
        """Letters in the font of words."""
        if token.text in c.OLD_WORDS:
            inside: list[Token] = []
            while self.place < len(self.tokens) and (
                self.tokens[self.place].kind in ("blank", "letter", "number")
                or self.tokens[self.place].is_sign("-")
            ):
                inside.append(self.tokens[self.place])
                self.place += 1
        else:
            inside = self._argument(token)
        if not inside:
            return
        is_text = token.text in ("text", "textrm", "textnormal", "mbox", "hbox", "textup", "textsf", "texttt")
        if is_text and any(t.is_sign("$") for t in inside):
            self._mixed(inside)
            return
        if not is_text and any(t.kind == "command" and self._is_no_word(t) for t in inside):
            self._put_back(inside)  # \mathrm{\alpha} is a look
            return
        self._say(inside, token)

    def _mixed(self, inside: Sequence[Token]) -> None:
        """Words with formulas between dollar signs among them."""
        back: list[Token] = []
        is_formula = False
        words: list[Token] = []
        for token in [*inside, Token("sign", "$", inside[-1].span)]:
            if not token.is_sign("$"):
                (back if is_formula else words).append(token)
                continue
            if words:
                here = words[0].span
                back += [Token("command", "text", here), Token("sign", "{", here), *words]
                back.append(Token("sign", "}", words[-1].span))
                words = []
            is_formula = not is_formula
        self._put_back(back)

    def _is_no_word(self, token: Token) -> bool:
        is_letter = token.text in c.LETTERS or token.text in c.VARIANTS
        return is_letter or token.text in c.TRANSPOSE_COMMANDS or token.text in c.ACCENTS

    def _say(self, inside: Sequence[Token], of: Token) -> None:
        text = ""
        for token in inside:
            if token.kind == "command" and token.text in (*c.LOOKS, *c.WORDS, *c.SPACES):
                text += " " if token.text in (",", ";", ":", " ", "quad") else ""
            elif token.is_sign("{}"):
                pass
            elif token.kind == "command" and token.text == "_":
                text += "_"
            else:
                text += token.text
        plain = " ".join(text.split())
        if plain == "1" and of.text in ("mathds", "textbf"):
            plain = ONES
        if plain[:1] in ("-", "−") and (plain[1:].isdigit() or plain[1:] == "T"):
            place = joined([of, *inside])
            kind = "number" if plain[1:].isdigit() else "word"
            self.out += [Token("sign", "-", place), Token(kind, plain[1:], place)]
        elif plain.isdigit():
            self.out.append(Token("number", plain, joined(inside)))
        elif plain:
            self.out.append(Token("word", plain, joined([of, *inside])))

    def _look(self, token: Token) -> None:
        """A font that is only look; the bold 1 and 0 are columns, ℝ and 𝔼 signs of their own."""
        if token.text in c.OLD_LOOKS:
            return
        inside = [t for t in self._argument(token) if t.kind != "blank"]
        solid = [t for t in inside if not t.is_sign("{}") and not t.is_command(*c.LOOKS)]
        if len(solid) == 1 and solid[0].kind == "number" and solid[0].text in ("1", "0"):
            sign = ONES if solid[0].text == "1" else ZEROS
            self.out.append(Token("sign", sign, joined([token, *inside])))
            return
        is_double = token.text in ("mathbb", "Bbb")
        if is_double and len(solid) == 1 and solid[0].kind == "letter" and solid[0].text in "REPNZQC":
            self.out.append(Token("double", solid[0].text, joined([token, *inside])))
            return
        if len(solid) == len(inside) == 1:
            end = self.tokens[self.place - 1].span[1]
            whole = (min(token.span[0], solid[0].span[0]), max(end, solid[0].span[1]))
            is_here = solid[0].kind == "letter" and whole[1] - whole[0] < 30
            self._put_back([Token("letter", solid[0].text, whole)] if is_here else inside)
            return
        word = "".join(t.text for t in solid)
        if len(solid) > 1 and all(t.kind == "letter" for t in solid) and word in c.FUNCTION_WORDS:
            self.out.append(Token("word", word, joined([token, *inside])))
            return
        span = token.span
        self._put_back(
            [Token("sign", "{", span), *inside, Token("sign", "}", inside[-1].span if inside else span)]
        )

    def _keep_last(self, token: Token) -> None:
        found: list[Token] = []
        for _ in range(c.KEPT_LAST[token.text]):
            self._optional()
            found = self._argument(token)
        if token.text in c.BRACED:
            self._skip()
            if self._next_is("_^"):
                self._skip()
                self.place += 1
                self._argument(token)
        here = token.span
        if token.text == "substack":
            found = [Token("sign", ",", t.span) if t.kind == "row" else t for t in found]
        if token.text in c.PAINTED and not self._next_is("_^'"):
            self._put_back(found)  # Colours and boxes hold nothing together.
            return
        self._put_back([Token("sign", "{", here), *found, Token("sign", "}", here)])

    def _environment(self, token: Token) -> None:
        name = "".join(t.text for t in self._argument(token))
        if name in c.FORMULAS:
            self._optional()
            if name.startswith(("alignat", "IEEE")) and token.text == "begin":
                self._argument(token)
            self.out.append(Token("row", "", token.span))
            return
        if name in c.CASES:
            self.out.append(Token(token.text, name, token.span))
            return
        if name not in c.MATRICES:
            raise ParseError(
                phrase("the environment {name} is not read", name=name),
                fix=r"\begin{pmatrix} … \end{pmatrix}",
                text=self.text,
                span=token.span,
            )
        if name == "array" and token.text == "begin":
            self._optional()
            self._argument(token)
        elif token.text == "begin":
            self._optional()
        self.out.append(Token(token.text, name, token.span))

    # ---- arguments --------------------------------------------------------------------------------

    def _skip(self) -> None:
        while self.place < len(self.tokens) and self.tokens[self.place].kind == "blank":
            self.place += 1

    def _next_is(self, signs: str) -> bool:
        at = self.place
        while at < len(self.tokens) and self.tokens[at].kind == "blank":
            at += 1
        return at < len(self.tokens) and self.tokens[at].is_sign(signs)

    def _optional(self) -> None:
        """Skip what stands in square brackets right here."""
        if self.place < len(self.tokens) and self.tokens[self.place].is_sign("["):
            while self.place < len(self.tokens):
                self.place += 1
                if self.tokens[self.place - 1].is_sign("]"):
                    return

    def _argument(self, of: Token) -> list[Token]:
        self._skip()
        if self.place >= len(self.tokens) or self.tokens[self.place].is_sign("}"):
            raise ParseError(phrase(r"\{of} has no argument", of=of.text), text=self.text, span=of.span)
        token = self.tokens[self.place]
        self.place += 1
        if not token.is_sign("{"):
            if token.kind == "number" and len(token.text) > 1:
                first, rest = (
                    token.span[0],
                    Token("number", token.text[1:], (token.span[0] + 1, token.span[1])),
                )
                self.place -= 1
                self.tokens[self.place] = rest
                return [Token("number", token.text[0], (first, first + 1))]
            if token.kind == "command" and token.text in (c.LOOKS | c.WORDS) - c.OLD_LOOKS - c.OLD_WORDS:
                return [
                    token,
                    Token("sign", "{", token.span),
                    *self._argument(token),
                    Token("sign", "}", token.span),
                ]
            return [token]
        found: list[Token] = []
        depth = 1
        while self.place < len(self.tokens):
            inner = self.tokens[self.place]
            self.place += 1
            depth += inner.is_sign("{") - inner.is_sign("}")
            if depth == 0:
                return found
            found.append(inner)
        raise ParseError(phrase("{ is never closed"), text=self.text, span=token.span)

    def _put_back(self, tokens: Sequence[Token]) -> None:
        self.tokens[self.place : self.place] = tokens


def _has_script(out: list[Token]) -> bool:
    """Whether the empty braces at the end are an argument."""
    if len(out) < 3:
        return False
    if not out[-3].is_sign("}"):
        return out[-3].is_sign("_^") or out[-3].kind == "command"
    depth, at = 1, len(out) - 4
    while at >= 0 and depth:
        depth += out[at].is_sign("}") - out[at].is_sign("{")
        at -= 1
    return at >= 0 and out[at].is_command("frac", "tfrac", "dfrac", "cfrac", "binom")


def _unwrapped(tokens: list[Token]) -> list[Token]:
    """Single letters and words without the braces around them."""
    out: list[Token] = []
    for token in tokens:
        out.append(token)
        if len(out) > 1 and out[-1].is_sign("}") and out[-2].is_sign("{") and not _has_script(out):
            del out[-2:]
        while (
            len(out) > 2
            and out[-1].is_sign("}")
            and out[-3].is_sign("{")
            and (out[-2].kind in ("word", "letter") or out[-2].is_sign(ONES + ZEROS))
        ):
            out[-3:] = [out[-2]]
    return out
