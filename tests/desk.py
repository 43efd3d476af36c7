"""A queue on disk that counts what it drops, and a receiver by script."""

from collections import Counter

from labotel.export.folder import RuntimeFolder
from labotel.export.outbox import MERGE, Outbox
from labotel.export.settings import Signal
from labotel.export.transport import Answer

TAKEN, AGAIN, REFUSED = Answer("taken"), Answer("again", "503"), Answer("refused", "400")
ALONE = b"." * MERGE
"""A body that nothing is added to."""


class Queue(Outbox):
    """A queue that counts what it drops."""

    def __init__(self, folder: RuntimeFolder, limit: int = 64 * 1024 * 1024) -> None:
        self.lost: Counter[Signal] = Counter()
        super().__init__(folder, limit, lambda signal, items: self.lost.update({signal: items}))


class Desk:
    """A receiver that gives these answers, then takes everything."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.seen: list[tuple[Signal, bytes, int]] = []

    def __call__(self, signal: Signal, body: bytes, items: int) -> Answer:
        """Take a request."""
        self.seen.append((signal, body, items))
        return self.answers.pop(0) if self.answers else TAKEN

    @property
    def bodies(self) -> list[bytes]:
        """What was seen, without the filling."""
        return [body.rstrip(b".") for _, body, _ in self.seen]


def numbered(n: int) -> bytes:
    """Return a body that nothing is added to."""
    return str(n).encode() + ALONE


def names(folder: RuntimeFolder) -> list[str]:
    """Return the files of a queue, whole or half written."""
    return [path.name for path in folder.path.iterdir() if "left" in path.name]
