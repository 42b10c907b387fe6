from matgrad.language.declarations import (
    Declarations as Declarations,
    Declared as Declared,
    parse_declarations as parse_declarations,
    read_given as read_given,
)
from matgrad.language.interpretation import (
    Interpretation as Interpretation,
    interpret as interpret,
    parse as parse,
)
from matgrad.language.tracing import trace_function as trace_function
