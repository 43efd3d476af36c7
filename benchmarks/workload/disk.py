"""A request of 512 log records, as it waits on disk."""

from typing import Final

BODY: Final = b"x" * 150_000
"""As large as such a request is of the lab's events."""
REQUESTS: Final = 400
