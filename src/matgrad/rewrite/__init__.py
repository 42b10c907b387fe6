"""Simplification: rules as data, a strategy that applies them, and a cost that chooses."""
