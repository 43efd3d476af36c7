"""What a browser shows: a page with its forms, read from its HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import urljoin

from driver.clock import Moment


class NoForm(Exception):
    """The page has no form for what a person wants to do."""


@dataclass(frozen=True)
class Upload:
    """A file as a person picks it."""

    name: str
    content: bytes


@dataclass
class Form:
    """A form with what stands in its fields."""

    action: str
    method: str = "post"
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """An answer, after all redirects."""

    status: int
    path: str
    body: bytes
    asked: Moment
    """When the request was sent and answered; of several, the first one: it is what was done."""
    redirects: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the page's source."""
        return self.body.decode(errors="replace")

    @cached_property
    def forms(self) -> list[Form]:
        """Return the page's forms."""
        reader = _FormReader(self.path)
        reader.feed(self.text)
        return reader.forms

    def form(self, action: str | None = None) -> Form:
        """Return the form that leads to `action`; without one, the form that leads back here."""
        wanted = action or self.path
        for form in self.forms:
            if form.action == wanted:
                return form
        known = ", ".join(form.action for form in self.forms) or "none"
        raise NoForm(f"{self.path} has no form for {wanted}; it has: {known}")

    def numbers(self, pattern: str) -> list[int]:
        """Return the numbers that the page's source shows, as the ids in its links, in order."""
        return sorted({int(number) for number in re.findall(pattern, self.text)})

    def first(self, pattern: str, after: str = "") -> int:
        """Return the first number of that kind, behind some words where they are given."""
        found = re.search(pattern, self.text[self.text.index(after) :])
        assert found is not None, f"{self.path} shows nothing like {pattern}"
        return int(found[1])

    @property
    def number(self) -> int:
        """Return the id in the page's address, as in /protocols/12/."""
        return int(next(part for part in self.path.split("/") if part.isdigit()))


class _FormReader(HTMLParser):
    """Collects the forms of a page with the values that their fields start with."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._path = path
        self._open: Form | None = None
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            action = urljoin(self._path, given.get("action") or self._path)
            self._open = Form(action, (given.get("method") or "get").lower())
            self.forms.append(self._open)
        elif self._open is None:
            return
        elif tag == "input":
            self._input(self._open, name, given)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self._open.fields:
                self._open.fields[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._textarea = name
            self._open.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._textarea:
            self._open.fields[self._textarea] += data

    @staticmethod
    def _input(form: Form, name: str, given: dict[str, str | None]) -> None:
        kind = (given.get("type") or "text").lower()
        if not name or kind in ("submit", "button", "image", "reset", "file"):
            return
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        form.fields[name] = given.get("value") or ("on" if kind == "checkbox" else "")
