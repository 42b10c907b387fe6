"""Programs of primitives on arrays: what they are made of, and how they are made."""
