"""What a name is taken for: the conventions of textbooks, and what the text and its declarations say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import field

from matgrad.core.errors import UnknownNameError
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.suggestions import nearest
from matgrad.core.words import alternatives, phrase
from matgrad.language.decisions import (
    APPLIED_ONLY,
    FILLED,
    FUNCTION_LETTERS,
    MATRIX_LETTERS,
    SCALAR_LETTERS,
)
from matgrad.language.signatures import derivative_name
from matgrad.language.spelled_out import SPELLED_OUT
from matgrad.language.vec_names import Signs
from matgrad.ops.operators import numpy_names
from matgrad.ops.registry import FUNCTIONS, SOUGHT
from matgrad.printing.accents import spelled_out
from matgrad.printing.names import printed_as

MODULES = frozenset(("np", "numpy", "jnp", "torch", "scipy", "sp", "jax"))
"""Packages whose functions may be written with their prefix."""
NEVER_BARE = frozenset(("log2", "log10"))
"""Functions that need brackets: ``log2 s`` may have lost a blank before its 2."""

_LIGATURE = regex("[ﬀ-ﬆ]|[\U0001d400-\U0001d7ff]{2,}")
"""Letters that a page has joined, and letters of a font side by side, 𝐀𝐱: a name alone keeps its font."""
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def plain(name: str) -> str:
    """Write subscript digits as ``x_1``, so that a name is an identifier."""
    if name.isascii():
        return name
    name = spelled_out(_LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), name))
    return re.sub(r"_?[₀-₉]+", lambda match: "_" + match[0].lstrip("_").translate(_SUBSCRIPTS), name)


def stem(name: str) -> str:
    """A name without its index: the σ of σ_1."""
    return re.sub(r"_?\d+$|_.*$", "", name)


def with_subscripts(name: str) -> Iterator[tuple[str, str]]:
    """The ways to take a name apart into a base and what stands below it: of x_hat_i two.

    Examples
    --------
    >>> from matgrad.language.names import with_subscripts
    >>> list(with_subscripts("x_hat_i"))
    [('x', 'hat_i'), ('x_hat', 'i')]
    """
    for match in re.finditer("_", name):
        yield name[: match.start()], name[match.end() :]


def is_capital(name: str) -> bool:
    """Whether a name is, undeclared, that of a matrix; a step Δx is what x is."""
    return name[1 if is_step(name) else 0 :][:1].isupper()


def is_step(name: str) -> bool:
    """Whether a name is that of a change of another, as Δx is."""
    return name[:1] in ("Δ", "δ") and name[1:2].isalpha() and is_letter(name[1:])


def is_greek(name: str) -> bool:
    """Whether a name is, undeclared, that of a scalar."""
    base = stem(name)
    return base in SCALAR_LETTERS or (len(base) == 1 and "α" <= base <= "ϵ")


def is_letter(name: str) -> bool:
    """Whether a name is a single letter, with an index at most."""
    return len(stem(name)) == 1 or is_greek(name)


def is_public(name: str) -> bool:
    """Whether a name may be used at all: private and special names of Python may not."""
    return not name.startswith("_") and "__" not in name


def identity_size(name: str) -> int | str | None:
    """The size of the identity that an undeclared name stands for: the n of ``I_n``."""
    match = re.fullmatch(r"I_([1-9]\d{0,8}|[A-Za-z])", name)
    return None if match is None else int(match[1]) if match[1].isdigit() else match[1]


_INDEX_LETTERS = frozenset("ijkl")
"""Letters below a maximum that are taken for an index without being declared one."""
_RUNNING = frozenset("ijklmnpqrst")
"""Letters that are indices below a name before a bracket."""


@dataclass(slots=True)
class Vocabulary:
    """What is known of the names of a text before it is read.

    Attributes
    ----------
    variables : set of str
        Declared variables, names bound by ``where``, and dimensions.
    functions : set of str
        Declared functions, and those that are seen applied.
    plain_uses : set of str
        Names that occur in the text other than before a bracket.
    spellings : dict of str to str
        The first spelling of each name, by what is printed for it.
    indices : set of str
        Declared indices.
    vec_signs : Signs
        What is said for D_n and L_n being the matrices of vec.
    """

    variables: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    plain_uses: set[str] = field(default_factory=set)
    spellings: dict[str, str] = field(default_factory=dict)
    indices: set[str] = field(default_factory=set)
    vec_signs: Signs = field(default_factory=Signs)

    def is_index_below_maximum(self, name: str) -> bool:
        """Whether max over a letter is one over an index; over a variable it asks for a point."""
        return name in self.indices or (name in _INDEX_LETTERS and name not in self.variables)

    def spelled(self, name: str, applied: bool) -> str:
        """The first spelling of a name: what is printed like another name is that name."""
        if name in FUNCTIONS and (applied or name not in APPLIED_ONLY):
            return name
        shown = printed_as(name)
        if applied and shown in FUNCTIONS and shown in APPLIED_ONLY and shown not in self.declared:
            return shown
        if name[0] == "d" and printed_as(name[1:]) in self.spellings:
            return "d" + self.spellings[printed_as(name[1:])]
        return self.spellings.setdefault(shown, name)

    @property
    def declared(self) -> set[str]:
        """What is printed for the variables."""
        return {printed_as(name) for name in self.variables}

    def is_function(self, name: str, *, adjacent: bool, primes: int = 0) -> bool:
        """Whether a bracket after the name opens a list of arguments."""
        if name in self.variables:
            return False
        if name in self.functions:
            return adjacent
        if derivative_name(name, self.functions) is not None:
            return not primes
        if name in FUNCTIONS or name in FILLED or "." in name or name in numpy_names():
            return not primes and (adjacent or name not in APPLIED_ONLY)
        if not adjacent or name in self.plain_uses or self._is_entry(name):
            return False
        if stem(name) in FUNCTION_LETTERS or name.lower() in SPELLED_OUT:
            return True
        return not (primes or is_capital(name) or is_greek(name))

    def _is_entry(self, name: str) -> bool:
        """Whether a name is that of a variable with an index: the s_i and y_i of s_i y_i(w'x_i + b)."""
        if any(below and base in self.variables for base, below in with_subscripts(name)):
            return True
        below = name.rpartition("_")[2] if "_" in name else ""
        return 0 < len(below) < 3 and _RUNNING.issuperset(below) and stem(name) not in FUNCTION_LETTERS

    def is_called(self, name: str) -> bool:
        """Whether a name before a bracket is surely a function."""
        known = name in self.functions or derivative_name(name, self.functions) is not None
        known |= name in FUNCTIONS or name in FILLED
        known |= "." in name or name in numpy_names()
        return known or stem(name) in FUNCTION_LETTERS

    def is_constant(self, name: str) -> bool:
        """Whether the name is that of a number, so that a bracket after it is a factor: π (a + b)."""
        return name not in self.variables and name in FUNCTIONS and not FUNCTIONS[name].parameters

    def is_shadowed(self, name: str) -> bool:
        """Whether a variable has the name of a function, so that a bracket after it is not clear."""
        return name in self.variables and name in FUNCTIONS and name not in APPLIED_ONLY

    def is_known_function(self, name: str) -> bool:
        """Whether the name is that of a function even without brackets, as in ``log det X``."""
        if name in self.variables or name in APPLIED_ONLY or name in NEVER_BARE:
            return False
        return name in FUNCTIONS and bool(FUNCTIONS[name].parameters)


def unknown_function(
    name: str,
    span: tuple[int, int],
    text: str,
    arguments: Sequence[str] | None = None,
    *,
    is_numpy: bool = False,
    may_be_declared: bool = True,
) -> UnknownNameError:
    """The error for a function that does not exist, with its formula or the nearest name that does."""
    base = name.rpartition(".")[2]
    spelled = SPELLED_OUT.get(base.lower())
    if spelled is not None and arguments is not None:
        return UnknownNameError(
            phrase("there is no function {name}", name=name),
            fix=phrase(
                "its formula: {formula}", formula=alternatives(spelled.of(arguments, is_numpy=is_numpy))
            ),
            text=text,
            span=span,
        )
    near = near_function(base)
    undefined = (
        None
        if "." in name or not may_be_declared
        else phrase("declare {base}: function to use it as an undefined function", base=base)
    )
    fix = f"{near}(…)" if near else undefined
    return UnknownNameError(phrase("there is no function {name}", name=name), fix=fix, text=text, span=span)


def near_function(name: str) -> str | None:
    """The function that was probably meant by a name that no function has."""
    folded = {"lg": "log10", "lb": "log2", "ld": "log2"}.get(name, name.lower())
    if folded in FUNCTIONS:
        return folded
    if folded in SOUGHT:
        return SOUGHT[folded].name
    if folded in numpy_names():
        return folded
    longer = [
        known for known in FUNCTIONS if len(folded) > 3 and known.startswith(folded) and "_" not in known
    ]
    return longer[0] if longer else nearest(folded, FUNCTIONS, 0.7 if len(folded) > 5 else 0.8)


def unknown_variable(name: str, known: Collection[str], span: tuple[int, int], text: str) -> UnknownNameError:
    """The error for a name that has not been declared."""
    fix = nearest(name, known, 0.5) or phrase(
        "declare it, for instance {name}: {what}", name=name, what="m×n" if is_capital(name) else "n"
    )
    return UnknownNameError(phrase("{name} is not declared", name=name), fix=fix, text=text, span=span)


_ABBREVIATIONS = """
Tr Id Re Im Ln Lg Sp In Var Cov Std Log Exp Max Min Det Vec Dim Ker Res Sym Sgn Err
MSE RSS SSE SSR TSS MAE NLL PCA SVD LSE KKT OLS GLS MLE MAP EM KL JS LL
"""
_NO_PRODUCTS = frozenset(_ABBREVIATIONS.split())
"""Words of capitals and letters that abbreviate something."""


def is_product_by_looks(name: str) -> bool:
    """Whether letters side by side are a product to every reader: Ax, AXB, UV, and no word."""
    if not (1 < len(name) < 4 and name.isascii() and name.isalpha()) or name in _NO_PRODUCTS:
        return False
    return name[:-1].isupper()


def split_letters(name: str) -> str | None:
    """The product that a run of letters may have been meant to be: ``A x`` for ``Ax``, ``mu x``."""
    if not name.isalpha() or name in SCALAR_LETTERS | MATRIX_LETTERS or is_step(name):
        return None
    for word in sorted(SCALAR_LETTERS, key=lambda word: (-len(word), word)):
        before, found, behind = name.partition(word)
        if found and 0 < len(before + behind) < 3 and behind != "s":
            return " ".join([*before, word, *behind])
    return " ".join(name) if 2 <= len(name) <= 4 else None


_WORD = regex(r"[a-z]*[^aeiou\W][aeiou]{1,2}[^aeiou\W][a-z]*")
"""What is said aloud, as bias, cost and yhat: a vowel between consonants."""


def may_be_factors(name: str, factors: str, singles: Collection[str], *, is_numpy: bool) -> bool:
    """Whether a run of letters may be meant as their product: one of small letters beside one of its letters.

    Parameters
    ----------
    name, factors : str
        The run, and its letters with blanks between them.
    singles : collection of str
        The names that stand alone in the text, and those that are known.
    is_numpy : bool
        Whether the text is of Python, where factors have a sign between them.
    """
    if not (name.islower() and name.isascii()):
        return True
    if is_numpy or (len(name) == 4 and len(factors) == 7 and _WORD.fullmatch(name)):
        return all(letter in singles for letter in factors.split())
    return any(letter in singles for letter in factors.split())


def product_of_letters(letters: str, *, is_numpy: bool, has_t: bool) -> str:
    """The product of letters with blanks between them, in which T is the transpose: of x T A x, x' A x."""
    factors = letters.split()
    if "T" in factors[1:] and not has_t:
        place = factors.index("T", 1)
        factors[place - 1 : place + 1] = [factors[place - 1] + (".T" if is_numpy else "'")]
    return (" @ " if is_numpy else " ").join(factors)
