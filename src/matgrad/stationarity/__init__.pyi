from matgrad.stationarity.dependent_constraints import FOLLOWS as FOLLOWS
from matgrad.stationarity.finding import find_stationary as find_stationary
from matgrad.stationarity.point import (
    NO_SOLUTION as NO_SOLUTION,
    StationaryPoint as StationaryPoint,
    said as said,
)
