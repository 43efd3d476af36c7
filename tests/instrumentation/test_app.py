"""`app_info`: which version of the application runs, and where."""

from collections.abc import Callable

import pytest

from labotel.viewer.receiver import Receiver

RunDjango = Callable[..., str]


@pytest.mark.parametrize(
    ("given", "version", "where"),
    [
        ({}, "unknown", "unknown"),
        ({"LABOTEL_SERVICE_VERSION": "2.14.0", "LABOTEL_ENVIRONMENT": "test"}, "2.14.0", "test"),
        (
            {"OTEL_RESOURCE_ATTRIBUTES": "service.version=7,deployment.environment.name=here"},
            "7", "here",
        ),
    ],
)  # fmt: skip
def test_it_is_1_by_what_was_set(
    receiver: Receiver,
    run_django: RunDjango,
    given: dict[str, str],
    version: str,
    where: str,
) -> None:
    """As settings, or as the resource's attributes."""
    run_django(
        """
import django.core.handlers.base
work()
assert total("app_info") == 1
labotel.shutdown()
""",
        **given,
    )
    shown = {
        (p.attributes["version"], p.attributes["environment"], p.value)
        for p in receiver.points
        if p.name == "app_info"
    }
    assert shown == {(version, where, 1)}


def test_it_is_given_back(run_django: RunDjango) -> None:
    """Nothing supplies it after the end."""
    run_django(
        """
work()
labotel.flush(10)
assert "app_info" in suppliers
labotel.shutdown()
assert "app_info" not in suppliers
"""
    )
