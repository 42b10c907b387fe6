"""How LaTeX fits a column: what formulas measure, where they break, and derivations set from them."""
