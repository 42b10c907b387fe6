"""Expressions as code that runs fast: a planner, and backends that write its plans down."""

from matgrad.core.lazy import names_of_stub

__getattr__, __dir__ = names_of_stub(__name__, __file__)
