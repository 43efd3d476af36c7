"""What became of a message, for whoever had it sent: both are sent where the task runs.

`sender` is the class `Message`; the receivers are given `message`, whose `about` tells what it
was about.
"""

from typing import Final

from django.dispatch import Signal

delivered: Final = Signal()
"""The recipient's server took the message."""

bounced: Final = Signal()
"""The message will never arrive: it was refused for good, or given up after the last attempt."""
