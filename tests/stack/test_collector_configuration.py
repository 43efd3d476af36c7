"""The shipped configurations of the Collector as they are written: what each of them promises."""

import os
import subprocess
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from .collector import COLLECTOR
from .collector_configuration import built, declared, manifest, named, resolved, used

OVERLAYS = sorted({file.stem for file in COLLECTOR.glob("*.yaml")} - {"config", "manifest"})
ENVIRONMENT = {"PATH": os.environ["PATH"], "OTLP_TOKEN": "a-token-of-the-tests"}
COMBINATIONS = [(), *[(one,) for one in OVERLAYS], tuple(OVERLAYS)]


@pytest.fixture(params=COMBINATIONS, ids="+".join)
def configuration(collector_binary: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """config.yaml alone, with each overlay, and with all of them."""
    return resolved(collector_binary, request.param, ENVIRONMENT)


@pytest.mark.parametrize("names", COMBINATIONS, ids="+".join)
def test_configurations_are_valid(collector_binary: Path, names: tuple[str, ...]) -> None:
    """config.yaml is valid alone, with each overlay, and with all of them."""
    files = [f"--config={COLLECTOR / name}.yaml" for name in ("config", *names)]
    done = subprocess.run(
        [collector_binary, "validate", *files],
        env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (names, done.stderr)


def test_no_overlay_takes_anothers_place() -> None:
    """What two overlays both name, a component or a pipeline, they say in the same words."""
    for one, other in combinations(OVERLAYS, 2):
        mine, others = named(COLLECTOR / f"{one}.yaml"), named(COLLECTOR / f"{other}.yaml")
        both = {name for name in mine if name in others and mine[name] != others[name]}
        allowed = {"receivers otlp/peers"} if {one, other} == {"balancing", "token"} else set()
        assert both <= allowed, (one, other)


def test_each_component_that_is_built_is_used(collector_binary: Path) -> None:
    """The manifest has what the shipped configurations use, no more and no less."""
    modules, types = built(collector_binary)
    assert modules == manifest()
    files = [COLLECTOR / f"{name}.yaml" for name in ("config", *OVERLAYS)]
    components = {component for file in files for component in declared(file)}
    assert {(kind, name.partition("/")[0]) for kind, name in components} == types
    assert components == {component for file in files for component in used(file)}


def test_what_is_received_is_limited_and_masked(configuration: dict[str, Any]) -> None:
    """Every pipeline that begins with a receiver; one behind a connector has that behind it."""
    received = {
        name: pipeline["processors"]
        for name, pipeline in configuration["service"]["pipelines"].items()
        if not set(pipeline["receivers"]) <= set(configuration["connectors"])
    }
    assert {"metrics", "logs", "traces"} <= set(received)
    for name, processors in received.items():
        assert processors[0] == "memory_limiter", name
        assert "redaction" in processors, name


def test_what_is_sent_waits_on_disk_and_is_tried_without_end(
    configuration: dict[str, Any],
) -> None:
    """Every exporter: nothing is given up, and what does not fit is refused and not waited for."""
    for name, exporter in configuration["exporters"].items():
        retry, queue = exporter["retry_on_failure"], exporter["sending_queue"]
        assert (retry.get("enabled", True), retry["max_elapsed_time"]) == (True, 0), name
        assert queue.get("enabled", True), name
        assert (queue["storage"], queue["block_on_overflow"]) == ("file_storage", False), name


def test_metrics_of_spans_are_bounded(configuration: dict[str, Any]) -> None:
    """In seconds, with exemplars, and no more series than that; exceptions without a message."""
    spans = configuration["connectors"]["spanmetrics"]
    assert 0 < spans["aggregation_cardinality_limit"] <= 10_000
    assert (spans["histogram"]["unit"], spans["exemplars"]) == ("s", {"enabled": True})
    exceptions = configuration["connectors"]["exceptions"]
    assert exceptions["dimensions"] == [{"name": "exception.type"}]


def test_nothing_that_is_sent_comes_in_again(configuration: dict[str, Any]) -> None:
    """No exporter's default is the address of one of the receivers."""
    receives = {
        protocol["endpoint"].rpartition(":")[2]
        for name, receiver in configuration["receivers"].items()
        for protocol in receiver.get("protocols", {}).values()
        if name.startswith("otlp") and "endpoint" in protocol
    }
    assert {"4317", "4318"} <= receives
    for name in ("prometheus", "loki", "tempo"):
        endpoint = configuration["exporters"][f"otlp_http/{name}"]["endpoint"]
        assert endpoint.split("/")[2].rpartition(":")[2] not in receives, name
