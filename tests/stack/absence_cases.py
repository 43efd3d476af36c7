"""When something that is gone is told, and when not: cases as those of `alert_cases`."""

from collections.abc import Iterator

from .alert_cases import SERVICE, Case, Values, foreign, series

ALIVE = "labotel_last_export_timestamp_seconds"
REDIS = {"service_name": "redis", "instance": "r:6379"}
HERE = {"service_namespace": "lab", "deployment_environment_name": "production"}
READ = foreign("redis_uptime_seconds_total", **REDIS)
WORKER = series("celery_worker_count", worker_type="prefork")
TICK = series("celery_beat_last_tick_timestamp_seconds")
UNTRUSTED = "sends anything: nothing of what follows from its metrics can be trusted"
SENDS_NOTHING = "web sends nothing, and answered requests within the last week"


def served(values: str, **labels: str) -> Values:
    """A service's requests."""
    return {series("http_requests_total", method="GET", endpoint="a/", **labels): values}


def alive(values: str, **labels: str) -> Values:
    """Its own sign of life."""
    return {series(ALIVE, signal="metrics", **labels): values}


STAGING = {"deployment_environment_name": "staging"}
GONE = served("0+9x10 stale") | alive("1x10 stale")


def absent() -> Iterator[Case]:
    """Each alert of absence, of what is gone after ten minutes."""
    yield Case(
        # Another process of its namespace goes on saying what it has counted.
        "ServiceDown", 1, served("0+9x40") | alive("1x10 stale"), served("0+9x40") | alive("1x40"),
        SENDS_NOTHING, at=11,
    )  # fmt: skip
    yield Case(
        "TelemetryAbsent", 1, GONE | served("0+9x40", **STAGING) | alive("1x40", **STAGING),
        served("0+9x40") | alive("1x40"), f"No application of lab in production {UNTRUSTED}",
        dict(HERE), at=11,
    )  # fmt: skip
    yield Case(
        "CeleryWorkerGone", 2, {WORKER: "1x10 stale"}, {WORKER: "1x40"},
        "web has had no worker for 3m 0s", at=11,
    )  # fmt: skip
    # Time begins at 0: what it looked at at the second 1 is ten minutes old at 10:01.
    yield Case(
        "CeleryBeatLate", 2, {TICK: "1x40"}, {TICK: "0+60x40"},
        "web: its beat looks at its schedule within ten minutes, and has been late for 3m 0s",
        at=11,
    )  # fmt: skip
    yield Case(
        "TargetAbsent", 5, {READ: "0+60x10 stale"}, {READ: "0+60x40"},
        "redis (r:6379) has not been read for 6m 0s: it does not answer, or the Collector does not"
        " ask", dict(REDIS), at=11,
    )  # fmt: skip


def more() -> Iterator[Case]:
    """Some of them in other ways."""
    yield Case(
        # It ended, and took all its series along; a service that nobody asks is there.
        "ServiceDown", 1, GONE, served("0+9x3 27x40") | alive("1x40"), SENDS_NOTHING, at=11,
    )  # fmt: skip
    yield Case(
        # What never answered requests (a command) is none that can be down.
        "ServiceDown", 1, GONE | alive("1x9 stale", service_name="command"),
        served("0x40") | alive("1x5 stale"), SENDS_NOTHING, at=11,
    )  # fmt: skip
    yield Case(
        # Nobody was ever heard of.
        "TelemetryAbsent", 1, {}, alive("1x40"), f"No application {UNTRUSTED}", {}, at=0,
    )  # fmt: skip
    yield Case(
        # It ended; one of two that ends leaves one that looks.
        "CeleryBeatLate", 2, {TICK: "0+60x10 stale"},
        {TICK: "0+60x10 stale", TICK.replace("a-0", "b-0"): "0+60x40"},
        "web: its beat looks at its schedule within ten minutes, and has been late for 3m 0s",
        dict(SERVICE), at=11,
    )  # fmt: skip
    at = {"instance": "collector", "exporter": "otlp_http/loki"}
    refused = foreign("otelcol_exporter_enqueue_failed_log_records_total", **at)
    yield Case(
        # One that refused something before, and does so again; one that did, and is well.
        "CollectorQueueFull", 0, {refused: "5x40 5+2x30"}, {refused: "5x100"},
        "The Collector's queue for otlp_http/loki is full: it refused 30 of what came", at, at=60,
        quiet=(17, 40, 90),
    )  # fmt: skip
