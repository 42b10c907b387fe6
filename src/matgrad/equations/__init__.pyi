from matgrad.equations.coupled import solve_equations as solve_equations
from matgrad.equations.equation import Equation as Equation, Solution as Solution
from matgrad.equations.sizes import square_sizes as square_sizes
from matgrad.equations.solving import solve_equation as solve_equation
from matgrad.equations.system import EquationSystem as EquationSystem, SystemSolution as SystemSolution
