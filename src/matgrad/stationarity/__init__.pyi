from matgrad.stationarity.finding import find_stationary as find_stationary
from matgrad.stationarity.point import StationaryPoint as StationaryPoint, said as said
