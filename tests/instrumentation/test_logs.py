"""The standard library's logging: observed whatever the application does with its handlers."""

import json

from labotel.viewer.receiver import Receiver
from running import run


def bodies(receiver: Receiver) -> list[str]:
    """Return the observed lines, in their order."""
    lines = [log for log in receiver.logs if log.scope.startswith("app")]
    return [log.body for log in sorted(lines, key=lambda log: log.time_ns)]


def test_info_is_observed_where_nobody_chose_a_level(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """The root still has Python's default: INFO is observed, and the console stays as it was."""
    out = run(
        """
        import io, logging, contextlib
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            logging.getLogger("app").debug("debug")
            logging.getLogger("app").info("info")
            logging.getLogger("app").warning("warning")
        print(repr(said.getvalue()))
        """,
        environment,
    )
    assert bodies(receiver) == ["info", "warning"]
    assert out.strip() == repr("warning\n")


def test_a_level_that_was_chosen_is_respected(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A logger set to WARNING by the application says no INFO to labotel either."""
    run(
        """
        import logging
        logging.getLogger("app").setLevel(logging.WARNING)
        logging.getLogger("app").info("hidden")
        logging.getLogger("app").warning("shown")
        """,
        environment,
    )
    assert bodies(receiver) == ["shown"]


def test_handlers_may_come_and_go(receiver: Receiver, environment: dict[str, str]) -> None:
    """dictConfig, basicConfig(force), cleared handlers and propagate=False lose no line."""
    run(
        """
        import logging, logging.config
        app = logging.getLogger("app")
        logging.config.dictConfig({"version": 1, "disable_existing_loggers": False,
            "handlers": {"null": {"class": "logging.NullHandler"}},
            "root": {"level": "INFO", "handlers": ["null"]}})
        app.info("after dictConfig")
        logging.basicConfig(force=True, level="INFO", stream=open(os.devnull, "w"))
        app.info("after basicConfig")
        logging.root.handlers = []
        app.propagate = False
        app.info("without handlers")
        """,
        environment,
    )
    assert bodies(receiver) == ["after dictConfig", "after basicConfig", "without handlers"]


def test_a_line_carries_its_context_its_extra_and_its_exception(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Trace and span, level, source, plain extras and the scrubbed exception stand on it."""
    out = run(
        """
        import json, logging
        from opentelemetry import trace
        log = logging.getLogger("app.views")
        with trace.get_tracer("app").start_as_current_span("work") as span:
            try:
                raise KeyError("someone@example.org")
            except KeyError:
                log.exception("lost %s", "someone@example.org", extra={"order": 7, "who": object()})
            context = span.get_span_context()
            print(json.dumps([f"{context.trace_id:032x}", f"{context.span_id:016x}"]))
        """,
        environment,
    )
    line = next(log for log in receiver.logs if log.scope == "app.views")
    assert [line.trace_id, line.span_id] == json.loads(out)
    assert (line.severity_text, line.severity_number, line.body) == ("ERROR", 17, "lost [email]")
    assert line.attributes["order"] == 7
    assert "who" not in line.attributes
    assert line.attributes["exception.type"] == "KeyError"
    assert "[email]" in line.attributes["exception.message"]
    assert "example.org" not in line.attributes["exception.stacktrace"]
    assert line.attributes["code.function.name"] == "<module>"


def test_the_level_can_be_set(receiver: Receiver, environment: dict[str, str]) -> None:
    """LABOTEL_LOG_LEVEL decides from which level on lines are observed."""
    run(
        """
        import logging
        logging.getLogger("app").setLevel("DEBUG")
        logging.getLogger("app").debug("fine"); logging.getLogger("app").info("info")
        """,
        environment | {"LABOTEL_LOG_LEVEL": "DEBUG"},
    )
    assert bodies(receiver) == ["fine", "info"]


def test_wrong_arguments_reach_no_application(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A line whose arguments do not fit, or whose object raises, is still observed."""
    run(
        """
        import logging
        logging.raiseExceptions = False
        class Bad:
            def __str__(self): raise RuntimeError
        logging.getLogger("app").warning("%d things", "many")
        logging.getLogger("app").warning("%s", Bad())
        """,
        environment,
    )
    assert bodies(receiver) == ["%d things", "%s"]
