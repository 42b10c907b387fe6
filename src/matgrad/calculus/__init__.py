"""Derivatives: linear maps composed over the graph of an expression, and the views of them."""
