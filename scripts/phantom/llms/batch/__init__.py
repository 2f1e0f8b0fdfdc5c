"""Requests through a provider's Batch API."""
