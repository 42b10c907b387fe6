"""The running time of compiled derivatives beside hand-written code, JAX and PyTorch."""
