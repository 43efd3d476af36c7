"""`labotel render` writes what follows from the declarations, and says where it lags behind."""

from pathlib import Path

import pytest
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


def test_what_changed_is_told_and_fails_a_build(tmp_path: Path) -> None:
    """A renamed field: the change, the panel and the alert; exit status 1."""
    text = (
        "from typing import Literal\n"
        "from labotel import Alert, Catalog, Counter, Event\n"
        "class Sold(Event, name='shop.sold', instruments=(Counter('sold_total'),)):\n"
        "    'Something was sold.'\n"
        "    WAY: Literal['web', 'door']\n"
        "catalog = Catalog('shop', events=[Sold], alerts=[\n"
        "    Alert('Quiet', 'sum by (WAY) (rate(sold_total[5m])) == 0', 'warning', 'Nothing')])\n"
    )
    (tmp_path / "shop.py").write_text(text.replace("WAY", "way"))
    assert labotel("render", "shop:catalog", "--out", "old", cwd=tmp_path).returncode == 0
    same = labotel("diff", "old", "shop:catalog", cwd=tmp_path)
    assert (same.returncode, same.stdout.splitlines()[-1]) == (
        0, "0 changes, 0 may break a query; 0 queries break",
    )  # fmt: skip
    (tmp_path / "shop.py").write_text(text.replace("WAY", "channel"))
    mine = 'groups: [{rules: [{alert: "\\uD83D", expr: "max by (way) (sold_total)"}]}]'
    (tmp_path / "old" / "mine.yml").write_text(mine)
    done = labotel("diff", "old", "shop:catalog", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "! metric sold_total lost the label way" in done.stdout
    assert "  metric sold_total has the new label channel" in done.stdout
    assert "! alert Quiet: " in done.stdout
    assert "! panel 'Sold a second' of 'Shop: shop': " in done.stdout
    assert "! alert \\ud83d: " in done.stdout  # what no terminal can show


def test_versions_that_cannot_be_read(tmp_path: Path) -> None:
    """What was given, and what is allowed."""
    (tmp_path / "declarations.json").write_text("{}")
    done = labotel("diff", str(tmp_path), CATALOG)
    assert done.returncode == 1
    assert "is missing; allowed: a folder that labotel render wrote" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("render", CATALOG, "--out", "file/below"), ("render", CATALOG, "--out", "a" * 300),
        ("render", CATALOG, "--out", "file/below", "--check"), ("diff", "a" * 300, CATALOG),
        ("diff", "", CATALOG), ("diff", "file", CATALOG), ("diff", CATALOG, "list"),
        ("render", "shop:catalog"),
    ],
    ids=lambda arguments: " ".join(arguments)[:60],
)  # fmt: skip
def test_whatever_is_given_the_answer_is_a_sentence(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """Places that cannot be, files that are something else, declarations that are wrong."""
    (tmp_path / "file").write_bytes(b"\xff\x00")
    (tmp_path / "list").write_text("[" * 100_000)
    (tmp_path / "shop.py").write_text(
        "from labotel import Alert, Catalog\n"
        "catalog = Catalog('shop', alerts=[\n"
        "    Alert('A', '(' * 9000, 'warning', '{{ $labels.x }}'),\n"
        "    Alert('B', 'sum(up)', 'warning', '{{ $labels.job }}')])\n"
    )
    done = labotel(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ") and "Traceback" not in done.stderr


def test_a_folder_of_anything_is_looked_through(tmp_path: Path) -> None:
    """What is no dashboard and no rules is passed over."""
    assert labotel("render", CATALOG, "--out", "old", cwd=tmp_path).returncode == 0
    for name, text in {
        "a.json": "[" * 100_000, "b.yml": "[" * 20_000, "c.yml": "a: !!int ''",
        "e.json": '{"title": "t", "panels": ' + '[{"panels": ' * 300 + "[]" + "}]" * 300 + "}",
    }.items():  # fmt: skip
        (tmp_path / "old" / name).write_text(text)
    (tmp_path / "old" / "loop").symlink_to(tmp_path / "old")
    done = labotel("diff", "old", CATALOG, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
