"""What is still to be read of a value's memory: the one place that says when it may be written to.

An array may be computed into when it was made by the code itself and nothing that lies in it, under
whatever name, is read after that line. A reader that stands on a line of its own has read; one that is
written inside the line of another, or formed where it is first needed, reads when that line does
(live-variable analysis: Aho, Lam, Sethi & Ullman, 2007, sec. 9.2.5).
"""

from __future__ import annotations

from collections.abc import Container

from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.primitives import DIAGONAL
from matgrad.compilation.ir.program import Program
from matgrad.core.records import dataclass


def borrowed(program: Program, views: frozenset[Primitive] = frozenset()) -> tuple[bool, ...]:
    """For each output, whether its array may lie in memory of a caller or an earlier output, or be read-only.

    Who is handed such an array, and writes to it, changes what is not his: it must be copied.

    Parameters
    ----------
    program : Program
        What is computed.
    views : frozenset of Primitive
        Further primitives whose value is a view that cannot be written to, or lies in its first operand.
    """
    met: set[Value] = set()
    found = []
    for output in program.outputs:
        value, shielded = output, False
        while value.op.in_operand or value.op in views:
            # NumPy's diagonal is read-only, and so is every view of it.
            shielded = shielded or value.op is DIAGONAL or value.op in views
            value = value.args[0]
        found.append(shielded or value.op.is_foreign or value in met)
        met.add(value)
    return tuple(found)


@dataclass(frozen=True)
class Liveness:
    """Who reads the values of a program, and when.

    Attributes
    ----------
    users : dict of Value to list of Value
        The values that have each value among their operands.
    outputs : frozenset of Value
        What is read when everything is computed.
    """

    users: dict[Value, list[Value]]
    outputs: frozenset[Value]

    @classmethod
    def of(cls, program: Program) -> Liveness:
        """The readers of every value of a program."""
        users: dict[Value, list[Value]] = {value: [] for value in program.values}
        for value in program.values:
            for arg in dict.fromkeys(value.args):
                users[arg].append(value)
        return cls(users, frozenset(program.outputs))

    def ends_with(self, value: Value, operand: Value, formed: Container[Value]) -> bool:
        """Whether an operand of a value is an array of its own that nothing reads after it.

        Parameters
        ----------
        value : Value
            What is about to be computed, on lines of its own.
        operand : Value
            An operand of it, formed, which those lines read before they write.
        formed : container of Value
            The values that have a name, and so have read their operands.
        """
        return value.args.count(operand) == 1 and self.is_over(value, operand, formed, read=True)

    def is_over(self, value: Value, array: Value, formed: Container[Value], *, read: bool = False) -> bool:
        """Whether an array of its own is read by nothing any more when a value is about to be computed.

        Parameters
        ----------
        value : Value
            What is about to be computed, on lines of its own.
        array : Value
            What may be overwritten.
        formed : container of Value
            The values that have a name, and so have read their operands.
        read : bool
            Whether the value itself may read the array, as its operand.
        """
        if not array.op.allocates or array not in formed:
            return False
        reached = {array}
        stack = [array]
        while stack:
            held = stack.pop()
            if held in self.outputs:
                return False
            for user in self.users[held]:
                if user is value:
                    if held is not array or not read:
                        return False  # It reads the array, or does a second time, through another value.
                elif user not in reached and not self._has_read(user, value, formed):
                    if user.index > value.index:
                        return False
                    reached.add(user)
                    stack.append(user)
        return True

    def _has_read(self, user: Value, value: Value, formed: Container[Value]) -> bool:
        """Whether a reader is done: it stands on a line of its own, or inside such lines alone."""
        if user is value or not user.op.reads_once:
            return False
        if user in formed:
            return True
        users = self.users[user]
        inside = user not in self.outputs and bool(users)
        return inside and all(self._has_read(other, value, formed) for other in users)
