"""Connections that Django could not make are counted."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from labotel.instrumentation.connecting import connect
from labotel.instrumentation.wrapping import Wrapping


def connecting(is_own_thread: Callable[[], bool]) -> Wrapping:
    """Return what observes `BaseDatabaseWrapper.connect` of `django.db.backends.base.base`."""

    def around(original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def connecting(wrapper: Any) -> Any:
            return connect(lambda: original(wrapper), lambda: str(wrapper.alias), is_own_thread)

        return connecting

    return Wrapping("BaseDatabaseWrapper", "connect", around)
