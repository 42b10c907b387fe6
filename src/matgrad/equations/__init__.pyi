from matgrad.equations.equation import Equation as Equation, Solution as Solution
from matgrad.equations.sizes import square_sizes as square_sizes
from matgrad.equations.solving import solve_equation as solve_equation
