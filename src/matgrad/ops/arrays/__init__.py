"""NumPy's arrays in symbols: expressions with a number of axes, and NumPy's functions on them.

An expression is a matrix, and a vector is a column. NumPy's arrays have 0, 1 or 2 axes, and nearly
every function of NumPy depends on how many. A :class:`SymbolicArray` is an expression together with
its number of axes; what is defined here follows NumPy's rules to the letter, or refuses.
"""

from matgrad.ops.arrays import functions as functions
from matgrad.ops.arrays.symbolic import SymbolicArray as SymbolicArray

functions.install()
