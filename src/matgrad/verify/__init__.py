"""Samples in the domain, and the check of every derivative."""
