"""Who can reach whom in the compose projects, what keeps them out, and what is kept for how long.

Expectations: what system S1 asks of the stack (a private network, named volumes, retention from
variables, log sources by their jobs), two doors with a secret each, and the images' documentation.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from . import compose_projects as projects
from .backends import COMPOSE
from .compose import project

OPEN = {"prometheus", "loki", "tempo", "alertmanager", "agent"}
"""They ask nobody for a password."""
KEPT = {
    "collector": "/var/lib/labotel-collector", "agent": "/var/lib/labotel-collector",
    "prometheus": "/prometheus", "loki": "/loki", "tempo": "/var/tempo",
    "grafana": "/var/lib/grafana", "alertmanager": "/alertmanager",
    "postgres": "/var/lib/postgresql/data", "redis": "/data",
}  # fmt: skip
"""Where each has what must outlive its container: by its image, or by what it is told."""
WORLD = {"collector", "grafana", "alertmanager", "nginx"}
"""Who is reached from outside, or calls there."""


@pytest.fixture(scope="module")
def env_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `compose/init` makes."""
    return projects.secrets(tmp_path_factory.mktemp("env"))


@pytest.fixture(scope="module", params=projects.FILES)
def made(request: pytest.FixtureRequest, env_file: Path) -> dict[str, Any]:
    """Each of the projects."""
    return projects.made(request.param, env_file)


def test_only_who_must_is_in_a_network_that_leads_out(made: dict[str, Any]) -> None:
    """All others are internal."""
    assert {name for name, one in made["networks"].items() if not one.get("internal")} == {"edge"}
    in_edge = {name for name, one in made["services"].items() if "edge" in one.get("networks", {})}
    assert in_edge == WORLD & made["services"].keys()


def test_an_application_reaches_the_collector_and_no_store(made: dict[str, Any]) -> None:
    """Who gets into it cannot read all lines, or silence the alerts."""
    for name in {"web", "worker", "beat", "prepare"} & made["services"].keys():
        own = made["services"][name]["networks"].keys()
        assert own & made["services"]["collector"]["networks"].keys()
        for store in OPEN:
            assert not own & made["services"][store]["networks"].keys(), f"{name} to {store}"


def test_a_collector_that_others_reach_asks_for_the_token(made: dict[str, Any]) -> None:
    """The other listens to itself alone, whichever Collector it is."""
    collector, agent = made["services"]["collector"], made["services"]["agent"]
    assert re.fullmatch("[0-9a-f]{48}", collector["environment"]["OTLP_TOKEN"])
    # labotel's own is told nothing: its `run` takes what the environment names.
    asks = not collector["command"] or any("token.yaml" in word for word in collector["command"])
    assert asks
    for variable in ("OTLP_GRPC_LISTEN", "OTLP_HTTP_LISTEN"):
        assert agent["environment"][variable].startswith("127.0.0.1:")


def test_the_laboratory_opens_with_a_password_of_its_own(made: dict[str, Any]) -> None:
    """The one that its documentation names is everybody's."""
    if "prepare" not in made["services"]:
        return
    prepare = made["services"]["prepare"]
    assert re.fullmatch("[0-9a-f]{48}", prepare["environment"]["LAB_PASSWORD"])
    assert 'open_laboratory --password "$LAB_PASSWORD"' in prepare["command"][-1]


def test_what_has_a_secret_waits_for_the_guard(made: dict[str, Any]) -> None:
    """Itself, or whom it waits for; and the guard looks at each secret that it is given."""
    services = made["services"]
    looked_at = services["guard"]["environment"]

    def waits(name: str) -> bool:
        on = services[name].get("depends_on") or {}
        ended = on.get("guard", {}).get("condition") == "service_completed_successfully"
        return ended or any(waits(other) for other in on)

    for name, service in services.items():
        told = " ".join(projects.words(service))
        held = set(re.findall(r"\b[0-9a-f]{48}\b", told))
        assert held <= set(looked_at.values()), name
        assert not held or name == "guard" or waits(name), name


def test_without_an_env_the_doors_are_on_this_machine() -> None:
    """The default stands in the file, too."""
    values = dict.fromkeys(
        ("GRAFANA_ADMIN_PASSWORD", "GRAFANA_SECRET_KEY", "OTLP_TOKEN", "ADMIN_PASSWORD"), "0" * 48
    )
    files = [COMPOSE / name for name in projects.FILES["nginx"]]
    for name, service in project(*files, env=values)["services"].items():
        for port in service.get("ports") or ():
            assert port["host_ip"] == "127.0.0.1", name


def test_retention_is_what_is_set(env_file: Path) -> None:
    """In each store by its own variable; 30 days where nothing is."""
    names = ("PROMETHEUS_RETENTION", "LOKI_RETENTION", "TEMPO_RETENTION")
    told = dict(zip(names, ("11d", "264h", "288h"), strict=True))
    for env, expected in (
        (told, tuple(told.values())),
        (dict.fromkeys(names, ""), ("30d", "720h", "720h")),
    ):
        services = projects.made("base", env_file, **env)["services"]
        flag = f"--storage.tsdb.retention.time={expected[0]}"
        assert flag in services["prometheus"]["command"]
        assert services["loki"]["environment"]["LOKI_RETENTION"] == expected[1]
        assert services["tempo"]["environment"]["TEMPO_RETENTION"] == expected[2]


def test_what_is_kept_is_in_a_volume(made: dict[str, Any]) -> None:
    """One of its own, where the image keeps its data; a store's is in the archive."""
    services = made["services"]
    volumes = {
        name: {
            one["source"]
            for target, one in projects.mounts(service).items()
            if target == KEPT[name]
        }
        for name, service in services.items()
        if name in KEPT
    }
    assert all(volumes.values()), volumes
    assert len(set.union(*volumes.values())) == len(volumes)
    archived = {one["source"] for one in projects.mounts(services["archive"]).values()}
    for store in ("prometheus", "loki", "tempo", "grafana", "alertmanager"):
        assert volumes[store] <= archived
    owned = projects.mounts(services["owners"])
    assert services["owners"]["command"][:2] == ["chown", "10001:10001"]
    for name in ("collector", "tempo"):
        [path] = (target for target, one in owned.items() if {one["source"]} == volumes[name])
        assert path in services["owners"]["command"]
        assert (
            services[name]["depends_on"]["owners"]["condition"] == "service_completed_successfully"
        )


def test_nginx_starts_anew_with_whom_it_passes_on_to(made: dict[str, Any]) -> None:
    """It asks for an address once: after an update that would be somebody else's."""
    if "nginx" not in made["services"]:
        return
    nginx = made["services"]["nginx"]
    behind = {host for host, _ in projects.addresses(nginx)} & made["services"].keys()
    assert {"grafana", "prometheus"} <= behind
    for host in behind:
        assert nginx["depends_on"][host]["restart"], host


def test_the_agent_reads_each_source_of_lines(made: dict[str, Any]) -> None:
    """By the jobs of S1, from where the official Collector is told to read."""
    agent = made["services"]["agent"]
    if not agent["command"]:
        return  # labotel's own: tests/stack/test_collector_run.py
    named = re.findall(r"/etc/labotel-collector/([\w-]+\.yaml)", " ".join(agent["command"]))
    text = "".join((COMPOSE.parent / "collector" / name).read_text() for name in named)
    jobs = {"docker-containers", "syslog"}
    jobs |= {"nginx-access", "nginx-error"} if "nginx" in made["services"] else set()
    assert jobs <= set(re.findall(r"\bjob: ([\w-]+)", text))
    assert agent["environment"]["SYSLOG_FILE"] == "/host/var/log/syslog"


def test_production_is_closed_but_for_nginx(env_file: Path) -> None:
    """TLS alone, cookies by TLS alone, and no service without a limit of its memory."""
    services = projects.made("production", env_file)["services"]
    assert not services["collector"].get("ports") and not services["grafana"].get("ports")
    nginx, grafana = services["nginx"]["environment"], services["grafana"]["environment"]
    assert nginx["LISTEN"].startswith("443 ssl") and nginx["OTLP_LISTEN"].startswith("4318 ssl")
    assert nginx["ADMIN_NETWORK"] == "127.0.0.1/32"
    assert (
        grafana["GF_SECURITY_COOKIE_SECURE"] == grafana["GF_SERVER_SERVE_FROM_SUB_PATH"] == "true"
    )
    for name, service in services.items():
        if service.get("restart") == "unless-stopped":
            assert service["deploy"]["resources"]["limits"]["memory"], name


def test_the_agent_reads_and_writes_nothing(env_file: Path) -> None:
    """It is root: the machine's disk, Docker's logs and its socket."""
    mounts = projects.mounts(projects.made("base", env_file)["services"]["agent"])
    for target in ("/host", "/var/lib/docker/containers", "/var/run/docker.sock"):
        assert mounts[target]["read_only"]


def test_the_laboratorys_servers_are_its_own(env_file: Path) -> None:
    """Redis asks for its password, and clearing the cache empties no queue."""
    services = projects.made("laboratory", env_file)["services"]
    assert "--requirepass" in services["redis"]["command"]
    told = services["web"]["environment"]
    assert told["LAB_BROKER_URL"][:-1] == told["LAB_CACHE_URL"][:-1]
    assert told["LAB_BROKER_URL"] != told["LAB_CACHE_URL"]
    folders = [services[name]["volumes"] for name in ("web", "worker", "beat", "prepare")]
    runtimes = {one["source"] for each in folders for one in each if one["target"] == "/runtime"}
    assert len(runtimes) == 4
    names = [services[name]["environment"]["OTEL_SERVICE_NAME"] for name in ("web", "worker")]
    assert names == ["django-app", "celery-worker"]  # `job`, by which people select
