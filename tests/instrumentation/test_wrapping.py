"""A wrapped method: connected once, given back, and never taken from somebody else."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from labotel.instrumentation.wrapping import Wrapping


class Door:
    def open(self) -> list[str]:
        return ["open"]


def around(name: str) -> Callable[[Any], Any]:
    """Return what puts a name before the original's answer."""
    return lambda original: lambda self: [name, *original(self)]


def test_it_is_wrapped_once_and_given_back() -> None:
    """Connecting twice is connecting once; afterwards the very same function stands there."""
    module, own = SimpleNamespace(Door=Door), Door.open
    wrapping = Wrapping("Door", "open", around("ours"))
    wrapping.connect(module)
    wrapping.connect(module)
    assert Door().open() == ["ours", "open"]
    wrapping.disconnect()
    wrapping.disconnect()
    assert Door.open is own


def test_what_others_put_on_top_stays() -> None:
    """Taking ours out from below would take theirs away too."""
    module, own = SimpleNamespace(Door=Door), Door.open
    wrapping = Wrapping("Door", "open", around("ours"))
    wrapping.connect(module)
    Door.open = around("theirs")(Door.open)  # type: ignore[method-assign]
    try:
        wrapping.disconnect()
        assert Door().open() == ["theirs", "ours", "open"]
    finally:
        Door.open = own  # type: ignore[method-assign]
