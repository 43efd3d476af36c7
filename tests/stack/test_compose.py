"""The compose files: each service agrees with its image, its files and its neighbours."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from . import compose_projects as projects
from .backends import COMPOSE
from .compose import Refused, project

ONCE = {"guard", "owners", "prepare", "archive"}
"""Services that do one thing and end."""
OUTSIDE = {"localhost", "host.docker.internal"}


@pytest.fixture(scope="session")
def env_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `compose/init` makes."""
    return projects.secrets(tmp_path_factory.mktemp("env"))


@pytest.fixture(params=projects.FILES)
def made(request: pytest.FixtureRequest, env_file: Path) -> dict[str, Any]:
    """Each of the projects."""
    return projects.made(request.param, env_file)


def services(made: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each service with its name."""
    yield from made["services"].items()


def test_each_service_goes_on(made: dict[str, Any]) -> None:
    """A name that lasts, a restart, small logs, and somebody who asks how it is."""
    probed = str(made["services"]["probe"]["healthcheck"]["test"])
    for name, service in services(made):
        assert service["hostname"] == name
        assert service["logging"]["options"]["max-size"] == "10m" or name in ONCE
        if name in ONCE:
            assert service.get("restart", "no") == "no"
            continue
        assert service["restart"] == "unless-stopped"
        assert service.get("healthcheck") or f"http://{name}:13133/" in probed, name


def test_images_are_those_that_are_tested(made: dict[str, Any]) -> None:
    """The version of an engine is the one that is built; none is `latest`."""
    tested = projects.versions()
    built = {
        "prom/prometheus": "prometheus",
        "prom/alertmanager": "alertmanager",
        "grafana/loki": "loki",
        "otel/opentelemetry-collector-contrib": "collector",
    }
    for name, service in services(made):
        image, tag = projects.image(service)
        assert image in projects.IMAGES, name
        assert re.fullmatch(r"v?\d+(\.\d+)*", tag) or service.get("build"), f"{image}:{tag}"
        if image in built:
            assert tag.removeprefix("v") == tested[built[image]]


def test_nothing_is_published_but_the_doors(made: dict[str, Any]) -> None:
    """On this machine alone, but for nginx in production."""
    production = "443" in str(made["services"].get("nginx", {}).get("ports"))
    for name, service in services(made):
        for port in service.get("ports") or ():
            assert name in ("grafana", "collector", "nginx")
            assert port["host_ip"] == "127.0.0.1" or (production and name == "nginx")
            assert port["target"] in projects.LISTENS[name]
    assert made["networks"]["telemetry"]["internal"]


def test_every_path_is_there(made: dict[str, Any]) -> None:
    """What a service is told to read or write is in its image, or mounted."""
    for name, service in services(made):
        known = projects.IMAGES[projects.image(service)[0]].programs
        targets = projects.mounts(service)
        for one in targets.values():
            source = Path(one["source"]) if one["type"] == "bind" else None
            if source is not None and source.is_relative_to(projects.ROOT):
                assert source.exists() or source == COMPOSE / "backups", f"{name}: {source}"
        for word in projects.words(service):
            for path in re.findall(r"(?:^|[=@ \[,])(/[\w./-]+)", word):
                inside = any(f"{path}/".startswith(f"{target}/") for target in targets)
                inside = inside or any(target.startswith(f"{path}/") for target in targets)
                listed = path in known or path == "/" or path.startswith("/prometheus/")
                assert inside or listed, f"{name} is told of {path}, which is not mounted"


def test_every_file_that_is_named_is_mounted(made: dict[str, Any]) -> None:
    """A path below what is mounted from here is a file of ours."""
    for name, service in services(made):
        for target, one in projects.mounts(service).items():
            source = Path(one["source"]) if one["type"] == "bind" else None
            if source is None or not source.is_relative_to(projects.ROOT) or source.is_file():
                continue
            for word in projects.words(service):
                for path in re.findall(rf"{re.escape(target)}/([\w./-]+)", word):
                    assert (source / path).exists(), f"{name}: {source / path}"


def test_every_variable_is_read(made: dict[str, Any]) -> None:
    """A misspelled one would change nothing, in silence."""
    for name, service in services(made):
        known = projects.IMAGES[projects.image(service)[0]].variables
        text = projects.mounted_text(service)
        if service.get("build"):
            text += (COMPOSE.parent / "collector" / "checks.sh").read_text()
            text += (COMPOSE.parent / "collector" / "run").read_text()
        for variable in service.get("environment") or {}:
            read = re.search(rf"\b{variable}\b", text) or re.fullmatch(known, variable)
            secret = name == "guard" and re.fullmatch(r".*_(PASSWORD|TOKEN|KEY)", variable)
            assert read or secret, f"{name}: nobody reads {variable}"


def test_neighbours_are_there_and_listen(made: dict[str, Any]) -> None:
    """Who is named runs, is in a network of both, and listens at that port."""
    for name, service in services(made):
        for host, port in projects.addresses(service):
            if host in OUTSIDE:
                if host == "localhost" and "healthcheck" in service:
                    continue
                assert host == "localhost" or service["extra_hosts"]
                continue
            other = made["services"].get(host)
            assert other is not None, f"{name} is told of {host}:{port}, which does not run"
            assert service["networks"].keys() & other["networks"].keys(), f"{name} to {host}"
            assert port in projects.LISTENS[host], f"{name} is told of {host}:{port}"


def test_each_port_stands_in_what_a_service_is_given(made: dict[str, Any]) -> None:
    """The ports that the others know are those of the configuration; others are the image's own."""
    own = {("postgres", 5432), ("redis", 6379), ("grafana", 3000)}
    for name, service in services(made):
        text = projects.mounted_text(service) + " ".join(projects.words(service))
        for port in projects.LISTENS.get(name, ()):
            if name == "nginx" and port in (80, 443, 4318):
                continue  # by the overlay
            assert re.search(rf"\b{port}\b", text) or (name, port) in own, f"{name}: {port}"


def test_a_health_check_asks_the_service_itself(made: dict[str, Any]) -> None:
    """By a program that its image has, at a port on which it listens."""
    for name, service in services(made):
        test = (service.get("healthcheck") or {}).get("test") or []
        image = projects.IMAGES[projects.image(service)[0]]
        if test and not image.shell:
            assert test[0] == "CMD" and test[1] in image.programs
        for port in re.findall(r"(?:localhost|127\.0\.0\.1):(\d+)", " ".join(test)):
            assert int(port) in projects.LISTENS[name]


def test_grafana_is_closed_and_has_its_sources(made: dict[str, Any]) -> None:
    """Nobody comes in without a password, and every variable of its provisioning is set."""
    grafana = made["services"]["grafana"]["environment"]
    assert grafana["GF_AUTH_ANONYMOUS_ENABLED"] == grafana["GF_USERS_ALLOW_SIGN_UP"] == "false"
    for file in (COMPOSE / "grafana" / "provisioning").rglob("*.yaml"):
        named = set(re.findall(r"(?<!\$)\$\{(\w+)\}", file.read_text()))
        assert named <= grafana.keys()


def test_no_secret_is_missing(env_file: Path) -> None:
    """Each that is empty is refused by name, and told how it is made."""
    files = [COMPOSE / name for name in projects.FILES["laboratory"]]
    lines = env_file.read_text().splitlines()
    secrets = [line.partition("=")[0] for line in lines if re.search("=[0-9a-f]{48}$", line)]
    assert len(secrets) == 10
    for secret in secrets:
        with pytest.raises(Refused, match=rf"{secret}.*\./init makes one"):
            project(*files, env_file=env_file, env={secret: ""})
    with pytest.raises(Refused, match="init"):
        project(*files, env_file=COMPOSE / "env.example")


def test_what_the_example_names_is_read() -> None:
    """And what the files read without a default stands in it."""
    named = set(re.findall(r"^(\w+)=", (COMPOSE / "env.example").read_text(), re.MULTILINE))
    text = "".join(file.read_text() for file in COMPOSE.glob("compose*.yaml"))
    read = dict(re.findall(r"\$\{(\w+)(:[-?])?", text))
    assert named - {"COMPOSE_FILE"} <= read.keys()
    assert {name for name, default in read.items() if default != ":-"} <= named


def test_the_official_collector_has_all_components() -> None:
    """Those of labotel's own manifest, which its files use."""
    manifest = yaml.safe_load((COMPOSE.parent / "collector" / "manifest.yaml").read_text())
    parts = (part for kind, parts in manifest.items() if kind != "dist" for part in parts)
    ours = {part["gomod"].split()[0].rpartition("/")[2] for part in parts}
    table = Path(__file__).parents[1] / "tables" / "otelcol-contrib.txt"
    theirs = {line for line in table.read_text().splitlines() if not line.startswith("#")}
    assert ours <= theirs
