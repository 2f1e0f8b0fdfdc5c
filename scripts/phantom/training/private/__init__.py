"""Training with differential privacy: small heads on an encoder that stays as it is."""
