"""What became of each integration: what a page or a person is told."""

from collections.abc import Sequence
from typing import Any

from labotel.integrations.known import KNOWN, Integration, chosen


class States:
    """Which observers belong to which integration, and which of them are connected."""

    def __init__(self) -> None:
        self.joining = ""
        """The integration that joins its observers now."""
        self._owned: list[tuple[str, Any]] = []
        self._failed: dict[int, str] = {}
        self._connected: set[int] = set()
        self._chosen: frozenset[str] | None = None

    def choose(self, names: Sequence[str] | None) -> list[Integration]:
        """Return what is to be connected, and remember it."""
        made = chosen(names)
        self._chosen = frozenset(name for name, one in KNOWN.items() if one in made)
        return made

    def join(self, one: Integration) -> None:
        """Count what is joined from now on as this integration's."""
        self.joining = next((name for name, other in KNOWN.items() if other is one), "")

    def own(self, observer: Any) -> None:
        """Count an observer as the present integration's."""
        if all(observer is not other for _, other in self._owned):
            self._owned.append((self.joining, observer))

    def tried(self, observer: Any, error: BaseException | None) -> None:
        """Say how connecting an observer went."""
        self._failed.pop(id(observer), None)
        self._connected.discard(id(observer))
        if error is None:
            self._connected.add(id(observer))
        else:
            self._failed[id(observer)] = f"{type(observer).__name__}: {type(error).__name__}"

    def told(self) -> list[dict[str, str]]:
        """Return the state of each known integration, and what would mend it."""
        return [{"name": name, **self._state(name, one)} for name, one in KNOWN.items()]

    def _state(self, name: str, one: Integration) -> dict[str, str]:
        if one.missing:
            return {"state": "missing", "detail": one.install}
        if self._chosen is None or name not in self._chosen:
            return {"state": "off", "detail": "not chosen by the setting instrument"}
        owned = [id(observer) for owner, observer in self._owned if owner == name]
        failed = sorted(self._failed[each] for each in owned if each in self._failed)
        if failed:
            return {"state": "failed", "detail": ", ".join(failed)}
        if any(each in self._connected for each in owned):
            return {"state": "connected", "detail": ""}
        return {"state": "waiting", "detail": "connects when the application imports it"}
