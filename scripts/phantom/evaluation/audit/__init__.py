"""Who a pipeline is wrong about: scores by group, and whether they differ."""
