from matgrad.verify.by_entries import components_claim as components_claim
from matgrad.verify.derivative_check import verify_claim as verify_claim
from matgrad.verify.equality import same_value as same_value
from matgrad.verify.joint_check import verify_jointly as verify_jointly
from matgrad.verify.sampling import samples as samples
