"""Every message of a check, in English and Chinese, by name."""

from __future__ import annotations

from matgrad.core.words import Phrase

MESSAGES: dict[str, Phrase] = {
    # ---- the verdict --------------------------------------------------------------------------
    "right": Phrase("right: {what}"),
    "wrong": Phrase("wrong: {what}"),
    "expected": Phrase("right: {what}", context="the expected answer"),
    "right_gradient": Phrase(
        "the gradient, of the shape of {name} (denominator layout)",
    ),
    "right_gradient_turned": Phrase(
        "in numerator layout: the transpose of the gradient",
    ),
    "right_jacobian_numerator": Phrase("in numerator layout: the Jacobian {shape}"),
    "right_jacobian_denominator": Phrase(
        "in denominator layout: the transpose of the Jacobian, {shape}",
    ),
    "right_value": Phrase("equal"),
    "right_hessian": Phrase("the Hessian"),
    "right_hessian_by_member": Phrase("the second derivative by one member of {name} twice"),
    "right_differential": Phrase("the differential"),
    "right_derivative": Phrase("the derivative with respect to {name}"),
    "right_derivative_turned": Phrase(
        "in denominator layout: the transpose of the derivative with respect to {name}",
    ),
    "convention_subspace": Phrase("{what}, within the structure of {name} ({fact})"),
    "convention_independent": Phrase(
        "{what}, with one partial derivative for each independent entry of {name} ({fact})",
    ),
    "not_verified": Phrase("note: the derivative itself is not verified ({why})"),
    # ---- right, but not what was asked --------------------------------------------------------
    "layout": Phrase(
        "this is the transpose: right in {given} layout, but {wanted} layout is asked for",
    ),
    "letters": Phrase(
        "the letters of the two places are interchanged: entry by entry, this is the transpose",
    ),
    "convention": Phrase(
        "right in the other convention for {name} ({fact}): this is {given}, and {wanted} is asked for",
    ),
    "form": Phrase("this is {given}, and {wanted} is asked for"),
    # ---- the whole answer ---------------------------------------------------------------------
    "zero": Phrase("the derivative is not zero: the function depends on {name}"),
    "sign": Phrase("the sign is wrong: the answer is −1 times the derivative"),
    "factor": Phrase(
        "a constant factor is wrong: the answer is {factor} times the derivative; multiply it by {remedy}",
    ),
    "sign_and_factor": Phrase(
        "the sign and a constant factor are wrong: the answer is {factor} times the derivative; "
        "multiply it by {remedy}",
    ),
    "sign_beside": Phrase("the sign is wrong", context="the second mistake"),
    "factor_beside": Phrase("a constant factor is wrong: multiply by {remedy}", context="the second mistake"),
    "sign_and_factor_beside": Phrase(
        "the sign and a constant factor are wrong: multiply by {remedy}", context="the second mistake"
    ),
    "two_mistakes": Phrase("two mistakes: {one}; and {other}"),
    "scalar_factor_missing": Phrase("the factor {factor} is missing"),
    "scalar_factor_extra": Phrase("the factor {factor} is too much"),
    "function_itself": Phrase("this is the function itself, not its derivative"),
    "order": Phrase(
        "this is the derivative of order {order}; that of order {wanted} is asked for",
    ),
    "other_variable": Phrase(
        "this is the derivative with respect to {other}, not {name}",
    ),
    "other_function": Phrase(
        "this is the derivative of {misread}: {old} was taken for {new}",
    ),
    "trace_missing": Phrase("the trace of this is the differential"),
    "rows_stacked": Phrase(
        "this is right where vec stacks the rows; here it stacks the columns",
    ),
    # ---- what is known of a variable ----------------------------------------------------------
    "fact": Phrase(
        "{answer} is right only if {names} is {fact} (it is not declared so)",
    ),
    "facts": Phrase(
        "{answer} is right only if {names} are {fact} (they are not declared so)",
    ),
    "declare": Phrase('if it is, declare it: --given "{declaration}"'),
    "structure_ignored": Phrase(
        "this is the gradient for a general {name}; {name} is declared {fact}, which changes it",
    ),
    "not_symmetric": Phrase(
        "the gradient by the symmetric {name} is symmetric: the symmetric part ½(G + Gᵀ) is right",
    ),
    "diagonal_twice": Phrase("the diagonal of {name} is counted twice: subtract G ⊙ I"),
    # ---- terms --------------------------------------------------------------------------------
    "lost_term": Phrase("a term is missing: {term}"),
    "extra_term": Phrase("one term too many: {old}"),
    "term_sign": Phrase("the sign of the term {old} is wrong"),
    "term_factor": Phrase(
        "a term has the wrong factor: {given} should be {term}",
    ),
    "term_scalar_missing": Phrase("in the term {term} the factor {factor} is missing"),
    "term_scalar_extra": Phrase("in the term {term} the factor {factor} is too much"),
    "term_for_another": Phrase(
        "{old} was taken for {new}, which is another matrix: the derivative has both terms",
    ),
    "term_scaled": Phrase("the term {old} should be {part}"),
    # ---- what is forgotten --------------------------------------------------------------------
    "ones_missing": Phrase(
        "ones are missing: a sum over entries gives {new}, not {old}",
    ),
    "ones_beside_vector": Phrase(
        "a number stands beside a vector, and 𝟏 is missing: {old} should be {new}",
    ),
    "ones_beside_matrix": Phrase(
        "a number stands beside a matrix, and 𝟏𝟏ᵀ is missing: {old} should be {new}",
    ),
    "identity_beside": Phrase(
        "a number stands beside a matrix, and I is missing: {old} should be {part}",
    ),
    "commutation_missing": Phrase(
        "a commutation matrix K is missing: vec(Mᵀ) is K vec(M), not vec(M)",
    ),
    "product_rule": Phrase(
        "the product rule is missing: each factor of {node} is differentiated while the others stay",
    ),
    # ---- the chain rule -----------------------------------------------------------------------
    "inner_derivative": Phrase(
        "the inner derivative is missing: this is the derivative with respect to {inner}, not {name}",
    ),
    "chain_rule": Phrase(
        "a factor of the chain rule is missing: the derivative of {node} with respect to {operand}",
    ),
    "wrong_derivative": Phrase(
        "the derivative of {node} with respect to {operand} is {due}, not {taken}",
    ),
    "step_sign": Phrase("the sign of the derivative of {node} is wrong"),
    "step_transposed": Phrase(
        "a transpose is wrong in the derivative of {node} with respect to {operand}",
    ),
    "step_factor_missing": Phrase(
        "a factor is missing in the derivative of {node} with respect to {operand}",
    ),
    "step_hadamard": Phrase(
        "the derivative of {node} is an entrywise product ⊙, not a matrix product",
    ),
    # ---- a place in the answer ----------------------------------------------------------------
    "factor_transpose": Phrase("a transpose is wrong: {old} should be {new}"),
    "both_turned": Phrase("transposes are wrong: {old} should be {new}"),
    "throughout": Phrase("{old} should be {new} throughout"),
    "transpose_throughout": Phrase("a transpose is wrong: {old} should be {new} throughout"),
    "symbols_swapped": Phrase("{old} and {new} are interchanged"),
    "indices_swapped": Phrase("the indices are interchanged: {old} should be {new}"),
    "index": Phrase("an index is wrong: {old} should be {new}"),
    "letters_interchanged": Phrase("the letters {one} and {other} are interchanged"),
    "norm_missing": Phrase("the norm is missing: {old} should be {new}"),
    "diag_missing": Phrase("diag is missing: {old} should be {new}"),
    "diag_extra": Phrase("diag is too much: {old} should be {new}"),
    "swapped": Phrase("the factors are in the wrong order: {old} should be {new}"),
    "order_of_factors": Phrase(
        "the factors are in the wrong order, and matrices do not commute: {old} should be {new}",
    ),
    "hadamard_for_product": Phrase(
        "an entrywise product ⊙ stands where a matrix product is due: {old} should be {new}",
    ),
    "product_for_hadamard": Phrase(
        "a matrix product stands where an entrywise product ⊙ is due: {old} should be {new}",
    ),
    "power_missing": Phrase("a power is missing: {old} should be {new}"),
    "power_extra": Phrase("a power is too much: {old} should be {new}"),
    "exponent": Phrase("the exponent {old} should be {new}"),
    "number": Phrase("the number {old} should be {new}"),
    "inverse_missing": Phrase("an inverse is missing: {old} should be {new}"),
    "inverse_extra": Phrase("an inverse is too much: {old} should be {new}"),
    "symbol": Phrase("{old} should be {new}"),
    "divided": Phrase("a product and a quotient are confused: {old} should be {new}"),
    "function": Phrase("the function is wrong: {old} should be {new}"),
    "matrix_function": Phrase(
        "the function of a matrix and the function of every entry are confused: {old} should be {new}",
    ),
    "call_missing": Phrase("a function is missing: {old} should be {new}"),
    "call_extra": Phrase("a function is too much: {old} should be {new}"),
    "missing_factor": Phrase("the factor {part} is missing: {old} should be {new}"),
    "extra_factor": Phrase("the factor {old} is too much"),
    # ---- shapes -------------------------------------------------------------------------------
    "free_letter": Phrase("{why}", context="letters of an entry"),
    "nonconforming": Phrase("the answer does not conform: {why}"),
    "misfit": Phrase("{why}", context="shapes do not fit"),
    "misfit_product": Phrase(
        "{left} ({first}) and {right} ({second}) cannot be multiplied",
    ),
    "misfit_sum": Phrase(
        "{left} ({first}) and {right} ({second}) cannot be added",
    ),
    "shape": Phrase(
        "the shape does not fit: the answer is {given}, and the derivative is {wanted}",
    ),
    "example": Phrase(
        "for {where} the answer gives {given}; the derivative is {due}",
    ),
    "quotient": Phrase(
        "check: when {entry} grows by {step}, f goes from {before} to {after}, a quotient of {quotient}",
    ),
    "mistake_within": Phrase("the mistake is in {old}"),
    "unexplained": Phrase("this is not the derivative"),
    # ---- a derivation -------------------------------------------------------------------------
    "line_given": Phrase("given  "),
    "line_right": Phrase("right  "),
    "line_wrong": Phrase("WRONG  "),
    "line_follows": Phrase("follows"),
    "all_right": Phrase("every line is right"),
    "first_wrong": Phrase("the first wrong line is line {number}:"),
    "line_number": Phrase("line {number}: {message}"),
}


def say(name: str, language: str, /, **fields: object) -> str:
    """The message of that name in a language."""
    return MESSAGES[name].text(language, **fields)
