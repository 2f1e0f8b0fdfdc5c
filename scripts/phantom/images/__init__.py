"""Images that belong to reports: generators by name, and data sets of both."""
