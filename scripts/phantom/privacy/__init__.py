"""What may leave the house: private paths."""
