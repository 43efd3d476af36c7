"""`labotel render` writes what follows from the declarations, and says where it lags behind."""

from pathlib import Path

import yaml

from running import labotel

CATALOG = "labotel.catalogs.lab:catalog"
LAB = Path(__file__).parents[2] / "examples" / "lab"


def test_it_writes_the_same_each_time(tmp_path: Path) -> None:
    """The rules of the application's catalogue and of the built-in ones."""
    texts = []
    for name in ("one", "two"):
        done = labotel("render", CATALOG, "--out", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
        files = sorted(p for p in (tmp_path / name).rglob("*") if p.is_file())
        texts.append({p.relative_to(tmp_path / name): p.read_text() for p in files})
    assert texts[0] == texts[1]
    read = yaml.safe_load(texts[0][Path("prometheus/rules/lab.yml")])
    names = [rule.get("record") for group in read["groups"] for rule in group["rules"]]
    assert "email_success_ratio" in names


def test_a_build_fails_where_the_files_lag(tmp_path: Path) -> None:
    """With the file's name and the way out; nothing is written."""
    out = str(tmp_path)
    missing = labotel("render", CATALOG, "--out", out, "--check")
    assert missing.returncode == 1
    assert "prometheus/rules/lab.yml is missing" in missing.stderr
    assert "run labotel render again" in missing.stderr
    assert labotel("render", CATALOG, "--out", out).returncode == 0
    assert labotel("render", CATALOG, "--out", out, "--check").returncode == 0


def test_it_takes_what_the_application_configures(tmp_path: Path) -> None:
    """By Django's settings, which manage.py names."""
    done = labotel("render", "--out", str(tmp_path), cwd=LAB)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "prometheus" / "rules" / "lab.yml").exists()


def test_an_alert_of_what_is_not_emitted_fails(tmp_path: Path) -> None:
    """Each line names the alert and what is wrong with it; nothing is written."""
    (tmp_path / "shop.py").write_text(
        "from labotel import Alert, Catalog\n"
        "catalog = Catalog('shop', alerts=[Alert('Lost', 'sum(lost_total) > 1', 'warning', 'x')])\n"
    )
    done = labotel("render", "shop:catalog", "--out", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "alert Lost (shop-alerts): no catalogue emits 'lost_total'" in done.stderr
    assert not (tmp_path / "out").exists()
