"""Sessions: each that begins and each that is ended, whatever keeps it."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import django
import pytest

from labotel.viewer.receiver import Receiver

SETTINGS = """
import os
from project.settings import *
INSTALLED_APPS = ["django.contrib.sessions"]
SESSION_ENGINE = "django.contrib.sessions.backends." + os.environ["ENGINE"]
SESSION_FILE_PATH = os.environ["FOLDER"]
"""
BODY = """
from importlib import import_module
from django.contrib.sessions.backends.base import SessionBase
from django.core.management import call_command
call_command("migrate", verbosity=0)
Store = import_module(settings.SESSION_ENGINE).SessionStore
"""
ENGINES = ("db", "cache", "cached_db", "file", "signed_cookies")


@pytest.fixture
def run_sessions(
    run_django: Callable[..., str], environment: dict[str, str], tmp_path: Path
) -> Callable[..., str]:
    """Run a body where sessions are kept by an engine."""
    (tmp_path / "sessions_settings.py").write_text(SETTINGS)
    return lambda body, engine="db": run_django(
        BODY + textwrap.dedent(body) + "\nlabotel.shutdown()",
        PYTHONPATH=f"{environment['PYTHONPATH']}:{tmp_path}",
        DJANGO_SETTINGS_MODULE="sessions_settings",
        PROJECT_DATABASE=str(tmp_path / "sessions.sqlite3"),
        ENGINE=engine,
        FOLDER=str(tmp_path),
    )


def counted(receiver: Receiver) -> dict[object, float | None]:
    """What stands at the receiver, by action; both have a series from the start."""
    assert receiver.store.total("labotel_faults_total") == 0
    return {p.attributes["action"]: p.value for p in receiver.points
             if p.name == "auth_sessions_total"}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
def test_a_session_begins_when_it_is_first_kept_and_ends_when_it_is_flushed(
    engine: str, receiver: Receiver, run_sessions: Callable[..., str]
) -> None:
    """Saved again, or given another key at a log-in, it is the same; what has no key ends not."""
    run_sessions(
        """
        session = Store()
        session["a"] = 1
        session.save()
        session["a"] = 2
        session.save()
        session.cycle_key()
        again = Store(session.session_key)
        assert again["a"] == 2
        again.flush()
        again.flush()
        Store().cycle_key()                    # a log-in of somebody who had none
        Store("neverseen" * 4).get("a")        # a key of nobody's begins nothing
        """,
        engine,
    )
    assert counted(receiver) == {"created": 2, "ended": 1}


@pytest.mark.skipif(django.VERSION < (5, 1), reason="this Django has no such sessions")
@pytest.mark.parametrize("engine", ENGINES)
def test_asynchronous_sessions_count_the_same(
    engine: str, receiver: Receiver, run_sessions: Callable[..., str]
) -> None:
    """Whether Django has a coroutine of its own for it or runs it in a thread."""
    run_sessions(
        """
        import asyncio
        async def main():
            session = Store()
            await session.aset("a", 1)
            await session.asave()
            await session.asave()
            await session.acycle_key()
            assert await session.aget("a") == 1
            await session.aflush()
            await Store().asave()
        asyncio.run(main())
        """,
        engine,
    )
    assert counted(receiver) == {"created": 2, "ended": 1}


def test_what_could_not_be_kept_did_not_begin(
    receiver: Receiver, run_sessions: Callable[..., str]
) -> None:
    """The exception is the application's."""
    run_sessions("""
        from django.contrib.sessions.backends.base import UpdateError
        from django.db import DatabaseError, connection
        session = Store()
        session.create()
        Store(session.session_key).delete()
        try:
            session.save()
        except UpdateError:
            pass
        call_command("migrate", "sessions", "zero", verbosity=0)
        try:
            Store().save()
        except DatabaseError:
            print("refused")
        """)
    assert counted(receiver) == {"created": 1, "ended": 0}


def test_disconnecting_gives_every_class_its_own_back(
    receiver: Receiver, run_sessions: Callable[..., str]
) -> None:
    """As they stood, and nothing more in them."""
    run_sessions("""
        names = [a + name for a in ("", "a") for name in ("save", "create", "cycle_key", "flush")]
        def own(): return {(kind, name): vars(kind).get(name)
                           for kind in (SessionBase, Store) for name in names}
        wrapped = own()
        labotel.shutdown()
        assert own() == {at: made and made.__wrapped__ for at, made in wrapped.items()}
        assert "__init_subclass__" not in vars(SessionBase)
        Store().save()
        """)
    assert counted(receiver) == {"created": 0, "ended": 0}
