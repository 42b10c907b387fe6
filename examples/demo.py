"""The main job: derivatives of real loss functions, each by one command."""

from __future__ import annotations

import shlex
import subprocess
import sys

COMMANDS = (
    # The matrix factorisation loss, by one factor, and its Hessian.
    'matgrad diff "norm(T - U V\')^2" --wrt U',
    'matgrad diff "norm(T - U V\')^2" --wrt U --order 2',
    # What is declared is used: A is symmetric.
    'matgrad diff "log(det(X\' A X))" --wrt X --given "A: m×m symmetric, X: m×n"',
    # Logistic regression, in NumPy's syntax, by its weights.
    'matgrad diff "sum(log(1 + exp(-y * (X @ w))))" --wrt w',
    # A function with matrix values has a Jacobian, in either layout.
    'matgrad diff "A X B" --wrt X --layout denominator',
)


def main() -> int:
    """Show each command and run it."""
    worst = 0
    for command in COMMANDS:
        print(f"\n$ {command}\n", flush=True)
        _, *arguments = shlex.split(command)
        worst = max(
            worst, subprocess.run([sys.executable, "-m", "matgrad", *arguments], check=False).returncode
        )
    return worst


if __name__ == "__main__":
    sys.exit(main())
