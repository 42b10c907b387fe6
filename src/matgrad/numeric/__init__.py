"""Arithmetic on numbers: doubles, arbitrary precision, the sizes and inputs of an evaluation, values."""
