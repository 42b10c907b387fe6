from matgrad.compilation.backends import compile_for as compile_for
from matgrad.compilation.backends.numpy.function import compile_expressions as compile_expressions
from matgrad.compilation.use.derivative_operator import derivative_operator as derivative_operator
from matgrad.compilation.use.jax_function import JaxWrapper as JaxWrapper
from matgrad.compilation.use.matrix import compile_matrix as compile_matrix
from matgrad.compilation.use.operator import OperatorFunction as OperatorFunction
from matgrad.compilation.use.torch_function import TorchWrapper as TorchWrapper
