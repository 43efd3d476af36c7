"""However a script ends, what it said arrives, and it ends as it would have without labotel."""

import signal

import pytest

from endings import SAY, TERM, said
from labotel.viewer.receiver import Receiver
from running import run, status


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("pass", 0),
        ("sys.exit(3)", 3),
        ("raise ValueError('the end')", 1),
        ("raise KeyboardInterrupt", -signal.SIGINT),
        ("term()", TERM),
        ("os.kill(os.getpid(), signal.SIGINT); time.sleep(60)", -signal.SIGINT),
        ("import threading; threading.Timer(0.3, term).start(); time.sleep(60)", TERM),
        ("import threading; threading.Timer(0.3, term).start(); threading.Event().wait()", TERM),
    ],
)
def test_a_script_ends(receiver: Receiver, slowly: dict[str, str], end: str, expected: int) -> None:
    """By itself, by an exception, by a signal: everything arrives; its status is its own."""
    assert status(f"{SAY}\n    say(50)\n    {end}", slowly) == expected
    assert said(receiver) == (50, 50, 50, 50)


@pytest.mark.parametrize("first", ["own", "labotel"])
def test_a_handler_of_the_applications_is_called_as_ever(
    receiver: Receiver, slowly: dict[str, str], first: str
) -> None:
    """Set before `configure` or after it: it alone decides, and may go on."""
    own = "signal.signal(signal.SIGTERM, handler)"
    again = "labotel.shutdown(); labotel.configure(catalogs=[catalog])"
    body = f"""{SAY}
    calls = []
    def handler(number, frame):
        calls.append(number)
        say(1)
    {own}
    {again if first == "own" else ""}
    assert signal.getsignal(signal.SIGTERM) is handler
    say(4)
    term()
    term()
    assert calls == [15, 15]
    assert signal.getsignal(signal.SIGTERM) is handler
    sys.exit(7)
    """
    assert status(body, slowly) == 7
    assert said(receiver) == (6, 6, 6, 6)


@pytest.mark.parametrize(
    ("before", "call"),
    [
        ("signal.signal(signal.SIGTERM, signal.SIG_IGN)", "configure()"),
        ("pass", "configure(end_on_sigterm=False)"),
        ("thread = threading.Thread(target=configure)", "thread.start(); thread.join()"),
        # In C: Python knows nothing of it.
        ("faulthandler.register(signal.SIGTERM, chain=True)", "configure()"),
    ],
)
def test_it_is_not_installed_where_it_is_not_wanted(
    environment: dict[str, str], before: str, call: str
) -> None:
    """Ignored, switched off, on another thread, or handled in C: nothing is changed."""
    run(
        f"""
        import faulthandler, signal, threading
        assert labotel.shutdown()
        def configure(**keywords):
            labotel.configure(catalogs=[catalog], **keywords)
        def caught():
            with open("/proc/self/status") as file:
                line = next(line for line in file if line.startswith("SigCgt"))
            return int(line.split()[1], 16) >> 14 & 1
        {before}
        known = signal.getsignal(15), caught()
        {call}
        assert (signal.getsignal(15), caught()) == known
        """,
        environment,
    )


def test_a_shutdown_takes_the_handler_back(environment: dict[str, str]) -> None:
    """After it a SIGTERM is what it was before `configure`; another's handler is left alone."""
    run(
        """
        import signal
        assert callable(signal.getsignal(15))
        labotel.shutdown()
        assert signal.getsignal(15) == signal.SIG_DFL
        labotel.configure(catalogs=[catalog])
        handler = lambda *_: None
        signal.signal(15, handler)
        labotel.shutdown()
        assert signal.getsignal(15) is handler
        """,
        environment,
    )


def test_django_settings_switch_it_off(environment: dict[str, str]) -> None:
    """They come after `configure`, which installed it: then it is taken back."""
    run(
        """
        import django, signal
        from django.conf import settings
        labotel.shutdown()
        os.environ["DJANGO_SETTINGS_MODULE"] = "elsewhere"
        labotel.configure(catalogs=[catalog])
        assert callable(signal.getsignal(15))
        settings.configure(SECRET_KEY="x", INSTALLED_APPS=[], LABOTEL={"end_on_sigterm": False})
        django.setup()
        assert signal.getsignal(15) == signal.SIG_DFL
        """,
        environment,
    )
