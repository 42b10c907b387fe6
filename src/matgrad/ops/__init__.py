"""The operations: one class each, and the functions that build them in canonical form.

Imports form a tree. Sums and products stand at the bottom, every other family imports what it is made of,
and what two families make together is stated above both, in :mod:`matgrad.ops.identities`. What the bottom
needs of that is installed here: the operators of expressions, the algebra of linear maps, and how the
factors of products are put together.
"""

from matgrad.core.face import Face
from matgrad.core.linear_map import LinearMap

from matgrad.ops import (  # isort: skip
    leaves as leaves,
    variables as variables,
    transpose as transpose,
    arithmetic as arithmetic,
    hadamard as hadamard,
    elementwise as elementwise,
    power as power,
    piecewise as piecewise,
    comparisons as comparisons,
    trigonometric as trigonometric,
    activations as activations,
    reductions as reductions,
    gamma_functions as gamma_functions,
    line_extremes as line_extremes,
    softmax as softmax,
    reshaping as reshaping,
    diagonals as diagonals,
    triangles as triangles,
    cross_product as cross_product,
    blocks as blocks,
    trace as trace,
    inverse as inverse,
    kronecker as kronecker,
    khatri_rao as khatri_rao,
    vec_matrices as vec_matrices,
    sylvester as sylvester,
    stein as stein,
    matrix_equation as matrix_equation,
    riccati as riccati,
    partial_trace as partial_trace,
    matrix_functions as matrix_functions,
    real_matrix_power as real_matrix_power,
    matrix_power as matrix_power,
    cholesky as cholesky,
    determinant as determinant,
    pseudoinverse as pseudoinverse,
    eigenvalues as eigenvalues,
    sorting as sorting,
    rank as rank,
    singular_values as singular_values,
    densities as densities,
    undefined as undefined,
    linear_operation as linear_operation,
    cumulative as cumulative,
    diagonal_patterns as diagonal_patterns,
    maps_on_vec as maps_on_vec,
)
from matgrad.ops.indices import (  # isort: skip
    members as members,
    indexed_products as indexed_products,
)
from matgrad.ops import operators as operators  # isort: skip  (NumPy's names are of the families above)
from matgrad.ops.algebra import Algebra
from matgrad.ops.arithmetic import Product
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.identities import (
    hadamard_products as hadamard_products,
    kronecker_functions as kronecker_functions,
    kronecker_products as kronecker_products,
    logarithms_and_powers as logarithms_and_powers,
    matrices as matrices,
    matrix_products as matrix_products,
    parts_and_numbers as parts_and_numbers,
    ranks as ranks,
    triangular as triangular,
)

Face.operators = operators.Operators()
LinearMap.algebra = Algebra()
Product.merging = matrix_products
Hadamard.merging = hadamard_products
