"""A checker for Julia text: its syntax, and what its operators and functions accept."""
