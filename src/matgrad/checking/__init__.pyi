from matgrad.checking.checking import check as check
from matgrad.checking.derivation_file import (
    DerivationVerdict as DerivationVerdict,
    check_derivation as check_derivation,
)
from matgrad.checking.verdict import Verdict as Verdict
