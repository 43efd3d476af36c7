"""`labotel budget` shows what declarations can cost, and holds the laboratory's."""

import json
from pathlib import Path

from labotel.catalogs import lab
from labotel.policy.budget import costs
from running import labotel

LAB = Path(__file__).parents[2] / "examples" / "lab"


def test_the_laboratorys_series_are_held() -> None:
    """The catalogue's total: whoever makes a label wider sees it here first.

    Gauges by hand: 5 states of a protocol, 4 of a payment, 4 kinds of users, 3 of storage.
    """
    found = costs([lab.catalog])
    by_kind = {kind: sum(c.series for c in found if c.kind == kind)
               for kind in ("counter", "gauge", "histogram")}  # fmt: skip
    assert by_kind == {"counter": 598, "gauge": 5 + 4 + 4 + 3, "histogram": 1479}
    assert found[0].series == 4 * 5 * (
        10 + 3
    )  # sample types x stages x (buckets, +Inf, sum, count)
    assert not any(cost.capped for cost in found)


def test_it_shows_a_catalogue_with_the_worst_named() -> None:
    """Each metric with how its series come about, and the total."""
    done = labotel("budget", "labotel.catalogs.lab:catalog")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "Declared by the application: 52 metrics, 2,093 series"
    assert "4 sample_type x 5 stage; each 10 buckets + 3" in lines[1]
    assert "The worst is sample_processing_duration_seconds" in lines[-1]


def test_as_json_for_so_many_workers() -> None:
    """Every metric with its labels; the series are those of all slots."""
    done = labotel("budget", "labotel.catalogs.lab:catalog", "--json", "--slots", "4")
    said = json.loads(done.stdout)
    assert said["series"] == 4 * 2093
    row = next(m for m in said["metrics"] if m["metric"] == "user_actions_total")
    assert row["labels"] == {"user_type": 4, "action_type": 6, "module": 8}
    assert (row["label_sets"], row["series"]) == (192, 4 * 192)
    assert {m["metric"] for m in said["built_in"]} >= {"http_requests_total"}


def test_a_limit_fails_a_build() -> None:
    """Exit code 1, and both numbers."""
    assert labotel("budget", "labotel.catalogs.lab:catalog", "--limit", "2093").returncode == 0
    done = labotel("budget", "labotel.catalogs.lab:catalog", "--limit", "2092")
    assert done.returncode == 1
    assert "2,093 series are more than the limit of 2,092" in done.stderr


def test_it_finds_the_application_by_its_manage_py() -> None:
    """In a Django project no argument is needed, and nothing of it is started."""
    done = labotel("budget", cwd=LAB)
    assert done.returncode == 0, done.stderr
    assert "52 metrics, 2,093 series" in done.stdout


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    """A catalogue, settings or an application that cannot be found."""
    done = labotel("budget", "labotel.catalogs.lab:katalog")
    assert (done.returncode, "'labotel.catalogs.lab:katalog'" in done.stderr) == (1, True)
    (tmp_path / "wrong.py").write_text(
        "import labotel\nclass Bare(labotel.Event, name='t.bare'):\n    text: str\n"
    )
    done = labotel("budget", "wrong:catalog", cwd=tmp_path)
    assert (done.returncode, "a bare str has no bound" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr
    done = labotel("budget", "--settings", "no.settings", cwd=tmp_path)
    assert (done.returncode, "'no.settings'" in done.stderr) == (1, True)
    done = labotel("budget", cwd=tmp_path)
    assert (done.returncode, "give --settings" in done.stderr) == (1, True)
