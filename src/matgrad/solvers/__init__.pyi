from matgrad.solvers.checks import require_room as require_room
from matgrad.solvers.choosing import system_of as system_of
from matgrad.solvers.coupled import CoupledSylvester as CoupledSylvester
from matgrad.solvers.coupled_terms import CoupledTerm as CoupledTerm, CoupledTerms as CoupledTerms
from matgrad.solvers.entrywise import Entrywise as Entrywise
from matgrad.solvers.independent import (
    independent_entries as independent_entries,
    solve_structured as solve_structured,
)
from matgrad.solvers.linear import TwoSided as TwoSided
from matgrad.solvers.low_rank import LowRank as LowRank, solve_low_rank as solve_low_rank
from matgrad.solvers.mixed import Parts as Parts, system_of_parts as system_of_parts
from matgrad.solvers.of_transpose import OfTranspose as OfTranspose
from matgrad.solvers.on_vec import OnVec as OnVec
from matgrad.solvers.riccati import solve_riccati as solve_riccati
from matgrad.solvers.several import Several as Several
from matgrad.solvers.stein import Stein as Stein
from matgrad.solvers.sylvester import Sylvester as Sylvester
from matgrad.solvers.system import (
    LinearSystem as LinearSystem,
    SingularEquationError as SingularEquationError,
    Solved as Solved,
)
from matgrad.solvers.transposed import OneOfEach as OneOfEach, TransposedSylvester as TransposedSylvester
from matgrad.solvers.two_terms import TwoTerms as TwoTerms
