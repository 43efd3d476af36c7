"""Django's migrations that a database lacks."""

from labotel.instrumentation.django.migrations import MigrationObserver
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Count them, but not while they are applied."""

    def applying() -> bool:
        return joint.commands is not None and joint.commands.running("migrate")

    joint.when("django.db", MigrationObserver(joint.fault, applying))
