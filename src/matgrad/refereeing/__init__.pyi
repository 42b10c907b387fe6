from matgrad.refereeing.claims import Claim as Claim
from matgrad.refereeing.documents import (
    KINDS as KINDS,
    kind_of as kind_of,
    read_document as read_document,
)
from matgrad.refereeing.findings import Report as Report
from matgrad.refereeing.referee import audit as audit
