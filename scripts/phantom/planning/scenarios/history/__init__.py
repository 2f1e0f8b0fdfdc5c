"""Series of prices: read, described, fitted, varied."""
