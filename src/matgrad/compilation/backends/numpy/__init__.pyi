from matgrad.compilation.backends.numpy.function import (
    CompiledFunction as CompiledFunction,
    compile_expressions as compile_expressions,
)

COMMENT: str
