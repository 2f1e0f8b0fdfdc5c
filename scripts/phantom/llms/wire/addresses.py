"""Addresses of APIs, judged before anything is sent."""

from urllib.parse import urlsplit


def check_url(base_url: str) -> None:
    """RAISES: ValueError for what is no address of an API."""
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"base_url {base_url!r}: {error}") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError(
            f"base_url {base_url!r} has no scheme: write "
            f"http://{base_url.strip().lstrip(':/')} or https://..."
        )
    if not parts.hostname or port == 0 or any(c.isspace() for c in base_url):
        raise ValueError(f"base_url {base_url!r}: expected http://HOST:PORT/v1")
    if parts.path.rstrip("/").endswith("/completions"):
        raise ValueError(
            f"base_url {base_url!r}: leave out the path of the request; it mostly ends "
            "in /v1"
        )
