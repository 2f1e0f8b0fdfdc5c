"""Explanations as pages, and in a notebook."""
