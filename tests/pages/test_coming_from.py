"""docs/coming-from: what stands before and after runs, and says the same numbers."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from labotel.viewer.receiver import Receiver
from pages.reader import Block, blocks
from running import clean_environment

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "coming-from").glob("*.md"))
ROW = re.compile(r"^\| `([^`]+)` \| `([^`]+)` \|$", re.MULTILINE)
SERIES = re.compile(r"([a-z_]+)(?:\{(.*)\})?")
SHOWN = "\nimport prometheus_client\nprint(prometheus_client.generate_latest().decode())\n"


def asked(text: str) -> tuple[str, dict[str, str]]:
    """The name and the labels of a series on a page."""
    match = SERIES.fullmatch(text)
    assert match, text
    return match[1], dict(re.findall(r'(\w+)="([^"]*)"', match[2] or ""))


def before(text: str, page: str) -> float | None:
    """The sum of the series on a page of prometheus_client's."""
    name, labels = asked(text)
    values = [
        sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return sum(values) if values else None


def after(text: str, receiver: Receiver) -> float | None:
    """The sum of the series that arrived."""
    name, labels = asked(text)
    le = labels.pop("le", None)
    part = name.rpartition("_")[2] if name.endswith(("_count", "_sum", "_bucket")) else ""
    newest = {}
    for point in receiver.points:
        whole = name.removesuffix(f"_{part}") if point.kind == "histogram" else name
        ended = point.kind == "gauge" and point.value is None
        if point.name == whole and not ended and labels.items() <= point.attributes.items():
            newest[tuple(sorted(point.attributes.items()))] = point
    if not newest:
        return None
    if le is not None:
        return sum(
            sum(point.bucket_counts[: point.bounds.index(float(le)) + 1])
            for point in newest.values()
        )
    return sum(
        (getattr(p, part) if p.kind == "histogram" else p.value) or 0 for p in newest.values()
    )


def runs(block: Block, shared: Block, more: str, path: Path, environment: dict[str, str]) -> str:
    """Run one side of a page in a process of its own."""
    path.write_text(f"{block.text}\n{shared.text}\n{more}")
    done = subprocess.run(
        [sys.executable, str(path)],
        env=environment, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_before_and_after_say_the_same(
    page: Path, receiver: Receiver, environment: dict[str, str], tmp_path: Path
) -> None:
    """Every row of the page's table, and none of them is 0."""
    found = {block.words: block for block in blocks(page) if block.language == "python"}
    plain = environment | {"OTEL_METRIC_EXPORT_INTERVAL": "60000"}
    former = runs(found["before"], found[""], SHOWN, tmp_path / "before.py", clean_environment())
    # A gauge is of the moment, so it is asked for before the end.
    runs(found["after"], found[""], "labotel.flush()", tmp_path / "after.py", plain)
    rows = ROW.findall(page.read_text())
    assert len(rows) >= 2
    for old, new in rows:
        value = before(old, former)
        assert value, old
        assert after(new, receiver) == pytest.approx(value), new


def test_a_module_of_a_page_renders(tmp_path: Path) -> None:
    """The vendors that django-prometheus tells."""
    page = ROOT / "docs" / "coming-from" / "django-prometheus.md"
    (block,) = (b for b in blocks(page) if b.words == "module")
    (tmp_path / "own.py").write_text(block.text)
    (command,) = (b.text for b in blocks(page) if b.language == "console")
    words = command.removeprefix("$ labotel ").split()
    for place in (words[1], "own:catalog"):
        done = subprocess.run(
            [sys.executable, "-m", "labotel.cli.main", words[0], place, *words[2:]],
            cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    text = (tmp_path / "generated/prometheus/rules/django_prometheus.yml").read_text()
    assert "vendor: postgresql" in text


def test_readme_leads_to_each_page() -> None:
    """By its list of documentation."""
    readme = (ROOT / "README.md").read_text()
    assert len(PAGES) == 4
    assert [p.name for p in PAGES if f"docs/coming-from/{p.name}" not in readme] == []
