"""How the laboratory says what happened."""

from django.db import transaction

import labotel
from labotel import Event


def say(event: Event) -> None:
    """Emit an event once the change that it speaks of is committed.

    What is rolled back has not happened, so nothing is said of it. Where no transaction is open
    the event is emitted at once. It is robust: were one event to fail, the next is said all the
    same, and so is the step's answer given.
    """

    # Not a `partial`: Django names a robust callback that fails by its `__qualname__`.
    def emit() -> None:
        labotel.emit(event)

    transaction.on_commit(emit, robust=True)
