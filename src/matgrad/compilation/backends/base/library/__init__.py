"""What the backends of array libraries with NumPy's names share."""
