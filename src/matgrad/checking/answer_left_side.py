"""What stands left of the equals sign of an answer, and which form of the derivative it asks for."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass


@dataclass(frozen=True, slots=True)
class LeftSide:
    """What a left side such as ``∂f/∂xᵀ`` or ``df`` says of the right one.

    Attributes
    ----------
    form : str
        ``"gradient"``, ``"jacobian"``, ``"hessian"``, ``"differential"``, ``"function"``, or ``""``
        where it says nothing.
    layout : str or None
        ``"numerator"`` for ∂f/∂xᵀ, ``"denominator"`` for ∂fᵀ/∂x.
    end : int
        Where the right side starts in the text.
    order : int or None
        2 for ∂²f/∂x∂xᵀ, d²f and f''; ``None`` where it says nothing.
    top, bottom : str
        What is differentiated and by what, as they are written: the F_ij and X_kl of ∂F_ij/∂X_kl.
    letters : frozenset of str
        The letters that stand below something in it, which names such as the x of ∇_x f may be among.
    place : tuple of str
        The letters of the entry that the right side is of the whole derivative, in their order: the i and j
        of J_ij, (∇²f)_ij and ∂_j F_i. There are none where the whole is told, or a quotient names the entry.
    """

    form: str = ""
    layout: str | None = None
    end: int = 0
    order: int | None = None
    top: str = ""
    bottom: str = ""
    letters: frozenset[str] = frozenset()
    place: tuple[str, ...] = ()


_TURNED = r"(?:ᵀ|'|⊤|\.T|\^\{?[T⊤]\}?)"
_CHANGE = r"(?:∂|d|D|δ|\\partial\s*)"
_POWER = r"(?:\^?\{?[2-9²³]\}?)"
_NAMED = r"[^\W\dᵀ][^\Wᵀ]*(?:\([^()]*\))?"
_VARIABLE = rf"(?:vech?\s*\(?\s*{_NAMED}\s*\)?|{_NAMED}|\(vec\s*{_NAMED}\))"

# One letter after the d, or something set apart from it: df, dX₁, d(inv(X)), d tr(X), and not delta.
_CHANGED = r"\s*[^\W\d_](?:_?\d+)?(?:\s*\([^()]*\))?|\(.*\)|\s+[A-Za-z].*"

_QUOTIENT = regex(
    rf"\(?\s*{_CHANGE}\s*(?P<power>{_POWER})?\s*(?P<top>{_VARIABLE}|\(.*\)|[^/]*?)\s*(?P<flat>{_TURNED})?\s*\)?"
    rf"\s*/\s*\(?\s*{_CHANGE}\s*(?P<bottom>{_VARIABLE})\s*(?P<column>{_TURNED})?{_POWER}?"
    rf"(?P<twice>\s*{_CHANGE}\s*{_VARIABLE}\s*{_TURNED}?)?\s*\)?(?:\s*\(.*\)|(?P<of>\s+\S.*))?"
)
_FORMS = (
    (
        "hessian",
        re.compile(rf"(?:∇(?:²|\^2)(?:_\S+)?\s*(?:{_NAMED})?|H(?:_\w+)?|[Hh]ess(?:ian)?(?:\W.*)?)"),
    ),
    ("gradient", re.compile(rf"(?:∇(?:_\S+)?\s*(?:{_NAMED})?|[Gg]rad(?:ient)?(?:_\S+)?(?:\W.*)?)")),
    ("jacobian", re.compile(rf"(?:J(?:_\w+|\(.*\))?|[Jj]ac(?:obian)?(?:\W.*)?|D(?:_\S+)?\s*{_NAMED})")),
    ("differential", re.compile(rf"(?:vech?\s*\(?\s*)?d\s*(?P<power>{_POWER})?(?:{_CHANGED})\)?")),
)
_TURNED_WHOLE = regex(rf"\(?(?P<whole>[^()]*(?:\([^()]*\))?)\)?\s*{_TURNED}")
_TURNED_LAYOUTS = {"jacobian": "denominator", "gradient": "numerator"}
"""The layouts of what is told turned: Jᵀ, (∇f)ᵀ."""

_AT = r"\{?,?\s*[a-z](?:[\s,]*[a-z]){0,3}\}?(?![a-z])"
"""The letters of an entry: those of J_ij, of f_,i and of [∇f]_i."""

_ENTRY_OF = regex(
    rf"(?:[(\[](?P<whole>.+)[)\]]|(?P<name>[^()\[\]/]*(?:[^\W_]|\([^()]*\))))\s*(?:_\s*(?P<below>{_AT})|\[\s*(?P<within>{_AT})\s*\])"
)
_BY_PLACES = regex(
    rf"(?P<slopes>(?:(?:∂|D|∇)(?P<power>{_POWER})?_(?:{_AT}|{_NAMED}_{_AT})\s*)+)(?P<of>{_NAMED})"
)
"""∂_i f, ∂_j F_i, ∂_i ∂_j f and ∂_{x_i} f."""

_SUBSCRIPT = regex(r"_(?:[^\W\d_]+_)?([a-z][a-z\s,]*)")
_PLAIN = regex(r"[^\W\d]\w*(?P<primes>['′″]*)(?:\s*\([^()]*\))?")
_COMMANDS = tuple(
    (re.compile(command), character)
    for command, character in (
        (r"\\boxed\s*\{", ""),
        (r"\\(?:left|right|[,;:! ])", ""),
        (r"\\[dt]?frac\s*\{((?:[^{}]|\{[^{}]*\})*)\}\s*\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1/\2"),
        (r"\\(?:mathrm|mathbf|boldsymbol|bm|operatorname|text|mathit|mathsf)\b\s*", ""),
        (r"\\partial(?![A-Za-z])\s*", "∂"),
        (r"\\nabla(?![A-Za-z])\s*", "∇"),
        (r"\\(?:top|intercal)(?![A-Za-z])\s*", "⊤"),
        (r"\\delta(?![A-Za-z])\s*", "δ"),
    )
)
_BRACES = regex(r"\{([^{}]*)\}")
_LETTERS_BELOW = regex(r"(?:_\{?\s*|\[\s*)([a-z](?:[\s,]*[a-z]){0,3})(?![a-z])")
_ZERO = regex(r"=\s*(?:0|𝟎|\\(?:mathbf|boldsymbol|bm)\s*\{?\s*0\s*\}?)(?=\s*(?:[.,;\n]|where\b|$))")
_WHERE = regex(r"\bwhere\b|[\n;]")


def read_left_side(text: str) -> LeftSide:
    """Read what stands left of the first equals sign of an answer.

    Parameters
    ----------
    text : str
        An answer: ``∂f/∂x = 2 A x``, ``df = tr(A dX)``, ``grad = 2 A x`` or the right side alone.

    Examples
    --------
    >>> read_left_side("df/dx' = 2 x' A").layout
    'numerator'
    """
    places = equals_signs(text)
    if not places:
        return LeftSide()
    place = places[0]
    written = _without_commands(text[:place]).strip()
    letters = frozenset(re.findall(r"[a-z]", "".join(_LETTERS_BELOW.findall(written))))
    found = _of_places(written, place + 1) or _of_entry(written, place + 1)
    if found is None:
        return replace(_without_letters(written, place + 1), letters=letters)
    return replace(found, letters=letters.union(found.place))


def _of_entry(left: str, end: int) -> LeftSide | None:
    """What the left side of one entry says: (∇f)_i, [J]_ij, H_ij, g_i; ``None`` where it is none."""
    found = _ENTRY_OF.fullmatch(left)
    if found is None:
        return None
    whole = _without_letters((found["whole"] or found["name"]).strip(), end)
    if (not whole.form and not whole.top) or whole.form == "differential":
        return None
    place = tuple(re.findall("[a-z]", found["below"] or found["within"]))
    return replace(whole, top="", bottom="", place=place)


def _of_places(left: str, end: int) -> LeftSide | None:
    """What the left side of a derivative by places says: ∂_i f, ∂_j F_i; ``None`` where it is none."""
    found = _BY_PLACES.fullmatch(left)
    if found is None:
        return None
    slopes, top = _letters_below(found["slopes"]), _letters_below(found["of"])
    place = (*top, *slopes)
    if not slopes:
        return None
    whole = _without_letters(left, end)
    return replace(whole, form="jacobian" if top else whole.form, end=end, place=place)


def _letters_below(text: str) -> list[str]:
    return [letter for below in _SUBSCRIPT.findall(text) for letter in re.findall("[a-z]", below)]


def order_named(left: LeftSide, is_of_scalar: bool, axes: int) -> int | None:
    """The order of the derivative that a left side names, where it says which.

    Parameters
    ----------
    left : LeftSide
        H, ∂²f/∂x ∂xᵀ; ∂_ij f by a vector has a letter for each derivative.
    is_of_scalar : bool
        Whether a scalar function is differentiated.
    axes : int
        How many letters an entry of the variable has.
    """
    is_twice = is_of_scalar and axes > 0 and len(left.place) == 2 * axes and left.form != "jacobian"
    return 2 if is_twice else left.order


def _without_letters(left: str, end: int) -> LeftSide:
    """What a left side that ends at a place says, but for its letters."""
    quotient = _QUOTIENT.fullmatch(left)
    if quotient is not None:
        if quotient["twice"] or quotient["power"]:
            return LeftSide("", None, end, 2)
        # ∂vec(F)ᵀ/∂rᵀ with both turned is by the column of a row r.
        layout = "denominator" if quotient["flat"] else "numerator" if quotient["column"] else None
        return LeftSide("", layout, end, None, quotient["top"], quotient["bottom"])
    for form, pattern in _FORMS:
        found = pattern.fullmatch(left)
        if found is not None:
            is_second = form == "hessian" or found.groupdict().get("power") is not None
            return LeftSide(form, None, end, 2 if is_second else None)
    turned = _TURNED_WHOLE.fullmatch(left)
    if turned is not None:
        whole = _without_letters(turned["whole"], end)
        if whole.form in _TURNED_LAYOUTS:
            return replace(whole, layout=_TURNED_LAYOUTS[whole.form])
    plain = _PLAIN.fullmatch(left)
    if plain is not None:
        is_second = plain["primes"] in ("''", "″", "′′")
        return LeftSide("function", None, end, 2 if is_second else None)
    return LeftSide() if left else LeftSide("", None, end)


def _without_commands(left: str) -> str:
    """A left side in LaTeX with the characters that its commands stand for."""
    if "\\" not in left and "{" not in left:
        return left
    for command, character in _COMMANDS:
        left = command.sub(character, left)
    while (plainer := _BRACES.sub(r"\1", left)) != left:
        left = plainer
    return left


def without_condition(text: str, names: Container[str] = ()) -> str | None:
    """An answer without the = 0 behind it, which asks where it vanishes; ``None`` where none stands there.

    The 0 of ``∂f/∂x = 0`` is the answer itself, and that of ``f'(x) = 0``; A'(A x - b) = 0 with a variable
    A of the function is a product.

    Examples
    --------
    >>> without_condition("2 A' (A x - b) = 0")
    "2 A' (A x - b)    "
    """
    places = equals_signs(text)
    found = _ZERO.match(text, places[-1]) if places else None
    if found is None:
        return None
    left = text[: places[0]].strip()
    plain = _PLAIN.fullmatch(left)
    is_product = plain is not None and bool(plain["primes"]) and left[: plain.start("primes")] in names
    if len(places) == 1 and not is_product and (not left or read_left_side(text).end):
        return None
    return text[: found.start()] + " " * len(found[0]) + text[found.end() :]


def equals_signs(text: str) -> list[int]:
    """The places of the equals signs outside brackets and before ``where``."""
    found = _WHERE.search(text)
    end = found.start() if found is not None else len(text)
    places = []
    depth = 0
    for place, character in enumerate(text[:end]):
        depth += (character in "([{") - (character in ")]}")
        if character == "=" and depth == 0:
            places.append(place)
    return places
