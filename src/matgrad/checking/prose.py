"""Answers with words around their formulas, as “The gradient is 2Aᵀr, where r = Ax − b”.

The words are taken out so that every place in the text stays what it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container

from matgrad.checking.words_in_front import without_words_in_front
from matgrad.core.lazy import regex

_NAME = r"[^\W\d_]\w*"
_ACCENTED = rf"\\(?:hat|bar|tilde|mathbf|boldsymbol|bm|mathrm)\s*\{{?\s*\\?{_NAME}\s*\}}?"
_DEFINED = rf"(?:\\?{_NAME}|{_ACCENTED})(?:_\{{\w+\}})?\s*=(?!=)"
"""A name that is defined, with the sign behind it."""

_WORDS = "gradient|derivative|jacobian|hessian|differential"
_LEFT = r"(?:∂|∇|\\nabla|\\partial|\\[dt]?frac\s*\{\s*\\?(?:partial|d)|d\s*/\s*d|(?:grad|d\s?[^\W\d_])\b)"
"""What begins the left side of a derivative."""

_FORMULA = rf"(?=∂|∇|\\|grad\b|d\s?[^\W\d_]|the\b|{_NAME}\s*=|=|[-−(]?\d)"
_SO = (
    r"(?:so|thus|hence|therefore|then|now|finally|which gives|giving|i\.e\.|"
    r"we (?:get|have|find|obtain)|it follows)"
)
_FACTS = (
    r"(?:symmetric|skew(?:-symmetric)?|diagonal|orthogonal|invertible|positive(?:[- ](?:semi)?definite)?|"
    r"spd|psd|square)"
)
_SPACE = r"(?:\s|~|\\[ ,;:!]|\\q?quad\b)"

_WIDE = str.maketrans("，；：（）＝＋－。｛｝［］？！≡", ",;:()=+-.{}[]?!=")


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _new_line(found: re.Match[str]) -> str:
    return "\n" + " " * (len(found[0]) - 1)


def _definition(found: re.Match[str]) -> str:
    return ";" + " " * (len(found[0]) - 1)


def _defined(found: re.Match[str]) -> str:
    """“With r = Ax − b:” as a line of its own; a sign that follows would go on with it."""
    return found["what"] + (";" if found["sign"] else "\n")


def _in_brackets(found: re.Match[str]) -> str:
    """“(with r = Ax − b)” as a definition of the same length."""
    return (";" + " " * (found.start("what") - found.start() - 1) + found["what"]).ljust(len(found[0]))


def _equals(found: re.Match[str]) -> str:
    """What stands before an arrow or a colon, with an equals sign in its place."""
    return (found["left"] + "=").ljust(len(found[0]))


def _named(found: re.Match[str]) -> str:
    """“r denotes the residual” as “r =”, of the same length."""
    return (found["front"] + found["name"]).ljust(len(found[0]) - 1) + "="


def _inside(found: re.Match[str]) -> str:
    r"""The words of ``\text{The gradient is}``, each where it was."""
    return " " * (found.start("words") - found.start()) + found["words"] + " "


def _indicator(found: re.Match[str]) -> str:
    """1{i = j} in Iverson's brackets, of the same length."""
    return f" [{found['what']}]"


_Step = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

_CODE: tuple[_Step, ...] = (
    (regex(r"(?m)^\s*```\w*|`"), _blank),
    (regex(r'^\s*["“]|["”]\s*$'), _blank),
    (regex(r"(?m)^\s*(?:import|from|def)\s.*$"), _blank),
    (regex(r"(?<![\w.])lambda\s+\w+(?:\s*,\s*\w+)*\s*:"), _blank),
    (regex(r"(?m)(?:^|(?<=\s))(?:#|//|%)(?:\s.*)?$"), _blank),
    (regex(r"^\s*\d+\)\s"), _blank),
    (regex(r"(?<![\w.])1\{(?P<what>[^{}]*[=≠<>][^{}]*)\}"), _indicator),
    (regex(r"^\s*\*\*(?=.*\*\*\s*$)|(?<=\S)\*\*\s*$"), _blank),
)
"""The marks of code and of emphasis, and remarks in code."""

_DIM = r"(?:\d+|[A-Za-z]|\((?:\w|\s*[-+−]\s*)+\))"
_BY = rf"{_DIM}\s*(?:×|x|\\times|[- ]?by[- ]?)\s*{_DIM}"
_REAL = r"(?:\\mathbb\s*\{?\s*R\s*\}?|ℝ|R)"
_POWER = r"(?:\s*\^?\s*(?:\{[^{}]*\}|\([^()]*\)|[\wⁿᵐᵖˣ×⁰-⁹]+))"

_SIZED = (
    r"(?:(?:of |with |and )?(?:the )?(?:shape|size|dimensions?|dims?)(?: is| of)?\s*[:=]?\s*|"
    r"形状(?:是|为)?\s*)"
)
_SHAPE = regex(
    rf"(?i)(?<=[^\s=(,;])(?:[,;]\s*|{_SPACE}+(?:[(\[]\s*|(?=of|with)))"
    rf"(?:{_SIZED}[(\[]?\s*(?:(?P<sized>{_BY})|{_DIM}\s*,\s*{_DIM}?)|[(\[]?\s*(?P<shape>{_BY}))"
    r"\s*[)\]]*(?:\s*(?:matrix|vector)|\s*,\s*[a-z][a-z\s-]+\))?(?=\s*\.?\s*$)"
)
"""What is said of a shape behind a formula: “, n×1”, “(n by 1)”, “of size m×n”."""


def _shape_said(found: re.Match[str], names: Container[str]) -> str:
    """The blanks for what is said of a shape; a × b of variables is their product, unvec(a, m×n) a call."""
    before = found.string[: found.start()]
    if before.count("(") > before.count(")"):
        return found[0]
    dims = re.findall(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])", found["shape"] or "")
    return found[0] if any(name in names and name != "x" for name in dims) else _blank(found)


_ENDS_OF_SENTENCES: tuple[_Step, ...] = (
    (regex(rf"[,;]?{_SPACE}*(?:∈|\\in\b)\s*{_REAL}{_POWER}(?=\s*\.?\s*$)"), _blank),
    (
        regex(
            rf"(?i)[,;(]\s*(?:which is |it is |this is |i\.e\.,? )?(?:an?|the)\s+"
            rf"(?:{_BY}\s+|{_DIM}-dimensional\s+|[a-z]+[\s-]+)*"
            rf"(?:vector|matrix|scalar|row|column)\s+(?:in|of|with)\s[^=\n]*?\)?(?=\s*\.?\s*$)"
        ),
        _blank,
    ),
    (regex(rf"(?i)[,;(]\s*(?:an?|the)\s+{_BY}\s+(?:vector|matrix)\s*\)?(?=\s*\.?\s*$)"), _blank),
    (
        regex(r"(?i)[,;]?\s*(?:where|with|其中|这里)\s*(?:‖[·.]‖|\|\|[·.]\|\||\\\|\\cdot\\\|)[^=\n]*$"),
        _blank,
    ),
    (regex(r"[,;(]\s*(?:这?是|为)?\s*(?:一个)?[^,=;\n]{0,12}(?:向量|矩阵|标量)\s*\)?(?=\s*\.?\s*$)"), _blank),
    (
        regex(
            rf"(?i)[(,;.]?\s+\(?(?:where|if|when|for|as|assuming|provided|since|because|given)\s+(?:that\s+)?"
            rf"(?:{_NAME}\s+(?:is|are)\s+(?:a\s+)?{_FACTS}|(?:a\s+)?{_FACTS}\s+{_NAME})(?:\s+matrix)?\)?(?=\s*[.,;]?\s*$)"
        ),
        _blank,
    ),
    (
        regex(
            r"(?im)[,;.(]?\s+\(?(?:because|since|due to|thanks to|as required|as expected|as desired)\b.*$"
        ),
        _blank,
    ),
    (
        regex(
            r"(?im)[,;]?\s+\(?(?:by|using|via|from|through)\s+(?:the|chain|product|quotient|linearity|symmetry|"
            r"cyclic|definition)\b[^=\n]*$"
        ),
        _blank,
    ),
    (regex(r"(?im),?\s+\(?(?:for (?:all|any|every)|which (?:is|has)|that is)\b[^=\n]*$"), _blank),
    (
        regex(
            r"(?im)[,(]\s*(?:an?|the)\s+(?:[a-z]+[\s-]+)*(?:vector|matrix|scalar|number|row|column|rule|shape|"
            r"layout)\s*\)?"
            r"(?=\s*[.,;]?\s*$)"
        ),
        _blank,
    ),
    (regex(rf"(?im)\(\s*{_NAME}\s+(?:(?:is|are)\s+(?:an?\s+)?)?{_FACTS}[^()=\n]*\)"), _blank),
    (
        regex(
            rf"(?i)(?:,|{_SPACE}for|{_SPACE}with){_SPACE}*(?:a\s+)?"
            rf"(?:{_FACTS}\s+{_NAME}|{_NAME}\s+{_FACTS})(?=\s*\.?\s*$)"
        ),
        _blank,
    ),
    (regex(r"(?im)\((?:note|in|see|up to|[a-z]+ (?:rule|layout|form))\b[^()=\n]*\)"), _blank),
    (
        regex(r"(?im)\s+(?:is|are|being)\s+(?:the|an?|our)\s+[a-z]+(?:[\s-][a-z]+)*(?=\s*(?:[.,;]|$|and\b))"),
        _blank,
    ),
)
"""Reasons and remarks behind a formula."""

_STEPS: tuple[_Step, ...] = (
    # What kind of thing follows: “In numerator layout it is”, “the outer product”, “the n×n matrix”.
    (
        regex(
            r"(?im)^\s*(?:(?:in|using|with|under)\s+)?(?:the\s+)?(?:numerator|denominator)[- ]layout"
            r"(?:\s+convention)?\s*[,:]?\s+(?:it\s+is\s+)?(?=\S)"
        ),
        _blank,
    ),
    (regex(r"^\s*(?:按|用|采用|在)?\s*(?:分子|分母)布局(?:下|中)?\s*[,:]?(?=\s*\S)"), _blank),
    (
        regex(
            rf"(?i)\b(?:the|an?)\s+(?:{_BY}\s+|[a-z]{{3,}}[- ]+)*"
            rf"(?:product|vector|matrix|scalar|number|difference|ratio|quotient)\s+(?=[-−(\\\d]|[^\W\d_]{{1,2}}(?![a-z])(?<!of)(?<!in)(?<!is)(?<!by))"
        ),
        _blank,
    ),
    # Sentences and conclusions are lines of their own.
    (regex(rf"[.,;]\s+(?:and\s+)?{_SO}(?:\s+that)?,?\s+{_FORMULA}", re.IGNORECASE), _new_line),
    (regex(r"[,;]\s+(?=(?:∂\S+|∇\S*|grad\w*|d\s?[^\W\d_]\d?)\s*=)"), _new_line),
    (regex(r"(?<=\S)[,.:;]?\s+(?=(?:I|we|one)\s+(?:get|got|find|found|obtain|have)\b)"), _new_line),
    (regex(rf"[.;]\s+(?=(?:the\s+)?(?:{_WORDS})\b)", re.IGNORECASE), _new_line),
    (
        regex(
            rf"(?<=\S)[,:]?\s+(?=(?:the|my)\s+(?:{_WORDS}|answer)\b[^\n]*\b(?:is|equals)\b)", re.IGNORECASE
        ),
        _new_line,
    ),
    (regex(r"[.,;]\s*(?:所以|因此|从而|于是|故|则|得到?)"), _new_line),
    (regex(rf"(?m)^\s*(?:and\s+)?{_SO}(?:\s+that)?[,:]?\s+{_FORMULA}", re.IGNORECASE), _blank),
    # Signs of conclusions.
    (
        regex(r"(?m)^\s*(?:(?:⇒|⟹|=>|->|→|∴|\\(?:therefore|Rightarrow|implies|to)\b|(?<=\n)=)\s*)+"),
        _blank,
    ),
    (regex(rf"(?m)^(?P<left>\s*{_LEFT}[^:=\[\n]*?)(?::=|:|=>|->|→)"), _equals),
    (regex(r"(?P<left>)(?::=)"), _equals),
    # Definitions, before and behind.
    (
        regex(
            rf"(?P<front>)(?<!\w)(?P<name>{_NAME})\s+(?:denotes|being|stands for)\s+"
            rf"(?:the\s+(?:[a-z]{{3,}}\s+)*)?"
        ),
        _named,
    ),
    (
        regex(
            rf"(?i)(?P<front>\b(?:where|with|here|let)\s+)(?P<name>{_NAME})\s+(?:is|be)\s+(?:the\s+(?:[a-z]{{3,}}\s+)*)?"
        ),
        _named,
    ),
    (
        regex(rf"(?<=where)\s+(?:the\s+)?(?:[a-z]{{3,}}\s+)+(?:is\s+)?(?={_NAME}\s*=)", re.IGNORECASE),
        _blank,
    ),
    (
        regex(
            rf"(?m)^\s*(?:let|set|put|define|denote|write|with|where|given|for|设|令|记)(?:\s+us)?\s*"
            rf"(?:(?:the\s+)?[a-z]{{3,}}\s+(?:be\s+)?)?(?={_DEFINED})",
            re.IGNORECASE,
        ),
        _blank,
    ),
    (regex(r"(?m)(?<==)(?P<what>[^=:\n\[]*[^=:\n\[\s]):(?=\s+(?P<sign>[-−+])?)"), _defined),
    (
        regex(
            rf"[.,;]?{_SPACE}+\((?:\s*(?:with|where|here|for)\s)?\s*(?P<what>{_DEFINED}[^=\n]*)\)(?=\s*[.,;]?\s*$)",
            re.IGNORECASE,
        ),
        _in_brackets,
    ),
    (
        regex(
            rf"[.,;]?\s+(?:with|here|for|writing|setting|letting|and)\s+(?:the\s+)?(?:[a-z]{{3,}}\s+)?(?={_DEFINED})",
            re.IGNORECASE,
        ),
        _definition,
    ),
    (regex(rf"[.,;]?\s*(?:其中|这里)\s*(?={_DEFINED})"), _definition),
    (regex(r"[.!?]+\s*(?=\n|$)"), _blank),
)

_QUOTED = regex(r"\\(?:text|textbf|textit|textrm|mbox|mathrm)\s*\{(?P<words>[^{}\\]*)\}")


def without_prose(text: str, names: Container[str] = ()) -> str:
    """An answer without the words around its formulas, each place in it where it was.

    Parameters
    ----------
    text : str
        An answer. “So” begins a new line; what “let” and “with” define stands apart.
    names : container of str
        The names of the function, which are no words.

    Examples
    --------
    >>> without_prose("X'(p - y) with p = sigmoid(X w).")
    "X'(p - y);     p = sigmoid(X w) "
    """
    text = text.translate(_WIDE)
    text = _OR.sub(lambda found: "=".rjust(found.start("rest") - found.start()) + found["rest"], text)
    if text.count("$") % 2 == 0:
        text = text.replace("$", " ")
    for pattern, change in _CODE:
        text = pattern.sub(change, text)
    text = _QUOTED.sub(lambda found: _inside(found) if _is_sentence(found["words"]) else found[0], text)
    text = _SHAPE.sub(lambda found: _shape_said(found, names), text)
    for pattern, change in (*_ENDS_OF_SENTENCES, *_STEPS):
        text = pattern.sub(change, text)
    text = _definitions_apart(text)
    return _joined([without_words_in_front(line, names) for line in text.split("\n")])


_OR = regex(
    r"\s*[,;(]?\s*\bor\b,?\s+(?:equivalently|alternatively|also|just|simply)\b,?(?P<rest>.*)", re.DOTALL
)
_CONDITION = regex(r"(?<![A-Za-z])(?:if|when|whenever|for|provided|assuming|where)(?![A-Za-z])")


def before_another_wording(text: str) -> str | None:
    """An answer without the other one that it gives on a condition; ``None`` where it gives none.

    Examples
    --------
    >>> before_another_wording("(A + A') x, or equivalently 2 A x if A is symmetric")
    "(A + A') x"
    """
    found = _OR.search(text)
    return text[: found.start()] if found is not None and _CONDITION.search(found["rest"]) else None


_DEFINES = regex(rf"\s*(?P<name>{_NAME})\s*=")
_SIGNED = regex(r"\s*[-−+]")


def _joined(lines: list[str]) -> str:
    """Lines in one text: one that begins with a sign is no more of that which it uses the name of."""
    text, defined = "", set[str]()
    for number, line in enumerate(lines):
        uses = any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line) for name in defined)
        sign = ";" if uses and _SIGNED.match(line) else "\n" if text.strip() else " "
        text += line if not number else sign + line
        found = _DEFINES.match(line)
        defined |= {found["name"]} if found is not None else set()
    return text


_COMMA = regex(rf",{_SPACE}*(?={_DEFINED})")


def _definitions_apart(text: str) -> str:
    """An answer with a semicolon for the comma between it and a definition, as in 2Aᵀr, r = Ax − b."""
    found = list(text)
    depth = 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth and (match := _COMMA.match(text, place)) is not None:
            found[place : match.end()] = _definition(match)
    return "".join(found)


def _is_sentence(words: str) -> bool:
    """Whether quoted words are those in front of a formula, and no name and no “where”."""
    return not without_words_in_front(words, ()).strip(" =∇HJ") and bool(words.strip())
