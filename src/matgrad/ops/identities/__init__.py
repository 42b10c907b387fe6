"""Identities between families of operations, stated by the heads that they join, named and cited."""
