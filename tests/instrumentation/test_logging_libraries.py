"""structlog and loguru: each line is one record, with its level, its trace and its key-values."""

import textwrap

import pytest

from labotel.viewer.receiver import Receiver
from running import python

HEAD = """
import logging, sys
import labotel
labotel.configure(instrument={instrument})
from opentelemetry import trace
tracer = trace.get_tracer("app")
"""
TAIL = "\nlabotel.shutdown()\n"


def said(
    receiver: Receiver, environment: dict[str, str], body: str, *instrument: str
) -> list[tuple[str, str, str, dict[str, object]]]:
    """Run a body; return logger, level, text and key-values of each record."""
    chosen = list(instrument) or ["logging", "structlog", "loguru"]
    script = HEAD.format(instrument=chosen) + textwrap.dedent(body) + TAIL
    python(script, environment)
    return [
        (r.scope, r.severity_text, str(r.body), {
            key: value for key, value in r.attributes.items() if not key.startswith("code.")
        })
        for r in receiver.logs
    ]  # fmt: skip


STDLIB = """
import structlog
logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
structlog.configure(
    processors=[structlog.stdlib.filter_by_level, structlog.stdlib.add_log_level, {more}],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)
log = structlog.get_logger("app.cases")
log.info("stored", size=3, mail="ann@example.org", request=object())
log.debug("not observed")
logging.getLogger("app.plain").warning("plain", extra={{"ward": "b"}})
"""
RENDERERS = {
    "json": "structlog.processors.JSONRenderer(default=str)",
    "keyword arguments": "structlog.stdlib.render_to_log_kwargs",
    "formatter": "structlog.stdlib.ProcessorFormatter.wrap_for_formatter",
}


@pytest.mark.parametrize("renderer", RENDERERS.values(), ids=RENDERERS)
def test_structlog_over_logging(
    receiver: Receiver, environment: dict[str, str], renderer: str
) -> None:
    """Once, as it was before it was rendered; scrubbed; objects stay inside."""
    logger, level, text, values = said(receiver, environment, STDLIB.format(more=renderer))[0]
    assert (logger, level, text) == ("app.cases", "INFO", "stored")
    assert values["size"] == 3
    assert "ann@example.org" not in str(values["mail"])
    assert "request" not in values
    assert [str(r.body) for r in receiver.logs] == ["stored", "plain"]
    assert receiver.logs[1].attributes["ward"] == "b"


def test_a_level_of_loggings_holds_structlogs_line_back(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Where no processor asks for it, logging itself does."""
    body = STDLIB.format(more="structlog.processors.JSONRenderer(default=str)")
    body = body.replace("structlog.stdlib.filter_by_level, ", "")
    body += "logging.getLogger('app.cases').setLevel('ERROR')\nlog.warning('held back')\n"
    assert [row[2] for row in said(receiver, environment, body)] == ["stored", "plain"]


def test_structlog_that_prints(receiver: Receiver, environment: dict[str, str]) -> None:
    """With the trace, an exception, and what was bound or stands in the context."""
    rows = said(receiver, environment, """
        import structlog
        structlog.contextvars.bind_contextvars(tenant="a")
        log = structlog.get_logger().bind(step=1)
        with tracer.start_as_current_span("work"):
            log.warning("slow", took=1.5)
        try:
            raise ValueError("wrong")
        except ValueError:
            log.exception("failed")
        log.debug("less than labotel's level")
    """)  # fmt: skip
    assert [row[:3] for row in rows] == [
        ("structlog", "WARN", "slow"), ("structlog", "ERROR", "failed"),
    ]  # fmt: skip
    assert rows[0][3] == {"tenant": "a", "step": 1, "took": 1.5}
    (span,) = receiver.spans
    assert receiver.logs[0].trace_id == span.trace_id
    assert rows[1][3]["exception.type"] == "ValueError"
    assert "ValueError: wrong" in str(rows[1][3]["exception.stacktrace"])


def test_structlog_finds_its_caller_as_before(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """No frame of labotel's is taken for the application's."""
    rows = said(receiver, environment, """
        import structlog
        add = structlog.processors.CallsiteParameterAdder()
        def work():
            structlog.get_logger().info("here")
        structlog.configure(processors=[add, structlog.processors.JSONRenderer()])
        work()
    """)  # fmt: skip
    assert rows[0][3]["func_name"] == "work"


def test_structlog_without_logging_and_dropped_events(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Over a standard logger that nobody else observes; what a processor drops is no line."""
    body = STDLIB.format(more="lambda l, m, e: drop(e), structlog.processors.JSONRenderer()")
    body = body.replace(", request=object()", "").replace(
        "import structlog",
        "import structlog\ndef drop(event):\n    if event.get('size') == 4:\n"
        "        raise structlog.DropEvent\n    return event",
    )
    rows = said(receiver, environment, body + "log.info('dropped', size=4)\n", "structlog")
    assert [row[:3] for row in rows] == [("app.cases", "INFO", "stored")]


def test_the_order_of_the_names_does_not_matter(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Logging is joined first."""
    body = STDLIB.format(more=RENDERERS["formatter"])
    rows = said(receiver, environment, body, "loguru", "structlog", "logging")
    assert [row[2] for row in rows] == ["stored", "plain"]


LOGURU = """
from loguru import logger
logger.remove()
logger.add(sys.stderr, level="INFO")
"""


def test_loguru_after_an_application_took_all_sinks_away(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Levels of its own, key-values, the trace and an exception."""
    rows = said(receiver, environment, LOGURU + """
with tracer.start_as_current_span("work"):
    logger.bind(ward="b").success("done {}", 7, mail="ann@example.org")
try:
    raise KeyError("gone")
except KeyError:
    logger.exception("failed")
logger.debug("less than labotel's level")
""")  # fmt: skip
    assert [row[:3] for row in rows] == [
        ("__main__", "INFO", "done 7"), ("__main__", "ERROR", "failed"),
    ]  # fmt: skip
    assert rows[0][3]["ward"] == "b"
    assert "ann@example.org" not in str(rows[0][3]["mail"])
    assert receiver.logs[0].trace_id == receiver.spans[0].trace_id
    assert rows[1][3]["exception.type"] == "KeyError"


INTERCEPT = """
import inspect
class Intercept(logging.Handler):
    def emit(self, record):
        frame, depth = inspect.currentframe(), 0
        while frame and (depth == 0 or frame.f_code.co_filename == logging.__file__):
            frame, depth = frame.f_back, depth + 1
        opened = logger.opt(depth=depth, exception=record.exc_info)
        opened.log(record.levelname, record.getMessage())
logging.basicConfig(handlers=[Intercept()], level=logging.INFO, force=True)
heard = []
logger.add(lambda message: heard.append(message.record["function"]))
def work():
    logging.getLogger("app").warning("by logging")
work()
logger.warning("by loguru")
assert heard == ["work", "<module>"], heard
"""


def test_logging_that_is_handed_to_loguru_is_one_line(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """And loguru finds the function that said it, past labotel's."""
    rows = said(receiver, environment, LOGURU + INTERCEPT)
    assert [row[:3] for row in rows] == [
        ("app", "WARN", "by logging"), ("__main__", "WARN", "by loguru"),
    ]  # fmt: skip


def test_loguru_that_is_handed_to_logging_is_one_line(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """By a handler of logging's, or a function."""
    rows = said(receiver, environment, LOGURU + """
class Propagate(logging.Handler):
    def emit(self, record):
        logging.getLogger(record.name).handle(record)
logger.add(Propagate(), format="{message}")
logger.add(lambda m: logging.getLogger("app").info(m))
logger.info("once")
logging.getLogger("app").info("by logging")
""")  # fmt: skip
    assert [row[2] for row in rows] == ["once", "by logging"]


def test_disconnected_they_have_what_they_had(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """labotel's sink is gone, and what is said is observed by nobody."""
    rows = said(receiver, environment, LOGURU + """
import structlog
before = len(logger._core.handlers)
logger.info("observed")
labotel.shutdown()
assert len(logger._core.handlers) == before - 1
logger.info("no more")
structlog.get_logger().info("no more")
""")  # fmt: skip
    assert [row[2] for row in rows] == ["observed"]
