"""When the alerts of what applications stand on fire, and when they do not."""

from collections.abc import Iterator

from .alert_cases import Case, foreign


def infrastructure() -> Iterator[Case]:
    """The alerts of what applications stand on."""
    redis = {"service_name": "redis", "instance": "r:6379"}
    at = {"instance": "collector", "exporter": "otlp_http/loki"}
    failed = foreign("otelcol_exporter_send_failed_log_records_total", **at)
    yield Case(
        "CollectorDrops", 0, {failed: "0+2x40"}, {failed: "5x40"},
        "The Collector lost 30 of what otlp_http/loki was to take", at, at=20,
    )  # fmt: skip
    refused = foreign("otelcol_exporter_enqueue_failed_log_records_total", **at)
    # It begins with the first that it refuses.
    yield Case(
        "CollectorQueueFull", 0, {refused: "_x3 500x40"}, {refused: "0x40"},
        "The Collector's queue for otlp_http/loki is full: it refused 500 of what came", at, at=5,
    )  # fmt: skip
    kind = at | {"data_type": "logs"}
    size, room = (foreign(f"otelcol_exporter_queue_{of}", **kind) for of in ("size", "capacity"))
    yield Case(
        "CollectorQueueFilling", 5, {size: "51x40", room: "100x40"},
        {size: "50x40", room: "100x40"},
        "The Collector's queue for otlp_http/loki (logs) is 51% full", kind,
    )  # fmt: skip
    one = {"instance": "p:5432"}
    most = foreign("postgresql_connection_max", **one)
    taken = [foreign("postgresql_backends", database=name, **one) for name in ("a", "b")]
    yield Case(
        "PostgresqlConnectionsNearLimit", 5,
        {most: "100x40", taken[0]: "41x40", taken[1]: "40x40"},
        {most: "100x40", taken[0]: "40x40", taken[1]: "40x40"},
        "p:5432: 81% of its connections are taken", one,
    )  # fmt: skip
    rejected = foreign("redis_connections_rejected_total", **redis)
    yield Case(
        "RedisRejectsConnections", 0, {rejected: "0+2x40"}, {rejected: "3x40"},
        "r:6379 refused 10 connections: its limit is reached", redis, at=20,
    )  # fmt: skip
    yield from outside()


def outside() -> Iterator[Case]:
    """The alerts of what somebody meets who comes from outside."""
    page = {"service_name": "check", "instance": "collector", "http_url": "https://lab.example/"}
    status = foreign("httpcheck_status_code", **page)
    other = foreign("httpcheck_status_code", **page | {"http_url": "https://lab.example/moved"})
    yield Case(
        "PageDown", 2, {status: "400x30"}, {status: "200x30", other: "399x30"},
        "https://lab.example/ answers 400, asked by collector", page, at=0,
    )  # fmt: skip
    # From an error to no answer at all: it is down all the time.
    yield Case(
        "PageDown", 2, {status: "503 0x30"}, {status: "503 200 503 200x30"},
        "https://lab.example/ answers nothing, asked by collector", page, at=0,
    )  # fmt: skip
    day = 86_400
    left = foreign("httpcheck_tls_cert_remaining_seconds", **page)
    yield Case(
        "CertificateExpires", 5, {left: f"{14 * day - 1}x30"}, {left: f"{14 * day}x9 {2 * day}x9"},
        "The certificate of https://lab.example/ holds for 13d 23h 59m 59s", page, at=0,
    )  # fmt: skip
    yield Case(
        "CertificateExpiresSoon", 5, {left: f"{3 * day - 1}x30"}, {left: f"{3 * day}x30"},
        "The certificate of https://lab.example/ holds for 2d 23h 59m 59s, and then nobody gets in",
        page, at=0,
    )  # fmt: skip
