r"""Whether a piece of LaTeX would compile, without LaTeX: braces, scripts, pairs and commands.

TeX's own rules, written down a second time: a group or a command is one sign, a sign has at most one
subscript and one superscript, a prime counts as a superscript (The TeXbook, ch. 16 and 18).
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)

_NAMES = """
left right frac tfrac sqrt mathrm mathbf mathbb mathcal operatorname text begin end top cdot
hat tilde bar breve dot ddot check
times odot oslash otimes oplus circ bullet partial sum prod in to quad qquad infty pm exp log
cot sec csc coth
ln sin cos tan arcsin arccos arctan sinh cosh tanh det max min lambda langle rangle alpha beta
gamma delta epsilon zeta eta theta iota kappa mu nu xi rho sigma tau upsilon phi chi psi omega
Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega pi varepsilon vartheta varpi varrho
varsigma ell hbar varphi lVert rVert lvert rvert mapsto Rightarrow implies coloneqq colon
mathtt nabla dagger mathopen mathclose ast star ne le ge neq leq geq mid dots cdots vdots ddots
mathbin limits nolimits mathstrut vert big Big
"""
COMMANDS = frozenset("\\" + name for name in re.findall(r"\w+", _NAMES))
"""What amsmath and LaTeX define of what is used here."""


class LatexError(AssertionError):
    """The piece would not compile."""


def check_latex(source: str) -> None:
    """Refuse a piece of mathematics that LaTeX would refuse."""
    tokens = [t for t in _TOKEN.findall(_without_text(source)) if not t.isspace()]
    opened: list[str] = []
    scripts: list[set[str]] = [set()]
    has_sign = [False]
    place = 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token in ("_", "^", "'"):
            kind = "^" if token == "'" else token
            prime = token == "'" and place > 1 and tokens[place - 2] == "'"
            raised_prime = token == "^" and place > 1 and tokens[place - 2] == "'"
            if kind in scripts[-1] and not prime and not raised_prime:
                raise LatexError(f"double {kind} in {source}")
            scripts[-1].add(kind)
            if token != "'":
                if place == len(tokens) or tokens[place] in ("}", "_", "^", "&"):
                    raise LatexError(f"a script is missing in {source}")
                if tokens[place] != "{":
                    place += 1
                else:
                    place = _group(tokens, place, source)
            continue
        scripts[-1] = set()
        has_sign[-1] = True
        if token == "{":
            opened.append("}")
            scripts.append(set())
            has_sign.append(False)
        elif token == "}":
            if not opened or opened.pop() != "}":
                raise LatexError(f"unbalanced braces in {source}")
            scripts.pop()
            has_sign.pop()
            scripts[-1] = set()
        elif token == r"\left":
            opened.append(r"\right")
            scripts.append(set())
            has_sign.append(False)
            place += 1
        elif token == r"\right":
            if not opened or opened.pop() != r"\right":
                raise LatexError(rf"\right closes nothing in {source}")
            scripts.pop()
            has_sign.pop()
            scripts[-1] = set()
            place += 1
        elif token.startswith("\\") and token[1:].isalpha() and token not in COMMANDS:
            raise LatexError(f"{token} is unknown in {source}")
        elif token in "#$%" or ord(token[0]) < 32 or ord(token[0]) > 126:
            raise LatexError(f"the character {token!r} in {source}")
    if opened:
        raise LatexError(f"{opened[-1]} is missing in {source}")
    environments = re.findall(r"\\(begin|end)\{(\w+\*?)\}", source)
    stack: list[str] = []
    for what, name in environments:
        if what == "begin":
            stack.append(name)
        elif not stack or stack.pop() != name:
            raise LatexError(f"environments cross in {source}")
    if stack:
        raise LatexError(f"an environment is open in {source}")


def _group(tokens: list[str], place: int, source: str) -> int:
    """Check what stands in a script by itself; the place after it."""
    depth, start = 0, place
    while place < len(tokens):
        depth += (tokens[place] == "{") - (tokens[place] == "}")
        place += 1
        if not depth:
            check_latex("".join(t + " " * t.startswith("\\") for t in tokens[start + 1 : place - 1]))
            return place
    raise LatexError(f"an open brace in {source}")


def _without_text(source: str) -> str:
    r"""The source without what stands in \text, in which the mathematics between dollars is checked."""
    out, place = "", 0
    while True:
        start = source.find(r"\text{", place)
        if start < 0:
            return out + source[place:]
        out += source[place:start] + " x "
        end, depth = start + 6, 1
        while end < len(source) and depth:
            if source[end] == "\\":
                end += 2
                continue
            depth += (source[end] == "{") - (source[end] == "}")
            end += 1
        if depth:
            raise LatexError(f"an open text in {source}")
        words = source[start + 6 : end - 1]
        parts = words.split("$")
        if len(parts) % 2 == 0:
            raise LatexError(f"an open formula in {source}")
        for formula in parts[1::2]:
            check_latex(formula)
        for plain in parts[::2]:
            if re.search(r"(?<!\\)[_^&#%]", plain):
                raise LatexError(f"a sign of mathematics in words: {source}")
        place = end
