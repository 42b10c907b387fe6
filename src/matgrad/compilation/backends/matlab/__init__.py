"""MATLAB and GNU Octave."""
