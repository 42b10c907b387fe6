"""LaTeX in: from what papers and posts hold to the syntax tree that all dialects share.

A text goes through four steps, each in its own file: it is cut into tokens (:mod:`.lexer`), macros are
expanded on the tokens (:mod:`.macros`), what is only look is taken out (:mod:`.looks`), and a precedence
parser (:mod:`.parser`) builds the tree. It is no LALR grammar: whether a bar closes, how far a function
without brackets reaches, and whether a letter is a factor or begins a function's name depend on what stands
around it and on what is declared, and scripts come in any order.
"""
