"""Rows made by models that were fitted to a user's own table."""
