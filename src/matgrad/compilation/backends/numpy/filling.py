"""Results that are written into arrays that are there, by the last step that makes them."""

from __future__ import annotations

from dataclasses import replace

from matgrad.compilation.backends.base.tree import (
    Assign,
    Attribute,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Statement,
    Update,
    assign,
    call,
)

_OPERATORS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "@": "matmul"}
"""NumPy's functions for operators."""

_FUNCTIONS = frozenset(
    {"abs", "cos", "exp", "expm1", "log", "log1p", "maximum", "sin", "sqrt", "square", "tanh"}
)
"""NumPy's functions of every entry, which take an array for their results."""


def makes_an_array(statement: Statement) -> bool:
    """Whether a statement asks for new memory, which an array that is there may be in place of."""
    if not isinstance(statement, Assign) or len(statement.targets) != 1:
        return False
    made = statement.value
    return not (isinstance(made, Call) and "out" in dict(made.named))


def into(statement: Statement, name: str, target: Name, library: Name) -> Statement | None:
    """The statement with its result in an array that is there, under the same name.

    Nothing where it cannot be written so.

    Parameters
    ----------
    statement : Statement
        The last of those that make a value.
    name : str
        What the value is called.
    target : Name
        The array that it is written into.
    library : Name
        NumPy.
    """
    node = _made(statement, name, library)
    if node is None:
        return None
    named = {**dict(node.named), "out": target}
    return assign(Name(name), replace(node, named=tuple(named.items())))


def _made(statement: Statement, name: str, library: Name) -> Call | None:
    """The value of a variable as a call of a function of NumPy, where it is one."""
    match statement:
        case Update(target=Name(name=updated)) if updated == name:
            return _by_operator(library, statement.operator, Name(name), statement.value)
        case Assign(targets=(Name(name=assigned),)) if assigned == name:
            match statement.value:
                case Binary() as node:
                    return _by_operator(library, node.operator, node.left, node.right)
                case Negative() as node:
                    return call(Attribute(library, "negative"), node.of)
                case Call(function=Attribute(of=Name() as of, name=function)) as node if of == library:
                    return node if function in _FUNCTIONS or "out" in dict(node.named) else None
    return None


def _by_operator(library: Name, operator: str, left: Node, right: Node) -> Call | None:
    function = _OPERATORS.get(operator)
    return None if function is None else call(Attribute(library, function), left, right)
