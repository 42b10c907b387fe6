"""What compiled code is used for: factors, operators, functions of JAX and PyTorch with our derivatives."""
