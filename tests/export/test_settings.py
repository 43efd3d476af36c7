"""Which setting is in force, and what is said of those that are wrong."""

from collections.abc import Mapping
from typing import Any

import pytest

from labotel.export.logfiles import log_files
from labotel.export.namedpaths import named_paths
from labotel.export.parse import names, networks
from labotel.export.settings import SETTINGS, ConfigurationError, Settings, resolve


def good(
    keywords: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    django: Mapping[str, Any] | None = None,
) -> Settings:
    """Return settings that have no problem."""
    settings, problems = resolve(keywords or {}, environ or {}, django or {})
    assert problems == []
    return settings


# Each source of one setting, nearest first: (keywords, environment, Django's dictionary).
SOURCES: list[tuple[str, Mapping[str, Any], Mapping[str, str], Mapping[str, Any]]] = [
    ("keyword", {"service_name": "keyword"}, {}, {}),
    ("own", {}, {"LABOTEL_SERVICE_NAME": "own"}, {}),
    ("standard", {}, {"OTEL_SERVICE_NAME": "standard"}, {}),
    ("django", {}, {}, {"service_name": "django"}),
]


@pytest.mark.parametrize("nearest", range(len(SOURCES)))
def test_the_nearest_source_is_in_force(nearest: int) -> None:
    """Keyword, LABOTEL_*, OTEL_*, Django's dictionary, and then the default."""
    keywords: dict[str, Any] = {}
    environ: dict[str, str] = {}
    django: dict[str, Any] = {}
    for _, first, second, third in SOURCES[nearest:]:
        keywords.update(first)
        environ.update(second)
        django.update(third)
    settings = good(keywords, environ, django)
    assert settings.service_name == SOURCES[nearest][0]
    assert "service_name" in settings.given


def test_the_defaults() -> None:
    """Nothing set: OTLP over HTTP to this machine, as OpenTelemetry's specification has it."""
    settings = good()
    assert settings.given == frozenset()
    assert settings.target("logs").url == "http://localhost:4318/v1/logs"
    assert settings.service_name.startswith("unknown_service")
    assert (settings.temporality, settings.exemplar_filter) == ("cumulative", "trace_based")
    assert settings.target("traces").timeout == 10
    assert settings.target("traces").compression == "none"


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_has_a_variable_of_its_own(name: str) -> None:
    """LABOTEL_<NAME> is read: a value that nothing allows is a problem that names it."""
    _, problems = resolve({}, {f"LABOTEL_{name.upper()}": " "}, {})
    # None at all is a choice too.
    none = (names, networks, log_files, named_paths)
    if SETTINGS[name].read not in none and name != "response_headers":
        assert [p for p in problems if p.startswith(f"LABOTEL_{name.upper()}=")]


def test_an_empty_variable_counts_as_unset() -> None:
    """As OpenTelemetry's specification has it."""
    empty = {"LABOTEL_SERVICE_NAME": "", "OTEL_SERVICE_NAME": "", "OTEL_SDK_DISABLED": ""}
    settings = good({}, empty, {"SERVICE_NAME": "django"})
    assert settings.service_name == "django"


@pytest.mark.parametrize("key", ["service_name", "SERVICE_NAME", "Service_Name"])
def test_django_keys_may_be_upper_case(key: str) -> None:
    """Django's settings are; what is accepted without complaint is also in force."""
    assert good({}, {}, {key: "django"}).service_name == "django"


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        ("OTEL_METRIC_EXPORT_INTERVAL", "metric_interval"),
        ("OTEL_BSP_SCHEDULE_DELAY", "span_delay"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "log_delay"),
    ],
)
def test_standard_intervals_are_in_milliseconds(variable: str, name: str) -> None:
    """OpenTelemetry's variables are; labotel's own are in seconds and nearer."""
    assert getattr(good({}, {variable: "2500"}), name) == 2.5
    own = f"LABOTEL_{name.upper()}"
    assert getattr(good({}, {variable: "2500", own: "3"}), name) == 3


def test_a_general_endpoint_gets_the_path_of_each_signal() -> None:
    """`/v1/<signal>` is appended, with one slash between them and below a path too."""
    for endpoint in ("http://c:4318/otlp", "http://c:4318/otlp/"):
        settings = good({}, {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint})
        for signal in ("traces", "metrics", "logs"):
            assert settings.target(signal).url == f"http://c:4318/otlp/v1/{signal}"


def test_a_signals_own_variables_are_used_as_they_are() -> None:
    """The endpoint without a path appended; every other part of the target too."""
    settings = good(
        {},
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://general:4318",
            "OTEL_EXPORTER_OTLP_HEADERS": "a=general",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://traces:4318/custom",
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "a=traces",
            "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "gzip",
            "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "3",
        },
    )
    traces, logs = settings.target("traces"), settings.target("logs")
    assert (traces.url, traces.headers) == ("http://traces:4318/custom", {"a": "traces"})
    assert (traces.compression, traces.timeout) == ("gzip", 3)
    assert (logs.url, logs.headers) == ("http://general:4318/v1/logs", {"a": "general"})
    assert (logs.compression, logs.timeout) == ("none", 10)


OWN_TRACES = {
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://traces:4318/custom",
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "a=traces",
    "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "gzip",
    "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "3",
}


def test_a_keyword_is_nearer_than_a_signals_own_variable() -> None:
    """Also where it gives the very value that would be the default."""
    settings = good(
        {
            "endpoint": "http://localhost:4318",
            "headers": {"a": "keyword"},
            "compression": "none",
            "timeout": 10,
        },
        OWN_TRACES,
    )
    traces = settings.target("traces")
    assert traces.url == "http://localhost:4318/v1/traces"
    assert (traces.headers, traces.compression, traces.timeout) == ({"a": "keyword"}, "none", 10)


def test_labotels_variable_is_nearer_than_a_signals_own() -> None:
    """LABOTEL_ENDPOINT stands before every OTEL_* variable."""
    settings = good({}, {**OWN_TRACES, "LABOTEL_ENDPOINT": "http://own:4318"})
    assert settings.target("traces").url == "http://own:4318/v1/traces"
    assert settings.target("traces").compression == "gzip"


def test_a_signals_own_variable_is_nearer_than_django() -> None:
    """The environment stands before Django's dictionary."""
    settings = good({}, OWN_TRACES, {"endpoint": "http://django:4318", "timeout": 5})
    assert settings.target("traces").url == "http://traces:4318/custom"
    assert settings.target("traces").timeout == 3
    assert settings.target("logs").url == "http://django:4318/v1/logs"
    assert settings.target("logs").timeout == 5


def test_otel_headers_are_percent_decoded() -> None:
    """The usual form of a token with a space."""
    settings = good({}, {"OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Bearer%20abc%3D"})
    assert settings.target("logs").headers == {"Authorization": "Bearer abc="}


WRONG: list[tuple[Mapping[str, Any], Mapping[str, str], Any, tuple[str, ...]]] = [
    ({"endpiont": "http://c"}, {}, {}, ("endpiont", "'endpoint'")),
    ({}, {"LABOTEL_ENDPIONT": "http://c"}, {}, ("LABOTEL_ENDPIONT", "'LABOTEL_ENDPOINT'")),
    ({}, {}, {"ENDPIONT": "http://c"}, ("ENDPIONT", "'endpoint'")),
    ({"compression": "zip"}, {}, {}, ("compression='zip'", "'gzip'", "'deflate'", "'none'")),
    ({"timeout": -1}, {}, {}, ("timeout=-1", "above 0")),
    ({}, {"OTEL_BSP_MAX_QUEUE_SIZE": "many"}, {}, ("OTEL_BSP_MAX_QUEUE_SIZE='many'", "1 or more")),
    ({}, {"OTEL_METRIC_EXPORT_INTERVAL": "0"}, {}, ("OTEL_METRIC_EXPORT_INTERVAL='0'", "above 0")),
    ({}, {"LABOTEL_STRICT": "perhaps"}, {}, ("LABOTEL_STRICT='perhaps'", "true, false")),
    ({}, {}, {"log_level": "LOUD"}, ("LABOTEL['log_level']='LOUD'", "INFO")),
    ({}, {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, {}, ("PROTOCOL='grpc'", "'http/protobuf'")),
    (
        {},
        {"OTEL_EXPORTER_OTLP_LOGS_PROTOCOL": "http/json"},
        {},
        ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL='http/json'", "'http/protobuf'"),
    ),
    (
        {},
        {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "collector:4318"},
        {},
        ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT='collector:4318'", "http://"),
    ),
    ({}, {"OTEL_TRACES_EXPORTER": "zipkin"}, {}, ("OTEL_TRACES_EXPORTER='zipkin'", "'otlp'")),
    ({"certificate": "/no/such"}, {}, {}, ("certificate='/no/such'", "a file")),
    ({}, {}, ["endpoint"], ("LABOTEL", "dictionary")),
]


@pytest.mark.parametrize(("keywords", "environ", "django", "said"), WRONG)
def test_each_problem_is_named_with_what_is_allowed(
    keywords: Mapping[str, Any], environ: Mapping[str, str], django: Any, said: tuple[str, ...]
) -> None:
    """One line: where it stands, what it is, and the nearest name or the allowed values."""
    settings, problems = resolve(keywords, environ, django)
    (problem,) = problems
    for part in said:
        assert part in problem
    usual = good()  # what is wrong has its default
    assert (settings.values, settings.targets) == (usual.values, usual.targets)


def test_all_problems_are_reported_at_once() -> None:
    """Nobody starts an application five times to find five typing errors."""
    keywords: dict[str, Any] = {}
    environ: dict[str, str] = {}
    django: dict[str, Any] = {}
    parts = []
    for first, second, third, said in WRONG[:-1]:
        keywords.update(first)
        environ.update(second)
        django.update(third)
        parts.append(said[0])
    _, problems = resolve(keywords, environ, django)
    text = str(ConfigurationError(problems))
    assert len(problems) == len(parts)
    assert all(part in text for part in parts)


@pytest.mark.parametrize(
    ("keywords", "environ", "django"),
    [
        ({"headers": "hunter2"}, {}, {}),
        ({}, {"OTEL_EXPORTER_OTLP_HEADERS": "hunter2"}, {}),
        ({}, {"OTEL_EXPORTER_OTLP_TRACES_HEADERS": "Authorization hunter2"}, {}),
        ({}, {}, {"HEADERS": "hunter2"}),
        ({"pseudonym_key": ["hunter2"]}, {}, {}),
        ({"metrics_token": b"hunter2"}, {}, {}),
        ({"endpoint": "ftp://ada:hunter2@collector"}, {}, {}),
        ({}, {"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "ada:hunter2@collector:4318"}, {}),
        ({}, {"LABOTEL_ENDPOINT": "http://ada:hunter2@/x"}, {}),
    ],
)
def test_a_secret_is_never_echoed(
    keywords: Mapping[str, Any], environ: Mapping[str, str], django: Mapping[str, Any]
) -> None:
    """The message of what is wrong goes to a log."""
    _, problems = resolve(keywords, environ, django)
    assert len(problems) == 1
    assert "hunter2" not in problems[0]


def test_a_wrong_value_gives_way_to_the_next_source() -> None:
    """What is wrong is reported, and the rest of the settings still counts."""
    settings, problems = resolve({"timeout": "soon"}, {"OTEL_EXPORTER_OTLP_TIMEOUT": "7"}, {})
    assert len(problems) == 1
    assert settings.target("traces").timeout == 7


def test_a_name_that_is_no_setting_is_no_attribute() -> None:
    """A slip in labotel's own code shows at once."""
    with pytest.raises(AttributeError, match="endpiont"):
        _ = good().endpiont
