from matgrad.language.declarations import (
    Declarations as Declarations,
    Declared as Declared,
    parse_declarations as parse_declarations,
    read_given as read_given,
)
from matgrad.language.equations import (
    ReadEquation as ReadEquation,
    ReadEquations as ReadEquations,
    given_with_constraints as given_with_constraints,
    interpret_constraint as interpret_constraint,
    interpret_equation as interpret_equation,
    interpret_equations as interpret_equations,
    is_equation as is_equation,
    split_equations as split_equations,
)
from matgrad.language.interpretation import (
    Interpretation as Interpretation,
    interpret as interpret,
    parse as parse,
)
from matgrad.language.latex.declaring import name_in_latex as name_in_latex
from matgrad.language.latex.plain import plain_text as plain_text
from matgrad.language.latex.writing import readable_latex as readable_latex
from matgrad.language.parts import is_part as is_part, read_part as read_part
from matgrad.language.points import read_point as read_point, read_value as read_value
from matgrad.language.points_asked import point_asked as point_asked
from matgrad.language.tracing import trace_function as trace_function
