"""Small models and measures that checks are made of."""
