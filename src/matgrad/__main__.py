"""``python -m matgrad`` is the command ``matgrad``."""

from matgrad.cli import program

if __name__ == "__main__":
    program()
