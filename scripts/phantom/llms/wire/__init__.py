"""Requests to an OpenAI-compatible server; the only sockets."""
