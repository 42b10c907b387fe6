from matgrad.results.answering import (
    Answers as Answers,
    answer_to as answer_to,
    check_names as check_names,
    derive as derive,
)
from matgrad.results.result import Result as Result, Written as Written
from matgrad.results.vectorization import Vectorization as Vectorization, vectorized as vectorized
