"""Minimisation with compiled values and derivatives."""
