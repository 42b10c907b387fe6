from matgrad.kronecker.differentiable import array_functions as array_functions
from matgrad.kronecker.family import (
    BlockDiagonal as BlockDiagonal,
    Dense as Dense,
    Diagonal as Diagonal,
    Identity as Identity,
    Kron as Kron,
    KronSum as KronSum,
    OnMatrices as OnMatrices,
    Operator as Operator,
    as_operator as as_operator,
    block_diagonal as block_diagonal,
    commutation as commutation,
    dense as dense,
    diagonal as diagonal,
    diagonal_plus_low_rank as diagonal_plus_low_rank,
    duplication as duplication,
    elimination as elimination,
    face_splitting as face_splitting,
    identity as identity,
    khatri_rao as khatri_rao,
    kron as kron,
    kron_sum as kron_sum,
    product as product,
    symmetriser as symmetriser,
    total as total,
)
from matgrad.kronecker.refusals import (
    NoRuleError as NoRuleError,
    SingularOperatorError as SingularOperatorError,
)
from matgrad.kronecker.vectors import (
    commute as commute,
    unvec as unvec,
    unvech as unvech,
    vec as vec,
    vech as vech,
)
