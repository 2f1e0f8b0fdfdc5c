"""An answer becomes an example, or is rejected with a reason."""
