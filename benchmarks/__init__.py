"""Measurements beside SymPy."""
