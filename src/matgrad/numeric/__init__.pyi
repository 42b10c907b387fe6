from matgrad.numeric.evaluate import (
    evaluate_nodes as evaluate_nodes,
    evaluate_on_arrays as evaluate_on_arrays,
)
from matgrad.numeric.precise import PreciseArrays as PreciseArrays
