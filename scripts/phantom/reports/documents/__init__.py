"""A page to read what a pipeline found in documents."""
