"""Expressions as code that runs fast: a planner, and backends that write its plans down."""
