"""Training passages written again: other names, other forms, joined."""
