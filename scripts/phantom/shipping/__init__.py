"""A pipeline becomes a wheel: package, quantize, try it where nothing else is."""
