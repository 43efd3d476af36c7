"""What may be set: each setting, how it is read, and its default."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from labotel.export import parse
from labotel.export.logfiles import log_files, size
from labotel.export.namedpaths import named_paths
from labotel.pages.defaults import DEFAULTS


@dataclass(frozen=True)
class Setting:
    """One setting: the OTEL_* variables that give it, how it is read, and its default."""

    read: Callable[[Any], Any]
    default: Any = None
    env: tuple[str, ...] = ()


TARGET: Final = ("endpoint", "headers", "compression", "timeout", "certificate",
                  "client_certificate", "client_key")  # fmt: skip
_OTLP: Final = {name: f"OTEL_EXPORTER_OTLP_{name.upper()}" for name in TARGET}

SETTINGS: Final[dict[str, Setting]] = {
    "service_name": Setting(parse.text, "unknown_service", ("OTEL_SERVICE_NAME",)),
    "service_version": Setting(parse.text),
    "environment": Setting(parse.text),
    "resource_attributes": Setting(parse.pairs, {}, ("OTEL_RESOURCE_ATTRIBUTES",)),
    "endpoint": Setting(parse.url, "http://localhost:4318", (_OTLP["endpoint"],)),
    "protocol": Setting(
        parse.choice("http/protobuf"), "http/protobuf", ("OTEL_EXPORTER_OTLP_PROTOCOL",)
    ),
    "headers": Setting(parse.pairs, {}, (_OTLP["headers"],)),
    "compression": Setting(
        parse.choice("none", "gzip", "deflate"), "none", (_OTLP["compression"],)
    ),
    "timeout": Setting(parse.seconds, 10.0, (_OTLP["timeout"],)),
    "certificate": Setting(parse.file, None, (_OTLP["certificate"],)),
    "client_certificate": Setting(parse.file, None, (_OTLP["client_certificate"],)),
    "client_key": Setting(parse.file, None, (_OTLP["client_key"],)),
    "traces_exporter": Setting(parse.choice("otlp", "none"), "otlp", ("OTEL_TRACES_EXPORTER",)),
    "metrics_exporter": Setting(
        parse.choice("otlp", "prometheus", "none"), "otlp", ("OTEL_METRICS_EXPORTER",)
    ),
    "logs_exporter": Setting(parse.choice("otlp", "none"), "otlp", ("OTEL_LOGS_EXPORTER",)),
    "metric_interval": Setting(parse.seconds, 15.0),
    "span_delay": Setting(parse.seconds, 2.0),
    "log_delay": Setting(parse.seconds, 1.0),
    "span_queue": Setting(parse.count, 20_000, ("OTEL_BSP_MAX_QUEUE_SIZE",)),
    "log_queue": Setting(parse.count, 50_000, ("OTEL_BLRP_MAX_QUEUE_SIZE",)),
    "disk_queue": Setting(parse.count, 64 * 1024 * 1024),
    "span_batch": Setting(parse.count, 512, ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE",)),
    "log_batch": Setting(parse.count, 512, ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",)),
    "temporality": Setting(
        parse.choice("cumulative", "delta", "lowmemory"), "cumulative",
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",),
    ),
    "exemplar_filter": Setting(
        parse.choice("trace_based", "always_on", "always_off"), "trace_based",
        ("OTEL_METRICS_EXEMPLAR_FILTER",),
    ),
    "disabled": Setting(parse.switch, False, ("OTEL_SDK_DISABLED",)),
    "strict": Setting(parse.switch),
    "log_level": Setting(parse.level, 20),
    "slow_query": Setting(parse.threshold, 1.0),
    "slow_request": Setting(parse.threshold, 2.0),
    "request_log": Setting(parse.switch, False),
    "endpoint_label": Setting(parse.choice("route", "view"), "route"),
    "response_headers": Setting(parse.some("x-response-time", "traceparent", "server-timing"), ()),
    "repeated_queries": Setting(parse.count_or_never, 10),
    "instrument": Setting(parse.names),
    "serving_commands": Setting(parse.names, ()),
    "disk_paths": Setting(named_paths, {}),
    "runtime_dir": Setting(parse.text),
    "instance": Setting(parse.text),
    "pseudonym_key": Setting(parse.text),
    "pseudonym_key_former": Setting(parse.text),
    "baggage_hosts": Setting(parse.names, ()),
    "lease": Setting(parse.choice("auto", "database", "redis", "folder"), "auto"),
    "end_on_sigterm": Setting(parse.switch, True),
    "shutdown_timeout": Setting(parse.seconds, 5.0),
    "metrics_access": Setting(
        parse.choice("debug", "token", "addresses", "permission", "open"), "debug"
    ),
    "metrics_token": Setting(parse.text),
    "metrics_addresses": Setting(parse.networks, ()),
    "metrics_permission": Setting(parse.text),
    "increment_rate": Setting(parse.seconds, DEFAULTS["increment_rate"]),
    "increment_permission": Setting(parse.text, DEFAULTS["increment_permission"]),
    "health_checks": Setting(parse.names),
    "health_timeout": Setting(parse.seconds, DEFAULTS["health_timeout"]),
    "health_disks": Setting(parse.names, ()),
    "health_disk_warning": Setting(parse.percent, DEFAULTS["health_disk_warning"]),
    "health_disk_unhealthy": Setting(parse.percent, DEFAULTS["health_disk_unhealthy"]),
    "health_database_size": Setting(size),
    "console": Setting(parse.choice("off", "auto", "pretty", "plain", "json"), "off"),
    "log_files": Setting(log_files, ()),
}  # fmt: skip
"""Every setting, by the keyword of `configure`; `LABOTEL_<NAME>` sets each one too."""

# The standard variables whose value is in milliseconds, as the specification has it.
MILLISECONDS: Final = {
    "metric_interval": "OTEL_METRIC_EXPORT_INTERVAL",
    "span_delay": "OTEL_BSP_SCHEDULE_DELAY",
    "log_delay": "OTEL_BLRP_SCHEDULE_DELAY",
}

SECRET: Final = frozenset({"pseudonym_key", "pseudonym_key_former", "metrics_token", "headers"})
"""Settings whose values are never shown."""
