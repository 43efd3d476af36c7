"""A stretch that a handler interrupts is done before what the handler wanted is."""

import threading

from labotel.signals.unbroken import Unbroken


def test_outside_nothing_is_postponed() -> None:
    """Before a stretch and after it the handler acts itself."""
    stretch, done = Unbroken(), list[str]()
    assert not stretch.postpones(lambda: done.append("never"))
    with stretch:
        pass
    assert not stretch.postpones(lambda: done.append("never"))
    assert done == []


def test_inside_it_comes_at_the_end_of_the_outermost() -> None:
    """Once, also where the stretch ends by an exception."""
    stretch, done = Unbroken(), list[str]()
    try:
        with stretch:
            with stretch:
                assert stretch.postpones(lambda: done.append("asked"))
            done.append("still inside")
            raise RuntimeError
    except RuntimeError:
        done.append("raised")
    assert done == ["still inside", "asked", "raised"]


def test_another_threads_work_postpones_nothing() -> None:
    """Signal handlers run on the main thread alone: another goes on beside them."""
    stretch = Unbroken()
    inside, go_on = threading.Event(), threading.Event()

    def work() -> None:
        with stretch:
            inside.set()
            go_on.wait(20)

    thread = threading.Thread(target=work)
    thread.start()
    assert inside.wait(20)
    assert not stretch.postpones(lambda: None)
    go_on.set()
    thread.join(20)
