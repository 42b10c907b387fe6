"""What operations are called where they have no value: said in any language once it is asked for."""

from __future__ import annotations

from matgrad.core.words import Phrase, phrase

_WORDS = {
    word.english: word
    for word in (
        phrase("the inverse of"),
        phrase("solve with"),
        phrase("solve a matrix equation with"),
        phrase("a Riccati equation with"),
        phrase("the logarithm of"),
        phrase("pinv of"),
        phrase("the logarithm"),
        phrase("the square root"),
        phrase("the exponential"),
        phrase("a sum"),
        phrase("a difference"),
        phrase("a product"),
        phrase("an entrywise product"),
        phrase("a function"),
        phrase("a power"),
        phrase("a logarithm"),
        phrase("a norm"),
        phrase("a quotient"),
        phrase("a matrix product"),
        phrase("a Kronecker product"),
        phrase("a pseudoinverse"),
        phrase("an adjugate"),
        phrase("a determinant"),
        phrase("a matrix power"),
        phrase("a matrix exponential"),
        phrase("division by zero or the logarithm of zero"),
        phrase("a result too large"),
        phrase("no real value"),
    )
}


def said(words: str) -> str | Phrase:
    """The words for an operation or for what is wrong with it, which are looked up only where one fails."""
    return _WORDS.get(words, words)
