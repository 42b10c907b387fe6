from matgrad.stationarity.dependent_constraints import FOLLOWS as FOLLOWS
from matgrad.stationarity.derivation import PointDerivation as PointDerivation
from matgrad.stationarity.finding import find_stationary as find_stationary
from matgrad.stationarity.point import StationaryPoint as StationaryPoint, said as said
from matgrad.stationarity.verdicts import NO_SOLUTION as NO_SOLUTION
