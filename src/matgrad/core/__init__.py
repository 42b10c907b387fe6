"""Expressions, dimensions, facts and errors: what everything else is made of."""
