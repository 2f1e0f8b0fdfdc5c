"""Phantom: labelled synthetic text in, a small local spaCy pipeline out."""
