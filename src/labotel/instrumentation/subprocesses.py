"""Programs that the application starts by `subprocess.Popen`: a span and an event each.

So do `run`, `call`, `check_output`, and asyncio's `create_subprocess_exec` and `_shell`. Whoever
notices a program's end (`wait`, `poll`, asyncio's watchers, a destructor) sets `returncode`: there
is the one place where its end is seen.
"""

import os
import sys
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from labotel.catalogs.programs import CommandEnded, Ending
from labotel.events.dispatch import tell
from labotel.instrumentation.command_names import command_name
from labotel.instrumentation.suppressed import suppressed
from labotel.instrumentation.wrapping import Wrapping

_ARGUMENTS: Final = {"args": 0, "executable": 2, "shell": 8}
"""Those of `Popen` that say what is started, and their places."""
_RELOADS: Final = ("RUN_MAIN", "WERKZEUG_RUN_MAIN")
"""What Django's and Flask's reloaders give the server that they run: that is the application."""
_LIBRARIES: Final = frozenset({"ctypes.util", "platform", "uuid"})
"""Modules of Python's own that ask the system by programs (`ldconfig`, `uname`) for others."""
_KEPT: Final = "_labotel"
_UNKNOWN: Final = sys.maxsize
"""What a destructor of Popen's sets where nobody knows how the program ended."""

Fault = Callable[[str, BaseException], None]


def _asker() -> str | None:
    """Return the module that wants a program to be started, behind `subprocess`'s own calls."""
    frame = sys._getframe(3)
    while frame.f_back is not None and frame.f_globals.get("__name__") == "subprocess":
        frame = frame.f_back
    return frame.f_globals.get("__name__")


class _Run:
    """A program under way; `late` once somebody's patience with it ended."""

    __slots__ = ("command", "late", "process", "span", "started")

    def __init__(self, command: str, span: Span) -> None:
        self.command = command
        self.span = span
        self.process = os.getpid()
        self.started = time.perf_counter_ns()
        self.late = False

    def end(self, outcome: Ending, error: str | None, status: int | None) -> None:
        """Say how it ended."""
        took = (time.perf_counter_ns() - self.started) / 1e9
        if status is not None:
            self.span.set_attribute("process.exit.code", status)
        if error is not None:
            self.span.set_attribute("error.type", error)
            self.span.set_status(Status(StatusCode.ERROR))
        tell(CommandEnded(command=self.command, outcome=outcome, duration=took))
        self.span.end()


class SubprocessObserver:
    """Observes `subprocess.Popen` and its subclasses; `connect` and `disconnect` it."""

    def __init__(self, tracer: Tracer, is_own_thread: Callable[[], bool], fault: Fault) -> None:
        self._tracer = tracer
        self._is_own_thread = is_own_thread
        self._fault = fault
        self._kind: Any = None
        self._returncode = _ReturnCode(self._ended)
        self._wrappings = (
            Wrapping("Popen", "__init__", self._around_start),
            Wrapping("Popen", "wait", self._around_wait),
            Wrapping("Popen", "communicate", self._around_wait),
        )
        self._expired: Any = ()

    def connect(self, subprocess: Any) -> None:
        """Observe what is started from now on."""
        if self._kind is not None or hasattr(subprocess.Popen, "returncode"):
            return  # a Popen of another make (gevent's) keeps its own
        self._kind = subprocess.Popen
        self._expired = subprocess.TimeoutExpired
        self._kind.returncode = self._returncode
        for wrapping in self._wrappings:
            wrapping.connect(subprocess)

    def disconnect(self) -> None:
        """Give the class back as it was; what still runs is said by nobody."""
        kind, self._kind = self._kind, None
        if kind is None:
            return
        for wrapping in self._wrappings:
            wrapping.disconnect()
        if kind.__dict__.get("returncode") is self._returncode:
            del kind.returncode

    def _around_start(self, original: Callable[..., None]) -> Callable[..., None]:
        @wraps(original)
        def __init__(this: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  # takes its place
            run = self._begin(args, kwargs)
            if run is None:
                original(this, *args, **kwargs)
                return
            try:
                original(this, *args, **kwargs)
            except BaseException as error:
                self._not_started(run, error)
                raise
            vars(this)[_KEPT] = run

        return __init__

    def _around_wait(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def wait(this: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return original(this, *args, **kwargs)
            except self._expired:
                run = vars(this).get(_KEPT)
                if run is not None:
                    run.late = True
                raise

        return wait

    def _begin(self, given: tuple[Any, ...], named: dict[str, Any]) -> _Run | None:
        """Begin a run, by the arguments of `Popen`; None: it is not observed."""
        if self._kind is None or self._is_own_thread() or suppressed():
            return None
        try:
            if any(word in (named.get("env") or ()) for word in _RELOADS if word not in os.environ):
                return None
            if _asker() in _LIBRARIES:
                return None
            args, executable, shell = (
                given[place] if len(given) > place else named.get(name)
                for name, place in _ARGUMENTS.items()
            )
            command = command_name(args, executable, shell)
            name = command.partition(" ")[0]
            span = self._tracer.start_span(
                command, kind=SpanKind.CLIENT, attributes={"process.executable.name": name}
            )
            return _Run(command, span)
        except Exception as error:
            self._fault("subprocess_begin", error)
            return None

    def _not_started(self, run: _Run, error: BaseException) -> None:
        """End a run that never was; what the error says is a path, so its type alone is said."""
        outcome: Ending = "failure"
        if isinstance(error, FileNotFoundError):
            outcome = "not_found"
        elif isinstance(error, PermissionError):
            outcome = "not_permitted"
        try:
            run.end(outcome, type(error).__name__, None)
        except Exception as fault:  # the application's own error goes on
            self._fault("subprocess_end", fault)

    def _ended(self, this: dict[str, Any], status: int) -> None:
        """End the run of a Popen, by its attributes: once, and not in a forked child of it."""
        run = this.pop(_KEPT, None)
        if run is None or self._kind is None or run.process != os.getpid():
            return
        try:
            if status == _UNKNOWN:
                run.span.end()
            elif status == 0:
                run.end("success", None, status)
            elif status < 0:
                outcome: Ending = "timeout" if run.late else "killed"
                run.end(outcome, _signal(-status), status)
            else:
                run.end("failure", str(status), status)
        except Exception as fault:
            self._fault("subprocess_end", fault)


class _ReturnCode:
    """`returncode` as every Popen keeps it, among its attributes; tells when it is known.

    It may be set under a lock of Popen's, or by a destructor: what is told must not wait.
    """

    def __init__(self, known: Callable[[dict[str, Any], int], None]) -> None:
        self._known = known

    def __get__(self, this: Any, kind: Any = None) -> Any:
        if this is None:
            return self
        try:
            return vars(this)["returncode"]
        except KeyError:
            raise AttributeError(
                f"{type(this).__name__!r} object has no attribute 'returncode'"
            ) from None

    def __set__(self, this: Any, value: Any) -> None:
        kept = vars(this)
        kept["returncode"] = value
        if value is not None and _KEPT in kept:
            self._known(kept, value)

    def __delete__(self, this: Any) -> None:
        if vars(this).pop("returncode", self) is self:
            raise AttributeError("returncode")


def _signal(number: int) -> str:
    """Return a signal's name."""
    from signal import Signals  # subprocess has it by now

    try:
        return Signals(number).name
    except ValueError:
        return f"SIG{number}"
