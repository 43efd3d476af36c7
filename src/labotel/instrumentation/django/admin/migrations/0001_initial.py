"""Permissions to see the pages and to add to counters; no table."""

from typing import Any, ClassVar

from django.db import migrations, models


def _page(name: str, permissions: tuple[str, ...], one: str, many: str) -> migrations.CreateModel:
    key: Any = models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )
    options: dict[str, Any] = {
        "verbose_name": one,
        "verbose_name_plural": many,
        "managed": False,
        "default_permissions": permissions,
    }
    return migrations.CreateModel(name=name, fields=[("id", key)], options=options)


class Migration(migrations.Migration):
    """The first."""

    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[Any]] = [
        _page("Metrics", ("view",), "metrics", "metrics"),
        _page("Health", (), "health", "health"),
        _page("Status", (), "status", "status"),
        _page("Increment", ("add",), "increment", "increments"),
    ]
