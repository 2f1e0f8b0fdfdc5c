"""What a pipeline is worth: benchmarks, predictions, metrics, baselines."""
