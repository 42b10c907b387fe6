"""Arithmetic on numbers: evaluation, samples in the domain, and the check of every derivative."""
