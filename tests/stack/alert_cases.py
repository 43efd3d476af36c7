"""When each alert fires and when it does not: what its series are, minute by minute.

Values are promtool's: ``0+6x20`` is 0, 6, 12, … for twenty minutes; ``5x20`` is 5 each minute.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

SERVICE = {
    "job": "lab/web", "service_name": "web", "service_namespace": "lab",
    "deployment_environment_name": "production",
}  # fmt: skip
WHO = SERVICE | {"instance": "a-0", "service_instance_id": "a-0"}


def series(name: str, **labels: str) -> str:
    """Return a series of an application's process."""
    return foreign(name, **(WHO | labels))


def foreign(name: str, **labels: str) -> str:
    """Return a series of another program's, which has these labels alone."""
    shown = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{name}{{{shown}}}"


Values = dict[str, str]


@dataclass
class Case:
    """An alert, what it fires of, and what it stays silent of; `after` it has held for so long."""

    alert: str
    after: int
    """Minutes that it must hold."""
    fires: Values
    silent: Values
    summary: str
    labels: dict[str, str] = field(default_factory=lambda: dict(SERVICE))
    at: int = 7
    """Minutes after which it has begun to hold."""
    quiet: tuple[int, ...] = (7, 12, 20)
    """Minutes at which it is silent where it should be."""


def requests(bad: int) -> Values:
    """A hundred requests a minute, so many of them failed."""
    return {
        series("http_requests_total", method="GET", endpoint="a/", status=status):
            f"0+{each}x30"
        for status, each in (("500", bad), ("200", 100 - bad))
    }  # fmt: skip


def durations(slow: int) -> Values:
    """A hundred requests a minute, so many of them over 2.5 s and up to 5 s."""
    name = "http_request_duration_seconds_bucket"
    at = {"1": 100 - slow, "2.5": 100 - slow, "5": 100, "+Inf": 100}
    return {
        series(name, method="GET", endpoint="a/", status="200", le=le): f"0+{count}x30"
        for le, count in at.items()
    }


def tasks(failed: int) -> Values:
    """So many failed tasks a minute, and a thousand good ones."""
    return {
        series("celery_tasks_total", task_name="a", status="failure"): f"0+{failed}x30",
        series("celery_tasks_total", task_name="a", status="success"): "0+1000x30",
    }


def emails(failed: int) -> Values:
    """So many failed e-mails a minute."""
    labels = {"email_type": "report", "recipient_type": "veterinarian"}
    return {
        series("emails_sent_total", status="failure", **labels): f"0+{failed}x30",
        series("emails_sent_total", status="success", **labels): "0+1000x30",
    }


def connections(active: int, idle: int) -> Values:
    """Connections of one process."""
    return {
        series("database_connections_current", database="default", state=state): f"{count}x30"
        for state, count in (("active", active), ("idle", idle))
    }


def disk(available: int, mountpoint: str = "/") -> Values:
    """A disk of 1,000 bytes, with so many available."""
    at = {"mountpoint": mountpoint, "filesystem": "ext4"}
    return {
        series("disk_available_bytes", **at): f"{available}x30",
        series("disk_size_bytes", **at): "1000x30",
    }


def memory(used: int) -> Values:
    """A thousand bytes of memory, so many of them used."""
    return {
        series("memory_usage_bytes", type=kind): f"{value}x30"
        for kind, value in (("used", used), ("total", 1000), ("available", 1000 - used))
    }


def laboratory() -> Iterator[Case]:
    """The alerts of system S1: five minutes each, at the thresholds of alerts.csv."""
    yield Case("HighErrorRate", 5, requests(6), requests(5), "web answers 6% of requests with 5xx")
    # Of 100, 94 are below 1 s: the 95th is at a sixth of the way from 2.5 s to 5 s.
    yield Case("HighResponseTime", 5, durations(6), durations(4),
               "web: one request in twenty takes over 2.917s")  # fmt: skip
    yield Case("CeleryTaskFailures", 5, tasks(7), tasks(6),
               "web: 116.7m tasks fail each second")  # fmt: skip
    yield Case("EmailDeliveryFailures", 5, emails(4), emails(3),
               "web: 66.67m e-mails fail each second")  # fmt: skip
    yield Case(
        "DatabaseConnectionsHigh", 5, connections(10, 6), connections(10, 5),
        "lab has 16 connections to the database default",
        {"service_namespace": "lab", "deployment_environment_name": "production",
         "database": "default"},
    )  # fmt: skip
    yield Case(
        "DiskSpaceLow", 5, disk(99), disk(100) | disk(5, "/boot"),
        "The root file system has 9.9% left",
        WHO | {"mountpoint": "/", "filesystem": "ext4"},
    )  # fmt: skip
    yield Case("MemoryUsageHigh", 5, memory(901), memory(900), "90.1% of the memory is used",
               dict(WHO))  # fmt: skip


def lost(name: str, each: int, **labels: str) -> Values:
    """A counter of labotel's own that grows by so many a minute."""
    return {series(name, **labels): f"0+{each}x30"}


def built_in() -> Iterator[Case]:
    """The alerts that come with labotel."""
    alive = "labotel_last_export_timestamp_seconds"
    # Time begins at 0: what was last taken at the second 1 was so 10 minutes and 1 s ago at 10:01.
    late = {series(alive, signal="logs"): "1x40"}
    yield Case(
        "TelemetryLate", 5, late | {series("labotel_queued", signal="logs"): "5x40"},
        late | {series("labotel_queued", signal="logs"): "0x40"},
        "web: its logs were last taken 18m 59s ago, and more wait",
        SERVICE | {"signal": "logs"}, at=14,
    )  # fmt: skip
    yield Case(
        "TelemetryDropped", 0,
        lost("labotel_dropped_total", 2, signal="logs", reason="queue_full"),
        lost("labotel_dropped_total", 0, signal="logs", reason="queue_full"),
        "web lost 30 of its logs (queue_full)",
        SERVICE | {"signal": "logs", "reason": "queue_full"}, at=20,
    )  # fmt: skip
    yield Case(
        "TelemetryQueueGrowing", 10,
        {series("labotel_disk_queue_bytes"): "1048576+1048576x40"},
        {series("labotel_disk_queue_bytes"): "9e8-1048576x40"},
        "web: 20MiB wait on disk to be sent, and it becomes no less", at=9,
    )  # fmt: skip
    for alert, name, label, text in (
        ("EventsRejected", "labotel_events_rejected_total", "event",
         "web: 30 a had a wrong or missing field, and are not counted"),
        ("SeriesOverflow", "labotel_series_overflow_total", "metric",
         "web: a has more label sets than its limit"),
        ("LabotelFault", "labotel_faults_total", "where", "web: labotel had 30 faults (a)"),
    ):  # fmt: skip
        yield Case(alert, 0, lost(name, 2, **{label: "a"}), lost(name, 0, **{label: "a"}), text,
                   SERVICE | {label: "a"}, at=20)  # fmt: skip
    queue = series("celery_queue_length", queue_name="celery")
    yield Case(
        "CeleryQueueGrowing", 15, {queue: "95+5x40"}, {queue: "90x40"},
        "210 messages wait in celery, and it becomes no less",
        {"service_namespace": "lab", "deployment_environment_name": "production",
         "queue_name": "celery"},
        at=8,
    )  # fmt: skip
    yield Case("SlowQueries", 10, queries(slow=7), queries(slow=5),
               "web: 116.7m queries of lab_protocol a second take over 1 s",
               SERVICE | {"database": "default", "table": "lab_protocol"})  # fmt: skip
    room = {"mountpoint": "/data", "filesystem": "ext4"}
    yield Case(
        "DiskFillsWithinADay", 60,
        {series("disk_available_bytes", **room): "390-0.5x200",
         series("disk_size_bytes", **room): "1000x200"},
        {series("disk_available_bytes", **room): "390-0.1x200",
         series("disk_size_bytes", **room): "1000x200"},
        "/data is full within a day, if it goes on as in the last six hours",
        WHO | room, at=9,
    )  # fmt: skip


def queries(slow: int) -> Values:
    """A hundred queries of a table a minute, so many of them over 1 s."""
    labels = {"database": "default", "query_type": "select", "table": "lab_protocol"}
    name = "database_query_duration_seconds"
    return {
        series(f"{name}_count", **labels): "0+100x30",
        series(f"{name}_bucket", le="1", **labels): f"0+{100 - slow}x30",
    }


def answered(bad: int) -> Values:
    """A hundred requests a minute, so many of them failed; the others took less than a second."""
    name, labels = "http_request_duration_seconds", {"method": "GET", "endpoint": "a/"}
    return {
        series(f"{name}_count", **labels, status="500"): f"0+{bad}x60",
        series(f"{name}_count", **labels, status="200"): f"0+{100 - bad}x60",
        series(f"{name}_bucket", **labels, status="200", le="1"): f"0+{100 - bad}x60",
    }


def promised() -> Iterator[Case]:
    """The laboratory's objectives over 30 days, in the windows of the Site Reliability Workbook.

    Fast: 6 times what is allowed over six hours and over 30 minutes. Slowly: just what is allowed
    over three days and over six hours. Allowed is 0.5 %, and 5 % for what is slow.
    """
    for objective, fast, slowly in (
        ("without_error", (4, 2), (1, 0)), ("within_a_second", (31, 29), (6, 4)),
    ):  # fmt: skip
        title = "".join(word.capitalize() for word in f"answers_{objective}".split("_"))
        for speed, after, (bad, fine) in (("fast", 2, fast), ("slowly", 15, slowly)):
            yield Case(
                f"{title}BudgetBurns{speed.capitalize()}", after, answered(bad), answered(fine),
                f"web: the error budget of answers_{objective} burns {speed}, {bad}% are bad",
                at=2,
            )  # fmt: skip
