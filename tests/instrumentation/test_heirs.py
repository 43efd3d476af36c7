"""Methods of a class and its heirs: wrapped wherever one stands, and given back as it was."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from labotel.instrumentation.heirs import Heirs


def loud(original: Any) -> Any:
    """Return what puts a name before the original's answer."""

    @wraps(original)
    def method(self: Any) -> list[str]:
        return ["ours", *original(self)]

    return method


def made() -> tuple[Any, Any, Any]:
    """A base, an heir with a method of its own, and an heir of that without."""

    class Base:
        def open(self) -> list[str]:
            return ["base"]

    class Heir(Base):
        def open(self) -> list[str]:
            return ["heir"]

    class Third(Heir):
        pass

    return Base, Heir, Third


def heirs(faults: list[str] | None = None, around: Callable[[Any], Any] = loud) -> Heirs:
    """Return who wraps `open`, and keeps where there was a fault."""
    told: list[str] = [] if faults is None else faults
    return Heirs(["open"], around, lambda where, _: told.append(where))


def test_each_method_is_wrapped_once_wherever_it_stands() -> None:
    """Connecting twice is connecting once; what inherits gets what its parent has."""
    base, heir, third = made()
    own = vars(base)["open"], vars(heir)["open"]
    wrapped = heirs()
    wrapped.connect(base)
    wrapped.connect(base)
    assert base().open() == ["ours", "base"]
    assert heir().open() == third().open() == ["ours", "heir"]
    wrapped.disconnect()
    wrapped.disconnect()
    assert (vars(base)["open"], vars(heir)["open"]) == own
    assert "open" not in vars(third)
    assert "__init_subclass__" not in vars(base)


def test_an_heir_that_comes_later_is_wrapped_too() -> None:
    """With the keywords that its base takes, and not once nobody observes."""
    told = []

    class Base:
        def __init_subclass__(cls, *, name: str = "none") -> None:
            told.append(name)

    hook = vars(Base)["__init_subclass__"]
    wrapped = heirs()
    wrapped.connect(Base)

    class Later(Base, name="later"):
        def open(self) -> list[str]:
            return ["later"]

    assert Later().open() == ["ours", "later"]
    wrapped.disconnect()
    assert vars(Base)["__init_subclass__"] is hook

    class Last(Base, name="last"):
        def open(self) -> list[str]:
            return ["last"]

    assert Later().open() + Last().open() == ["later", "last"]
    assert told == ["later", "last"]


def test_what_others_put_on_top_stays() -> None:
    """A method and a hook of somebody else's, who calls what stood there."""
    base, heir, _ = made()
    wrapped = heirs()
    wrapped.connect(base)
    theirs = loud(vars(heir)["open"])
    heir.open = theirs
    ours = vars(base)["__init_subclass__"]
    hook = classmethod(lambda cls, **kwargs: ours.__func__(cls, **kwargs))
    base.__init_subclass__ = hook
    wrapped.disconnect()
    assert vars(heir)["open"] is theirs
    assert vars(base)["__init_subclass__"] is hook

    class Later(base):  # type: ignore[misc]  # made in a function
        def open(self) -> list[str]:
            return ["later"]

    assert Later().open() == ["later"]


def test_what_cannot_be_wrapped_stays_as_it_is() -> None:
    """It is counted as a fault, and the application's class is defined all the same."""
    base, _, _ = made()

    def refusing(original: Any) -> Any:
        raise TypeError

    faults: list[str] = []
    wrapped = heirs(faults, refusing)
    wrapped.connect(base)

    class Later(base):  # type: ignore[misc]  # made in a function
        def open(self) -> list[str]:
            return ["later"]

    assert Later().open() == ["later"]
    assert faults == ["wrap_open"] * 3
