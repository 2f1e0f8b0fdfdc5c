"""Sources of facts: tables of the user, models of markets and patients."""
