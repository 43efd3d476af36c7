"""`manage.py labotel`: by words and by options, for people and for programs."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SETTINGS = """
from project.settings import *
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth",
                  "labotel.instrumentation.django.admin"]
"""


@pytest.fixture
def managed(environment: dict[str, str], tmp_path: Path) -> Any:
    """Run `manage.py` in a project that has the app."""
    (tmp_path / "managed_settings.py").write_text(SETTINGS)
    env = environment | {"DJANGO_SETTINGS_MODULE": "managed_settings"}
    env |= {"LABOTEL_HEALTH_CHECKS": "database,disk", "PROJECT_DATABASE": str(tmp_path / "db")}
    env["PYTHONPATH"] += f":{tmp_path}"

    def run(*arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "django", *arguments],
            env=env | more, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip

    return run


def test_a_counter_is_added_to_and_shown(managed: Any) -> None:
    """What one command adds, the next shows: as a line of Prometheus's, or as JSON."""
    added = managed("labotel", "increment", "orders_total", "--label", "size=small", "--value=3")
    assert (added.returncode, added.stdout) == (0, 'added 3 to orders_total{size="small"}\n')
    other = managed("labotel", "--increment=total", "--label=size=small", "--format=json")
    assert json.loads(other.stdout) == {
        "metric": "orders_total", "value": 1, "labels": {"size": "small"},
    }  # fmt: skip
    assert 'orders_total{size="small"} 4\n' in managed("labotel").stdout
    found = json.loads(managed("labotel", "show", "--format=json").stdout)["metrics"]
    [orders] = [m for m in found if m["metric"] == "orders_total"]
    assert {"labels": {"size": "small"}, "value": 4} in orders["series"]


def test_test_data_are_recorded(managed: Any) -> None:
    """One for each counter, in its first series."""
    for words in (["record"], ["--increment"]):
        assert 'added 1 to orders_total{size="small"}\n' in managed("labotel", *words).stdout
    assert 'orders_total{size="small"} 2\n' in managed("labotel", "show").stdout


def test_what_is_unhealthy_ends_with_one(managed: Any) -> None:
    """By the word and by the option; a probe of a container looks at nothing else."""
    for words in (["health"], ["--health", "--format=json"]):
        well = managed("labotel", *words)
        assert well.returncode == 0, well.stderr
        ill = managed("labotel", *words, LABOTEL_HEALTH_DISKS="/nowhere/at/all")
        assert ill.returncode == 1
        assert "/nowhere/at/all: not_found" in ill.stdout
    assert json.loads(ill.stdout)["status"] == "unhealthy"


def test_what_is_wrong_is_said(managed: Any) -> None:
    """The metric, the label, and a labotel that is not there."""
    for words, text in (
        (["increment", "ordres_total"], "did you mean 'orders_total'"),
        (["increment", "orders_total", "--label", "small"], "allowed: label=value"),
        (["increment", "orders_total", "--value=0", "--label=size=small"], "a whole number from 1"),
        (["increment"], "metric"),
    ):
        done = managed("labotel", *words)
        assert done.returncode == 1 and text in done.stderr, done.stderr
    done = managed("labotel", "show", OTEL_SDK_DISABLED="true")
    assert done.returncode == 1 and "labotel is not configured" in done.stderr


def test_the_app_has_no_table_and_its_migrations_are_whole(managed: Any) -> None:
    """`makemigrations --check` finds nothing to do, and `migrate` makes two permissions."""
    assert managed("makemigrations", "--check", "--dry-run").returncode == 0
    assert managed("migrate", "-v0").returncode == 0
    done = managed(
        "shell", "-c",
        "from django.contrib.auth.models import Permission as P; from django.db import connection;"
        "print([p.codename for p in P.objects.filter(content_type__app_label='labotel')],"
        "[t for t in connection.introspection.table_names() if 'labotel' in t])",
    )  # fmt: skip
    assert done.stdout.strip().endswith("['add_increment', 'view_metrics'] []"), done.stdout
