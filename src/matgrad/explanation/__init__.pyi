from matgrad.explanation.derivation import Derivation as Derivation
from matgrad.explanation.lines import Line as Line, Written as Written
from matgrad.explanation.methods import derivation_of as derivation_of, explain as explain
from matgrad.explanation.typed_form import as_written as as_written
