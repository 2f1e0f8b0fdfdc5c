"""The model card: what a pipeline is for, made of, worth, and what it took."""
