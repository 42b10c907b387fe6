"""``python -m matgrad`` is the command ``matgrad``."""

from matgrad.cli import main

if __name__ == "__main__":
    main()
