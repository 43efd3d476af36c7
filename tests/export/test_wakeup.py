"""The signals that came to a process: its own, never a child's."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from labotel.export.sigterm import Sigterm
from labotel.export.wakeup import Wakeup
from labotel.signals.unbroken import Unbroken

USR1 = signal.SIGUSR1


@pytest.fixture
def wakeup() -> Iterator[Wakeup]:
    """One that is open, while SIGUSR1 does nothing."""
    before = signal.signal(USR1, lambda *_: None)
    made = Wakeup()
    made.open()
    yield made
    made.close()
    signal.signal(USR1, before)


def in_child(act: Callable[[], bool]) -> bool:
    """Fork, and return what `act` returns there."""
    pid = os.fork()
    if not pid:
        os._exit(not act())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_signal_is_told_once(wakeup: Wakeup) -> None:
    """However often it came since."""
    os.kill(os.getpid(), USR1)
    os.kill(os.getpid(), USR1)
    assert wakeup.received() == {USR1}
    assert wakeup.received() == set()


def test_a_childs_signal_is_not_its_parents(wakeup: Wakeup) -> None:
    """The child writes to what it inherited until it has its own, and both read their own alone."""

    def child() -> bool:
        os.kill(os.getpid(), USR1)
        wakeup.renew()
        before = wakeup.received()
        os.kill(os.getpid(), USR1)
        return not before and wakeup.received() == {USR1}

    assert in_child(child)
    assert wakeup.received() == set()
    os.kill(os.getpid(), USR1)
    assert wakeup.received() == {USR1}


@pytest.fixture
def sigterm() -> Iterator[Sigterm]:
    """The handler of SIGTERM, where nobody else had one."""
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    made = Sigterm(lambda: None, lambda: None, Unbroken, lambda: 1.0)
    made.install()
    yield made
    made.take_back()
    signal.signal(signal.SIGTERM, before)


def written() -> bool:
    """Whether CPython writes the signals of this process anywhere."""
    return signal.set_wakeup_fd(-1) != -1


def test_a_child_of_anothers_handler_writes_nowhere(sigterm: Sigterm) -> None:
    """It may close all its descriptors, and open others by their numbers."""

    def child() -> bool:
        sigterm.after_fork()
        return written()

    assert in_child(child)
    signal.signal(signal.SIGTERM, lambda *_: None)
    assert not in_child(child)


def test_anothers_stays(wakeup: Wakeup) -> None:
    """An event loop's, set before or later, is neither replaced nor taken back."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    ours = signal.set_wakeup_fd(writer)
    later = Wakeup()
    later.open()
    wakeup.close()
    os.kill(os.getpid(), USR1)
    assert os.read(reader, 10) == bytes([USR1])
    assert later.received() == set()
    os.fstat(ours)  # the loop may set it again: nobody else's file may have its number
    assert signal.set_wakeup_fd(ours) == writer
    wakeup.close()
    assert signal.set_wakeup_fd(-1) == -1
    os.close(reader)
    os.close(writer)


def test_a_flood_is_no_harm(wakeup: Wakeup) -> None:
    """Nobody reads for long: what does not fit is left out, and nothing is printed or waits."""
    for _ in range(5000):
        os.kill(os.getpid(), USR1)
    assert wakeup.received() == {USR1}
