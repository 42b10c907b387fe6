"""Every text of an exercise and of a session, in English and Chinese, by name."""

from __future__ import annotations

from matgrad.core.words import Phrase

WORDS: dict[str, Phrase] = {
    # the question
    "where": Phrase("{equation} where {symbols}"),
    "find_gradient": Phrase(
        "Find {left}, {kind} of the shape of {variable} ({shape}).",
    ),
    "a matrix": Phrase("a matrix"),
    "a column": Phrase("a column"),
    "find_derivative": Phrase("Find {left}, a scalar."),
    "find_numerator": Phrase(
        "Find the Jacobian {left} in numerator layout ({shape}): {meaning}.",
    ),
    "find_denominator": Phrase(
        "Find the Jacobian {left} in denominator layout ({shape}): {meaning}.",
    ),
    "find_hessian": Phrase("Find the Hessian {left} ({shape})."),
    "symmetric": Phrase(
        "{variable} is symmetric: give the gradient within the symmetric matrices, or one partial derivative "
        "for each independent entry.",
    ),
    "entrywise": Phrase("Functions of vectors and matrices are applied to each entry."),
    "step": Phrase(
        "The derivative of relu, 1 at positive numbers and 0 at negative ones, is written step.",
    ),
    "commutation": Phrase(
        "The commutation matrix, {meaning} for X of shape {shape}, is written commutation(m, n).",
    ),
    # the session
    "title": Phrase("Problem {number}: {topic}, difficulty {difficulty}"),
    "welcome": Phrase(
        "Write the derivative, or a command: hint, show, skip, help, quit.",
    ),
    "right": Phrase("Right: {line}"),
    "wrong": Phrase("Not right: {reason}"),
    "not_it": Phrase("this is not the derivative"),
    "not_there": Phrase("there is a mistake at this place"),
    "offer": Phrase(
        "{count} tries so far. hint gives the next step, show the whole solution.",
    ),
    "not_counted": Phrase("This did not count as a try."),
    "hint": Phrase("Hint {number} of {count}: {text}"),
    "rule": Phrase("the next rule is {rule}"),
    "result_next": Phrase("Only the result is left; show gives it."),
    "solution": Phrase("Solution:"),
    "skipped": Phrase("Skipped."),
    "empty": Phrase("Write an answer, or help for what can be written."),
    "nothing": Phrase("No problem was answered."),
    "summary": Phrase(
        "{solved} of {count} solved, {alone} of them at the first try and without a hint.",
    ),
    "by_topic": Phrase("To practise: {topics}."),
    "again": Phrase("The same problems again: {options}"),
    "help": Phrase(
        "Write the right side, such as 2 A x, or an equation, such as df/dx = 2 A x.\n"
        "  A'       transpose            inv(A), A^-1      inverse\n"
        "  A B      product              x .* y, x.^2      entry by entry\n"
        "  tr(A)    trace                det(A), norm(x)   determinant, norm\n"
        "  diag(x)  diagonal matrix      eye(n), I         identity\n"
        "  ones(n)  column of ones       kron(A, B)        Kronecker product\n"
        "Commands:\n"
        "  hint     the next step        show              the solution, and the next problem\n"
        "  skip     the next problem     again             the problem once more\n"
        "  help     this page            quit              the end, with a summary",
    ),
    "help_signs": Phrase(
        "The signs of the problem, as Aᵀ, X⁻¹, ⊙, ⊗, are read as well.",
    ),
}


def say(name: str, language: str, **fields: object) -> str:
    """The text of that name in a language."""
    return WORDS[name].text(language, **fields)
