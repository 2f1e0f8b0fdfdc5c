"""How steps talk to people: options, progress, summaries, verdicts."""
