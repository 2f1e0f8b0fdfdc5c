"""Which examples to ask for: plans, rounds, specs that went stale."""
