"""Attacks on our own models: who was in the training text, and what they give away."""
