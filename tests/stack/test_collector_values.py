"""What `collector/run` says of a value that cannot be: one line, for each variable of README.md."""

import re
from pathlib import Path

import pytest

from .collector import COLLECTOR, ports, run

UNIT = "and must be a whole number and its unit"
ADDRESS = "and must be an address and a port from 1 to 65535"
MANY = "9" * 40
WRONG = [
    ("OTLP_TOKEN", "", "is set and empty"),
    ("OTLP_TOKEN", "canary", "has 6 characters, and must have 16 or more"),
    ("OTLP_TOKEN", "canary canary canary", "has characters that a bearer token may not have"),
    ("OTLP_GRPC_LISTEN", "4317", f"is '4317', {ADDRESS}"),
    ("OTLP_HTTP_LISTEN", "::1:4318", f"is '::1:4318', {ADDRESS}"),
    ("HEALTH_LISTEN", "x:70000", f"is 'x:70000', {ADDRESS}, as in 127.0.0.1:13133"),
    ("HEALTH_LISTEN", f"x:{MANY}", f"is 'x:{MANY}', {ADDRESS}"),
    ("HEALTH_LISTEN", "127.0.0.1:4317", "is '127.0.0.1:4317', and another of the Collector's own"),
    ("SYSLOG_LISTEN", "x y:1", f"is 'x y:1', {ADDRESS}"),
    ("PEERS_LISTEN", "4319", f"is '4319', {ADDRESS}"),
    ("PROMETHEUS_URL", "http://x?y", "is 'http://x?y', and must be without a ?"),
    ("PROMETHEUS_URL", "http://localhost:4318", "is 'http://localhost:4318', which is the Collect"),
    ("PROMETHEUS_URL", "http://u:canary@p:9090", "has an @, and must be without a user and a pass"),
    ("LOKI_URL", "loki:3100", "is 'loki:3100', and must begin with http:// or https://"),
    ("LOKI_URL", "http://[::1]:4317", "is 'http://[::1]:4317', which is the Collector's own OTLP"),
    ("LOKI_URL", "ftp://u:canary@loki", "has an @, and must be without a user and a password"),
    ("TEMPO_OTLP_URL", "http://t:0", "is 'http://t:0', and must name a host and, where it has"),
    ("TEMPO_OTLP_URL", "http://127.1.2.3:4318/", "is 'http://127.1.2.3:4318', which is the Coll"),
    ("TEMPO_OTLP_URL", "http://u:canary@tempo", "has an @, and must be without a user and a pass"),
    ("NGINX_STATUS_URL", "nginx/status", "is 'nginx/status', and must begin with http://"),
    ("NGINX_STATUS_URL", 'http://n/"', "is 'http://n/\"', and must have letters, digits and"),
    ("NGINX_STATUS_URL", "http://u:canary@nginx/s", "has an @, and must be without a user and a"),
    ("COLLECTOR_STORAGE", "storage", "is 'storage', and must be a path from / on"),
    ("COLLECTOR_STORAGE_FREE_MB", "0", "is '0', and must be a whole number from 1 to 999999999"),
    ("COLLECTOR_BINARY", "/not/there", "there is no '/not/there' (COLLECTOR_BINARY)"),
    ("COLLECTOR_INSTANCE", "a b", "is 'a b', and must be a name of letters, digits and"),
    ("MEMORY_LIMIT_MIB", "128", "is '128', and must be a whole number from 129 to 999999999"),
    ("QUEUE_METRICS", MANY, f"is '{MANY}', and must be a whole number from 8192 to 999999999"),
    ("QUEUE_LOGS", "many", "is 'many', and must be a whole number from 1000 to 999999999"),
    ("QUEUE_SPANS", "999", "is '999', and must be a whole number from 1000 to 999999999"),
    ("DERIVED_INTERVAL", "15", f"is '15', {UNIT}"),
    ("SCRAPE_INTERVAL", "15", f"is '15', {UNIT}, 100ms or longer, as in 15s, 500ms or 1m"),
    ("SCRAPE_INTERVAL", "99ms", f"is '99ms', {UNIT}"),
    ("STATEMENTS_INTERVAL", "0s", f"is '0s', {UNIT}"),
    ("TAIL_SAMPLING_WAIT", f"{MANY}s", f"is '{MANY}s', {UNIT}"),
    ("TAIL_SAMPLING_TRACES", "1e5", "is '1e5', and must be a whole number from 1 to 999999999"),
    ("TAIL_SAMPLING_PERCENT", "100.5", "is '100.5', and must be a number from 0 to 100"),
    ("TAIL_SAMPLING_PERCENT", MANY, f"is '{MANY}', and must be a number from 0 to 100"),
    ("HOST_METRICS", "yes", "is 'yes', and must be 1 (on) or 0 (off)"),
    ("HOST_ROOT", "~", "is '~', and must be a path from / on"),
    ("OTEL_RESOURCE_ATTRIBUTES", "web-1", "is 'web-1', and must be names and values"),
    ("POSTGRESQL_ENDPOINT", ":5432", "is ':5432', and must name a host before its port"),
    ("POSTGRESQL_ENDPOINT", "db:5432", "is set and POSTGRESQL_PASSWORD is not"),
    ("POSTGRESQL_USERNAME", "a\nb", "has a line end or another control character"),
    ("POSTGRESQL_PASSWORD", "canary\nb", "has a line end or another control character"),
    ("POSTGRESQL_DATABASES", "[a b]", "is '[a b]', and must be names, as in [one, two]"),
    ("POSTGRESQL_INSECURE", "yes", "is 'yes', and must be true or false"),
    ("POSTGRESQL_STATEMENTS", "1", "is 1 and POSTGRESQL_ENDPOINT is not set"),
    ("REDIS_ENDPOINT", "u:canary@redis", f"is '…', {ADDRESS}"),
    ("REDIS_USERNAME", "a\tb", "has a line end or another control character"),
    ("REDIS_PASSWORD", "canary\tb", "has a line end or another control character"),
    ("REDIS_INSECURE", "1", "is '1', and must be true or false"),
    ("NGINX_LOGS", "/not/there", "is '/not/there', which is not there or cannot be read by"),
    ("NGINX_LOGS", "/dev/null", "is '/dev/null', and must be a folder"),
    ("CHECK_URLS", "https://a/, b/", "has 'b/', and each URL there must begin with http:// or"),
    ("CHECK_URLS", "/dev/nul[l]", "has '/dev/nul[l]', and each URL there must begin with http://"),
    (
        "CHECK_URLS",
        "http://a/?q=canary http://a:0",
        "has 'http://a:0', and each URL there must name",
    ),
    ("CHECK_URLS", "http://a/?canary{}", "has 'http://a/', and each URL there must have letters"),
    ("CHECK_URLS", "http://a/?canary,http://a/?x", "has 'http://a/' twice, and must name each URL"),
    ("CHECK_URLS", "https://u:canary@a/", "has an @, and must be without a user and a password"),
    ("CHECK_URLS", "[ , ]", "is '[ , ]', and must name a URL, or several with commas between"),
    ("CHECK_INTERVAL", "30", f"is '30', {UNIT}, 100ms or longer, as in 15s, 500ms or 1m"),
    ("CHECK_INTERVAL", "121s", "is '121s', and must be 2m or shorter"),
    ("CHECK_INTERVAL", "1h", "is '1h', and must be 2m or shorter"),
    ("CHECK_CA", "ca.pem", "is 'ca.pem', and must be a path from / on"),
    ("SYSLOG_FILE", "/", "is '/', and must be a file"),
    ("TZ", "Mars/Base", "is 'Mars/Base', and must be a time zone that this machine knows"),
    ("CONTAINERS", "true", "is 'true', and must be 1 (on) or 0 (off)"),
    ("DOCKER_ENDPOINT", "docker", "is 'docker', and must begin with unix:///"),
    ("CONTAINER_LOGS", "/var/*", "is '/var/*', and must be a path from / on, without *"),
    ("BALANCE_HOST", "a b", "is 'a b', and must be the name of a host"),
    ("BALANCE_PORT", "70000", "is '70000', and must be a whole number from 1 to 65535"),
]


@pytest.mark.parametrize(("name", "value", "says"), WRONG)
def test_it_is_named_in_one_line(collector_binary: Path, name: str, value: str, says: str) -> None:
    """The variable, its value and what is allowed; of a secret, not the value."""
    code, said = run(collector_binary, "validate", **{name: value})
    assert (code, said.count("\n")) == (2, 1), said
    about = "" if says.startswith("there is no") else f"{name} "
    assert said.startswith(f"labotel-collector: {about}{says}"), said
    assert "canary" not in said


def test_what_needs_another_variable_is_named(collector_binary: Path) -> None:
    """What is wrong only together with something else, or where something is not there."""
    binary = collector_binary
    docker = {"CONTAINERS": "1", "DOCKER_ENDPOINT": "unix:///not/there.sock"}
    _, said = run(binary, **docker, **ports())
    assert "DOCKER_ENDPOINT is 'unix:///not/there.sock', a socket that is not there" in said
    _, said = run(binary, "validate", HOST_METRICS="1", HOST_ROOT="/not/there")
    assert "HOST_ROOT is '/not/there', which is not there" in said
    check = {"CHECK_URLS": "https://a/"}
    _, said = run(binary, "validate", CHECK_CA="/not/there", **check)
    assert "CHECK_CA is '/not/there', which is not there or cannot be read by" in said
    _, said = run(binary, "validate", CHECK_CA=str(Path(__file__)), **check)
    assert f"CHECK_CA is '{__file__}', and must be a file of certificates in PEM" in said
    _, said = run(binary, "validate", BALANCE_HOST="localhost", BALANCE_PORT="4317")
    assert "BALANCE_HOST is 'localhost:4317', which is the Collector's own OTLP_GRPC_LISTEN" in said
    token = {"OTLP_TOKEN": "a-token-of-the-tests"}
    _, said = run(binary, "validate", OTLP_HTTP_LISTEN="0.0.0.0:4328", **token)
    assert "TEMPO_OTLP_URL is 'http://localhost:4328', which is the Collector's own" in said
    elsewhere = {"OTLP_HTTP_LISTEN": "10.9.8.7:4328", "LOKI_URL": "http://tempo:4318"}
    assert run(binary, "validate", **elsewhere, **token) == (0, "")


def test_every_variable_of_the_list_is_checked() -> None:
    """README.md, `run` and this file have the same variables."""
    table = (COLLECTOR / "README.md").read_text().partition("## Variables")[2].partition("\n## ")[0]
    listed: set[str] = set()
    for row in re.findall(r"^\| (`[^|]*`) \|", table, re.MULTILINE):
        names = re.findall(r"`(…?[A-Z_]+)`", row)
        listed |= {name.replace("…", names[0].partition("_")[0]) for name in names}
    checked = (COLLECTOR / "run").read_text().partition("for name in \\\n")[2].partition("; do")[0]
    assert set(checked.replace("\\", "").split()) == listed
    assert {name for name, _, _ in WRONG} == listed
