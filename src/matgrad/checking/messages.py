"""Every message of a check, in English and Chinese, by name."""

from __future__ import annotations

from matgrad.core.facts import Fact
from matgrad.core.words import Phrase

FACT_ADJECTIVES: dict[Fact, Phrase] = {
    Fact.SYMMETRIC: Phrase("symmetric", "对称"),
    Fact.DIAGONAL: Phrase("diagonal", "对角"),
    Fact.ORTHOGONAL: Phrase("orthogonal", "正交"),
    Fact.SKEW: Phrase("skew", "反对称"),
    Fact.POSITIVE: Phrase("positive", "逐元素为正"),
    Fact.ORTHONORMAL_COLUMNS: Phrase("orthonormal", "列标准正交"),
    Fact.LOWER_TRIANGULAR: Phrase("lower triangular", "下三角"),
    Fact.UPPER_TRIANGULAR: Phrase("upper triangular", "上三角"),
    Fact.SIMPLEX: Phrase("simplex", "单纯形"),
}
"""What a variable is said to be of which a fact holds; the English ones declare it as well."""

STRUCTURE_FACTS = (
    Fact.ORTHOGONAL,
    Fact.ORTHONORMAL_COLUMNS,
    Fact.SIMPLEX,
    Fact.DIAGONAL,
    Fact.SYMMETRIC,
    Fact.SKEW,
    Fact.LOWER_TRIANGULAR,
    Fact.UPPER_TRIANGULAR,
)
"""The facts that give a variable a space of its own to move in, the first that holds counting."""

MESSAGES: dict[str, Phrase] = {
    # ---- the verdict --------------------------------------------------------------------------
    "right": Phrase("right: {what}", "正确：{what}"),
    "wrong": Phrase("wrong: {what}", "错误：{what}"),
    "expected": Phrase("right: {what}", "正确答案：{what}"),
    "right_gradient": Phrase(
        "the gradient, of the shape of {name} (denominator layout)",
        "梯度，形状与 {name} 相同（分母布局）",
    ),
    "right_gradient_turned": Phrase(
        "in numerator layout: the transpose of the gradient",
        "分子布局：梯度的转置",
    ),
    "right_jacobian_numerator": Phrase(
        "in numerator layout: the Jacobian {shape}", "分子布局：{shape} 雅可比矩阵"
    ),
    "right_jacobian_denominator": Phrase(
        "in denominator layout: the transpose of the Jacobian, {shape}",
        "分母布局：雅可比矩阵的转置，{shape}",
    ),
    "right_value": Phrase("equal", "相等"),
    "right_hessian": Phrase("the Hessian", "海森矩阵"),
    "right_differential": Phrase("the differential", "微分"),
    "right_derivative": Phrase("the derivative with respect to {name}", "对 {name} 的导数"),
    "right_derivative_turned": Phrase(
        "in denominator layout: the transpose of the derivative with respect to {name}",
        "分母布局：对 {name} 的导数的转置",
    ),
    "convention_subspace": Phrase(
        "{what}, within the structure of {name} ({fact})", "{what}（限于 {name} 的结构：{fact}）"
    ),
    "convention_independent": Phrase(
        "{what}, with one partial derivative for each independent entry of {name} ({fact})",
        "{what}（对 {name} 的每个独立元素各取一个偏导数：{fact}）",
    ),
    "not_verified": Phrase(
        "note: the derivative itself is not verified ({why})", "注意：导数本身未经验证（{why}）"
    ),
    # ---- right, but not what was asked --------------------------------------------------------
    "layout": Phrase(
        "this is the transpose: right in {given} layout, but {wanted} layout is asked for",
        "转置了：这是{given}布局的答案，而题目要求{wanted}布局",
    ),
    "convention": Phrase(
        "right in the other convention for {name} ({fact}): this is {given}, and {wanted} is asked for",
        "对 {name}（{fact}）用了另一种约定：这是{given}，而题目要求{wanted}",
    ),
    "form": Phrase("this is {given}, and {wanted} is asked for", "这是{given}，而题目要求{wanted}"),
    # ---- the whole answer ---------------------------------------------------------------------
    "zero": Phrase(
        "the derivative is not zero: the function depends on {name}", "导数不为零：函数依赖于 {name}"
    ),
    "sign": Phrase(
        "the sign is wrong: the answer is −1 times the derivative", "符号错误：答案是导数的 −1 倍"
    ),
    "factor": Phrase(
        "a constant factor is wrong: the answer is {factor} times the derivative; multiply it by {remedy}",
        "常数因子错误：答案是导数的 {factor} 倍；应乘以 {remedy}",
    ),
    "scalar_factor_missing": Phrase("the factor {factor} is missing", "缺少因子 {factor}"),
    "scalar_factor_extra": Phrase("the factor {factor} is too much", "多了因子 {factor}"),
    "function_itself": Phrase(
        "this is the function itself, not its derivative", "这是函数本身，而不是它的导数"
    ),
    "order": Phrase(
        "this is the derivative of order {order}; that of order {wanted} is asked for",
        "这是 {order} 阶导数，而题目要求 {wanted} 阶导数",
    ),
    "other_variable": Phrase(
        "this is the derivative with respect to {other}, not {name}",
        "这是对 {other} 的导数，而不是对 {name} 的导数",
    ),
    "other_function": Phrase(
        "this is the derivative of {misread}: {old} was taken for {new}",
        "这是 {misread} 的导数：把 {old} 当成了 {new}",
    ),
    "trace_missing": Phrase("the trace of this is the differential", "对它取迹才是微分"),
    "rows_stacked": Phrase(
        "this is right where vec stacks the rows; here it stacks the columns",
        "这是按行拉直（vec 逐行堆叠）时的答案；这里 vec 按列堆叠",
    ),
    # ---- what is known of a variable ----------------------------------------------------------
    "fact": Phrase(
        "{answer} is right only if {names} is {fact} (it is not declared so)",
        "只有当 {names} {fact}时 {answer} 才正确（题目未声明）",
    ),
    "facts": Phrase(
        "{answer} is right only if {names} are {fact} (they are not declared so)",
        "只有当 {names} 都{fact}时 {answer} 才正确（题目未声明）",
    ),
    "declare": Phrase(
        'if it is, declare it: --given "{declaration}"', '若确实如此，请声明：--given "{declaration}"'
    ),
    "structure_ignored": Phrase(
        "this is the gradient for a general {name}; {name} is declared {fact}, which changes it",
        "这是一般情形下对 {name} 的梯度；题目声明了 {name} 的结构（{fact}），梯度因此不同",
    ),
    "not_symmetric": Phrase(
        "the gradient by the symmetric {name} is symmetric: the symmetric part ½(G + Gᵀ) is right",
        "对对称矩阵 {name} 的梯度应当对称：取答案的对称部分 ½(G + Gᵀ) 才正确",
    ),
    "diagonal_twice": Phrase(
        "the diagonal of {name} is counted twice: subtract G ⊙ I", "{name} 的对角线被算了两次：应减去 G ⊙ I"
    ),
    # ---- terms --------------------------------------------------------------------------------
    "lost_term": Phrase("a term is missing: {term}", "漏了一项：{term}"),
    "extra_term": Phrase("one term too many: {old}", "多了一项：{old}"),
    "term_sign": Phrase("the sign of the term {old} is wrong", "{old} 这一项的符号错误"),
    "term_factor": Phrase(
        "the factor of the term {term} is wrong: it is there {factor} times",
        "{term} 这一项的系数错误：答案中是它的 {factor} 倍",
    ),
    "term_scalar_missing": Phrase(
        "in the term {term} the factor {factor} is missing", "{term} 这一项缺少因子 {factor}"
    ),
    "term_scalar_extra": Phrase(
        "in the term {term} the factor {factor} is too much", "{term} 这一项多了因子 {factor}"
    ),
    "term_scaled": Phrase("the term {old} should be {part}", "{old} 这一项应为 {part}"),
    # ---- the chain rule -----------------------------------------------------------------------
    "inner_derivative": Phrase(
        "the inner derivative is missing: this is the derivative with respect to {inner}, not {name}",
        "缺少内层导数：这是对 {inner} 的导数，而不是对 {name} 的导数",
    ),
    "chain_rule": Phrase(
        "a factor of the chain rule is missing: the derivative of {node} with respect to {operand}",
        "链式法则漏了一个因子：{node} 对 {operand} 的导数",
    ),
    "wrong_derivative": Phrase(
        "the derivative of {node} with respect to {operand} is {due}, not {taken}",
        "{node} 对 {operand} 的导数是 {due}，而不是 {taken}",
    ),
    "step_sign": Phrase("the sign of the derivative of {node} is wrong", "{node} 的导数符号错误"),
    "step_transposed": Phrase(
        "a transpose is wrong in the derivative of {node} with respect to {operand}",
        "{node} 对 {operand} 的导数中转置有误",
    ),
    "step_factor_missing": Phrase(
        "a factor is missing in the derivative of {node} with respect to {operand}",
        "{node} 对 {operand} 的导数中缺少一个因子",
    ),
    "step_hadamard": Phrase(
        "the derivative of {node} is an entrywise product ⊙, not a matrix product",
        "{node} 的导数应为逐元素积 ⊙，而不是矩阵乘积",
    ),
    # ---- a place in the answer ----------------------------------------------------------------
    "factor_transpose": Phrase("a transpose is wrong: {old} should be {new}", "转置有误：{old} 应为 {new}"),
    "both_turned": Phrase("transposes are wrong: {old} should be {new}", "转置有误：{old} 应为 {new}"),
    "throughout": Phrase("{old} should be {new} throughout", "各处的 {old} 都应为 {new}"),
    "transpose_throughout": Phrase(
        "a transpose is wrong: {old} should be {new} throughout", "转置有误：各处的 {old} 都应为 {new}"
    ),
    "symbols_swapped": Phrase("{old} and {new} are interchanged", "{old} 与 {new} 互换了"),
    "diag_missing": Phrase("diag is missing: {old} should be {new}", "缺少 diag：{old} 应为 {new}"),
    "swapped": Phrase(
        "the factors are in the wrong order: {old} should be {new}", "因子顺序错误：{old} 应为 {new}"
    ),
    "hadamard_for_product": Phrase(
        "an entrywise product ⊙ stands where a matrix product is due: {old} should be {new}",
        "此处应为矩阵乘积，而不是逐元素积 ⊙：{old} 应为 {new}",
    ),
    "product_for_hadamard": Phrase(
        "a matrix product stands where an entrywise product ⊙ is due: {old} should be {new}",
        "此处应为逐元素积 ⊙，而不是矩阵乘积：{old} 应为 {new}",
    ),
    "power_missing": Phrase("a power is missing: {old} should be {new}", "缺少幂次：{old} 应为 {new}"),
    "power_extra": Phrase("a power is too much: {old} should be {new}", "多了幂次：{old} 应为 {new}"),
    "exponent": Phrase("the exponent {old} should be {new}", "指数 {old} 应为 {new}"),
    "number": Phrase("the number {old} should be {new}", "数 {old} 应为 {new}"),
    "inverse_missing": Phrase("an inverse is missing: {old} should be {new}", "缺少逆：{old} 应为 {new}"),
    "inverse_extra": Phrase("an inverse is too much: {old} should be {new}", "多了逆：{old} 应为 {new}"),
    "symbol": Phrase("{old} should be {new}", "{old} 应为 {new}"),
    "function": Phrase("the function is wrong: {old} should be {new}", "函数用错：{old} 应为 {new}"),
    "matrix_function": Phrase(
        "the function of a matrix and the function of every entry are confused: {old} should be {new}",
        "混淆了矩阵函数与逐元素函数：{old} 应为 {new}",
    ),
    "call_missing": Phrase("a function is missing: {old} should be {new}", "少了函数：{old} 应为 {new}"),
    "call_extra": Phrase("a function is too much: {old} should be {new}", "多了函数：{old} 应为 {new}"),
    "missing_factor": Phrase(
        "the factor {part} is missing: {old} should be {new}", "缺少因子 {part}：{old} 应为 {new}"
    ),
    "extra_factor": Phrase("the factor {old} is too much", "多了因子 {old}"),
    # ---- shapes -------------------------------------------------------------------------------
    "nonconforming": Phrase("the answer does not conform: {why}", "答案的形状不相容：{why}"),
    "misfit": Phrase("{why}", "形状不符（{why}）"),
    "misfit_product": Phrase(
        "{left} ({first}) and {right} ({second}) cannot be multiplied",
        "{left}（{first}）与 {right}（{second}）不能相乘",
    ),
    "misfit_sum": Phrase(
        "{left} ({first}) and {right} ({second}) cannot be added",
        "{left}（{first}）与 {right}（{second}）不能相加",
    ),
    "shape": Phrase(
        "the shape does not fit: the answer is {given}, and the derivative is {wanted}",
        "形状不符：答案为 {given}，导数应为 {wanted}",
    ),
    "example": Phrase(
        "for {where} the answer gives {given}; the derivative is {due}",
        "例如 {where} 时，答案给出 {given}，而导数为 {due}",
    ),
    "quotient": Phrase(
        "check: when {entry} grows by {step}, f goes from {before} to {after}, a quotient of {quotient}",
        "验算：{entry} 增加 {step} 时，f 由 {before} 变为 {after}，差商为 {quotient}",
    ),
    "unexplained": Phrase("this is not the derivative", "这不是导数"),
    # ---- a derivation -------------------------------------------------------------------------
    "line_given": Phrase("given  ", "定义"),
    "line_right": Phrase("right  ", "正确"),
    "line_wrong": Phrase("WRONG  ", "错误"),
    "line_follows": Phrase("follows", "随之"),
    "all_right": Phrase("every line is right", "每一行都正确"),
    "first_wrong": Phrase("the first wrong line is line {number}:", "第一个错误在第 {number} 行："),
    "line_number": Phrase("line {number}: {message}", "第 {number} 行：{message}"),
}


def say(name: str, language: str, /, **fields: object) -> str:
    """The message of that name in a language."""
    return MESSAGES[name].text(language, **fields)
