"""How checks are run: configuration, context, corpus, findings."""
