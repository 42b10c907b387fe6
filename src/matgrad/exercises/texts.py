"""Every text of an exercise and of a session, in English and Chinese, by name."""

from __future__ import annotations

from matgrad.core.words import Phrase

WORDS: dict[str, Phrase] = {
    # the question
    "where": Phrase("{equation} where {symbols}", "{equation}，其中 {symbols}"),
    "find_gradient": Phrase(
        "Find {left}, {kind} of the shape of {variable} ({shape}).",
        "求 {left}：与 {variable} 同形（{shape}）的{kind}。",
    ),
    "a matrix": Phrase("a matrix", "矩阵"),
    "a column": Phrase("a column", "列向量"),
    "find_derivative": Phrase("Find {left}, a scalar.", "求 {left}（标量）。"),
    "find_numerator": Phrase(
        "Find the Jacobian {left} in numerator layout ({shape}): {meaning}.",
        "求雅可比矩阵 {left}（分子布局，{shape}）：{meaning}。",
    ),
    "find_denominator": Phrase(
        "Find the Jacobian {left} in denominator layout ({shape}): {meaning}.",
        "求雅可比矩阵 {left}（分母布局，{shape}）：{meaning}。",
    ),
    "find_hessian": Phrase("Find the Hessian {left} ({shape}).", "求海森矩阵 {left}（{shape}）。"),
    "symmetric": Phrase(
        "{variable} is symmetric: give the gradient within the symmetric matrices, or one partial derivative "
        "for each independent entry.",
        "{variable} 对称：可给出对称矩阵子空间内的梯度，也可对每个独立元素求偏导。",
    ),
    "entrywise": Phrase(
        "Functions of vectors and matrices are applied to each entry.", "作用于向量和矩阵的函数均逐元素计算。"
    ),
    "step": Phrase(
        "The derivative of relu, 1 at positive numbers and 0 at negative ones, is written step.",
        "relu 的导数（正数处为 1，负数处为 0）写作 step。",
    ),
    "commutation": Phrase(
        "The commutation matrix, {meaning} for X of shape {shape}, is written commutation(m, n).",
        "交换矩阵（对 {shape} 的 X 有 {meaning}）写作 commutation(m, n)。",
    ),
    # the session
    "title": Phrase(
        "Problem {number}: {topic}, difficulty {difficulty}", "第 {number} 题：{topic}，难度 {difficulty}"
    ),
    "welcome": Phrase(
        "Write the derivative, or a command: hint, show, skip, help, quit.",
        "请输入导数，或命令：hint（提示）、show（解答）、skip（跳过）、help（帮助）、quit（退出）。",
    ),
    "right": Phrase("Right: {line}", "正确：{line}"),
    "wrong": Phrase("Not right: {reason}", "不对：{reason}"),
    "not_it": Phrase("this is not the derivative", "这不是导数"),
    "not_there": Phrase("there is a mistake at this place", "此处有误"),
    "offer": Phrase(
        "{count} tries so far. hint gives the next step, show the whole solution.",
        "已尝试 {count} 次。hint 给出下一步，show 给出完整解答。",
    ),
    "not_counted": Phrase("This did not count as a try.", "本次不计入尝试次数。"),
    "hint": Phrase("Hint {number} of {count}: {text}", "提示 {number}/{count}：{text}"),
    "rule": Phrase("the next rule is {rule}", "下一步用到：{rule}"),
    "result_next": Phrase("Only the result is left; show gives it.", "只剩结果了；show 给出结果。"),
    "solution": Phrase("Solution:", "解答："),
    "skipped": Phrase("Skipped.", "已跳过。"),
    "empty": Phrase(
        "Write an answer, or help for what can be written.", "请输入答案，或输入 help 查看输入方法。"
    ),
    "nothing": Phrase("No problem was answered.", "没有作答。"),
    "summary": Phrase(
        "{solved} of {count} solved, {alone} of them at the first try and without a hint.",
        "共 {count} 题，答对 {solved} 题，其中一次答对且未用提示 {alone} 题。",
    ),
    "by_topic": Phrase("To practise: {topics}.", "还需练习：{topics}。"),
    "again": Phrase("The same problems again: {options}", "重做同一组题：{options}"),
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
        "请输入等式右边，如 2 A x；也可输入等式，如 df/dx = 2 A x。\n"
        "  A'       转置          inv(A), A^-1      逆\n"
        "  A B      乘积          x .* y, x.^2      逐元素运算\n"
        "  tr(A)    迹            det(A), norm(x)   行列式、范数\n"
        "  diag(x)  对角矩阵      eye(n), I         单位矩阵\n"
        "  ones(n)  全 1 列向量   kron(A, B)        克罗内克积\n"
        "命令（亦可用中文）：\n"
        "  hint     提示：下一步  show              解答，并进入下一题\n"
        "  skip     跳过本题      again             重新显示题目\n"
        "  help     帮助：本说明  quit              退出，并小结",
    ),
    "help_signs": Phrase(
        "The signs of the problem, as Aᵀ, X⁻¹, ⊙, ⊗, are read as well.",
        "题目中的符号（如 Aᵀ、X⁻¹、⊙、⊗）也可直接输入。",
    ),
}


def say(name: str, language: str, **fields: object) -> str:
    """The text of that name in a language."""
    return WORDS[name].text(language, **fields)
