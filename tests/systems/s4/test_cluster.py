"""What runs the warehouses in a cluster, judged by the programs that read it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from engines import binary
from systems.application import EXAMPLES
from systems.pipeline import Rendered

CLUSTER = EXAMPLES / "logistics" / "kubernetes"


def objects(name: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return a file's resources, by their kinds and names."""
    read = yaml.safe_load_all((CLUSTER / name).read_text())
    return {(one["kind"], one["metadata"]["name"]): one for one in read}


def test_prometheus_takes_its_configuration() -> None:
    """With the pods that it finds by themselves."""
    command = [binary("promtool"), "check", "config", "--syntax-only", CLUSTER / "prometheus.yml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [job] = yaml.safe_load((CLUSTER / "prometheus.yml").read_text())["scrape_configs"]
    assert job["kubernetes_sd_configs"] == [{"role": "pod"}]


def test_metrics_are_kept_for_30_days_and_50_gb() -> None:
    """On a volume that holds them."""
    prometheus = objects("prometheus.yaml")["StatefulSet", "prometheus"]["spec"]
    [container] = prometheus["template"]["spec"]["containers"]
    assert "--storage.tsdb.retention.time=30d" in container["args"]
    assert "--storage.tsdb.retention.size=50GB" in container["args"]
    [claim] = prometheus["volumeClaimTemplates"]
    assert int(claim["spec"]["resources"]["requests"]["storage"].removesuffix("Gi")) > 50


def test_every_container_has_limits() -> None:
    """Of memory and of processors."""
    found = [
        container
        for name in ("application.yaml", "prometheus.yaml", "alertmanager.yaml")
        for one in objects(name).values()
        for container in _containers(one)
    ]
    assert len(found) == 4
    for container in found:
        assert container["resources"]["limits"].keys() == {"cpu", "memory"}


def _containers(said: Any) -> list[dict[str, Any]]:
    """Return the containers of a resource, however deep they stand."""
    if isinstance(said, list):
        return [one for each in said for one in _containers(each)]
    if not isinstance(said, dict):
        return []
    here = said.get("containers", [])
    return [*here, *(one for key, each in said.items() if key != "containers"
                     for one in _containers(each))]  # fmt: skip


def test_rules_and_dashboards_become_resources(rendered: Rendered) -> None:
    """Each file that is named is rendered."""
    made = yaml.safe_load((CLUSTER / "kustomization.yaml").read_text())
    named = {one["name"]: one.get("files", []) for one in made["configMapGenerator"]}
    for name in ("prometheus-rules", "dashboards"):
        assert named[name]
        for path in named[name]:
            assert (rendered.folder / Path(path).relative_to("generated")).exists()
    for path in (*made["resources"], *named["prometheus"], *named["alertmanager"]):
        assert (CLUSTER / path).exists()


def test_the_command_is_run_each_five_minutes() -> None:
    """By a CronJob."""
    job = objects("application.yaml")["CronJob", "logistics-figures"]["spec"]
    assert job["schedule"] == "*/5 * * * *"
    [container] = _containers(job)
    assert container["command"] == ["python", "manage.py", "update_metrics"]


@pytest.mark.parametrize(
    ("severity", "told"), [("critical", "webhook,critical"), ("warning", "webhook,warning")]
)
def test_who_is_told(severity: str, told: str) -> None:
    """All goes to the webhook, and by severity to others."""
    command = [
        binary("amtool"), "config", "routes", "test", "--config.file",
        CLUSTER / "alertmanager.yml", f"severity={severity}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [told]


def test_alerts_are_grouped_and_repeated() -> None:
    """By name, cluster and service; after 10 s, each 10 s, and again after an hour."""
    command = [binary("amtool"), "check-config", CLUSTER / "alertmanager.yml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    route = yaml.safe_load((CLUSTER / "alertmanager.yml").read_text())["route"]
    assert route["group_by"] == ["alertname", "cluster", "service_name"]
    waits = (route["group_wait"], route["group_interval"], route["repeat_interval"])
    assert waits == ("10s", "10s", "1h")


def test_critical_goes_by_mail_and_chat_and_to_the_pager() -> None:
    """And warnings by mail."""
    said = yaml.safe_load((CLUSTER / "alertmanager.yml").read_text())
    by = {one["name"]: set(one) - {"name"} for one in said["receivers"]}
    assert by["critical"] == {"email_configs", "slack_configs", "pagerduty_configs"}
    assert by["warning"] == {"email_configs"}
    assert by["webhook"] == {"webhook_configs"}
    assert "smtp_auth_password" not in said["global"]  # it stands in a file
