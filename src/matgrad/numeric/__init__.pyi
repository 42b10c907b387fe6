from matgrad.numeric.evaluate import evaluate_on_arrays as evaluate_on_arrays
