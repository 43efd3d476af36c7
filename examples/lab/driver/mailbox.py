"""The folder that the mail server writes into, as the recipients see it."""

import asyncio
import email
import re
import time
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

ARRIVES_WITHIN = 60.0
_LINK = re.compile(r"http://[^/\s]+(/\S+)")


class NotSent(Exception):
    """A mail that did not come in time."""


@dataclass(frozen=True)
class Mail:
    """One mail, as its recipient reads it."""

    recipient: str
    subject: str
    text: str
    attachments: tuple[str, ...]

    def link(self, path: str) -> str:
        """Return the path of the link that begins with `path`."""
        for found in _LINK.findall(self.text):
            if found.startswith(path):
                return str(found)
        raise NotSent(f"{self.subject} for {self.recipient} has no link to {path}")


class Mailbox:
    """All mails that were delivered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, Mail] = {}

    async def wait_for(self, recipient: str, *words: str) -> Mail:
        """Wait for a mail with these words in its subject or its attachments' names."""
        end = time.monotonic() + ARRIVES_WITHIN
        while True:
            for mail in await asyncio.to_thread(self._mails):
                if mail.recipient == recipient and all(_in(mail, word) for word in words):
                    return mail
            if time.monotonic() > end:
                raise NotSent(f"no mail about {' '.join(words)} came for {recipient}")
            await asyncio.sleep(0.2)

    async def wait_for_all(self, number: int) -> None:
        """Wait until there are so many mails, those that nobody looks for included."""
        end = time.monotonic() + ARRIVES_WITHIN
        while len(self.arrivals()) != number:
            if time.monotonic() > end:
                raise NotSent(f"{number} mails were to come, and {len(self.arrivals())} came")
            await asyncio.sleep(0.2)

    def arrivals(self) -> list[float]:
        """Return when each mail was written here, by the wall clock."""
        return [file.stat().st_mtime for file in self._folder.glob("*.eml")]

    def _mails(self) -> list[Mail]:
        for file in self._folder.glob("*.eml"):
            if file not in self._read:
                self._read[file] = _mail(file)
        return list(self._read.values())


def _in(mail: Mail, word: str) -> bool:
    """Tell whether a word stands in a mail's head: a whole one, as 1 is not 12."""
    head = " ".join((mail.subject, *mail.attachments))
    return re.search(rf"\b{re.escape(word)}\b", head, re.IGNORECASE) is not None


def _mail(file: Path) -> Mail:
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    return Mail(
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        text=body.get_content() if body is not None else "",
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )
