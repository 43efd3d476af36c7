"""What a command needs besides labotel itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import what comes with an extra; where it is missing, say how it is installed."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise click.ClickException(
            f"{missing.name} is missing; install it by: pip install 'labotel[{name}]'"
        ) from missing
