"""How the laboratory says what happened."""

from functools import partial

from django.db import transaction

import labotel
from labotel import Event


def say(event: Event) -> None:
    """Emit an event once the change that it speaks of is committed.

    What is rolled back has not happened, so nothing is said of it. Where no transaction is open
    the event is emitted at once.
    """
    transaction.on_commit(partial(labotel.emit, event))
