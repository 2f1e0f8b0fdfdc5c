"""What goes back to the plan: hints and where they come from."""
