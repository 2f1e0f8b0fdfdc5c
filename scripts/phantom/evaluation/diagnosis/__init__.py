"""Where a pipeline goes wrong, in what it has in common, and what training lacks."""
