"""The people of the laboratory, each with a browser: one thing at a time, signed in first."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from driver.browser import Browser, Unexpected
from driver.clock import Clock, Moment, Span
from driver.page import Form, Page
from driver.tally import Tally
from driver.witness import Witness
from driver.words import LoginMethod, UserType

PASSWORD = "laboratory"
COMES_WITHIN = 60.0
LOGIN = "/accounts/login/"
LOGOUT = "/accounts/logout/"
RESET = "/accounts/reset/"


class Person:
    """Somebody with an account, or with None for a type just somebody."""

    def __init__(
        self,
        name: str,
        user_type: UserType | None,
        address: str,
        clock: Clock,
        tally: Tally,
        email: str = "",
    ) -> None:
        self.name = name
        self.user_type = user_type
        self.email = email
        self.password = PASSWORD
        self.signed_in = False
        self.actions: list[Moment] = []
        self._clock = clock
        self._tally = tally
        self._came: Moment | None = None
        self._witness = Witness(tally)
        self._busy = asyncio.Lock()
        self._browser = Browser(address, self._report)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Person"]:
        """Do one thing, signed in: the next one waits until this is done."""
        async with self._busy:
            if not self.signed_in:
                await self.sign_in()
            yield self

    @asynccontextmanager
    async def at_the_door(self) -> AsyncIterator["Person"]:
        """Do one thing without signing in."""
        async with self._busy:
            yield self

    async def open(self, path: str, expect: int = 200) -> Page:
        """Look at a page."""
        return await asyncio.to_thread(self._browser.open, path, expect)

    async def submit(self, form: Form, expect: int = 200, **fields: object) -> Page:
        """Fill in a form and send it."""
        return await asyncio.to_thread(lambda: self._browser.submit(form, expect=expect, **fields))

    async def look_until(self, path: str, shown: Callable[[Page], bool]) -> Page:
        """Look at a page again and again until it shows something."""
        end = time.monotonic() + COMES_WITHIN
        while not shown(page := await self.open(path)):
            if time.monotonic() > end:
                raise Unexpected(f"{self.name} waited in vain at {path}")
            await asyncio.sleep(0.3)
        return page

    async def sign_in(self) -> None:
        """Sign in at the log-in page."""
        page = await self.try_password(self.password)
        if not self.signed_in:
            raise Unexpected(f"{self.name} could not sign in: {page.path}")

    async def try_password(self, password: str) -> Page:
        """Fill in the log-in form; who is refused sees it again."""
        page = await self.open(LOGIN)
        return await self.submit(page.form(), username=self.name, password=password)

    async def sign_out(self) -> None:
        """Sign out by the button that each page has."""
        page = await self.open("/")
        await self.submit(page.form(LOGOUT))

    def went_out(self, at: Moment) -> None:
        """Note that the session has ended, by the person or by the laboratory."""
        assert self._came is not None
        self.signed_in = False
        lasted = self._clock.between(self._came, at)
        self._tally.lasted("user_session_duration_seconds", lasted, user_type=self._type)

    @property
    def _type(self) -> UserType:
        assert self.user_type is not None, f"{self.name} has no account"
        return self.user_type

    def _report(self, method: str, path: str, status: int, at: Moment) -> None:
        """Count an answer, and note what it says of the person's session."""
        who = self.user_type if self.signed_in else None
        if self._witness.saw(who, method, path, status):
            self.actions.append(at)
        self._tally.bound(
            "http_request_duration_seconds",
            Span(0, at.until - at.since),
            method=method, status=str(status),
        )  # fmt: skip
        if (method, status) != ("POST", 302):
            return
        if path == LOGIN:
            self._came_in(LoginMethod.PASSWORD, at)
        elif path.startswith(RESET):
            self._came_in(LoginMethod.RESET_LINK, at)
        elif path == LOGOUT:
            self.went_out(at)

    def _came_in(self, method: LoginMethod, at: Moment) -> None:
        self.signed_in, self._came = True, at
        self._tally.add("user_sessions_total", user_type=self._type, login_method=method)
