from matgrad.solvers.linear import TwoSided as TwoSided
from matgrad.solvers.stein import Stein as Stein
from matgrad.solvers.sylvester import Sylvester as Sylvester
from matgrad.solvers.system import (
    LinearSystem as LinearSystem,
    SingularEquationError as SingularEquationError,
    Solved as Solved,
)
from matgrad.solvers.two_terms import TwoTerms as TwoTerms
