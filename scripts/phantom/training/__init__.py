"""The training loop: steps, checkpoints, progress."""
