from matgrad.equations.equation import Equation as Equation, Solution as Solution
from matgrad.equations.solving import solve_equation as solve_equation
